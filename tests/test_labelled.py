import json
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.annotations import LabelFault, aspects, mention_list
from cx_nlp.io.frames import frame_export
from cx_nlp.io.labelled import labelled_comments, read_labelled
from cx_nlp.metrics import mention_figures
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories

COMMENT = {
    "id": "a-1",
    "lang": "vi",
    "text": "Shipper dễ thương mà app lag quá",
    "sentiment": "mixed",
    "mentions": [
        {
            "touchpoint": "delivery",
            "factor": "attitude_expertise",
            "sentiment": "positive",
            "quote": "Shipper dễ thương",
        },
        {"touchpoint": "app", "factor": "product_quality", "sentiment": "negative"},
    ],
}


def write_jsonl(path, *records):
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records), encoding="utf-8")
    return path


def changed(**keys):
    """The comment with keys of its first mention replaced."""
    return {**COMMENT, "mentions": [{**COMMENT["mentions"][0], **keys}]}


def test_json_lines_give_mentions_with_exact_spans_and_further_keys(tmp_path):
    read = read_labelled(write_jsonl(tmp_path / "mine.jsonl", COMMENT))
    (record,) = read.records
    assert (read.kind, read.taxonomy, read.rejected) == ("mentions", load_taxonomy(), {})
    assert (record.text, record.sentiment, record.line) == (COMMENT["text"], "mixed", 1)
    assert dict(record.extra) == {"id": "a-1", "lang": "vi"}
    courier, app = record.mentions
    assert record.text[courier.start : courier.end] == courier.quote == "Shipper dễ thương"
    assert (app.touchpoint, app.quote, app.start, app.end) == ("app", None, None, None)


def test_records_go_into_the_metrics_as_they_are(tmp_path):
    read = read_labelled(write_jsonl(tmp_path / "mine.jsonl", COMMENT, COMMENT))
    records = [record.to_dict() for record in read.records]
    figures = mention_figures(records, records, resamples=0, slices={}).figures
    assert figures["triple"].value == figures["sentiment_accuracy"].value == 1
    assert json.loads(json.dumps(records[0]))["id"] == "a-1"


def test_several_files_are_one_data_set(tmp_path):
    one = write_jsonl(tmp_path / "one.jsonl", COMMENT)
    two = write_jsonl(tmp_path / "two.jsonl", COMMENT, COMMENT)
    assert [record.line for record in read_labelled([one, two]).records] == [1, 1, 2]


def test_a_quote_in_another_unicode_form_is_found_as_the_text_writes_it(tmp_path):
    composed, split = (unicodedata.normalize(form, COMMENT["text"]) for form in ("NFC", "NFD"))
    read = read_labelled(write_jsonl(tmp_path / "mine.jsonl", {**COMMENT, "text": split}))
    mention = read.records[0].mentions[0]
    assert split != composed
    assert split[mention.start : mention.end] == mention.quote
    assert unicodedata.normalize("NFC", mention.quote) == "Shipper dễ thương"


def test_a_quote_that_is_not_in_the_text_keeps_its_mention_and_is_noted(tmp_path):
    path = write_jsonl(tmp_path / "mine.jsonl", COMMENT, changed(quote="giao chậm"))
    read = read_labelled(path)
    mention = read.records[1].mentions[0]
    assert (mention.touchpoint, mention.quote, mention.start) == ("delivery", "giao chậm", None)
    assert read.notes == (
        f"{path}: 1 quotes do not stand in their text (line 2); their mentions are kept without place",
    )


@pytest.mark.parametrize(
    ("keys", "span"),
    [
        ({"quote": None, "start": 8, "end": 17}, (8, 17)),
        ({"quote": "a", "start": 17, "end": 18}, None),
        ({"quote": "a", "start": 21, "end": 22}, (21, 22)),
        ({"quote": None, "start": 8, "end": 900}, None),
        ({"quote": None, "start": 9, "end": 9}, None),
    ],
)
def test_offsets_are_taken_where_they_fit(keys, span):
    (mention,) = mention_list(changed(**keys)["mentions"], COMMENT["text"])
    expected = span or (
        (COMMENT["text"].find("a"), COMMENT["text"].find("a") + 1) if keys["quote"] else (None, None)
    )
    assert (mention.start, mention.end) == expected


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (
            changed(touchpoint="delivry"),
            r"mentions\[0\].touchpoint: unknown touchpoint 'delivry'; did you mean 'delivery'",
        ),
        (
            changed(factor="speed"),
            r"mentions\[0\].factor: unknown factor 'speed'; known are issue_resolution",
        ),
        (changed(sentiment="Positive"), r"mentions\[0\].sentiment: .* did you mean 'positive'"),
        (changed(sentiment=None), r"mentions\[0\].sentiment: sentiment is missing"),
        (changed(factor=3), r"mentions\[0\].factor: factor is 3, not text"),
        (changed(quote=["a"]), r"mentions\[0\].quote: quote is \['a'\], not text"),
        ({**COMMENT, "mentions": ["app"]}, r"mentions\[0\]: expected an object .* not 'app'"),
        ({**COMMENT, "mentions": "app"}, "mentions: expected a list of mentions"),
        ({"text": "ok"}, "mentions: expected a list of mentions"),
        ({**COMMENT, "sentiment": "mixd"}, "sentiment: unknown 'mixd'; did you mean 'mixed'"),
    ],
)
def test_a_wrong_label_is_named_with_file_line_and_place(tmp_path, record, message):
    path = write_jsonl(tmp_path / "mine.jsonl", COMMENT, record)
    with pytest.raises(InputError, match=rf"mine\.jsonl, line 2, {message}"):
        read_labelled(path)


