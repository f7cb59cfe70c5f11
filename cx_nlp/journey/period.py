"""Days, weeks, months and quarters: the periods in which comments are counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

# Longest span, in days, for which each unit is used: at most about 21 days, 26 weeks, 60 months, then quarters.
UNITS = {"day": 21, "week": 182, "month": 1826, "quarter": 10**6}
FREQUENCY = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q-DEC"}
OUTLYING = 0.005
OFFSET = r"(.*[T ]\d{2}[:.\d]*)\s*(?:[Zz]|[+-]\d{2}(?::?\d{2})?)"
"""A time that says how far its clock is from UTC."""


def core_span(times: pd.Series[Any]) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """First and last time to show; None where no time is known.

    A few stray dates (1970, 2099) would stretch the axis until nothing can be seen: where the outer half
    per cent at each end makes the span more than three times as long, it is left out.
    """
    known = naive(times).dropna()
    if known.empty:
        return None
    first, last = known.min(), known.max()
    ends = known.quantile([OUTLYING, 1 - OUTLYING], interpolation="nearest")
    low, high = pd.Timestamp(ends.iloc[0]), pd.Timestamp(ends.iloc[1])
    if (last - first) > 3 * max(high - low, pd.Timedelta(days=1)) and len(known) >= 200:
        return low, high
    return first, last


def choose_unit(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Unit that gives a span between a handful and about sixty periods: day, week, month or quarter."""
    days = (last - first).days
    return next(unit for unit, longest in UNITS.items() if days <= longest)


def start_of(times: pd.Series[Any], unit: str) -> pd.Series[Any]:
    """First day of the period each time falls in; weeks begin on Monday."""
    starts: pd.Series[Any] = naive(times).dt.to_period(FREQUENCY[unit]).dt.start_time
    return starts


def all_starts(first: pd.Timestamp, last: pd.Timestamp, unit: str) -> pd.DatetimeIndex:
    """First days of all periods from `first` to `last`, those without a comment too."""
    return pd.period_range(first, last, freq=FREQUENCY[unit]).start_time


def written_times(column: pd.Series[Any]) -> pd.Series[Any]:
    """Times in text by the clock where they were written, as `naive` gives those of a zone; what is no time becomes missing.

    How far that clock is from UTC ("+07:00", "Z") is passed over: the hour of the day and the day of the week are the customer's.
    """
    words = (
        column.where(column.notna(), "").astype(str).str.strip().str.replace(f"^{OFFSET}$", r"\1", regex=True)
    )
    read: pd.Series[Any] = pd.to_datetime(words, errors="coerce", format="ISO8601")
    return read


def naive(times: pd.Series[Any]) -> pd.Series[Any]:
    """Times without zone, as the clock showed them; what is no time becomes missing."""
    if isinstance(times.dtype, pd.DatetimeTZDtype):
        times = times.dt.tz_localize(None)
    return pd.to_datetime(times, errors="coerce")
