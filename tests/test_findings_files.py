"""Findings as tables, as one JSON document and as a workbook."""

import json
import math
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from invented_findings import bare_findings, invented_findings

from cx_nlp.journey.drivers.critical import WHY_NOT
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import scored_table
from cx_nlp.report.columns import columns_of, explained, markdown
from cx_nlp.report.files import TABLES, record, write_tables
from cx_nlp.report.workbook import WORKBOOK, complaints, write_workbook

ROOT = Path(__file__).parents[1]
FINDINGS = invented_findings(400)


def test_every_table_becomes_a_csv_with_the_documented_columns(tmp_path: Path) -> None:
    files = write_tables(FINDINGS, tmp_path)
    assert {*files} == {path.name for path in tmp_path.iterdir()}
    for name in TABLES:
        read = pd.read_csv(tmp_path / f"{name}.csv")
        assert tuple(read.columns) == columns_of(name), name
        assert len(read) == len(getattr(FINDINGS, name)), name


def test_the_ways_of_the_customers_are_a_table_too(tmp_path: Path) -> None:
    scored = FINDINGS.scored
    found = find(scored)
    write_tables(found, tmp_path)
    events = pd.read_parquet(tmp_path / "journey.parquet")
    assert tuple(events.columns) == columns_of("journey")
    assert {*events["customer"]} <= {*scored.comments["customer_id"].dropna()}
    assert (events.groupby("customer")["place"].min() == 0).all()


def test_the_document_is_strict_json_with_null_for_what_is_unknown(tmp_path: Path) -> None:
    write_tables(FINDINGS, tmp_path)

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    found = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"), parse_constant=refuse)
    assert {*found} - {*TABLES} == {*columns_of("findings")}
    assert {*found["metrics"]} <= {*columns_of("metrics")}
    assert all({*limit} == {*columns_of("limits")} for limit in found["limits"])
    assert found["comments"] == len(FINDINGS.scored.comments)
    causes = FINDINGS.causes
    assert [row["touchpoint"] for row in found["causes"]] == causes["touchpoint"].astype(str).tolist()
    for row, loss in zip(found["causes"], causes["loss"], strict=True):
        assert row["loss"] is None if math.isnan(loss) else row["loss"] == pytest.approx(loss)
    assert all(limit["said"] for limit in found["limits"])


def test_tables_without_rows_keep_their_columns(tmp_path: Path) -> None:
    scored = scored_table(
        pd.DataFrame({"comment_id": ["a"]}),
        pd.DataFrame(columns=["comment_id", "touchpoint", "factor", "sentiment"]),
    )
    bare = bare_findings(scored)
    write_tables(bare, tmp_path)
    assert tuple(pd.read_csv(tmp_path / "links.csv").columns) == columns_of("links")
    assert record(bare)["links"] == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_workbook_has_a_sheet_for_each_table_and_explains_every_column(tmp_path: Path, lang: str) -> None:
    write_workbook(FINDINGS, tmp_path / WORKBOOK, lang=lang)
    book = openpyxl.load_workbook(tmp_path / WORKBOOK)
    assert {"guide", *TABLES, "limits", "comments"} == {*book.sheetnames}
    guide = {(row[0], row[1]) for row in book["guide"].iter_rows(min_row=2, values_only=True)}
    for name in TABLES:
        header = [cell.value for cell in book[name][1]]
        assert tuple(header) == columns_of(name)
        assert {(name, column) for column in header} <= guide
    said = [*book["limits"].iter_rows(values_only=True)]
    assert said[0] == tuple(name for name in columns_of("limits") if name != "values")
    assert len(said) == len(FINDINGS.limits) + 1
    assert {cell.value for cell in book["comments"][1]} <= {*columns_of("comments")}


def test_no_formula_of_a_customer_lives_in_the_workbook(tmp_path: Path) -> None:
    findings = invented_findings(400, word='=HYPERLINK("http://x.example","đây")')
    write_workbook(findings, tmp_path / WORKBOOK, lang="vi")
    book = openpyxl.load_workbook(tmp_path / WORKBOOK)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_comments_behind_the_causes_are_all_there() -> None:
    table = complaints(FINDINGS)
    listed = FINDINGS.causes.loc[FINDINGS.causes["listed"].astype(bool), "touchpoint"].astype(str).tolist()
    mentions = FINDINGS.scored.mentions
    wanted = (mentions["sentiment"] == "negative") & mentions["touchpoint"].isin(listed)
    assert len(table) == int(wanted.sum()) > 0
    assert table["touchpoint"].astype(str).drop_duplicates().tolist() == listed
    assert table["text"].notna().all()


def test_the_page_on_columns_is_what_the_tables_say() -> None:
    written = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert written == markdown(), "run: python -m cx_nlp.report.columns > docs/findings.md"


def test_the_page_on_columns_names_every_code_of_why_not() -> None:
    assert all(f"| `{code}` | " in markdown() for code in WHY_NOT)
    assert {f"why_not = {code}" for code in WHY_NOT} <= {*explained("vi")["column"]}
    assert {*FINDINGS.causes["why_not"].dropna()} <= {"", *WHY_NOT}


def test_both_languages_explain_every_column() -> None:
    vi, en = explained("vi"), explained("en")
    assert vi[["table", "column"]].equals(en[["table", "column"]])
    assert (vi["meaning"].str.len() > 0).all()
    assert (vi["meaning"] != en["meaning"]).mean() > 0.9
