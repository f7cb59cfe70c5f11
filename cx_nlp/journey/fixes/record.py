"""A check of a fix as plain values and tables, for files and machines."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pandas as pd

from cx_nlp.journey.fixes.checked import Checked
from cx_nlp.journey.fixes.estimate import Estimate
from cx_nlp.journey.fixes.stacked import Change, OfWave
from cx_nlp.journey.fixes.verdict import FixCheck

WEEK_COLUMNS = ("wave", "week", "first_day", "window", "group", "comments", "total", "mean")
NEIGHBOUR_COLUMNS = (
    "touchpoint", "comments_before", "complaints_before", "comments_after", "complaints_after", "change", "low", "high",
    "correction", "p_worse", "p_within_margin", "verdict",
)  # fmt: skip


def record(checked: Checked) -> dict[str, Any]:
    """Everything that was found, shares from 0 to 1; None where a figure is not known."""
    check = checked.check
    level = 1 - check.plan.alpha
    found: dict[str, Any] = _known(
        {
            "plan": check.plan.content(),
            "lock": None if checked.lock is None else {
                "file": checked.path.name, "digest": checked.lock.digest, "locked_at": checked.lock.locked_at,
                "last_comment": checked.lock.last_comment, "comments": checked.lock.comments,
            },
            "verdict": check.verdict,
            "exploratory": check.exploratory,
            "moved_to": list(check.moved_to),
            "correction": {"source": check.lens.source, "tells": check.lens.tells, "error": check.lens.error},
            "power": None if check.power is None else dict(vars(check.power)),
            "change": None if check.change is None else _change(check.change, check),
            "checks": [
                {"name": one.name, **_estimate(one.change, level), "explains": one.explains,
                 "left": _estimate(one.left, level)}
                for one in check.checks
            ],
            "neighbours": neighbours_table(check).to_dict("records"),
            "notes": [{"reason": note.reason, "values": dict(note.values)} for note in check.notes],
        }
    )  # fmt: skip
    return found


def weeks_table(check: FixCheck) -> pd.DataFrame:
    """Comments and what is measured, week by week since the fix; no rows while the windows are open."""
    rows = [row for one in check.change.waves for row in _weeks(one, check.change)] if check.change else []
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(WEEK_COLUMNS))
    return table


def neighbours_table(check: FixCheck) -> pd.DataFrame:
    """The neighbours; the row with an empty touchpoint is complaints at any of the plan's touchpoints, as tagged."""
    rows = []
    for one in check.neighbours:
        if one.change is None:
            rows.append([one.touchpoint, *[math.nan] * 7, "", math.nan, math.nan, one.verdict])
            continue
        (hits, n), (later, more) = one.change.totals("before"), one.change.totals("after")
        limits = one.change.estimate.interval(level=1 - check.plan.alpha)
        rows.append(
            [one.touchpoint, int(n), int(hits), int(more), int(later), one.change.estimate.value, *limits, one.change.estimate.lens.source,
             one.p_worse, one.p_within, one.verdict]
        )  # fmt: skip
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(NEIGHBOUR_COLUMNS))
    return table


def _change(change: Change, check: FixCheck) -> dict[str, Any]:
    level, smallest = 1 - check.plan.alpha, check.plan.smallest
    estimate = change.estimate
    (total, n), (later, more) = change.totals("before"), change.totals("after")
    narrow = estimate.interval(level=1 - 2 * check.plan.alpha)
    return {
        "method": change.method,
        "comments_before": n, "total_before": total, "comments_after": more, "total_after": later,
        "weeks_before": change.weeks[0], "weeks_after": change.weeks[1],
        "before": change.before, "after": change.after, "expected": change.expected,
        "autocorrelation": change.autocorrelation,
        "as_tagged": estimate.seen,
        **_estimate(estimate, level),
        "equivalence_low": narrow[0], "equivalence_high": narrow[1],
        "p_equivalence": max(estimate.p_above(-smallest), estimate.p_below(smallest)),
        "waves": [
            {"name": one.name, "day": one.day.isoformat(), **(_estimate(one.estimate, level) if one.estimate else {})}
            for one in change.waves
        ],
    }  # fmt: skip


def _estimate(estimate: Estimate, level: float) -> dict[str, float]:
    low, high = estimate.interval(level=level)
    return {"value": estimate.value, "low": low, "high": high, "level": level, "p": estimate.p_differs()}


def _weeks(one: OfWave, change: Change) -> Iterator[list[object]]:
    for group, side in (("fix", one.treated), ("control", one.control)):
        if side is None:
            continue
        for window, span, run in zip(
            ("before", "after"), change.spans, (side.before, side.after), strict=True
        ):
            for k, (comments, total) in enumerate(zip(run.comments, run.total, strict=True)):
                week = span.first + k
                day = one.day + timedelta(weeks=week)
                mean = total / comments if comments else math.nan
                yield [one.name, week, day.isoformat(), window, group, int(comments), float(total), mean]


def _known(value: Any) -> Any:  # noqa: ANN401 - any plain value
    """The value with None for what is no finite number, which JSON has no word for."""
    if isinstance(value, dict):
        return {str(key): _known(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(one) for one in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
