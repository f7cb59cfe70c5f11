import dataclasses
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.errors import TaxonomyError
from cx_nlp.taxonomy import (
    PHASES,
    Taxonomy,
    load_taxonomy,
    parse_taxonomy,
    taxonomy_from_categories,
)
from cx_nlp.taxonomy_file import LONGEST_NAME

SMALL = """\
[poll]
source = "asked at the door"

[[stage]]
id = "visit"
name_vi = "Ghé thăm"
name_en = "Visit"
phase = "pre"

[[team]]
id = "shop"
name_vi = "Cửa hàng"
name_en = "Shop"

[[touchpoint]]
id = "counter"
name_vi = "Quầy"
name_en = "Counter"
stage = "visit"
contact = "direct"
environment = "physical"
owner = "shop"

[[factor]]
id = "speed"
name_vi = "Nhanh"
name_en = "Speed"
poll = 0.5
"""


def test_the_shipped_taxonomy_has_the_labels_of_the_guide():
    taxonomy = load_taxonomy()
    assert taxonomy.touchpoint_ids == tuple(
        "advertising social_media word_of_mouth website app pricing store staff ordering payment delivery "
        "product hotline email chat after_sales loyalty_program brand".split()
    )
    assert taxonomy.factor_ids == tuple(
        "issue_resolution attitude_expertise convenience channel_consistency responsiveness "
        "product_quality value environment general".split()
    )
    assert taxonomy.stage_ids == ("awareness", "consideration", "purchase", "use", "loyalty")


def test_the_shipped_taxonomy_places_each_touchpoint_in_the_journey():
    taxonomy = load_taxonomy()
    hotline = taxonomy.touchpoint("hotline")
    assert (hotline.stage, hotline.contact, hotline.environment) == ("use", "direct", "both")
    assert taxonomy.team(hotline.owner).name_en == "Customer care"
    assert taxonomy.stage(hotline.stage).phase == "post"
    indirect = [row.id for row in taxonomy.touchpoints if row.contact == "indirect"]
    assert indirect == ["advertising", "social_media", "word_of_mouth", "brand"]
    assert {row.owner for row in taxonomy.touchpoints} == set(taxonomy.team_ids)
    assert {row.phase for row in taxonomy.stages} == {row.id for row in PHASES}


def test_poll_shares_come_with_their_source():
    taxonomy = load_taxonomy()
    shares = {row.id: row.poll for row in taxonomy.factors if row.poll is not None}
    assert shares == {
        "issue_resolution": 0.79,
        "attitude_expertise": 0.69,
        "convenience": 0.56,
        "channel_consistency": 0.50,
        "responsiveness": 0.29,
    }
    assert "138 respondents" in taxonomy.poll_source
    assert "February 2013" in taxonomy.poll_source


def test_an_unknown_label_is_answered_with_the_nearest():
    with pytest.raises(TaxonomyError, match="unknown touchpoint 'delivry'; did you mean 'delivery'"):
        load_taxonomy().touchpoint("delivry")
    with pytest.raises(TaxonomyError, match="unknown factor 'zzz'; known are issue_resolution, "):
        load_taxonomy().factor("zzz")


def test_a_taxonomy_cannot_be_changed_by_accident():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_taxonomy().touchpoint("app").owner = "nobody"


def test_writing_and_reading_back_gives_an_equal_taxonomy():
    for taxonomy in (load_taxonomy(), parse_taxonomy(SMALL, source="small")):
        assert parse_taxonomy(taxonomy.to_toml(), source="again") == taxonomy
        assert pickle.loads(pickle.dumps(taxonomy)) == taxonomy  # noqa: S301


names = st.text(min_size=1, max_size=LONGEST_NAME).filter(lambda name: name.strip() and "\ud800" > max(name))