def test_the_number_of_further_wrong_rows_is_told(tmp_path):
    path = write_jsonl(tmp_path / "mine.jsonl", *[changed(factor="speed")] * 4)
    with pytest.raises(InputError, match=r"line 1, .*\(and 3 more rows with wrong labels\)"):
        read_labelled(path)


def test_labels_of_a_taxonomy_of_ones_own_are_known(tmp_path):
    own = taxonomy_from_categories([("bay", "speed")])
    mention = {"touchpoint": "bay", "factor": "speed", "sentiment": "neutral"}
    path = write_jsonl(tmp_path / "mine.jsonl", {"text": "ok", "mentions": [mention]})
    read = read_labelled(path, taxonomy=own)
    assert (read.taxonomy, read.records[0].sentiment) == (own, None)
    with pytest.raises(InputError, match="unknown touchpoint 'bay'"):
        read_labelled(path)


def test_rows_without_usable_text_are_set_aside_with_their_line(tmp_path):
    path = write_jsonl(tmp_path / "mine.jsonl", COMMENT, {**COMMENT, "text": " "}, {**COMMENT, "text": 5})
    path.write_text(path.read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
    read = read_labelled(path)
    assert len(read.records) == 1
    reasons = {row.line: row.reason for row in read.rejected[str(path)]}
    assert list(reasons) == [2, 3, 4]
    assert (reasons[2], reasons[3]) == ("empty text", "text is not text")
    assert reasons[4].startswith("not JSON")


def test_a_file_without_any_usable_row_is_refused(tmp_path):
    path = write_jsonl(tmp_path / "mine.jsonl", {**COMMENT, "text": ""})
    with pytest.raises(InputError, match=r"mine\.jsonl: no row can be used; line 1: empty text"):
        read_labelled(path)


ASPECTS = """text,aspects,stars
"Phòng sạch, wifi yếu",ROOM#CLEANLINESS#positive;WIFI#negative,4
"lễ tân
vui vẻ",SERVICE&STAFF#positive;OTHERS#none;,5
chưa ở,,3
"""


def test_aspect_tables_give_their_own_taxonomy(tmp_path):
    path = tmp_path / "hotel.csv"
    path.write_text(ASPECTS, encoding="utf-8")
    read = read_labelled(path)
    assert read.kind == "aspects"
    assert read.taxonomy.touchpoint_ids == ("ROOM", "WIFI", "SERVICE&STAFF", "OTHERS")
    assert read.taxonomy.factor_ids == ("CLEANLINESS", "general")
    assert read.taxonomy.sentiments == ("positive", "negative", "none")
    labels = [
        [(one.touchpoint, one.factor, one.sentiment) for one in record.mentions] for record in read.records
    ]
    assert labels == [
        [("ROOM", "CLEANLINESS", "positive"), ("WIFI", "general", "negative")],
        [("SERVICE&STAFF", "general", "positive"), ("OTHERS", "general", "none")],
        [],
    ]
    assert [dict(record.extra) for record in read.records] == [{"stars": "4"}, {"stars": "5"}, {"stars": "3"}]
    assert [record.line for record in read.records] == [2, 3, 5]
    assert read.notes == (f"{path}: 4 categories, polarities positive (2), negative (1), none (1)",)


@pytest.mark.parametrize("cell", ["ROOM", "A#B#C#positive", "#positive", "ROOM#", "ROOM# #positive", "a b c"])
def test_a_malformed_aspect_is_named_with_its_line(tmp_path, cell):
    path = tmp_path / "hotel.csv"
    path.write_text(f"text,aspects\nfine,ROOM#positive\nbad,ROOM#positive;{cell}\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=rf"hotel\.csv, line 3, aspects: '{cell}' is not of the form CATEGORY#pol"
    ):
        read_labelled(path)


def test_aspects_are_checked_against_a_given_taxonomy(tmp_path):
    path = tmp_path / "hotel.csv"
    path.write_text(ASPECTS, encoding="utf-8")
    known = taxonomy_from_categories([("ROOM", "CLEANLINESS"), ("WIFI", "")], ["positive", "negative"])
    with pytest.raises(
        InputError, match=r"line 3, aspects\[0\].touchpoint: unknown touchpoint 'SERVICE&STAFF'"
    ):
        read_labelled(path, taxonomy=known)


def test_a_sentiment_column_beside_aspects_is_used_where_it_speaks_our_words(tmp_path):
    path = tmp_path / "bank.csv"
    path.write_text(
        "text,sentiment,aspects\na,negative,CARD#negative\nb,meh,CARD#negative\n", encoding="utf-8"
    )
    one, other = read_labelled(path).records
    assert (one.sentiment, dict(one.extra)) == ("negative", {})
    assert (other.sentiment, dict(other.extra)) == (None, {"sentiment": "meh"})


def test_one_label_a_comment(tmp_path):
    path = tmp_path / "topics.csv"
    path.write_text("sentence;topic\ncô dạy hay;teacher\nphòng nóng;room\ntrống;\n", encoding="utf-8")
    read = read_labelled(path, label_column="topic", text_column="sentence")
    assert (read.kind, read.taxonomy, read.labels) == ("label", None, ("room", "teacher"))
    assert [(record.text, record.label) for record in read.records] == [
        ("cô dạy hay", "teacher"),
        ("phòng nóng", "room"),
    ]
    assert [row.reason for row in read.rejected[str(path)]] == ["no label"]


def test_numbers_as_labels_are_classes_too(tmp_path):
    path = tmp_path / "stars.parquet"
    pd.DataFrame({"text": ["good", "bad"], "stars": [5, 1]}).to_parquet(path)
    assert read_labelled(path, label_column="stars").labels == ("1", "5")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no column 'text'; did you mean 'texts'.* --text-column"),
        ({"text_column": "texts"}, "no labels found; expected .* it has texts, topic"),
        (
            {"text_column": "texts", "label_column": "topics"},
            "no column 'topics'; did you mean 'topic'.*--label-column",
        ),
    ],
)
def test_missing_columns_are_named_with_the_cure(tmp_path, options, message):
    path = tmp_path / "mine.csv"
    path.write_text("texts,topic\nhay,a\n", encoding="utf-8")
    with pytest.raises(ColumnError, match=rf"mine\.csv: {message}"):
        read_labelled(path, **options)


