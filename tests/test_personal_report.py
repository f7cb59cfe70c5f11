"""Personal data in what leaves the scored table: report, workbook, tables, samples to label, rejected rows."""

import json
import zipfile

import pandas as pd
import pytest
from typer.testing import CliRunner

import cx_nlp
from cx_nlp.analysis import causes, write_audit_sample
from cx_nlp.cli import app
from cx_nlp.journey.table import read_scored, scored_table
from cx_nlp.report.personal import personal_in

PHONE, EMAIL, ORDER = "0912 000 678", "khach.vidu@example.com", "VN24000123"
SECRETS = (PHONE, EMAIL, ORDER, "vidu@example")


def table(customers=("c1", "c2")):
    """Forty late deliveries, of which each names a number, an address or an order."""
    late = ["Giao hàng trễ", f"gọi {PHONE} không nghe", f"đơn hàng {ORDER} mất", f"trả lời vào {EMAIL}"]
    texts = [f"{late[row % 4]}, giao hàng quá chậm 😡" for row in range(40)]
    comments = pd.DataFrame(
        {
            "comment_id": [f"k{row}" for row in range(40)],
            "text": texts,
            "customer_id": [customers[row % len(customers)] for row in range(40)],
            "rating": [1 + 4 * (row % 2) for row in range(40)],
        }
    )
    mentions = pd.DataFrame(
        {
            "comment_id": comments["comment_id"],
            "touchpoint": "delivery",
            "factor": "responsiveness",
            "sentiment": ["negative" if row % 2 else "positive" for row in range(40)],
            "confidence": 0.9,
            "start": 0,
            "end": [len(text) - 2 for text in texts],
            "quote": [text[:-2] for text in texts],
        }
    )
    return scored_table(comments, mentions)


def everything_in(folder):
    """All text of all files of a folder but the scored tables."""
    said = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                said += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
        elif path.name == "journey.parquet":
            said.append(pd.read_parquet(path).to_csv())
        elif path.suffix != ".parquet":
            said.append(path.read_text(encoding="utf-8"))
    return "\n".join(said)


