import json
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cx_nlp.io.scored import scored_tables
from cx_nlp.io.target import Target, output_target

COMMENTS = pd.DataFrame(
    {
        "comment_id": ["c1", "c2"],
        "text": ["Giao nhanh", "Chưa dùng"],
        "time": pd.to_datetime(["2024-02-03 10:30", None]),
        "rating": [5.0, None],
        "sentiment": ["positive", "neutral"],
        "confidence": [0.9, 0.6],
        "needs_review": [False, True],
        "id": ["x", "y"],
        "quantity": [2, 3],
    }
)
MENTIONS = pd.DataFrame(
    {
        "comment_id": ["c1"],
        "touchpoint": ["delivery"],
        "factor": ["responsiveness"],
        "stage": ["purchase"],
        "sentiment": ["positive"],
        "confidence": [0.9],
        "start": [0],
        "end": [10],
        "quote": ["Giao nhanh"],
    }
)


def write(target: Target) -> None:
    target.path.mkdir(exist_ok=True)
    with scored_tables(target.path, target, types={"quantity": pa.int64()}) as append:
        append(COMMENTS.iloc[:1], pa.Table.from_pandas(MENTIONS, preserve_index=False))
        append(COMMENTS.iloc[1:], pa.Table.from_pandas(MENTIONS, preserve_index=False)[:0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "june"


def test_parquet_has_two_tables_with_types(folder: Path) -> None:
    write(output_target(folder))
    comments = pq.read_table(folder / "comments.parquet")
    assert comments.column_names == list(COMMENTS.columns)
    assert comments.schema.field("time").type == pa.timestamp("us")
    assert comments.schema.field("quantity").type == pa.int64()
    assert comments["rating"].to_pylist() == [5.0, None]
    assert pq.read_table(folder / "mentions.parquet").to_pylist() == MENTIONS.to_dict("records")


def test_csv_has_the_same_rows(folder: Path) -> None:
    write(output_target(folder, format="csv"))
    comments = pd.read_csv(folder / "comments.csv", encoding="utf-8-sig", parse_dates=["time"])
    assert comments["text"].tolist() == ["Giao nhanh", "Chưa dùng"]
    assert comments["needs_review"].tolist() == [False, True]
    mentions = pd.read_csv(folder / "mentions.csv", encoding="utf-8-sig")
    assert mentions.to_dict("records") == MENTIONS.to_dict("records")


def test_workbook_has_the_same_rows(folder: Path) -> None:
    write(output_target(folder, format="xlsx"))
    book = openpyxl.load_workbook(folder / "scored.xlsx")
    assert book.sheetnames == ["comments", "mentions"]
    assert [row[1] for row in book["comments"].iter_rows(values_only=True)] == [
        "text",
        "Giao nhanh",
        "Chưa dùng",
    ]
    assert book["mentions"]["I2"].value == "Giao nhanh"


def test_json_lines_nest_the_mentions(folder: Path) -> None:
    write(output_target(folder, format="jsonl"))
    first, second = map(json.loads, (folder / "scored.jsonl").read_text(encoding="utf-8").splitlines())
    assert list(first)[:5] == ["id", "sentiment", "confidence", "needs_review", "mentions"]
    assert first["id"] == "c1"
    assert first["mentions"][0]["quote"] == first["text"][0:10]
    assert second["mentions"] == []
    assert (second["rating"], second["time"]) == (None, None)
    assert (second["source_id"], second["quantity"]) == ("y", 3)
