"""When what a comment tells of happened: at the purchase, at the delivery, or when it was written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.period import OFFSET, naive, written_times
from cx_nlp.journey.table import Scored
from cx_nlp.journey.upstream.event_columns import DELIVERED, PURCHASED

DELIVERY = "delivery"
"""The touchpoint that a delivery date dates."""


def event_times(scored: Scored, table: pd.DataFrame) -> tuple[pd.Series[Any], NDArray[Any]]:
    """When each event happened, and what says so: "event", "comment" or "".

    Parameters
    ----------
    table
        For every mention its `touchpoint` and `phase`.
    """
    rows, comments = scored.comment_rows, scored.comments
    written = _first_of(comments, ["time"])
    time = pd.Series(written.to_numpy()[rows], index=table.index)
    dated = np.where(time.notna(), "comment", "")
    delivery = table["touchpoint"] == DELIVERY
    before = table["phase"].isin(["pre", "during"]) & ~delivery
    for names, here in ((PURCHASED, before), (DELIVERED, delivery)):
        happened = pd.Series(_first_of(comments, names).to_numpy()[rows], index=table.index)
        told = here & happened.notna() & ~(happened > time)
        time, dated = time.mask(told, happened), np.where(told, "event", dated)
    return time, dated


def _first_of(comments: pd.DataFrame, names: Iterable[str]) -> pd.Series[Any]:
    """The first of these columns that is there, as times by the clock of the comments; what cannot be read is unknown."""
    name = next((name for name in names if name in comments), None)
    if name is None:
        unknown: pd.Series[Any] = pd.Series(pd.NaT, index=comments.index, dtype="datetime64[ns]")
        return unknown
    column = comments[name]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return naive(column)
    bare = written_times(column)
    zone = getattr(comments["time"].dtype, "tz", None) if "time" in comments else None
    if zone is not None:
        read: pd.Series[Any] = pd.to_datetime(column.astype(str), errors="coerce", format="ISO8601", utc=True)
        there = column.astype(str).str.strip().str.fullmatch(OFFSET)
        bare = bare.mask(there, read.dt.tz_convert(zone).dt.tz_localize(None))
    return bare
