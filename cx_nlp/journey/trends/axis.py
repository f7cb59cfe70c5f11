"""Which periods a table's comments are counted in: their unit, the first and the last, and whether the last one is over."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.period import FREQUENCY, all_starts, choose_unit, core_span

THIN = 20
"""Comments that a period should have, at the median; with fewer the next longer unit is taken."""
MOST = 160
"""Periods of one unit at most: three years of weeks."""
FEW_WEEKS = 13
"""With fewer weeks, days are counted where they have comments enough."""
STRAY = 0.02
"""Share of the median number of comments below which a period at either end is a few stray dates."""
BULK, SHORT = 0.8, 0.25
"""Where that share of the comments lies in less than that share of the time, the time before it is too thin to count ..."""
SPARSE = 0.1
"""... but for the part that has at least so much of its density."""


class Axis(NamedTuple):
    """Unit, first days of the periods (those without a comment too), whether the last one is over, and what was left out."""

    unit: str
    periods: pd.DatetimeIndex
    complete: bool
    limits: tuple[Limit, ...]


def axis(times: pd.Series[Any]) -> Axis | None:
    """The periods of these times without zone; None where no time is known.

    The unit is the finest of week, month and quarter that mostly has `THIN` comments a period; days where the table spans three
    weeks or less, or a few weeks with that many comments a day. Where most comments lie in a short part of the time, as in exports
    of the newest reviews, what came long before is left out. So are a few dates at either end, typing errors mostly.
    """
    span = core_span(times)
    if span is None:
        return None
    known = np.sort(times.dropna().to_numpy().astype("datetime64[us]"))
    limits: tuple[Limit, ...] = ()
    since = _since(known[(known >= span[0].to_datetime64()) & (known <= span[1].to_datetime64())])
    early = int(((known < since) & (known >= span[0].to_datetime64())).sum())
    if early:
        limits += (Limit("trends", "thin_past", {"comments": early, "since": str(since)[:10]}),)
        known, span = known[known >= since], (pd.Timestamp(since), span[1])
    unit = _unit(known, *span) or choose_unit(*span)
    periods, counted = _without_strays(known, all_starts(*span, unit), unit)
    if counted < len(known):
        limits += (Limit("trends", "stray_times", {"comments": len(known) - counted}),)
    return Axis(unit, periods, is_over(known, periods[-1], unit), limits)


def place(times: pd.Series[Any], periods: pd.DatetimeIndex, unit: str) -> NDArray[np.intp]:
    """For each time the position of its period, -1 where it lies in none."""
    # Pandas compares times of different resolution only where nothing is lost.
    return _place(times.to_numpy().astype("datetime64[us]"), periods, unit)


def is_over(known: NDArray[np.datetime64], period: pd.Timestamp, unit: str) -> bool:
    """Whether the sorted times go on to the end of the period, but for a gap as it is usual between two of them."""
    end = _end(period, unit)
    known = known[known < end]
    if not len(known):
        return False
    day = np.timedelta64(1, "D")
    if unit == "day" and (known.astype("datetime64[D]") == known).all():
        return True  # dates without time of day
    gap = np.quantile(np.diff(known).astype(float), 0.95) if len(known) > 1 else 0.0
    usual = max(np.timedelta64(int(gap), "us"), np.timedelta64(1, "h") if unit == "day" else day)
    return bool(end - known[-1] <= usual)


def _unit(known: NDArray[np.datetime64], first: pd.Timestamp, last: pd.Timestamp) -> str | None:
    if choose_unit(first, last) == "day":
        return "day"
    for unit in ("week", "month", "quarter"):
        periods = all_starts(first, last, unit)
        if len(periods) <= MOST and _usual(known, periods, unit) >= THIN:
            days = all_starts(first, last, "day")
            short = unit == "week" and len(periods) < FEW_WEEKS and _usual(known, days, "day") >= THIN
            return "day" if short else unit
    return None


def _usual(known: NDArray[np.datetime64], periods: pd.DatetimeIndex, unit: str) -> float:
    return float(np.median(_counted(known, periods, unit)))


def _since(known: NDArray[np.datetime64]) -> np.datetime64:
    """Begin of the time that is not too thin."""
    many = int(np.ceil(BULK * len(known))) - 1
    lengths = known[many:] - known[: len(known) - many]
    at, day = int(lengths.argmin()), np.timedelta64(1, "D")
    length = max(lengths[at], day)
    begin: np.datetime64 = known[at]
    if length > SHORT * (known[-1] - known[0]):
        first: np.datetime64 = known[0]
        return first
    step = max(length / 4, day)
    least = SPARSE * (many + 1) * (step / length)
    while ((known >= begin - step) & (known < begin)).sum() >= least:
        begin = begin - step
    day_of: np.datetime64 = begin.astype("datetime64[D]")
    return day_of


def _without_strays(
    known: NDArray[np.datetime64], periods: pd.DatetimeIndex, unit: str
) -> tuple[pd.DatetimeIndex, int]:
    """The periods between the first and the last that are no strays, and how many comments they have."""
    comments = _counted(known, periods, unit)
    kept = np.flatnonzero(comments >= max(STRAY * np.median(comments[comments > 0]), 1))
    inside = slice(kept[0], kept[-1] + 1)
    return periods[inside], int(comments[inside].sum())


def _counted(known: NDArray[np.datetime64], periods: pd.DatetimeIndex, unit: str) -> NDArray[np.intp]:
    at = _place(known, periods, unit)
    return np.bincount(at[at >= 0], minlength=len(periods))


def _place(when: NDArray[np.datetime64], periods: pd.DatetimeIndex, unit: str) -> NDArray[np.intp]:
    starts = periods.to_numpy().astype("datetime64[us]")
    inside = when < _end(periods[-1], unit)
    return np.where(inside, starts.searchsorted(when, side="right") - 1, -1).astype(np.intp)


def _end(period: pd.Timestamp, unit: str) -> np.datetime64:
    end: np.datetime64 = (period.to_period(FREQUENCY[unit]) + 1).start_time.to_datetime64()
    return end
