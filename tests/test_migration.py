"""A taxonomy changed: the file, labelled data, history, bridge table, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from test_cli import run

import cx_nlp
from cx_nlp.errors import InputError, OutputError, TaxonomyError
from cx_nlp.io.labelled import read_labelled
from cx_nlp.journey.table import read_scored
from cx_nlp.migration import migrate, read_migration
from cx_nlp.tagger.mention import Mention, TaggedComment
from cx_nlp.taxonomy import Taxonomy, load_taxonomy, parse_taxonomy

RENAME = """
[[rename]]
from = "hotline"
to = "phone"
name_en = "Phone line"
"""
MERGE = """
[[merge]]
from = ["email", "chat"]
to = "messages"
name_vi = "Tin nhắn"
name_en = "Messages"
"""
SPLIT = """
[[split]]
from = "product"
[[split.to]]
id = "goods"
name_vi = "Hàng hoá"
name_en = "Goods"
keywords = ["vải", "máy"]
[[split.to]]
id = "core_service"
name_vi = "Dịch vụ"
name_en = "Service"
keywords = ["dịch vụ"]
"""
ADD = """
[[add]]
kind = "factor"
id = "accessibility"
name_vi = "Dễ tiếp cận"
name_en = "Accessibility"
"""
WHOLE = RENAME + MERGE + SPLIT + ADD

COMMENTS = [
    {
        "text": "gọi tổng đài không ai nghe",
        "mentions": [("hotline", "responsiveness", "negative", "gọi tổng đài không ai nghe")],
    },
    {
        "text": "email với chat đều im lặng, vải thì đẹp",
        "mentions": [
            ("email", "responsiveness", "negative", "email"),
            ("chat", "responsiveness", "negative", "chat đều im lặng"),
            ("product", "product_quality", "positive", "vải thì đẹp"),
        ],
    },
    {
        "text": "dùng tốt, hotline nhiệt tình",
        "mentions": [
            ("product", "product_quality", "positive", "dùng tốt"),
            ("hotline", "attitude_expertise", "positive", "hotline nhiệt tình"),
        ],
    },
    {"text": "mình mua hôm qua", "mentions": []},
]


def migration_file(folder: Path, text: str) -> Path:
    path = folder / "migration.toml"
    path.write_text(text, encoding="utf-8")
    return path


def migrated(tmp_path: Path, text: str, old: Taxonomy | None = None):
    return read_migration(migration_file(tmp_path, text), old or load_taxonomy())


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    keys = ("touchpoint", "factor", "sentiment", "quote")
    lines = [
        json.dumps(
            {
                "who": "An",
                **record,
                "mentions": [dict(zip(keys, m, strict=True)) for m in record["mentions"]],
            },
            ensure_ascii=False,
        )
        for record in COMMENTS
    ]
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """A table tagged by hand, with a column of the user's own in each part."""
    folder = tmp_path / "june"
    folder.mkdir()
    comments = pd.DataFrame(
        {
            "comment_id": ["1", "2", "3", "4"],
            "text": [c["text"] for c in COMMENTS],
            "shop": ["a", "b", "a", "c"],
        }
    )
    rows = [
        (str(i), *mention, 0.9 - 0.1 * k, "me")
        for i, c in enumerate(COMMENTS, start=1)
        for k, mention in enumerate(c["mentions"])
    ]
    columns = ["comment_id", "touchpoint", "factor", "sentiment", "quote", "confidence", "by"]
    comments.to_csv(folder / "comments.csv", index=False)
    pd.DataFrame(rows, columns=columns).assign(stage="use").to_csv(folder / "mentions.csv", index=False)
    return folder


def triples(path: Path, taxonomy: Taxonomy | None) -> list[list[tuple[str, str, str, str | None]]]:
    data = read_labelled(path, taxonomy=taxonomy)
    return [[(m.touchpoint, m.factor, m.sentiment, m.quote) for m in r.mentions] for r in data.records]


