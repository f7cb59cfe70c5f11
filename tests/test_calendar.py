"""Tết and the shopping days."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.trends.calendar import black_friday, marks


def marked(first: str, last: str, unit: str = "week") -> dict[str, list[str]]:
    periods = pd.date_range(first, last, freq="W-MON" if unit == "week" else "D")
    found = marks(periods, unit)
    return {
        name: [str(day.date()) for day in periods[found == name]] for name in sorted({*found.tolist()} - {""})
    }


@pytest.mark.parametrize(
    ("year", "new_year"),
    [
        (2019, "2019-02-05"),
        (2022, "2022-02-01"),
        (2023, "2023-01-22"),
        (2024, "2024-02-10"),
        (2026, "2026-02-17"),
    ],
)
def test_tet_moves_with_the_moon(year: int, new_year: str) -> None:
    days = marked(f"{year}-01-01", f"{year}-03-07", "day")["tet"]
    assert new_year in days
    assert 15 <= len(days) <= 24
    assert f"{year}-01-02" not in days
    assert f"{year}-03-07" not in days


def test_weeks_of_a_year() -> None:
    weeks = marked("2024-01-01", "2024-12-30")
    assert weeks["tet"] == ["2024-01-29", "2024-02-05", "2024-02-12", "2024-02-19"]
    # 8 March was a Friday: the Monday after it does not make a second week.
    # 20 October was a Sunday: what was bought then came in the next week.
    assert weeks["shopping"] == ["2024-03-04", "2024-10-21", "2024-11-11", "2024-11-25", "2024-12-09"]


def test_black_friday_is_the_day_after_thanksgiving() -> None:
    assert [black_friday(year) for year in (2023, 2024, 2025)] == [
        date(2023, 11, 24),
        date(2024, 11, 29),
        date(2025, 11, 28),
    ]


def test_a_tet_that_began_the_week_before_the_table_counts() -> None:
    assert marked("2025-01-27", "2025-02-09", "day")["tet"][0] == "2025-01-27"


@pytest.mark.parametrize("unit", ["month", "quarter"])
def test_long_periods_are_not_marked(unit: str) -> None:
    periods = pd.date_range("2024-01-01", "2024-12-31", freq="MS" if unit == "month" else "QS")
    assert not np.any(marks(periods, unit) != "")


def test_no_periods() -> None:
    assert len(marks(pd.DatetimeIndex([]), "week")) == 0
