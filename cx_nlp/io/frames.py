"""A data frame in memory as an export, so that frames and files are read by the same rules."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pyarrow as pa

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.export import Chunk, Export


@dataclass(frozen=True)
class FrameExport(Export):
    """An export that is a data frame; its line numbers are row numbers from 1.

    Attributes
    ----------
    fingerprint : str
        As `digest` gives it.
    types : mapping
        Arrow type of each column.
    """

    fingerprint: str = ""
    types: Mapping[str, pa.DataType] = field(default_factory=dict)

    @property
    def size(self) -> int | None:
        """None: it is no file."""
        return None

    def digest(self) -> str:
        """SHA-256 of the frame's cells and column names, in hexadecimal."""
        return self.fingerprint


def frame_export(frame: pd.DataFrame, *, name: str = "data frame") -> FrameExport:
    """The frame as an export of typed cells; its index is set aside.

    Raises
    ------
    InputError
        If the frame has no rows, or two columns of one name.
    """
    columns = tuple(str(column) for column in frame.columns)
    if len(frame) == 0:
        raise InputError(f"{name}: it has no rows; give a frame with one comment a row.")
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise ColumnError(f"{name}: column {twice[0]!r} occurs twice; rename one of them.")
    cells = frame.set_axis(pd.RangeIndex(1, len(frame) + 1)).set_axis(list(columns), axis=1)

    def read(rows: int) -> Iterator[Chunk]:
        for start in range(0, len(cells), rows):
            yield Chunk(cells.iloc[start : start + rows].astype(object), ())

    return FrameExport(
        path=Path(name),
        format="frame",
        columns=columns,
        encoding=None,
        delimiter=None,
        sheet=None,
        notes=(),
        last_line=len(cells),
        _read=read,
        fingerprint=_fingerprint(cells),
        types={column: _arrow_type(cells[column]) for column in columns},
    )


def _arrow_type(values: pd.Series) -> pa.DataType:
    try:
        return pa.array(values, from_pandas=True).type
    except (pa.ArrowException, TypeError, ValueError):
        return pa.string()


def _fingerprint(frame: pd.DataFrame) -> str:
    digest = hashlib.sha256(repr(list(frame.columns)).encode("utf-8"))
    for row in frame.itertuples(index=False, name=None):
        digest.update(repr(row).encode("utf-8", errors="replace"))
    return digest.hexdigest()
