"""Checks of a table given to the lower half, each error with the row and column it is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.errors import InputError
from cx_nlp.journey.period import written_times

NUMBERS = ("confidence", "rating", "value", "start", "end")


@dataclass(frozen=True)
class TableCheck:
    """A table under its name in errors; `frame` keeps the row numbers of the file as its index."""

    name: str
    frame: pd.DataFrame

    def filled(self, typed: pd.DataFrame, columns: Sequence[str]) -> None:
        """Refuses an empty value in these columns."""
        for name in columns:
            self._refuse(typed[name].isna(), name, lambda _: "is empty; every row needs it")

    def ids_once(self, ids: pd.Series[Any]) -> None:
        """Refuses an empty or repeated comment id."""
        self._refuse(ids.isna(), "comment_id", lambda _: "is empty; every comment needs an id")
        self._refuse(
            ids.duplicated(), "comment_id", lambda id: f"{id!r} occurs a second time; ids must differ"
        )

    def one_of(self, column: pd.Series[Any], allowed: Sequence[str]) -> None:
        """Refuses a sentiment that is not allowed."""
        bad = ~column.isin(allowed)
        self._refuse(bad, "sentiment", lambda value: f"is {value!r}; write one of {', '.join(allowed)}")

    def known(self, lost: NDArray[np.bool_], where: str) -> None:
        """Refuses a mention of a comment that is not in the other table."""
        self._refuse(
            pd.Series(lost), "comment_id", lambda id: f"{id!r} is not in {where}; both must go together"
        )

    def read_as(
        self, column: str, reader: Callable[[pd.Series[Any]], pd.Series[Any]], cure: str
    ) -> pd.Series[Any]:
        """The column as `reader` gives it; refuses what it cannot read."""
        values = self.frame[column]
        read = reader(values)
        lost = read.isna() & values.notna()
        if lost.any():
            lost &= values.astype(str).str.strip() != ""
        self._refuse(lost, column, lambda value: f"{value!r} cannot be read; {cure}")
        return read

    def _refuse(self, bad: pd.Series[Any], column: str, reason: Callable[[str], str]) -> None:
        if not bad.any():
            return
        at = int(np.argmax(bad.to_numpy()))
        row = self.frame.index[at]
        row = at + 1 if isinstance(self.frame.index, pd.RangeIndex) and self.frame.index.start == 0 else row
        value = str(self.frame[column].iloc[at])[:60]
        raise InputError(f"{self.name}, row {row}, column {column}: {reason(value)}.")


def typed_columns(check: TableCheck) -> pd.DataFrame:
    """Columns of the types the design names, whatever file they came from; blank text is missing."""
    out: pd.DataFrame = check.frame.copy(deep=False)
    for name in out.columns:
        if name == "time":
            out[name] = check.read_as(name, _times, "write times as 2024-12-31 or 2024-12-31T18:30:00")
        elif name in NUMBERS:
            out[name] = check.read_as(name, _numbers, "write a number")
        elif name == "needs_review":
            out[name] = out[name].astype(str).str.strip().str.lower().isin(["true", "1", "1.0", "yes"])
        elif name not in ("text", "quote"):
            out[name] = _words(out[name])
    return out


def _words(column: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = column.cat.categories
        if all(isinstance(name, str) and name and name == name.strip() for name in names):
            return column
    words = column.astype(str).str.strip()
    known: pd.Series[Any] = words.where(column.notna() & (words != ""), None)
    return known


def _times(column: pd.Series[Any]) -> pd.Series[Any]:
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    return written_times(column)


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    return pd.to_numeric(column, errors="coerce").astype(float)
