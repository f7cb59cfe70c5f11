"""Tết and the shopping days: periods that differ from the others every year, and need an allowance of their own."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

TET, SHOPPING = "tet", "shopping"

SHOPPING_DAYS = {
    "women's day": (3, 8),
    "Vietnamese women's day": (10, 20),
    "11.11": (11, 11),
    "12.12": (12, 12),
}
"""Month and day of the days on which Vietnamese shops sell far more than usual; Black Friday moves and is added."""
BEFORE_TET, AFTER_TET = 7, 7
"""Days around the public holiday in which parcels queue, shops close and staff are away."""
AFTER_SHOPPING = 3
"""Days after a shopping day in which most of its parcels arrive."""
MARKED_UNITS = ("day", "week")
"""Months and quarters are longer than any holiday: marking them would leave little that is ordinary."""


def marks(periods: pd.DatetimeIndex, unit: str) -> NDArray[np.str_]:
    """For each period, given by its first day, the holiday it touches: "tet", "shopping" or "" (Tết before shopping).

    Tết is the public holiday of the `holidays` package's Vietnamese calendar (it moves between January and February), from a
    week before to a week after; a shopping day counts with the three days after it. A week is marked when at least two of its
    days belong to the holiday.
    """
    found = np.full(len(periods), "", dtype="U8")
    if unit not in MARKED_UNITS or not len(periods):
        return found
    starts = periods.to_numpy().astype("datetime64[D]")
    last = starts + (6 if unit == "week" else 0)
    years = range(periods[0].year - 1, periods[-1].year + 2)
    for name, spans in ((SHOPPING, _shopping(years)), (TET, _tet(years))):
        for begin, end in spans:
            shared = np.minimum(last, np.datetime64(end)) - np.maximum(starts, np.datetime64(begin))
            found[shared.astype(int) >= (1 if unit == "week" else 0)] = name
    return found


def _tet(years: range) -> list[tuple[date, date]]:
    from holidays import country_holidays  # only who asks for trends waits for it

    calendar = country_holidays("VN", years=years, language="en_US")
    spans = []
    for year in years:
        days = [day for day, name in calendar.items() if day.year == year and _is_tet(name)]
        if days:
            spans.append((min(days) - timedelta(BEFORE_TET), max(days) + timedelta(AFTER_TET)))
    return spans


def _is_tet(name: str) -> bool:
    """Whether a day belongs to Tết, by the names of this and of older versions of the package."""
    return "Tet" in name or ("New Year" in name and "New Year's Day" not in name)


def _shopping(years: range) -> list[tuple[date, date]]:
    days = [date(year, *day) for year in years for day in SHOPPING_DAYS.values()]
    days += [black_friday(year) for year in years]
    return [(day, day + timedelta(AFTER_SHOPPING)) for day in days]


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November.

    >>> black_friday(2024)
    datetime.date(2024, 11, 29)
    """
    first = date(year, 11, 1)
    return first + timedelta((3 - first.weekday()) % 7 + 22)
