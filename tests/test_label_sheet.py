"""The table in which people label: written, filled in as a person does, read again."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.annotations import LabelFault
from cx_nlp.io.label_layout import chosen, header, label_layout
from cx_nlp.io.label_sheet import write_label_csv, write_label_workbook
from cx_nlp.io.labelled import Labelled, read_labelled
from cx_nlp.io.suggested import SuggestedMention, Suggestion
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories

TEXT = "Giao hàng nhanh nhưng gọi tổng đài không ai nghe"
FAST = SuggestedMention("delivery", "responsiveness", "positive", 0.8, 0, 15, "Giao hàng nhanh")


def suggestion(
    text: str = TEXT, *mentions: SuggestedMention, id: str = "c1", source: str | None = "App"
) -> Suggestion:
    return Suggestion(id, text, "random", "vi", source, "positive", 0.6, mentions)


def filled(tmp_path: Path, *given: Suggestion, lang: str = "vi", **cells: object) -> Path:
    """A workbook with these comments, every row marked as seen, the cells of the first row as given ("quote_1")."""
    path = tmp_path / "to_label.xlsx"
    write_label_workbook(path, given, load_taxonomy(), lang=lang)
    book = openpyxl.load_workbook(path)
    sheet = book["Comments"]
    column = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, len(given) + 2):
        sheet.cell(row, column[header("checked")]).value = "yes"
    for name, value in cells.items():
        sheet.cell(2, column[header(name.replace("_", " "))]).value = value
    book.save(path)
    return path


def reasons(read: Labelled) -> list[str]:
    return [row.reason for rows in read.rejected.values() for row in rows]


def test_what_the_model_suggests_comes_back_with_its_places(tmp_path: Path) -> None:
    read = read_labelled(filled(tmp_path, suggestion(TEXT, FAST)))
    (record,) = read.records
    assert (read.kind, record.text, record.sentiment) == ("mentions", TEXT, "positive")
    (mention,) = record.mentions
    assert (mention.touchpoint, mention.factor, mention.sentiment) == (
        "delivery",
        "responsiveness",
        "positive",
    )
    assert (mention.start, mention.end, mention.quote) == (0, 15, "Giao hàng nhanh")
    assert dict(record.extra) == {
        "comment_id": "c1",
        "picked_for": "random",
        "language": "vi",
        "source": "App",
    }


def test_a_row_that_nobody_has_seen_does_not_count(tmp_path: Path) -> None:
    path = filled(tmp_path, suggestion(TEXT, FAST), suggestion("App hay bị văng", id="c2"), checked=None)
    read = read_labelled(path)
    assert [record.text for record in read.records] == ["App hay bị văng"]
    assert reasons(read) == ["not labelled yet"]


def test_a_file_in_which_nothing_is_marked_as_seen_says_what_to_do(tmp_path: Path) -> None:
    path = filled(tmp_path, suggestion(TEXT, FAST), checked=None)
    with pytest.raises(
        InputError, match=r"no row can be used; line 2: not labelled yet .write yes in column 'checked"
    ):
        read_labelled(path)


def test_names_in_either_language_and_ids_alone_are_understood(tmp_path: Path) -> None:
    path = filled(
        tmp_path, suggestion(), sentiment="vừa khen vừa chê", touchpoint_1="Tổng đài", factor_1="Speed of response",
        sentiment_1="TIÊU CỰC", quote_1="không  ai NGHE", touchpoint_2="delivery", sentiment_2="positive",
    )  # fmt: skip
    (record,) = read_labelled(path).records
    hotline, delivery = record.mentions
    assert record.sentiment == "mixed"
    assert (hotline.touchpoint, hotline.factor, hotline.sentiment) == (
        "hotline",
        "responsiveness",
        "negative",
    )
    assert TEXT[hotline.start : hotline.end] == hotline.quote == "không ai nghe"
    assert (delivery.factor, delivery.quote) == ("general", None)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Giao hàng", "delivery"),
        ("giao hang, lap dat", "delivery"),
        ("giá", "pricing"),
        ("Tong dai", "hotline"),
    ],
)
def test_a_name_without_accents_or_a_part_of_it_is_understood(tmp_path: Path, said: str, meant: str) -> None:
    path = filled(tmp_path, suggestion(), touchpoint_1=said, sentiment_1="tieu cuc")
    (mention,) = read_labelled(path).records[0].mentions
    assert (mention.touchpoint, mention.sentiment) == (meant, "negative")


def test_a_part_that_two_names_have_is_no_label() -> None:
    names = {"a": ("Giá, phí", "Price"), "b": ("Phí, thuế", "Fee")}
    assert chosen("gia", "touchpoint", names) == "a"
    with pytest.raises(LabelFault, match="did you mean 'a · Giá, phí' or 'b · Phí, thuế'"):
        chosen("phi", "touchpoint", names)


def test_a_copy_in_another_unicode_form_is_found(tmp_path: Path) -> None:
    quote = unicodedata.normalize("NFD", "gọi tổng đài")
    path = filled(tmp_path, suggestion(), touchpoint_1="hotline", sentiment_1="negative", quote_1=quote)
    (record,) = read_labelled(path).records
    assert record.mentions[0].quote == "gọi tổng đài"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"touchpoint_1": "delivry", "sentiment_1": "negative"}, "column 'touchpoint 1 .*unknown touchpoint 'delivry'; did you mean 'delivery'"),
        ({"touchpoint_1": "giao hàg", "sentiment_1": "negative"}, "unknown touchpoint 'giao hàg'; did you mean 'delivery · Giao hàng, lắp đặt'"),
        ({"touchpoint_1": "app", "sentiment_1": "bad"}, "column 'sentiment 1 .*unknown sentiment 'bad'; known are"),
        ({"touchpoint_1": "app"}, "column 'sentiment 1 .*no sentiment; expected one of the list, such as positive"),
        ({"factor_2": "value", "sentiment_2": "negative"}, "column 'touchpoint 2 .*no touchpoint"),
        ({"touchpoint_1": "app", "sentiment_1": "mixed"}, "column 'sentiment 1 .*unknown sentiment 'mixed'"),
        ({"touchpoint_1": "app", "sentiment_1": "negative", "quote_1": "bị văng"}, "column 'quote 1 .*'bị văng' do not stand in the comment"),
        ({"checked": "maybe"}, "column 'checked .*'maybe' is neither yes nor skip"),
        ({"sentiment": "hmm"}, "column 'sentiment · cảm xúc chung': unknown sentiment 'hmm'"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_sheet_row_and_column_and_the_others_are_kept(
    tmp_path: Path, cells: dict[str, str], reason: str
) -> None:
    read = read_labelled(filled(tmp_path, suggestion(), suggestion("App hay bị văng", id="c2"), **cells))
    assert [record.text for record in read.records] == ["App hay bị văng"]
    (row,) = next(iter(read.rejected.values()))
    assert row.line == 2
    assert row.reason.startswith("sheet 'Comments', row 2, column ")
    assert re.search(reason, row.reason)


def test_all_that_is_wrong_in_a_row_is_told_at_once(tmp_path: Path) -> None:
    read_from = filled(
        tmp_path,
        suggestion(),
        suggestion("ok", id="c2"),
        touchpoint_1="x1",
        sentiment_1="x2",
        quote_1="0912345678 x3",
    )
    (reason,) = reasons(read_labelled(read_from))
    assert reason.count("column ") == 3
    assert "0912345678" not in reason


def test_a_skipped_row_is_left_out(tmp_path: Path) -> None:
    read = read_labelled(
        filled(tmp_path, suggestion(TEXT, FAST), suggestion("ok", id="c2"), checked="bỏ qua")
    )
    assert len(read.records) == 1
    assert reasons(read) == ["left out by the person who labelled"]


def test_a_seen_row_without_mentions_says_that_nothing_is_judged(tmp_path: Path) -> None:
    (record,) = read_labelled(filled(tmp_path, suggestion("Cảm ơn shop"))).records
    assert record.mentions == ()


def test_the_sheet_offers_lists_and_explains_every_label_in_both_languages(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(filled(tmp_path, suggestion(TEXT, FAST)))
    sheet, labels = book["Comments"], book["Labels"]
    assert sheet.freeze_panes == "D2"
    lists = {str(rule.sqref).split(":")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    first, last = lists["E2"].removeprefix("Labels!").replace("$", "").split(":")
    offered = [row[0].value for row in labels[first:last]]
    assert len(offered) == len(load_taxonomy().touchpoints)
    assert sheet["E2"].value in offered
    assert lists["C2"] == '"yes,skip"'
    told = {row[1]: row for row in labels.iter_rows(values_only=True) if row[1]}
    for id in (*load_taxonomy().touchpoint_ids, *load_taxonomy().factor_ids, "positive", "mixed"):
        assert all(told[id][:6]), id
    assert "Giao hàng" in told["delivery"][2]


def test_labels_of_a_taxonomy_of_ones_own_are_not_explained_by_ours(tmp_path: Path) -> None:
    own = taxonomy_from_categories([("delivery", "speed")])
    write_label_workbook(tmp_path / "a.xlsx", [suggestion()], own, lang="en")
    rows = openpyxl.load_workbook(tmp_path / "a.xlsx")["Labels"].iter_rows(values_only=True)
    (row,) = [row for row in rows if row[1] == "delivery"]
    assert not row[4]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x.example","y")', "@SUM(1)", "-2+3 sao"])
def test_no_text_is_run_by_a_spreadsheet_and_comes_back_as_written(tmp_path: Path, text: str) -> None:
    path = filled(tmp_path, suggestion(text))
    cell = openpyxl.load_workbook(path)["Comments"]["B2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert read_labelled(path).records[0].text == text
    write_label_csv(tmp_path / "a.csv", [suggestion(text)], load_taxonomy(), lang="en")
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig")
    assert f",{text}" not in lines
    seen = pd.read_csv(tmp_path / "a.csv", dtype=str, keep_default_na=False)
    seen[header("checked")] = "x"
    seen.to_csv(tmp_path / "b.csv", index=False)
    assert read_labelled(tmp_path / "b.csv").records[0].text == text


def test_a_frame_and_a_table_made_by_hand_without_marks_will_do(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,Touchpoint 1,Sentiment 1,branch\nApp hay văng,app,negative,Huế\n", encoding="utf-8")
    (record,) = read_labelled(path).records
    assert (record.mentions[0].touchpoint, record.mentions[0].factor) == ("app", "general")
    assert dict(record.extra) == {"branch": "Huế"}


def test_a_column_that_is_gone_is_named_as_it_was_called(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,touchpoint 1,factor 1\nApp hay văng,app,\nCảm ơn,,\n", encoding="utf-8")
    assert reasons(read_labelled(path))[0].startswith("column 'sentiment 1': no sentiment")


def test_without_the_column_checked_no_suggestion_counts_as_a_label(tmp_path: Path) -> None:
    path = filled(tmp_path, suggestion(TEXT, FAST))
    book = openpyxl.load_workbook(path)
    book["Comments"].delete_cols(3)
    book.save(path)
    with pytest.raises(ColumnError, match="the column 'checked' is gone"):
        read_labelled(path)


def test_other_tables_are_none_of_these() -> None:
    assert label_layout(("text", "aspects")) is None
    assert label_layout(("touchpoint 1", "sentiment 1")) is None
    assert label_layout(("text", "sentiment 1")) is None


def test_a_column_of_sources_stands_there_only_where_there_are_any(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(filled(tmp_path, suggestion(source=None)))["Comments"]
    assert header("source") not in [cell.value for cell in sheet[1]]