def test_the_new_taxonomy_keeps_order_and_journey(tmp_path: Path) -> None:
    old, new = load_taxonomy(), migrated(tmp_path, WHOLE).new
    assert parse_taxonomy(new.to_toml(), source="new") == new
    assert new.touchpoint("phone").name_en == "Phone line"
    assert new.touchpoint("phone").name_vi == old.touchpoint("hotline").name_vi
    assert new.touchpoint("phone").owner == old.touchpoint("hotline").owner
    assert new.touchpoint("messages").stage == old.touchpoint("email").stage
    ids, before = new.touchpoint_ids, old.touchpoint_ids
    assert ids[before.index("product") : before.index("product") + 2] == ("goods", "core_service")
    assert new.factor_ids == (*old.factor_ids, "accessibility")
    assert not {"hotline", "email", "chat", "product"} & {*ids}


def test_a_merge_into_an_old_label_keeps_its_names_and_place(tmp_path: Path) -> None:
    found = migrated(tmp_path, '[[merge]]\nfrom = ["email"]\nto = "chat"\n')
    assert found.new.touchpoint("chat") == found.old.touchpoint("chat")
    assert found.moved["touchpoint"] == {"email": "chat", "chat": "chat"}
    assert found.gone("touchpoint") == {"email": "chat"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[rename]]\nfrom = "hotlin"\nto = "phone"\n', 2, "did you mean 'hotline'?"),
        ('[[rename]]\nfrom = "hotline"\nto = "chat"\n', 1, r"write \[\[merge\]\]"),
        ('[[rename]]\nfrom = "hotline"\nto = "hotline"\n', 3, "renamed to itself"),
        ('[[rename]]\nfrom = "hotline"\nto = "chat"\n[[rename]]\nfrom = "chat"\nto = "hotline"\n', 1, "in a circle"),
        ('[[rename]]\nfrom = "hotline"\nto = "chat"\n[[rename]]\nfrom = "chat"\nto = "talk"\n', 1, "while the one that had it"),
        (RENAME + '[[merge]]\nfrom = ["hotline", "email"]\nto = "chat"\n', 6, r"in the \[\[rename\]\] of line 2"),
        ('[[rename]]\nfrom = "hotline"\nto = "Phone line"\n', 3, "an id is a lower-case word"),
        ('[[rename]]\nfrom = "hotline"\nto = "phone"\nstage = "usse"\n', 4, "did you mean 'use'?"),
        ('[[rename]]\nfrom = "hotline"\nto = "phone"\nnam_en = "x"\n', 4, "did you mean 'name_en'?"),
        ('[[merge]]\nfrom = ["email", "chat"]\nto = "messages"\n', 1, "give it name_vi and name_en"),
        ('[[merge]]\nfrom = ["chat"]\nto = "chat"\n', 2, "two labels or more"),
        ('[[merge]]\nfrom = ["email", "value"]\nto = "chat"\n', 2, "unknown touchpoint 'value'"),
        (SPLIT.replace('id = "goods"', 'id = "product"'), 2, "would"),
        ('[[split]]\nfrom = "product"\n', 1, r"two \[\[split.to\]\] tables"),
        ('[[add]]\nkind = "factor"\nid = "value"\nname_vi = "a"\nname_en = "a"\n', 3, "is a label already"),
        ('[[add]]\nkind = "touchpoint"\nid = "kiosk"\nname_vi = "a"\nname_en = "a"\n', 1, "lacks stage"),
        (RENAME + '[[rename]]\nfrom = "email"\nto = "phone"\n', 6, "is made here and in line 2"),
        ("[[renam]]\n", 1, "did you mean 'rename'?"),
        ("", 1, "it has no step"),
        ("[[rename]\n", 1, "not valid TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(TaxonomyError, match=rf"migration\.toml, line {line}: .*{said}"):
        migrated(tmp_path, text)


def test_a_word_that_is_touchpoint_and_factor_must_say_which(tmp_path: Path) -> None:
    old = parse_taxonomy(
        '[[touchpoint]]\nid = "PRICE"\nname_vi = "a"\nname_en = "a"\n[[factor]]\nid = "PRICE"\nname_vi = "a"\nname_en = "a"\n',
        source="old",
    )
    with pytest.raises(TaxonomyError, match="is a touchpoint and a factor"):
        migrated(tmp_path, '[[rename]]\nfrom = "PRICE"\nto = "COST"\n', old)
    found = migrated(tmp_path, '[[rename]]\nkind = "factor"\nfrom = "PRICE"\nto = "COST"\n', old)
    assert (found.new.touchpoint_ids, found.new.factor_ids) == (("PRICE",), ("COST",))


def test_labelled_data_come_along_and_what_a_person_must_decide_is_set_aside(
    tmp_path: Path, labels: Path
) -> None:
    done = migrate(migration_file(tmp_path, WHOLE), out=tmp_path / "new" / "taxonomy.toml", labels=[labels])
    new = load_taxonomy(done.taxonomy)
    assert triples(tmp_path / "new" / "labels-migrated.jsonl", new) == [
        [("phone", "responsiveness", "negative", "gọi tổng đài không ai nghe")],
        [
            ("messages", "responsiveness", "negative", "email"),
            ("goods", "product_quality", "positive", "vải thì đẹp"),
        ],
        [],
    ]
    aside = tmp_path / "new" / "labels-unsplit.jsonl"
    with pytest.raises(InputError, match=r"line 1, mentions\[0\]\.touchpoint: unknown touchpoint 'product'"):
        read_labelled(aside, taxonomy=new)
    record = json.loads(aside.read_text(encoding="utf-8"))
    assert [m["touchpoint"] for m in record["mentions"]] == ["product", "phone"]
    assert record["who"] == "An"
    [part] = done.parts
    assert (part.comments_in, part.comments_out, part.comments_aside) == (4, 3, 1)
    assert (part.mentions_in, part.mentions_out, part.mentions_joined, part.mentions_aside) == (6, 3, 1, 2)


def test_the_bridge_says_where_every_mention_went(tmp_path: Path, labels: Path, scored: Path) -> None:
    done = migrate(
        migration_file(tmp_path, WHOLE),
        out=tmp_path / "new" / "taxonomy.toml",
        labels=[labels],
        history=[scored],
    )
    bridge = pd.read_csv(tmp_path / "new" / "taxonomy-bridge.csv")
    pd.testing.assert_frame_equal(bridge, done.bridge.reset_index(drop=True), check_dtype=False)
    totals = bridge.groupby(["source", "kind"])["mentions"].sum()
    assert set(totals) == {6}
    shares = bridge.groupby(["source", "kind", "old"])["share"].sum()
    assert shares.to_numpy() == pytest.approx(1)
    june = bridge[(bridge["source"] == "june") & (bridge["old"] == "product")]
    assert dict(zip(june["new"], june["how"], strict=True)) == {
        "goods": "split_keyword",
        "product_unsplit": "unsplit",
    }
    assert bridge["joined"].sum() == 4  # one mention in each source, under its touchpoint and its factor


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "jsonl"])
def test_history_of_every_form_comes_along(tmp_path: Path, scored: Path, form: str) -> None:
    comments = pd.read_csv(scored / "comments.csv", dtype=str)
    mentions = pd.read_csv(scored / "mentions.csv", dtype={"comment_id": str})
    if form != "csv":
        shutil.rmtree(scored)
        scored.mkdir()
    if form == "parquet":
        comments.to_parquet(scored / "comments.parquet")
        mentions.to_parquet(scored / "mentions.parquet")
    elif form == "xlsx":
        with pd.ExcelWriter(scored / "scored.xlsx") as book:
            comments.to_excel(book, sheet_name="comments", index=False)
            mentions.to_excel(book, sheet_name="mentions", index=False)
    elif form == "jsonl":
        lines = []
        for row in comments.to_dict("records"):
            of = mentions[mentions["comment_id"] == row["comment_id"]].drop(columns="comment_id")
            rest = {key: value for key, value in row.items() if key != "comment_id"}
            lines.append(
                json.dumps(
                    {"id": row["comment_id"], **rest, "mentions": of.to_dict("records")}, ensure_ascii=False
                )
            )
        (scored / "scored.jsonl").write_text("\n".join(lines), encoding="utf-8")
    migrate(migration_file(tmp_path, WHOLE), out=tmp_path / "new" / "taxonomy.toml", history=[scored])
    after = read_scored(tmp_path / "new" / "june-migrated", columns=["shop"])
    assert after.comments["comment_id"].tolist() == ["1", "2", "3", "4"]
    assert after.comments["shop"].tolist() == ["a", "b", "a", "c"]
    assert after.texts(["4"]) == {"4": "mình mua hôm qua"}
    found = after.mentions.astype(str)[["comment_id", "touchpoint", "factor"]].to_numpy().tolist()
    assert found == [
        ["1", "phone", "responsiveness"],
        ["2", "messages", "responsiveness"],
        ["2", "goods", "product_quality"],
        ["3", "product_unsplit", "product_quality"],
        ["3", "phone", "attitude_expertise"],
    ]
    # Of the two that became one the surer one stays.
    assert after.mentions["quote"].tolist()[1] == "email"
    assert after.taxonomy is not None
    assert after.taxonomy.touchpoint("product_unsplit").name_vi == "Sản phẩm, dịch vụ chính (chưa tách)"
    assert "product_unsplit" not in load_taxonomy(tmp_path / "new" / "taxonomy.toml").touchpoint_ids


