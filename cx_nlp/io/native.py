"""Frames of other kinds than pandas, by way of narwhals: Polars data frames, Arrow tables and what else it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from cx_nlp.errors import InputError


class Native:
    """A frame of any kind.

    Parameters
    ----------
    frame
        A Polars data frame, an Arrow table, or another whose rows lie in memory.

    Raises
    ------
    InputError
        It is no frame, or one that is not computed yet.
    """

    def __init__(self, frame: Any) -> None:  # noqa: ANN401 - of any library
        try:
            self._frame = nw.from_native(frame, eager_only=True)
        except TypeError as error:
            cure = (
                "compute it first (collect)"
                if hasattr(frame, "collect")
                else "give a frame of pandas, Polars or Arrow"
            )
            raise InputError(
                f"a {type(frame).__module__}.{type(frame).__name__} cannot be read as a table: {cure}."
            ) from error

    def to_pandas(self) -> pd.DataFrame:
        """Its cells for reading, rows numbered from 0; whole numbers with gaps stay whole."""
        frame: pd.DataFrame = pa.table(self._frame.to_arrow()).to_pandas(integer_object_nulls=True)
        return frame

    def like(self, table: pd.DataFrame) -> Any:  # noqa: ANN401
        """A table, without its index, as a frame of this kind."""
        return self._made(table).to_native()

    def with_rows(self, table: pd.DataFrame, rows: Sequence[int], own: Mapping[str, str]) -> Any:  # noqa: ANN401
        """A table as a frame of this kind, its columns `own` taken over from these rows of this frame in their own types.

        Parameters
        ----------
        table
            One row for each of `rows`.
        own
            Column of the table by the column of this frame that it is.
        """
        made = self._made(table.drop(columns=[*own.values()]))
        kept = (
            self._frame[list(rows)].select([nw.col(old).alias(new) for old, new in own.items()])
            if own
            else None
        )
        columns = {**_columns(made), **(_columns(kept) if kept is not None else {})}
        return made.with_columns(*columns.values()).select(list(table.columns)).to_native()

    def _made(self, table: pd.DataFrame) -> nw.DataFrame[Any]:
        arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata()
        return nw.from_arrow(arrow, backend=self._frame.implementation)


def _columns(frame: nw.DataFrame[Any]) -> dict[str, nw.Series[Any]]:
    return {name: frame[name] for name in frame.columns}
