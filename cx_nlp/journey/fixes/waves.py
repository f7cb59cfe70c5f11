"""Who gets a fix when: the comments of each day of a rollout, with the week of each, and what is measured in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.errors import InputError
from cx_nlp.journey.fixes.plan import POLARITY, Group, Metric, Plan
from cx_nlp.journey.fixes.weeks import OUTSIDE, Array, Numbers
from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import nearest

WEEK = np.timedelta64(7, "D")


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
    control = None if plan.control is None else _members(scored, plan.control)
    found = []
    for day in plan.rollout.days:
        names = tuple(name for name, its in plan.rollout.dates if its == day)
        members = np.ones(len(times), bool)
        if plan.rollout.by is not None:
            members &= _members(scored, Group(plan.rollout.by, names))
        if control is not None:
            members &= ~control
        weeks = _weeks(times, day)
        others = None if control is None else np.where(control, weeks, OUTSIDE)
        found.append(Wave(", ".join(names), day, np.where(members, weeks, OUTSIDE), others))
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


def measured(scored: Scored, metric: Metric) -> Array:
    """What is measured in each comment: 0 or 1 for a share, the rating or NaN for a mean.

    Raises
    ------
    InputError
        The table has no ratings, or no comment speaks of the touchpoint.
    """
    if not metric.is_share:
        if "rating" not in scored.comments or scored.comments["rating"].isna().all():
            raise InputError(
                "the plan measures the rating, and the scored table has none; score with --rating-column."
            )
        return scored.comments["rating"].to_numpy(float, na_value=np.nan)
    here = scored.mentions["touchpoint"] == metric.touchpoint
    if metric.factor is not None:
        here &= scored.mentions["factor"] == metric.factor
    if not here.any():
        what = f"{metric.touchpoint}#{metric.factor}" if metric.factor else f"{metric.touchpoint}"
        known = scored.mentions["touchpoint"].dropna().astype(str).unique()
        raise InputError(
            f"no comment of the scored table speaks of {what}; it has {', '.join(known) or 'no mention'}."
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


def _members(scored: Scored, group: Group) -> NDArray[np.bool_]:
    if group.by not in scored.comments:
        there = ", ".join(map(str, scored.comments.columns))
        raise InputError(
            f"the plan names the column {group.by!r}, which the comments lack; they have {there}."
        )
    column = scored.comments[group.by].astype(object)
    column = column.where(column.notna(), None).map(lambda value: None if value is None else str(value))
    for value in group.names:
        if not (column == value).any():
            known = sorted({*column.dropna()})[:20]
            raise InputError(f"no comment has {group.by} {value!r}; {nearest(value, known)}.")
    members: NDArray[np.bool_] = column.isin(group.names).to_numpy(bool)
    return members