class Told:
    """A model of the new taxonomy that says of every comment what it was given."""

    model_id = "told"

    def __init__(self, taxonomy: Taxonomy, said: dict[str, list[Mention]]) -> None:
        self.taxonomy, self.said = taxonomy, said

    def tag_many(self, texts):
        return [TaggedComment(text, "positive", 0.9, False, tuple(self.said.get(text, ()))) for text in texts]


def test_a_model_of_the_new_taxonomy_tells_the_parts_where_the_words_are(
    tmp_path: Path, scored: Path
) -> None:
    path = migration_file(tmp_path, WHOLE)
    text = COMMENTS[2]["text"]
    service = Mention("core_service", "product_quality", "positive", 0.8, 0, 8, text[0:8])
    elsewhere = Mention("goods", "product_quality", "positive", 0.9, 10, 17, text[10:17])
    model = Told(read_migration(path, load_taxonomy()).new, {text: [service, elsewhere]})
    done = migrate(path, out=tmp_path / "new" / "taxonomy.toml", history=[scored], model=model)
    found = done.bridge[done.bridge["old"] == "product"]
    assert sorted(zip(found["new"], found["how"], strict=True)) == [
        ("core_service", "split_model"),
        # The model says nothing of the vải: its keyword does.
        ("goods", "split_keyword"),
    ]


