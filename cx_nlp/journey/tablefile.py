"""Files a scored table comes in: two Parquet or CSV files, a workbook with two sheets, or one nested JSONL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_nlp.errors import InputError
from cx_nlp.io.formulas import as_written
from cx_nlp.io.header import column_names
from cx_nlp.io.sheet_parts import check_workbook
from cx_nlp.journey.nested import read_nested
from cx_nlp.schema import MENTIONS_NEEDED, require_columns

PAIRS = (".parquet", ".csv")
SINGLES = (".xlsx", ".jsonl")
COMMENT_ID = ("comment_id",)
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
    return _with_extras(source, mentions, f"{source.name}.manifest.json")


def read(
    files: Files, *, comment_columns: Sequence[str], mention_columns: Sequence[str], ours: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame, TextBatches | None]:
    """Comments and mentions with those of the columns there are, and a source of the texts.

    In CSV files of `ours` the marks that keep a spreadsheet from running a cell are taken off again.
    The source of texts is None where the comments hold their text; their index then gives file lines.
    """
    suffix = files.comments.suffix.lower()
    if suffix == ".parquet":
        texts = (lambda: _text_batches(files.comments)) if _holds_text(files.comments) else None
        comments = _parquet(files.comments, comment_columns, COMMENT_ID)
        return comments, _parquet(files.mentions, mention_columns, MENTIONS_NEEDED), texts
    if suffix == ".jsonl":
        comments, mentions = read_nested(files.comments)
    else:
        sheets = ("comments", "mentions") if suffix == ".xlsx" else (None, None)
        comments, mentions = read_rows(files.comments, sheets[0]), read_rows(files.mentions, sheets[1])
        if ours and suffix == ".csv":
            comments, mentions = _as_written(comments), _as_written(mentions)
        # Here, where the message can still name all columns there are.
        require_columns(comments, COMMENT_ID, source=files.comments.name)
        require_columns(mentions, MENTIONS_NEEDED, source=files.mentions.name)
    return _only(comments, (*comment_columns, "text")), _only(mentions, mention_columns), None


def _as_written(frame: pd.DataFrame) -> pd.DataFrame:
    cells = {
        name: pd.Series([as_written(str(cell)) for cell in frame[name].tolist()], frame.index, dtype="str")
        for name in frame.columns
    }
    written: pd.DataFrame = pd.DataFrame(cells, index=frame.index)
    # Two names may be one without their marks.
    written.columns = pd.Index(column_names([as_written(str(name)) for name in frame.columns])[0])
    return written


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


def _parquet(path: Path, columns: Sequence[str], needed: Sequence[str]) -> pd.DataFrame:
    if path.suffix.lower() != ".parquet":
        rows = read_rows(path, None)
        require_columns(rows, needed, source=path.name)
        return _only(rows, columns)
    with _open_parquet(path) as file:
        names = file.schema_arrow.names
        require_columns(pd.DataFrame(columns=names), needed, source=path.name)
        wanted = [name for name in dict.fromkeys(columns) if name in names]
        if twice := [name for name in wanted if names.count(name) > 1]:
            raise InputError(f"{path}: has more than one column {twice[0]!r}; leave the one that counts.")
        # What a program noted beside the columns is not asked.
        table = file.read(columns=wanted).replace_schema_metadata()
        # A column of nothing but nulls has no type, and no values to make codes of.
        repeating = [
            name for name in REPEATING if name in wanted and pa.types.is_string(table.schema.field(name).type)
        ]
        frame: pd.DataFrame = table.to_pandas(categories=repeating)
    return frame


def _holds_text(path: Path) -> bool:
    with _open_parquet(path) as file:
        return {"comment_id", "text"} <= set(file.schema_arrow.names)


def _text_batches(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    with _open_parquet(path) as file:
        for batch in file.iter_batches(batch_size=8192, columns=["comment_id", "text"]):
            yield [str(id) for id in batch["comment_id"].to_pylist()], batch["text"].to_pylist()


@contextmanager
def _open_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """The file, open; what Arrow finds wrong in it, here or while it is read, is said in words."""
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except InputError:
        raise
    # Bytes that are no text and values that Python has no form for are ValueErrors.
    except (OSError, pa.ArrowException, ValueError) as error:
        raise InputError(f"{path}: is not a Parquet file that can be read; write it anew.") from error


def read_rows(path: Path, sheet: str | None) -> pd.DataFrame:
    """All rows and columns of a text file or of a sheet, indexed by line; InputError where one cannot be read."""
    from cx_nlp.io.readers import open_export

    # An export without rows is a mistake, which the reader refuses; a table of mentions may well have none.
    if (header := _lone_header(path, sheet)) is not None:
        empty: pd.DataFrame = pd.DataFrame(columns=header)
        return empty
    chunks = list(open_export(path, sheet=sheet).chunks())
    for bad in (row for chunk in chunks for row in chunk.rejected):
        raise InputError(
            f"{path}, line {bad.line}: {bad.reason}; mend the row, a scored table must be whole."
        )
    return pd.concat([chunk.frame for chunk in chunks])


def _lone_header(path: Path, sheet: str | None) -> list[str] | None:
    """Column names of a table that has nothing else, None where there are rows."""
    rows: Iterable[Sequence[object]] = ()
    if sheet is not None:
        import openpyxl

        # A broken workbook, which openpyxl may meet with any exception, or one that is not safe to read, is for the
        # reader to explain.
        with suppress(Exception), path.open("rb") as stream:
            check_workbook(path)
            book = openpyxl.load_workbook(stream, read_only=True, keep_links=False)
            rows = [*islice(book[sheet].iter_rows(values_only=True), 2)]
    elif path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace") as stream:
            rows = [
                re.split(r"[,;\t]", line.replace('"', "").strip())
                for line in islice(stream, 2)
                if line.strip()
            ]
    return [*column_names(rows[0])[0]] if len(rows := list(rows)) == 1 else None
