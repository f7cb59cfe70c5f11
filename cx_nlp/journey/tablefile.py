"""Files a scored table comes in: two Parquet or CSV files, a workbook with two sheets, or one nested JSONL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_nlp.errors import InputError

PAIRS = (".parquet", ".csv")
SINGLES = (".xlsx", ".jsonl")
# Columns worth keeping as codes while reading: a million rows hold a few dozen values.
REPEATING = ("touchpoint", "factor", "stage", "sentiment")

TextBatches = Callable[[], Iterable[tuple[Sequence[str], Sequence[str]]]]


@dataclass(frozen=True)
class Files:
    """Where the parts of a scored table are; comments and mentions are one path where one file holds both."""

    comments: Path
    mentions: Path
    manifest: Path | None = None
    taxonomy: Path | None = None


def find(source: Path) -> Files:
    """The files of the scored table at `source`, a folder or a file.

    Raises
    ------
    InputError
        If there is none.
    """
    if source.is_dir():
        return _in_folder(source)
    if not source.exists():
        raise InputError(f"{source}: does not exist; name the folder or file that `cx-nlp score` wrote.")
    if source.suffix.lower() in SINGLES:
        mentions = source
    elif source.suffix.lower() in PAIRS:
        mentions = source.with_name(f"{source.stem}.mentions{source.suffix}")
        _must_exist(mentions, beside=source)
    else:
        raise InputError(f"{source}: a scored table is a folder or a .parquet, .csv, .xlsx or .jsonl file.")
    return _with_extras(source, mentions, f"{source.stem}.manifest.json")


def read(
    files: Files, *, comment_columns: Sequence[str], mention_columns: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame, TextBatches | None]:
    """Comments and mentions with those of the columns there are, and a source of the texts.

    The source of texts is None where the comments hold their text; their index then gives file lines.
    """
    suffix = files.comments.suffix.lower()
    if suffix == ".parquet":
        texts = (lambda: _text_batches(files.comments)) if _holds_text(files.comments) else None
        return _parquet(files.comments, comment_columns), _parquet(files.mentions, mention_columns), texts
    if suffix == ".jsonl":
        comments, mentions = _nested(files.comments)
    else:
        sheets = ("comments", "mentions") if suffix == ".xlsx" else (None, None)
        comments, mentions = _rows(files.comments, sheets[0]), _rows(files.mentions, sheets[1])
    return _only(comments, (*comment_columns, "text")), _only(mentions, mention_columns), None


def _in_folder(folder: Path) -> Files:
    for suffix in PAIRS:
        comments = folder / f"comments{suffix}"
        if comments.exists():
            mentions = [path for path in (folder / f"mentions{other}" for other in PAIRS) if path.exists()]
            if not mentions:
                _must_exist(folder / f"mentions{suffix}", beside=comments)
            return _with_extras(comments, mentions[0], "manifest.json")
    for suffix in SINGLES:
        both = folder / f"scored{suffix}"
        if both.exists():
            return _with_extras(both, both, "manifest.json")
    raise InputError(
        f"{folder}: holds no scored table (comments.parquet or comments.csv, scored.xlsx, scored.jsonl); "
        "name the folder that `cx-nlp score` wrote."
    )


def _with_extras(comments: Path, mentions: Path, manifest: str) -> Files:
    extras = [comments.with_name(name) for name in (manifest, "taxonomy.toml")]
    return Files(comments, mentions, *(path if path.exists() else None for path in extras))


def _must_exist(path: Path, *, beside: Path) -> None:
    if not path.exists():
        raise InputError(
            f"{path}: the table of mentions is missing beside {beside.name}; both belong together."
        )


def _only(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    kept: pd.DataFrame = frame.filter(items=list(dict.fromkeys(columns)), axis="columns")
    return kept


def _parquet(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    if path.suffix.lower() != ".parquet":
        return _only(_rows(path, None), columns)
    with _open_parquet(path) as file:
        names = file.schema_arrow.names
        wanted = [name for name in dict.fromkeys(columns) if name in names]
        table = file.read(columns=wanted)
        repeating = [name for name in REPEATING if name in wanted]
        frame: pd.DataFrame = table.to_pandas(categories=repeating, ignore_metadata=True)
    return frame


def _holds_text(path: Path) -> bool:
    with _open_parquet(path) as file:
        return {"comment_id", "text"} <= set(file.schema_arrow.names)


def _text_batches(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    with _open_parquet(path) as file:
        for batch in file.iter_batches(batch_size=8192, columns=["comment_id", "text"]):
            yield [str(id) for id in batch["comment_id"].to_pylist()], batch["text"].to_pylist()


def _open_parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: is not a Parquet file that can be read; write it anew.") from error


def _rows(path: Path, sheet: str | None) -> pd.DataFrame:
    from cx_nlp.io.readers import open_export

    chunks = list(open_export(path, sheet=sheet).chunks())
    for bad in (row for chunk in chunks for row in chunk.rejected):
        raise InputError(
            f"{path}, line {bad.line}: {bad.reason}; mend the row, a scored table must be whole."
        )
    return pd.concat([chunk.frame for chunk in chunks]) if chunks else pd.DataFrame()


def _nested(path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    comments: list[dict[str, Any]] = []
    mentions: list[dict[str, Any]] = []
    lines: tuple[list[int], list[int]] = ([], [])
    with path.open(encoding="utf-8-sig") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            comment = _comment(path, number, line)
            found = comment.pop("mentions", [])
            comments.append(comment)
            mentions.extend({"comment_id": comment["comment_id"], **mention} for mention in found)
            lines[0].append(number)
            lines[1].extend([number] * len(found))
    empty = ["comment_id", "touchpoint", "factor", "sentiment"]
    return (
        pd.DataFrame(comments, index=pd.Index(lines[0]), columns=None if comments else ["comment_id"]),
        pd.DataFrame(mentions, index=pd.Index(lines[1]), columns=None if mentions else empty),
    )


def _comment(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        comment = json.loads(line)
    except ValueError as error:
        raise InputError(
            f"{path}, line {number}: is not JSON ({error}); write one comment a line."
        ) from error
    id = comment.get("id", comment.get("comment_id")) if isinstance(comment, dict) else None
    found = comment.get("mentions", []) if isinstance(comment, dict) else None
    if id is None or not isinstance(found, list) or not all(isinstance(mention, dict) for mention in found):
        raise InputError(f"{path}, line {number}: needs an id and a list of mentions.")
    return {
        **{key: value for key, value in comment.items() if key != "id"},
        "comment_id": str(id),
        "mentions": found,
    }