@pytest.mark.parametrize(("lang", "label"), [("vi", "[số điện thoại]"), ("en", "[phone]")])
def test_no_file_of_the_findings_shows_personal_data(tmp_path, lang, label):
    causes(table(customers=(PHONE, EMAIL)), out=tmp_path / "found", lang=lang)
    said = everything_in(tmp_path / "found")
    assert not [secret for secret in SECRETS if secret in said]
    assert label in said
    manifest = json.loads((tmp_path / "found" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["personal_data"] == {
        "masked": True,
        "comments": 30,
        "kinds": {"phone": 10, "order": 10, "email": 10},
        "customer_ids": 2,
    }


def test_personal_data_stay_where_they_are_to_be_kept(tmp_path):
    causes(table(), out=tmp_path / "found", lang="vi", keep_personal_data=True)
    said = everything_in(tmp_path / "found")
    assert PHONE in said
    assert "[số điện thoại]" not in said
    manifest = json.loads((tmp_path / "found" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["personal_data"] == {"masked": False}


def test_masking_changes_no_figure(tmp_path):
    scored = table()
    masked = causes(scored, out=tmp_path / "masked").findings
    kept = causes(scored, out=tmp_path / "kept", keep_personal_data=True).findings
    for name in ("causes", "scorecard", "drivers", "witness", "trends"):
        pd.testing.assert_frame_equal(getattr(masked, name), getattr(kept, name))


@pytest.mark.parametrize("view", ["hidden", "shown"])
def test_quotes_stand_in_their_masked_texts(view):
    personal = personal_in(table())
    scored = personal.hidden if view == "hidden" else personal.shown("en")
    texts = scored.texts(scored.comments["comment_id"].tolist())
    rows = zip(*(scored.mentions[name] for name in ("comment_id", "start", "end", "quote")), strict=True)
    for id, start, end, quote in rows:
        assert texts[id][int(start) : int(end)] == quote
    assert not [text for text in texts.values() if any(secret in text for secret in SECRETS)]


def test_a_quote_that_cuts_a_number_shows_no_part_of_it():
    text = f"giao trễ, gọi {PHONE} không nghe"
    comments = pd.DataFrame({"comment_id": ["a"], "text": [text]})
    cut = text.index(PHONE) + 5
    mentions = pd.DataFrame(
        {
            "comment_id": ["a", "a"], "touchpoint": "delivery", "factor": "general", "sentiment": "negative",
            "start": [0, cut], "end": [cut, len(text)], "quote": [text[:cut], text[cut:]],
        }
    )  # fmt: skip
    quotes = personal_in(scored_table(comments, mentions)).shown("en").mentions["quote"].tolist()
    assert quotes == ["giao trễ, gọi [phone]", " không nghe"]


def test_quotes_are_masked_where_the_texts_are_not_known():
    mentions = pd.DataFrame(
        {"comment_id": ["a"], "touchpoint": "delivery", "factor": "general", "sentiment": "negative", "quote": [f"gọi {PHONE}"]}
    )  # fmt: skip
    scored = scored_table(pd.DataFrame({"comment_id": ["a"]}), mentions)
    assert personal_in(scored).shown("en").mentions["quote"].tolist() == ["gọi [phone]"]


def test_customers_known_by_their_number_stay_apart():
    shown = personal_in(table(customers=(PHONE, EMAIL, "c3"))).shown("en").comments["customer_id"]
    assert shown.tolist()[:3] == ["[phone 1]", "[email 2]", "c3"]
    assert shown.nunique() == 3


def test_the_sample_to_label_is_masked(tmp_path):
    write_audit_sample(table(), tmp_path / "audit.csv", n=40)
    said = (tmp_path / "audit.csv").read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS if secret in said]
    assert "[số điện thoại]" in said
    write_audit_sample(table(), tmp_path / "kept.csv", n=40, keep_personal_data=True)
    assert PHONE in (tmp_path / "kept.csv").read_text(encoding="utf-8")


@pytest.fixture
def export(tmp_path):
    rows = [["t1", f"Giao hàng chậm, gọi {PHONE} mãi"], ["t2", "Nhân viên thân thiện"], ["t3", PHONE]]
    path = tmp_path / "export.csv"
    pd.DataFrame(rows * 12, columns=["mã", "nội dung"]).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("command", ["analyze", "score"])
def test_rejected_rows_are_masked_and_the_scored_table_is_not(tmp_path, export, command):
    given = [
        command,
        str(export),
        "--out",
        str(tmp_path / "out"),
        "--model",
        "fast",
        "--text-column",
        "nội dung",
        "-q",
    ]
    given += ["--lang", "en"] if command == "analyze" else []
    assert CliRunner().invoke(app, given).exit_code == 0
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv", dtype=str)
    assert len(rejected) == 12
    assert not rejected["content"].str.contains(PHONE).any()
    assert rejected["content"].str.contains("[số điện thoại]", regex=False).all()
    scored = read_scored(tmp_path / "out")
    assert any(PHONE in text for text in scored.text_sample())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["personal_data"]["rejected_rows"] == {"phone": 12}
    if command == "analyze":
        assert "masked in 12 comments" in everything_in(tmp_path / "out")
        assert manifest["personal_data"]["kinds"] == {"phone": 12}
        assert PHONE not in everything_in(tmp_path / "out")
    again = [*given, "--overwrite", "--keep-personal-data"]
    assert CliRunner().invoke(app, again).exit_code == 0
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv", dtype=str)
    assert rejected["content"].str.contains(PHONE).all()


def test_an_error_that_shows_a_cell_masks_it(tmp_path):
    path = tmp_path / "export.csv"
    texts = ["Giao nhanh, tốt", "Hàng lỗi rồi", "Nhân viên nhiệt tình"] * 5
    pd.DataFrame({"text": texts, "when": [f"gọi {PHONE}"] * 15}).to_csv(path, index=False)
    with pytest.raises(cx_nlp.errors.ColumnError) as raised:
        cx_nlp.score(path, out=tmp_path / "out", model="fast", columns={"text": "text", "time": "when"})
    assert PHONE not in str(raised.value)
    assert "[số điện thoại]" in str(raised.value)