def test_a_model_that_lacks_the_parts_is_refused(tmp_path: Path, scored: Path) -> None:
    with pytest.raises(InputError, match="does not know the touchpoint 'goods'"):
        migrate(
            migration_file(tmp_path, WHOLE),
            out=tmp_path / "n.toml",
            history=[scored],
            model=Told(load_taxonomy(), {}),
        )


def test_an_unknown_label_of_the_history_is_named_and_nothing_is_written(
    tmp_path: Path, labels: Path, scored: Path
) -> None:
    path = scored / "mentions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\n2,email", "\n2,emial"), encoding="utf-8")
    with pytest.raises(InputError, match=r"row 2, column touchpoint: 'emial' .* did you mean 'email'\?"):
        migrate(migration_file(tmp_path, WHOLE), out=tmp_path / "n.toml", labels=[labels], history=[scored])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["june", "labels.jsonl", "migration.toml"]


def test_nothing_is_overwritten(tmp_path: Path, labels: Path) -> None:
    path = migration_file(tmp_path, RENAME)
    migrate(path, out=tmp_path / "n.toml", labels=[labels])
    with pytest.raises(OutputError, match="exists"):
        migrate(path, out=tmp_path / "n.toml")
    with pytest.raises(OutputError, match=r"labels-migrated\.jsonl: exists"):
        migrate(path, out=tmp_path / "m.toml", labels=[labels])


