"""What keeps a verdict back, and what weakens one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil

import numpy as np

from cx_nlp.journey.fixes.cover import Cover, Cut
from cx_nlp.journey.fixes.design import Design
from cx_nlp.journey.fixes.estimate import Lens
from cx_nlp.journey.fixes.part import mention
from cx_nlp.journey.fixes.plan import Plan
from cx_nlp.journey.fixes.shifted import Shifted
from cx_nlp.journey.fixes.stacked import Change, change_of, stacked
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Span
from cx_nlp.journey.fixes.windows import in_span
from cx_nlp.journey.limits import Limit

ABOUT = "fix"
FEW_HITS, FEW_RATINGS = 10, 40
"""Comments that hold what is measured, or ratings, below which nothing is said, before and after together."""
SWING = 2.0
"""How many times more or fewer comments a week make one doubt that they are of like customers."""
ONE_VOICE = 0.2
"""Share of what is measured that may come from one customer."""


def lacking(plan: Plan, found: Change) -> Iterator[Limit]:
    """Why a verdict cannot be given, with how much more is needed."""
    (hits, n), (later, more) = found.totals("before"), found.totals("after")
    weeks = sum(found.weeks)
    if plan.metric.is_share and hits + later < FEW_HITS:
        wanted = ceil(weeks * FEW_HITS / max(hits + later, 0.5))
        yield Limit(ABOUT, "few_hits", {"n": int(hits + later), "needed": FEW_HITS, "weeks": wanted - weeks})
    elif not plan.metric.is_share and n + more < FEW_RATINGS:
        wanted = ceil(weeks * FEW_RATINGS / (n + more))
        yield Limit(
            ABOUT, "few_ratings", {"n": int(n + more), "needed": FEW_RATINGS, "weeks": wanted - weeks}
        )
    if isinstance(found.estimate, Shifted) and found.estimate.least_p > plan.alpha:
        wanted = ceil(1 / plan.alpha - 1e-9)
        yield Limit(ABOUT, "few_weeks", {"n": weeks, "needed": wanted, "weeks": wanted - weeks})


def of_design(plan: Plan, lens: Lens, values: Array, groups: Sequence[Wave], before: Span) -> Iterator[Limit]:
    """What weakens any verdict on this plan."""
    if plan.control is None:
        yield Limit(ABOUT, "no_control")
    if plan.metric.is_share and not lens.source:
        part = plan.within is not None and plan.within.touchpoint is not None
        yield Limit(ABOUT, "not_corrected_part" if part else "not_corrected")
    treated, _ = stacked(values, groups, before)
    if (
        plan.metric.is_share
        and plan.metric.direction == "down"
        and treated.mean <= plan.smallest * lens.tells
    ):
        yield Limit(ABOUT, "impossible", {"level": treated.mean})
    there = np.flatnonzero(treated.comments)
    if len(there) and there[0] > 0:
        yield Limit(ABOUT, "short_before", {"weeks": before.weeks - int(there[0]), "planned": before.weeks})


def of_cuts(cover: Cover, cuts: Iterable[Cut]) -> Iterator[Limit]:
    """Which weeks are left out, as the table begins or ends within them."""
    for cut in cuts:
        day = cover.first if cut.end == "first" else cover.last
        yield Limit(
            ABOUT,
            f"part_of_{cut.end}_week",
            {"wave": cut.wave, "day": day.isoformat(), "days": cut.days, "n": cut.comments},
        )


def of_change(plan: Plan, design: Design, spans: tuple[Span, Span], found: Change) -> Iterator[Limit]:
    """What weakens this change."""
    sides = ("before", "after")
    rates = [found.totals(side)[1] / weeks for side, weeks in zip(sides, found.weeks, strict=True)]
    if max(rates) > SWING * min(rates):
        yield Limit(ABOUT, "volume", {"before": rates[0], "after": rates[1]})
    if plan.within and plan.within.touchpoint:
        yield from _of_mentions(plan, plan.within.touchpoint, design, spans)
    comments = design.part.comments
    if "customer_id" not in comments or not plan.metric.is_share:
        return
    for side, span in zip(sides, spans, strict=True):
        there = np.any([in_span(design.values, wave.week, span) for wave in design.groups], axis=0)
        hit = there & (design.values > 0)
        most = comments["customer_id"][hit].value_counts()
        if hit.sum() >= FEW_HITS and len(most) and most.iloc[0] > ONE_VOICE * hit.sum():
            yield Limit(ABOUT, "one_voice", {"side": side, "share": float(most.iloc[0] / hit.sum())})


def _of_mentions(plan: Plan, touchpoint: str, design: Design, spans: tuple[Span, Span]) -> Iterator[Limit]:
    """A share of the comments that mention a touchpoint also changes with how many do."""
    values = mention(design.beside, touchpoint).astype(float)
    found = change_of(values, design.groups_beside, *spans, share=True, few=False)
    if found and found.estimate.p_differs() < plan.alpha:
        yield Limit(
            ABOUT, "mentioned", {"touchpoint": touchpoint, "before": found.before, "after": found.after}
        )
