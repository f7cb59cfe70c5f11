"""The change over all waves of a rollout, stacked by the time since each got the fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.fixes.change import Part, Side, part_change
from cx_nlp.journey.fixes.estimate import Lens, Student
from cx_nlp.journey.fixes.overlap import correlation
from cx_nlp.journey.fixes.shifted import Shifted, shifted
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Numbers, Span, Weeks, weekly

Sides = tuple[Side, Side | None]


@dataclass(frozen=True)
class OfWave:
    """What one wave shows; `estimate` is None where it has too few weeks of its own."""

    name: str
    day: date
    treated: Side
    control: Side | None
    estimate: Student | None


@dataclass(frozen=True)
class Change:
    """The change after a fix.

    Attributes
    ----------
    estimate : Student or Shifted
    method : str
        "series" (of weeks), "control" (difference in differences) or "permutation" (moving blocks, with few weeks).
    before, after, expected : float
        The levels as tagged, and where the level after would be without the fix.
    autocorrelation : float
        Of neighbouring weeks; NaN with a permutation.
    weeks : tuple of int
        Weeks with comments before and after, of the wave that has fewest.
    spans : tuple of Span
        The weeks that were compared.
    waves : tuple of OfWave
    """

    estimate: Student | Shifted
    method: str
    before: float
    after: float
    expected: float
    autocorrelation: float
    weeks: tuple[int, int]
    spans: tuple[Span, Span]
    waves: tuple[OfWave, ...]

    def through(self, lens: Lens) -> Change:
        """The change corrected for the tagger's errors."""
        parts = tuple(
            one if one.estimate is None else replace(one, estimate=replace(one.estimate, lens=lens)) for one in self.waves
        )  # fmt: skip
        return replace(self, estimate=replace(self.estimate, lens=lens), waves=parts)

    def totals(self, side: str) -> tuple[float, float]:
        """Sum of what is measured, and comments of the treated, "before" or "after"."""
        runs = [getattr(one.treated, side) for one in self.waves]
        return float(sum(run.total.sum() for run in runs)), float(sum(run.n for run in runs))


def change_of(
    values: Array, waves: Sequence[Wave], before: Span, after: Span, *, share: bool, few: bool = True
) -> Change | None:
    """The change from the weeks `before` to the weeks `after`; None where a side has no comments.

    Each wave is compared with itself (and with the control group in the same calendar weeks); the changes are averaged by the
    waves' comments. Their errors go together as far as weeks that are the same on the calendar do.

    Parameters
    ----------
    values
        What is measured in each comment, NaN where it says nothing of it.
    few
        Whether a permutation may stand in where there are too few weeks for the noise of weeks.
    """
    sides = [
        (_side(values, wave.week, before, after), _control(values, wave, before, after)) for wave in waves
    ]
    parts = [part_change(*pair, share=share) for pair in sides]
    kept = [part for part in parts if part is not None]
    found = tuple(
        OfWave(wave.name, wave.day, *pair, part.estimate if part else None)
        for wave, pair, part in zip(waves, sides, parts, strict=True)
    )
    if len(kept) < len(parts):
        # Too thin alone: all waves as one, week by week since the fix.
        sides = [_sum(sides)]
        one = part_change(*sides[0], share=share)
        kept = [one] if one else []
    if not kept:
        return _by_permutation(sides[0], (before, after), found, share=share) if few else None
    method = "series" if sides[0][1] is None else "control"
    sizes = np.array([pair[0].before.n + pair[0].after.n for pair in sides])
    weights = sizes / sizes.sum()
    before_fix, after_fix, expected = (
        float(weights @ [getattr(part, name) for part in kept]) for name in ("before", "after", "expected")
    )
    starts = [0] if len(kept) < len(waves) else [round((wave.day - waves[0].day).days / 7) for wave in waves]
    return Change(
        _averaged(kept, weights, starts, before, after),
        method,
        before_fix,
        after_fix,
        expected,
        float(weights @ [part.noise.autocorrelation for part in kept]),
        (min(len(part.away[0]) for part in kept), min(len(part.away[1]) for part in kept)),
        (before, after),
        found,
    )


def stacked(values: Array, waves: Sequence[Wave], span: Span) -> tuple[Weeks, Weeks | None]:
    """All waves as one, week by week since the fix, and their control group."""
    controls = [weekly(values, wave.control, span) for wave in waves if wave.control is not None]
    treated = reduce(add, (weekly(values, wave.week, span) for wave in waves))
    return treated, reduce(add, controls) if controls else None


def _averaged(
    parts: Sequence[Part], weights: NDArray[np.float64], starts: Sequence[int], before: Span, after: Span
) -> Student:
    """The weighted mean of the waves' changes, with errors that are correlated through common weeks."""
    own = weights * [part.error for part in parts]
    error = float(np.sqrt(own @ correlation(parts, starts, before, after) @ own))
    # Welch and Satterthwaite, as if the waves were independent.
    degrees = float(
        (own**2).sum() ** 2 / sum(one**4 / part.degrees for one, part in zip(own, parts, strict=True))
    )
    return Student(float(weights @ [part.seen for part in parts]), error, degrees)


def _by_permutation(
    pair: Sides, spans: tuple[Span, Span], found: tuple[OfWave, ...], *, share: bool
) -> Change | None:
    estimate = shifted(*pair, share=share)
    if estimate is None:
        return None
    treated = pair[0]
    before, after = treated.before.mean, treated.after.mean
    weeks = (len(estimate.values) - estimate.after, estimate.after)
    return Change(
        estimate, "permutation", before, after, after - estimate.seen, float("nan"), weeks, spans, found
    )


def _side(values: Array, week: Numbers, before: Span, after: Span) -> Side:
    return Side(weekly(values, week, before), weekly(values, week, after))


def _control(values: Array, wave: Wave, before: Span, after: Span) -> Side | None:
    return None if wave.control is None else _side(values, wave.control, before, after)


def _sum(sides: Sequence[Sides]) -> Sides:
    def total(some: Sequence[Side]) -> Side:
        return Side(reduce(add, (one.before for one in some)), reduce(add, (one.after for one in some)))

    control = [pair[1] for pair in sides if pair[1] is not None]
    return total([pair[0] for pair in sides]), total(control) if control else None
