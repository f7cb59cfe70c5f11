"""Tables written piece by piece in constant memory: Parquet and CSV."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_nlp.io.formulas import as_text
from cx_nlp.io.outputs import writing

TEXT = pa.string()
GROUP = 1 << 15
"""Rows after which they are written as a row group: what the file tells of a group is kept in memory until its end, and small
groups are slow to read."""


class ParquetTable:
    """Rows of one Parquet file; its columns and their types are fixed by the first frame's names and `types`."""

    def __init__(self, path: Path, stream: IO[bytes], types: Mapping[str, pa.DataType]) -> None:
        self._path = path
        self._stream = stream
        self._types = types
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.Table] = []

    def append(self, frame: pd.DataFrame | pa.Table) -> None:
        """Takes in the frame, or a table whose columns have their types already."""
        names = frame.column_names if isinstance(frame, pa.Table) else [*map(str, frame.columns)]
        if self._writer is None:
            fields = [(name, self._types.get(name, TEXT)) for name in names]
            self._writer = pq.ParquetWriter(self._stream, pa.schema(fields), compression="zstd")
        schema = self._writer.schema
        if not isinstance(frame, pa.Table):
            columns = [arrow_column(frame[name], schema.field(str(name)).type) for name in frame.columns]
            frame = pa.Table.from_arrays(columns, schema=schema)
        self._waiting.append(frame.cast(schema))
        if sum(map(len, self._waiting)) >= GROUP:
            self._write()

    def close(self) -> None:
        """Writes what is left, and the footer."""
        if self._writer is not None:
            if self._waiting:
                self._write()
            with writing(self._path):
                self._writer.close()

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        if self._writer is not None:
            with writing(self._path):
                self._writer.write_table(pa.concat_tables(waiting))


class CsvTable:
    """Rows of one CSV file, with a byte order mark because spreadsheets take UTF-8 without one for something else."""

    def __init__(self, path: Path, stream: IO[str]) -> None:
        self._path = path
        self._stream = stream
        self._header = True

    def append(self, frame: pd.DataFrame) -> None:
        """Writes the frame's rows; missing values are empty fields, what a spreadsheet would run is marked as text."""
        with writing(self._path):
            # CRLF, because the csv module quotes a lone carriage return only where it is part of the line end.
            _as_text(frame).to_csv(
                self._stream,
                index=False,
                header=self._header,
                lineterminator="\r\n",
                date_format="%Y-%m-%dT%H:%M:%S",
            )
        self._header = False


def _as_text(frame: pd.DataFrame) -> pd.DataFrame:
    columns = {
        at: [as_text(cell) if isinstance(cell, str) else cell for cell in frame.iloc[:, at].tolist()]
        for at, kind in enumerate(frame.dtypes)
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind))
    }
    made = [
        pd.Series(columns[at], index=frame.index, dtype=object) if at in columns else frame.iloc[:, at]
        for at in range(frame.shape[1])
    ]
    whole: pd.DataFrame = pd.concat(made, axis=1) if made else frame
    whole.columns = pd.Index([as_text(str(name)) for name in frame.columns])
    return whole


@contextmanager
def parquet_table(path: Path, *, types: Mapping[str, pa.DataType]) -> Iterator[ParquetTable]:
    """A `ParquetTable` at `path`, complete when the block ends well.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    with opened(path, "wb") as stream:
        table = ParquetTable(path, stream, types)
        try:
            yield table
        except BaseException:
            # Left to the garbage collector, pyarrow would write its footer to a closed file and complain.
            with suppress(OSError):
                table.close()
            raise
        table.close()


@contextmanager
def csv_table(path: Path) -> Iterator[CsvTable]:
    """A `CsvTable` at `path`, complete when the block ends well.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    with opened(path, "w", encoding="utf-8-sig") as stream:
        yield CsvTable(path, stream)


@contextmanager
def opened(path: Path, mode: str, *, encoding: str | None = None) -> Iterator[IO[Any]]:
    """A new file at `path` whose opening and closing fail as `OutputError`, and not at all where the block failed."""
    # "replace": half of a surrogate pair, as broken JSON may hold, has no UTF-8 form; "?" keeps the offsets.
    errors, newline = (None, None) if "b" in mode else ("replace", "")
    with writing(path):
        stream = path.open(mode, encoding=encoding, errors=errors, newline=newline)
    try:
        yield stream
    except BaseException:
        with suppress(OSError):
            stream.close()
        raise
    with writing(path):
        stream.close()


def arrow_column(values: pd.Series, kind: pa.DataType) -> pa.Array:
    """One column in the type its file has declared; what a text column holds becomes text."""
    if pa.types.is_string(kind):
        # What pandas keeps in Arrow need not become objects on the way.
        with suppress(UnicodeEncodeError):
            if isinstance(values.dtype, pd.StringDtype):
                return pa.array(values, from_pandas=True).cast(kind)
        return text_column(values.tolist())
    if pa.types.is_timestamp(kind):
        return pa.array(pd.to_datetime(values), from_pandas=True).cast(kind, safe=False)
    return pa.array(values, type=kind, from_pandas=True)


def text_column(cells: list[Any]) -> pa.Array:
    """Cells of any kind as a column of text."""
    if {*map(type, cells)} <= {str, type(None)}:
        # Where half of a surrogate pair stands, cell by cell below.
        with suppress(UnicodeEncodeError):
            return pa.array(cells, type=TEXT)
    return pa.array([text_of(value) for value in cells], type=TEXT)


def text_of(value: object) -> str | None:
    """A cell as text: None where missing, whole numbers without ".0", times as ISO 8601, nested values as JSON."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if missing(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def missing(value: object) -> bool:
    """Whether a single cell holds nothing: None, NaN, NaT or NA."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))  # type: ignore[call-overload]


def encodable(text: str) -> str:
    """The text with each lone surrogate replaced by "?", as long as before: offsets into it stay true."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")
