"""Weeks that a table covers only in part, at its first and its last day."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from fixed_weeks import FIX, comments, noted, plan, reasons, shares

from cx_nlp.journey.fixes.cover import Cover, cover_of
from cx_nlp.journey.fixes.plan import Group, Rollout, Windows
from cx_nlp.journey.fixes.verdict import FixCheck, check_fix
from cx_nlp.journey.fixes.weeks import Span
from cx_nlp.journey.table import Scored, scored_table

SERIES = comments(shares(0.1, 0.05), per_week=140)
"""Twenty comments a day."""


def between(first: date, last: date, part: tuple[pd.DataFrame, pd.DataFrame] = SERIES) -> Scored:
    """A part's comments from one day to another, both included."""
    said, mentions = part
    days = said["time"].dt.date
    kept = ((days >= first) & (days <= last)).to_numpy()
    return scored_table(said[kept], mentions[kept])


def ending(week: int, days: int) -> date:
    """The last day of so many days of a week after the fix."""
    return FIX + timedelta(weeks=week, days=days - 1)


def weeks(check: FixCheck) -> tuple[int, int]:
    assert check.change is not None
    return check.change.weeks


FIRST = FIX - timedelta(weeks=26)


@pytest.mark.parametrize("days", [1, 4, 6])
def test_a_last_week_that_is_not_over_is_left_out_with_its_figures(days: int) -> None:
    table = between(FIRST, ending(25, days))
    check = check_fix(plan(), table)
    assert check.verdict == "effective"
    assert weeks(check) == (26, 25)
    assert noted(check, "part_of_last_week") == {
        "wave": "",
        "day": ending(25, days).isoformat(),
        "days": days,
        "n": 20 * days,
    }
    # As if the week had not begun, had the plan asked for one less.
    shorter = check_fix(plan(windows=Windows(26, 25)), between(FIRST, ending(24, 7)))
    assert check.change is not None
    assert shorter.change is not None
    assert check.change.estimate == shorter.change.estimate


def test_a_week_of_complaints_that_has_only_begun_moves_nothing() -> None:
    quiet = np.r_[shares(0.1, 0.1, (26, 25)), 1.0]
    check = check_fix(plan(), between(FIRST, ending(25, 2), comments(quiet, per_week=140)))
    assert check.verdict == "ineffective"
    assert check.change is not None
    assert check.change.after == pytest.approx(0.1, abs=0.002)


def test_a_last_week_that_is_over_counts() -> None:
    check = check_fix(plan(), between(FIRST, ending(25, 7)))
    assert weeks(check) == (26, 26)
    assert not {"part_of_last_week", "part_of_first_week", "open"} & reasons(check)


def test_a_first_week_that_began_before_the_table_is_left_out() -> None:
    table = between(FIRST + timedelta(days=5), ending(25, 7))
    check = check_fix(plan(), table)
    assert weeks(check) == (25, 26)
    assert noted(check, "part_of_first_week") == {"wave": "", "day": "2024-01-06", "days": 2, "n": 40}
    assert noted(check, "short_before") == {"weeks": 25, "planned": 26}
    assert check.power is not None
    assert check.power.weeks == 25


def test_a_week_outside_the_windows_is_not_spoken_of() -> None:
    table = between(FIRST + timedelta(days=5), ending(25, 3))
    check = check_fix(plan(windows=Windows(20, 20)), table)
    assert weeks(check) == (20, 20)
    assert not {"part_of_last_week", "part_of_first_week"} & reasons(check)


def test_one_week_that_is_not_over_is_no_window() -> None:
    check = check_fix(plan(windows=Windows(26, 1)), between(FIRST, ending(0, 5)))
    assert (check.verdict, check.change) == ("not enough data", None)
    assert noted(check, "open")["weeks"] == 1


def test_an_open_window_takes_whole_weeks_alone() -> None:
    table = between(FIRST, ending(9, 3))
    assert "part_of_last_week" not in reasons(check_fix(plan(), table))
    shown = check_fix(plan(), table, exploratory=True)
    assert weeks(shown) == (26, 9)
    assert noted(shown, "part_of_last_week")["days"] == 3


def test_waves_and_their_control_group_lose_the_same_week() -> None:
    later = FIX + timedelta(weeks=2, days=3)
    parts = [
        comments(shares(0.1, 0.05, (30, 31)), first_week=-30, name=name, segment=name, per_week=140)
        for name in "ABC"
    ]
    said, mentions = (pd.concat([part[k] for part in parts], ignore_index=True) for k in (0, 1))
    last = later + timedelta(weeks=26, days=-3)
    rollout = Rollout((("A", FIX), ("B", later)), "segment")
    check = check_fix(
        plan(rollout=rollout, control=Group("segment", ("C",))),
        between(date(2023, 12, 4), last, (said, mentions)),
    )
    note = noted(check, "part_of_last_week")
    assert (note["wave"], note["days"], note["n"]) == ("B", 5, 100)
    assert check.change is not None
    whole, cut = check.change.waves
    assert whole.treated.after.comments[-1] == 140
    assert cut.treated.after.comments[-1] == 0
    assert cut.control is not None
    assert cut.control.after.comments[-1] == 0


@pytest.mark.parametrize(
    ("quiet", "missing", "whole"), [(0.0, 1, False), (0.0, 0, True), (2 / 7, 2, True), (2 / 7, 3, False), (0.9, 6, True)]
)  # fmt: skip
def test_days_without_a_comment_are_nothing_unusual_in_a_quiet_table(
    quiet: float, missing: int, whole: bool
) -> None:
    cover = Cover(FIRST + timedelta(days=missing), ending(25, 7 - missing), quiet)
    assert cover.whole(FIX) == (Span(-26, 26) if whole else Span(-25, 25))


def test_a_table_of_working_days_alone_ends_its_weeks_on_friday() -> None:
    said, mentions = SERIES
    kept = (said["time"].dt.date.map(date.weekday) < 5).to_numpy()
    table = scored_table(said[kept], mentions[kept])
    assert cover_of(table).quiet == pytest.approx(2 / 7, abs=0.01)
    check = check_fix(plan(), table)
    assert weeks(check) == (26, 26)
    assert "part_of_last_week" not in reasons(check)


def test_stray_dates_do_not_make_the_table_longer() -> None:
    said, mentions = SERIES
    said = said.copy()
    said.loc[[0, 1], "time"] = [pd.Timestamp("1970-01-01"), pd.Timestamp("2099-01-01")]
    cover = cover_of(scored_table(said, mentions))
    assert (cover.first.year, cover.last.year) == (2024, 2024)