@given(names, names, st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_name_survives_writing(name_vi, name_en, description):
    taxonomy = parse_taxonomy(SMALL, source="small")
    counter = dataclasses.replace(
        taxonomy.touchpoints[0], name_vi=name_vi, name_en=name_en, description=description
    )
    named = dataclasses.replace(taxonomy, touchpoints=(counter,))
    assert parse_taxonomy(named.to_toml(), source="again") == named


def test_a_file_of_ones_own_is_read(tmp_path: Path):
    path = tmp_path / "mine.toml"
    path.write_text("\ufeff" + SMALL.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert load_taxonomy(path) == parse_taxonomy(SMALL, source="small")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('id = "counter"', 'id = "counter', 16, "not valid TOML"),
        ('owner = "shop"', 'owner = "shop"\ncolour = "red"', 23, "unknown key 'colour'"),
        ('owner = "shop"', 'owner = "shop"\nenviroment = "both"', 23, "did you mean 'environment'"),
        ('owner = "shop"\n', "", 15, r"this \[\[touchpoint\]\] lacks owner"),
        ('owner = "shop"', 'owner = "sales"', 22, "unknown owner 'sales'; known are shop"),
        ('stage = "visit"', 'stage = "visits"', 19, "unknown stage 'visits'; did you mean 'visit'"),
        ('contact = "direct"', 'contact = "straight"', 20, "unknown contact 'straight'"),
        ('environment = "physical"', 'environment = "air"', 21, "known are physical, digital, both"),
        ('phase = "pre"', 'phase = "before"', 8, "unknown phase 'before'"),
        ('name_vi = "Quầy"', "name_vi = 7", 17, "name_vi must be text, not 7"),
        ('name_vi = "Quầy"', 'name_vi = " "', 17, "name_vi must be text, not ' '"),
        ('id = "counter"', 'id = "The Counter"', 16, "bad id 'The Counter'"),
        ('id = "counter"', "id = 1", 16, "id must be text"),
        ("poll = 0.5", "poll = 50", 28, "poll must be a share from 0 to 1, not 50"),
        ("poll = 0.5", "poll = true", 28, "not True"),
        ("poll = 0.5", 'poll = "half"', 28, "not 'half'"),
        ('[poll]\nsource = "asked at the door"\n', "", 1, "no .poll. table names their source"),
        ("source =", "sauce =", 2, "unknown key 'sauce'; did you mean 'source'"),
        ("[[factor]]", "[factor]", 24, r"must be written as \[\[factor\]\] tables"),
        ("[[factor]]", "[[factors]]", 24, "unknown key 'factors'; did you mean 'factor'"),
        (
            "[poll]",
            'sentiments = ["good", "bad"]\n[poll]',
            1,
            "has the sentiments positive, negative, neutral",
        ),
    ],
)
def test_a_broken_file_is_refused_with_line_and_reason(tmp_path, old, new, line, reason):
    assert old in SMALL
    path = tmp_path / "mine.toml"
    path.write_text(SMALL.replace(old, new), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=rf"mine\.toml, line {line}: .*{reason}"):
        load_taxonomy(path)


def test_a_duplicate_id_is_refused_at_its_second_line():
    twice = SMALL + '\n# again\n[[factor]]\nname_en = "Fast"\nname_vi = """\nMau\nle"""\nid = "speed"\n'
    with pytest.raises(TaxonomyError, match=r"mine, line 36: the factor id 'speed' is used twice"):
        parse_taxonomy(twice, source="mine")


def test_a_value_of_several_lines_is_named_by_its_first():
    text = SMALL.replace("poll = 0.5", "poll = [\n  0.5,\n  0.6,\n]")
    with pytest.raises(TaxonomyError, match="line 28: poll must be a share"):
        parse_taxonomy(text, source="mine")


def test_an_empty_file_a_missing_one_and_a_wrong_encoding_are_refused(tmp_path):
    with pytest.raises(TaxonomyError, match=r"mine, line 1: the file has no \[\[touchpoint\]\]"):
        parse_taxonomy("", source="mine")
    with pytest.raises(TaxonomyError, match=r"none\.toml: cannot be read as a taxonomy"):
        load_taxonomy(tmp_path / "none.toml")
    path = tmp_path / "mine.toml"
    path.write_bytes(SMALL.encode("utf-16"))
    with pytest.raises(TaxonomyError, match="line 1: not UTF-8 text"):
        load_taxonomy(path)


def test_a_taxonomy_read_from_data_keeps_foreign_labels_and_round_trips():
    pairs = [("ROOMS", "DESIGN&FEATURES"), ("SER&ACC", ""), ("ROOMS", "")]
    taxonomy = taxonomy_from_categories(pairs, ["positive", "none", "positive"])
    assert taxonomy.touchpoint_ids == ("ROOMS", "SER&ACC")
    assert taxonomy.factor_ids == ("DESIGN&FEATURES", "general")
    assert taxonomy.sentiments == ("positive", "none")
    assert taxonomy.touchpoint("ROOMS").stage is None
    assert parse_taxonomy(taxonomy.to_toml(), source="bundle") == taxonomy


@pytest.mark.parametrize("label", ["", " ROOMS", "ROOMS ", "A#B", "A\nB"])
def test_labels_that_could_not_be_written_in_a_category_are_refused(label):
    with pytest.raises(TaxonomyError, match="the labelled data hold the label"):
        taxonomy_from_categories([(label, "X")])


def test_data_without_categories_give_no_taxonomy():
    with pytest.raises(TaxonomyError, match="hold no category"):
        taxonomy_from_categories([])


def test_a_plain_file_may_not_name_stages_it_does_not_define():
    text = taxonomy_from_categories([("A", "B")]).to_toml().replace('id = "A"', 'id = "A"\nstage = "use"')
    with pytest.raises(TaxonomyError, match="line 3: unknown stage 'use'; known are none"):
        parse_taxonomy(text, source="plain")


def test_equal_files_give_equal_taxonomies_that_can_be_kept_in_sets():
    assert {load_taxonomy(), parse_taxonomy(load_taxonomy().to_toml(), source="x")} == {load_taxonomy()}
    assert isinstance(load_taxonomy(), Taxonomy)
