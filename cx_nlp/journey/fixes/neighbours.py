"""Whether the problem only moved: complaints at neighbouring touchpoints after the fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cx_nlp.journey.fixes.estimate import Lens
from cx_nlp.journey.fixes.lens import lens_of
from cx_nlp.journey.fixes.plan import Metric, Plan
from cx_nlp.journey.fixes.stacked import Change, change_of
from cx_nlp.journey.fixes.waves import Wave, said
from cx_nlp.journey.fixes.weeks import Array, Span
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.table import Scored

NEGATIVE = "negative"


@dataclass(frozen=True)
class Neighbour:
    """What became of complaints at a neighbouring touchpoint.

    Attributes
    ----------
    touchpoint : str
        Its id; "" for complaints at the fixed touchpoint or any neighbour, taken together.
    change : Change or None
    p_worse, p_within : float
        One-sided p-values of "no more complaints" and of "more than the margin", after Holm over the neighbours.
    verdict : str
        "not worse" (by less than the margin), "worse", "unclear" or "not enough data"; "" for all together.
    """

    touchpoint: str
    change: Change | None
    p_worse: float
    p_within: float
    verdict: str


def neighbours(
    scored: Scored, plan: Plan, waves: Sequence[Wave], spans: tuple[Span, Span], audit: Audit | None = None
) -> tuple[Neighbour, ...]:
    """The neighbours of a plan, and last all its touchpoints together; none where the plan names none."""
    names = plan.neighbours.touchpoints
    if not names:
        return ()
    values = {name: complaints(scored, (name,)) for name in names}
    lenses = {name: lens_of(Metric("complaints", "down", name), scored.manifest, audit) for name in names}
    found = compared(values, lenses, plan, waves, spans)
    if plan.metric.kind == "complaints" and plan.metric.touchpoint:
        both = change_of(complaints(scored, (plan.metric.touchpoint, *names)), waves, *spans, share=True)
        found += (Neighbour("", both, np.nan, np.nan, ""),) if both else ()
    return found


def compared(
    values: Mapping[str, Array],
    lenses: Mapping[str, Lens],
    plan: Plan,
    waves: Sequence[Wave],
    spans: tuple[Span, Span],
) -> tuple[Neighbour, ...]:
    """Each neighbour before and after.

    It is called not worse where its change is below the margin (non-inferiority), worse where it is above nought; both one-sided
    at the plan's alpha, each family corrected by S. Holm (Scandinavian Journal of Statistics 6, 1979, 65-70).

    Parameters
    ----------
    values, lenses
        For each neighbour 1 for the comments with a complaint, else 0, and how its changes are corrected.
    """
    bare = {name: change_of(one, waves, *spans, share=True) for name, one in values.items()}
    changes = {name: change.through(lenses[name]) if change else None for name, change in bare.items()}
    told = [change.estimate for change in changes.values() if change]
    worse = iter(holm([one.p_above(0.0) for one in told]))
    within = iter(holm([one.p_below(plan.neighbours.margin) for one in told]))
    return tuple(
        _neighbour(name, change, next(worse), next(within), plan.alpha)
        if change
        else Neighbour(name, None, np.nan, np.nan, "not enough data")
        for name, change in changes.items()
    )


def holm(p: Sequence[float]) -> list[float]:
    """P-values corrected for their number by Holm's method.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    smallest_first = np.argsort(p)
    stepped = np.asarray(p, float)[smallest_first] * np.arange(len(p), 0, -1)
    corrected = np.empty(len(p))
    corrected[smallest_first] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    found: list[float] = corrected.tolist()
    return found


def _neighbour(name: str, change: Change, p_worse: float, p_within: float, alpha: float) -> Neighbour:
    verdict = "not worse" if p_within < alpha else "worse" if p_worse < alpha else "unclear"
    return Neighbour(name, change, p_worse, p_within, verdict)


def complaints(scored: Scored, touchpoints: Sequence[str]) -> Array:
    """1 for the comments with a complaint at one of these touchpoints, else 0."""
    here = scored.mentions["touchpoint"].isin(list(touchpoints)) & (scored.mentions["sentiment"] == NEGATIVE)
    return said(scored, here)