def test_files_of_different_kinds_are_not_mixed(tmp_path):
    one = write_jsonl(tmp_path / "one.jsonl", COMMENT)
    two = tmp_path / "two.csv"
    two.write_text(ASPECTS, encoding="utf-8")
    with pytest.raises(
        InputError, match=r"of one kind, but .*one\.jsonl has mentions, .*two\.csv has aspects"
    ):
        read_labelled([one, two])
    with pytest.raises(InputError, match="no file was given"):
        labelled_comments([])


names = st.text(st.characters(exclude_characters="#;", exclude_categories=["Cs"]), min_size=1).filter(
    str.strip
)


@given(st.lists(st.tuples(names, st.none() | names, names), max_size=5))
def test_any_category_is_read_back(categories):
    cell = ";".join("#".join(name for name in parts if name is not None) for parts in categories)
    found = [(one.touchpoint, one.factor, one.sentiment) for one in aspects(cell)]
    assert found == [
        (entity.strip(), (attribute or "general").strip(), polarity.strip())
        for entity, attribute, polarity in categories
    ]


@given(st.text(st.sampled_from("ab #;\n")) | st.text())
def test_any_aspects_cell_is_read_whole_or_refused(cell):
    parts = [part.split("#") for part in cell.split(";") if part.strip()]
    if all(2 <= len(names) <= 3 and all(name.strip() for name in names) for names in parts):
        assert len(aspects(cell)) == len(parts)
    else:
        with pytest.raises(LabelFault, match="not of the form CATEGORY#polarity"):
            aspects(cell)


def test_a_data_frame_is_read_like_a_file():
    frame = pd.DataFrame({"text": ["Phòng sạch", None], "aspects": ["ROOM#positive", "ROOM#negative"]})
    read = labelled_comments([frame_export(frame, name="mine")])
    assert [record.text for record in read.records] == ["Phòng sạch"]
    assert [(row.line, row.reason) for row in read.rejected["mine"]] == [(2, "empty text")]


@given(st.text(min_size=1), st.data())
def test_every_substring_given_as_quote_is_placed_exactly(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    (mention,) = mention_list([{"touchpoint": "a", "factor": "b", "sentiment": "c", "quote": quote}], text)
    assert text[mention.start : mention.end] == mention.quote == quote