def test_the_manifest_keeps_what_is_still_known_of_the_model(tmp_path: Path, scored: Path) -> None:
    counts = {"tp": 1, "fp": 2, "fn": 3, "tn": 4}
    heldout = {
        "touchpoint": {"hotline": counts, "email": counts, "product": counts, "app": counts},
        "triple": {"hotline#value#positive": counts, "chat#value#positive": counts},
        "sentiment": {"positive": counts},
    }
    (scored / "manifest.json").write_text(
        json.dumps({"made_by": "cx_nlp", "result": "scored", "model": {"id": "m", "heldout": heldout}}),
        encoding="utf-8",
    )
    migrate(migration_file(tmp_path, WHOLE), out=tmp_path / "new" / "taxonomy.toml", history=[scored])
    after = json.loads((tmp_path / "new" / "june-migrated" / "manifest.json").read_text(encoding="utf-8"))
    assert after["model"]["heldout"] == {
        "touchpoint": {"phone": counts, "app": counts},
        "triple": {"phone#value#positive": counts},
        "sentiment": {"positive": counts},
    }
    assert after["migrated"][0]["touchpoint"]["email"] == "messages"
    assert set(after["files"]) == {"comments.csv", "mentions.csv", "taxonomy.toml", "manifest.json"}


def test_an_aspects_table_comes_along(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    path.write_text(
        "text,aspects,city\nphòng sạch,ROOM#CLEAN#positive,Huế\nđông,LOBBY#negative;BAR#negative,Vinh\n",
        encoding="utf-8",
    )
    old = read_labelled(path).taxonomy
    assert old is not None
    text = '[[merge]]\nfrom = ["LOBBY", "BAR"]\nto = "SHARED"\nname_vi = "Chung"\nname_en = "Shared"\n'
    migrate(migration_file(tmp_path, text), out=tmp_path / "new.toml", taxonomy=old, labels=[path])
    rows = pd.read_csv(tmp_path / "rooms-migrated.csv")
    assert rows["aspects"].tolist() == ["ROOM#CLEAN#positive", "SHARED#negative"]
    assert rows["city"].tolist() == ["Huế", "Vinh"]


def test_the_command_tells_what_is_left_to_do(tmp_path: Path, labels: Path, scored: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'hypothesis = "hotline, product"\n[metric]\nkind = "complaints"\ntouchpoint = "hotline"\n',
        encoding="utf-8",
    )
    audit = tmp_path / "audit.csv"
    audit.write_text("comment_id,text,aspects\n1,a product,product#value#negative\n", encoding="utf-8")
    (scored / "causes.csv").write_text("rank\n", encoding="utf-8")
    said, _ = run(
        "migrate", migration_file(tmp_path, WHOLE), "--out", tmp_path / "new" / "taxonomy.toml", "--labels", labels,
        "--history", scored, "--check", plan, "--check", audit,
    )  # fmt: skip
    assert f"{plan}, line 4: names the touchpoint hotline; write phone now." in said
    assert said.count("names the touchpoint hotline") == 1
    assert f"{audit}, line 2: names the touchpoint product; write goods, core_service now." in said
    assert "causes.csv speak of the old labels" in said
    assert (
        "6 mentions of 4 comments, 1 mention joined with another of the comment, 1 comment set aside." in said
    )
    assert "label the comments in the files NAME-unsplit by hand" in said


def test_the_command_gives_machines_everything(tmp_path: Path, scored: Path) -> None:
    out = tmp_path / "new" / "taxonomy.toml"
    said, _ = run("migrate", migration_file(tmp_path, WHOLE), "--out", out, "--history", scored, "--json")
    found = json.loads(said)
    assert {"kind": "touchpoint", "old": "hotline", "new": "phone"} in found["changes"]
    assert {"kind": "factor", "old": "", "new": "accessibility"} in found["changes"]
    [source] = found["sources"]
    assert (source["mentions_in"], source["mentions_out"], source["mentions_joined"]) == (6, 5, 1)
    assert cx_nlp.migrate is migrate
