"""Who gets a fix when: the comments of each day of a rollout, with the week of each, and what is measured in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.errors import InputError
from cx_nlp.journey.fixes.plan import POLARITY, Group, Metric, Misfit, Plan
from cx_nlp.journey.fixes.weeks import OUTSIDE, Array, Numbers
from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import nearest

WEEK = np.timedelta64(7, "D")
MOST_NAMED = 20
"""Values of a column that an error names at most."""


@dataclass(frozen=True)
class Wave:
    """Comments of those who got the fix on one day, and of the control group.

    Attributes
    ----------
    name : str
        Their values of the rollout's column; "" where everyone got it.
    day : date
    week, control : ndarray of shape (comments,)
        Week of each comment counted from the day, `OUTSIDE` for others; `control` is None without a control group.
    """

    name: str
    day: date
    week: Numbers
    control: Numbers | None


def waves(scored: Scored, plan: Plan) -> tuple[Wave, ...]:
    """The waves of a plan's rollout, first to last.

    Raises
    ------
    InputError
        The table has no times, or lacks a column or value that the plan names.
    """
    times = comment_times(scored)
    control = None
    if plan.control is not None:
        control = members(scored, plan.control, keys=("control.by", "control.values"))
    found = []
    for day in plan.rollout.days:
        names = tuple(name for name, its in plan.rollout.dates if its == day)
        own = np.ones(len(times), bool)
        if plan.rollout.by is not None:
            own &= members(scored, Group(plan.rollout.by, names), keys=("fix.by", "fix.dates"))
        if control is not None:
            own &= ~control
        weeks = _weeks(times, day)
        others = None if control is None else np.where(control, weeks, OUTSIDE)
        found.append(Wave(", ".join(names), day, np.where(own, weeks, OUTSIDE), others))
    return tuple(found)


def comment_times(scored: Scored) -> NDArray[np.datetime64]:
    """Time of each comment, without zone.

    Raises
    ------
    InputError
        There are none.
    """
    if "time" not in scored.comments or scored.comments["time"].isna().all():
        raise InputError(
            "the scored table has no times; score the export with --time-column, or add a column time."
        )
    times: NDArray[np.datetime64] = naive(scored.comments["time"]).to_numpy("datetime64[ns]")
    return times


def measured(scored: Scored, metric: Metric, *, of: str = "the scored table") -> Array:
    """What is measured in each comment: 0 or 1 for a share, the rating or NaN for a mean; `of` names the table in errors.

    Raises
    ------
    InputError
        The table has no ratings, or no comment speaks of the touchpoint.
    """
    if not metric.is_share:
        if "rating" not in scored.comments or scored.comments["rating"].isna().all():
            raise Misfit(
                "metric.kind",
                "the plan measures the rating, and the scored table has none; score with --rating-column.",
            )
        return scored.comments["rating"].to_numpy(float, na_value=np.nan)
    here = scored.mentions["touchpoint"] == metric.touchpoint
    if metric.factor is not None:
        here &= scored.mentions["factor"] == metric.factor
    if not here.any():
        what = f"{metric.touchpoint}#{metric.factor}" if metric.factor else f"{metric.touchpoint}"
        known = scored.mentions["touchpoint"].dropna().astype(str).unique()
        raise Misfit(
            "metric.factor" if metric.factor else "metric.touchpoint",
            f"no comment of {of} speaks of {what}; it has {', '.join(known) or 'no mention'}.",
        )
    return said(scored, here & (scored.mentions["sentiment"] == POLARITY[metric.kind]))


def said(scored: Scored, mentions: pd.Series[Any]) -> Array:
    """1 for the comments with one of these mentions, else 0."""
    values = np.zeros(len(scored.comments))
    values[scored.comment_rows[mentions.to_numpy(bool)]] = 1.0
    return values


def _weeks(times: NDArray[np.datetime64], day: date) -> Numbers:
    known = ~np.isnat(times)
    weeks = np.full(len(times), OUTSIDE, np.int64)
    # Whole weeks, rounded down also before the day.
    weeks[known] = (times[known] - np.datetime64(day, "ns")) // WEEK
    return weeks


def members(scored: Scored, group: Group, *, keys: tuple[str, str]) -> NDArray[np.bool_]:
    """Which comments are of a group.

    Parameters
    ----------
    keys
        The plan's keys that name the column and its values.

    Raises
    ------
    Misfit
        The comments lack the column, or none has one of the values.
    """
    if group.by not in scored.comments:
        there = ", ".join(map(str, scored.comments.columns))
        raise Misfit(
            keys[0],
            f"the plan names the column {group.by!r}, which the comments lack; they have {there}, and other columns of the"
            " export under their own names, letter for letter.",
        )
    column = scored.comments[group.by].astype(object)
    column = column.where(column.notna(), None).map(lambda value: None if value is None else str(value))
    for value in group.names:
        if not (column == value).any():
            raise Misfit(keys[1], f"no comment has {group.by} {value!r}; {_there(value, column)}")
    found: NDArray[np.bool_] = column.isin(group.names).to_numpy(bool)
    return found


def _there(value: str, column: pd.Series[Any]) -> str:
    """What a column holds instead of a value: the one like it, and the most frequent ones."""
    known = [str(name) for name in column.value_counts().index]
    close = nearest(value, known)
    shown = ", ".join(known[:MOST_NAMED]) or "no value"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"{close} There are {shown}{more}." if close.endswith("?") else f"there are {shown}{more}."
