"""Whether a table holds the weeks that a plan compares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.fixes.cover import Cover
from cx_nlp.journey.fixes.plan import Misfit, Plan
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Numbers, Span


def windows(plan: Plan) -> tuple[Span, Span]:
    """The weeks before and after that a plan compares, week 0 beginning with the fix."""
    settled = plan.windows.settle
    return Span(-plan.windows.before, 0), Span(settled, settled + plan.windows.after)


def last_week(plan: Plan, cover: Cover) -> int:
    """The newest week that has begun, counted from the rollout's last day.

    Raises
    ------
    Misfit
        The fix comes before the first comment.
    """
    if plan.rollout.days[0] <= cover.first:
        raise Misfit(
            "fix.dates" if plan.rollout.by else "fix.date",
            f"the plan's fix of {plan.rollout.days[0]} comes before the first comment of the table, which runs from"
            f" {cover.first} to {cover.last}; there is nothing to compare with.",
        )
    return cover.begun(plan.rollout.days[-1])


def has_comments(
    values: Array, groups: Sequence[Wave], span: Span, side: str, *, cover: Cover, of: str = ""
) -> None:
    """Nothing where every group has comments in a window; `of` says in errors which comments count.

    Raises
    ------
    Misfit
        One has none.
    """
    for wave in groups:
        who = f"of {wave.name}" if wave.name else "that got the fix"
        for whose, week in ((who, wave.week), ("of the control group", wave.control)):
            if week is not None and not in_span(values, week, span).any():
                first, end = (wave.day + timedelta(weeks=week) for week in (span.first, span.end))
                raise Misfit(
                    f"windows.{side}",
                    f"no comment {of}{whose} lies in the {span.weeks} weeks {side} the fix of {wave.day} ({first} to"
                    f" {end - timedelta(days=1)}); the table runs from {cover.first} to {cover.last}, and weeks that it"
                    " covers only in part do not count. Change the plan's windows or groups, or give a table that holds them.",
                )


def in_span(values: Array, week: Numbers, span: Span) -> NDArray[np.bool_]:
    """Which comments count in a span of weeks."""
    there: NDArray[np.bool_] = np.isfinite(values) & (week >= span.first) & (week < span.end)
    return there
