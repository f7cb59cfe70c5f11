"""The page on databases: its tables are those that are made, and its queries run in each kind of database."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from invented_findings import invented_findings
from sql_rows import run

import cx_nlp
from cx_nlp.taxonomy import load_taxonomy

pytest.importorskip("sqlalchemy", reason="databases need the extra sql")

from cx_nlp.sql.destination import destination, prepare
from cx_nlp.sql.loading import Run, add_run
from cx_nlp.sql.tables import KINDS, columns

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8")
CAUSES, STARTS, MONTHS, REVIEW, FIX = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_has_every_column_of_every_table() -> None:
    parts = {part.partition("\n")[0]: part for part in PAGE.split("\n### ")[1:]}
    assert {f"cx_{name}" for name in columns()} == {*parts}
    for name, spec in columns().items():
        rows = [f"| `{column}` | {kind} | {meaning} |" for column, kind, meaning in spec]
        assert re.findall(r"^\| `.*", parts[f"cx_{name}"], re.MULTILINE) == rows
    assert all(f"\n| {kind} |" in PAGE for kind in KINDS)


@pytest.fixture(scope="module")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("analysed") / "out"
    cx_nlp.score(ROOT / "data" / "sample_reviews.csv", out=folder, model="fast")
    return folder, invented_findings(400).causes


@pytest.fixture
def filled(database: str, analysed: tuple[Path, pd.DataFrame]) -> str:
    folder, causes = analysed
    goal = destination(database)
    prepare(goal)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    add_run(goal, Run("one", "analyze", folder, manifest, load_taxonomy(), causes))
    return database


def test_the_queries_give_the_figures_of_the_report(filled: str, analysed: tuple[Path, pd.DataFrame]) -> None:
    folder, causes = analysed
    listed = causes[causes["listed"].astype(bool)]
    found = run(filled, CAUSES)
    assert [row[5] for row in found] == pytest.approx(listed["loss"].astype(float).tolist())
    assert [row[10] for row in found] == pytest.approx(listed["total_high"].astype(float).tolist())
    assert found[0][0] == load_taxonomy().touchpoint(listed["touchpoint"].iloc[0]).name_vi
    starts = causes[causes["starts_at"].fillna("") != ""]
    assert {row[:2] for row in run(filled, STARTS)} == {
        *zip(starts["touchpoint"], starts["starts_at"], strict=True)
    }
    assert len(starts) > 0

    comments = pd.read_parquet(folder / "comments.parquet")
    mentions = pd.read_parquet(folder / "mentions.parquet")
    said = mentions[(mentions["touchpoint"] == "delivery") & (mentions["sentiment"] == "negative")][
        "comment_id"
    ]
    comments["complains"] = comments["comment_id"].isin(said)
    timed = comments.dropna(subset="time")
    months = timed.groupby(timed["time"].dt.strftime("%Y-%m"))["complains"].agg(["size", "sum"])
    assert [(str(month)[:7], n, bad) for month, n, bad, _ in run(filled, MONTHS)] == [
        (month, row["size"], row["sum"]) for month, row in months.iterrows()
    ]
    assert sum(months["sum"]) > 20
    review = comments.groupby("channel", dropna=False)["needs_review"].mean()
    assert [float(share) for *_, share in run(filled, REVIEW)] == pytest.approx(sorted(review, reverse=True))
    fix = timed.groupby(timed["time"] >= "2025-07-01").agg({"complains": "mean", "rating": "mean"})
    assert [(row[0], float(row[2]), row[3]) for row in run(filled, FIX)] == [
        (name, pytest.approx(fix.loc[after, "complains"]), pytest.approx(fix.loc[after, "rating"]))
        for name, after in (("before", False), ("after", True))
    ]
