"""Whether a table holds the weeks that a plan compares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.errors import InputError
from cx_nlp.journey.fixes.plan import Plan
from cx_nlp.journey.fixes.waves import Wave, comment_times
from cx_nlp.journey.fixes.weeks import Array, Numbers, Span
from cx_nlp.journey.period import core_span
from cx_nlp.journey.table import Scored


def windows(plan: Plan) -> tuple[Span, Span]:
    """The weeks before and after that a plan compares, week 0 beginning with the fix."""
    settled = plan.windows.settle
    return Span(-plan.windows.before, 0), Span(settled, settled + plan.windows.after)


def last_week(scored: Scored, plan: Plan) -> int:
    """The week of the newest comment, stray dates apart, counted from the rollout's last day.

    Raises
    ------
    InputError
        The fix comes before the first comment.
    """
    span = core_span(scored.comments["time"])
    times = comment_times(scored)
    first, last = (pd.Timestamp(time) for time in (np.nanmin(times), np.nanmax(times)))
    if pd.Timestamp(plan.rollout.days[0]) <= first:
        raise InputError(
            f"the plan's fix of {plan.rollout.days[0]} comes before the first comment of the table, which runs from"
            f" {first:%Y-%m-%d} to {last:%Y-%m-%d}; there is nothing to compare with."
        )
    newest = span[1] if span else last
    return int((newest - pd.Timestamp(plan.rollout.days[-1])).days // 7)


def has_comments(values: Array, groups: Sequence[Wave], span: Span, side: str) -> None:
    """Nothing where every group has comments in a window.

    Raises
    ------
    InputError
        One has none.
    """
    for wave in groups:
        who = f"of {wave.name}" if wave.name else "that got the fix"
        for whose, week in ((who, wave.week), ("of the control group", wave.control)):
            if week is not None and not in_span(values, week, span).any():
                raise InputError(
                    f"no comment {whose} lies in the {span.weeks} weeks {side} the fix of {wave.day}; change the plan's windows or"
                    " groups, or give a table that holds them."
                )


def in_span(values: Array, week: Numbers, span: Span) -> NDArray[np.bool_]:
    """Which comments count in a span of weeks."""
    there: NDArray[np.bool_] = np.isfinite(values) & (week >= span.first) & (week < span.end)
    return there
