"""The scored tables on disk, in each form: Parquet or CSV tables, a workbook, or nested JSON lines."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_nlp.io.export import Export
from cx_nlp.io.frames import FrameExport
from cx_nlp.io.outputs import writing
from cx_nlp.io.tables import csv_table, missing, opened, parquet_table, text_of
from cx_nlp.io.target import Target
from cx_nlp.io.workbook import workbook

TIME = pa.timestamp("us")
# Columns of the scored tables that are not text; the caller's own columns are text unless their source has types.
COMMENT_TYPES: Mapping[str, pa.DataType] = {
    "time": TIME,
    "rating": pa.float64(),
    "value": pa.float64(),
    "confidence": pa.float64(),
    "needs_review": pa.bool_(),
}
MENTION_TYPES: Mapping[str, pa.DataType] = {
    "confidence": pa.float64(),
    "start": pa.int64(),
    "end": pa.int64(),
}

# Takes comments and the table of the mentions that belong to them.
Append = Callable[[pd.DataFrame, pa.Table], None]


@contextmanager
def scored_tables(
    folder: Path, target: Target, *, types: Mapping[str, pa.DataType] | None = None
) -> Iterator[Append]:
    """A function that appends comments with their mentions to the target's tables, complete when the block ends well.

    Parameters
    ----------
    folder : Path
        Where the files are built.
    target : Target
        Names the files and their format.
    types : mapping, optional
        Parquet types of the caller's own columns that are not text.

    Raises
    ------
    OutputError
        If the disk refuses, or a sheet grows over what Excel can hold.
    """
    with ExitStack() as stack:
        yield _OPENERS[target.format](stack, [folder / name for name in target.tables], types or {})


def own_types(export: Export, others: Mapping[str, str]) -> dict[str, pa.DataType]:
    """Types of the caller's own columns, by their new names, where the export declares ones that Parquet can keep.

    Text files and sheets declare none: a column that looks like numbers for a million rows may end in "n/a".
    """
    if isinstance(export, FrameExport):
        declared = dict(export.types)
    elif export.format == "parquet":
        declared = dict(zip(export.columns, pq.read_schema(export.path).types, strict=True))
    else:
        return {}
    return {others[name]: kind for name, kind in declared.items() if name in others and _is_plain(kind)}


def _is_plain(kind: pa.DataType) -> bool:
    kinds = pa.types
    number = kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind)
    return bool(number or kinds.is_boolean(kind) or kinds.is_timestamp(kind) or kinds.is_date(kind))


def nested_records(comments: pd.DataFrame, mentions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """One record a comment: `id, sentiment, confidence, needs_review, mentions`, then the comment's other columns."""
    of_comment: dict[str, list[dict[str, Any]]] = {}
    for mention in _rows(mentions):
        of_comment.setdefault(mention.pop("comment_id"), []).append(mention)
    for row in _rows(comments):
        identity = row.pop("comment_id")
        record = {
            "id": identity,
            **{name: row.pop(name) for name in ("sentiment", "confidence", "needs_review")},
        }
        record["mentions"] = of_comment.get(identity, [])
        yield record | {f"source_{name}" if name in record else name: value for name, value in row.items()}


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = [str(name) for name in frame.columns]
    columns = [[_json_value(value) for value in frame[name].tolist()] for name in frame.columns]
    return (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))


def _json_value(value: object) -> object:
    if isinstance(value, (str, bool, int, dict, list)):
        return value
    return None if missing(value) else value if isinstance(value, float) else text_of(value)


def _parquet(stack: ExitStack, paths: list[Path], types: Mapping[str, pa.DataType]) -> Append:
    comments = stack.enter_context(parquet_table(paths[0], types={**types, **COMMENT_TYPES}))
    mentions = stack.enter_context(parquet_table(paths[1], types=MENTION_TYPES))

    def append(some: pd.DataFrame, found: pa.Table) -> None:
        comments.append(some)
        mentions.append(found)

    return append


def _csv(stack: ExitStack, paths: list[Path], types: Mapping[str, pa.DataType]) -> Append:
    comments, mentions = (stack.enter_context(csv_table(path)) for path in paths)
    return _each(comments.append, mentions.append)


def _xlsx(stack: ExitStack, paths: list[Path], types: Mapping[str, pa.DataType]) -> Append:
    sheets = stack.enter_context(workbook(paths[0], ("comments", "mentions")))
    return _each(sheets["comments"].append, sheets["mentions"].append)


def _each(
    append_comments: Callable[[pd.DataFrame], None], append_mentions: Callable[[pd.DataFrame], None]
) -> Append:
    def append(comments: pd.DataFrame, mentions: pa.Table) -> None:
        append_comments(comments)
        append_mentions(mentions.to_pandas())

    return append


def _jsonl(stack: ExitStack, paths: list[Path], types: Mapping[str, pa.DataType]) -> Append:
    stream = stack.enter_context(opened(paths[0], "w"))

    def append(comments: pd.DataFrame, mentions: pa.Table) -> None:
        with writing(paths[0]):
            for record in nested_records(comments, mentions.to_pandas()):
                stream.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")

    return append


_OPENERS = {"parquet": _parquet, "csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl}
