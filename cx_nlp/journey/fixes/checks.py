"""Other reasons for a change: the season, and what was on its way before the fix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cx_nlp.journey.fixes.drift import drift
from cx_nlp.journey.fixes.estimate import Lens, Student
from cx_nlp.journey.fixes.stacked import Change, change_of
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Span, weekly

YEAR = 52
"""Weeks, so that the same days of the week are compared."""
ENOUGH = 0.8
"""Share of the weeks that must have comments a year earlier."""


@dataclass(frozen=True)
class Check:
    """What would have changed without the fix, and what it leaves of the change.

    Attributes
    ----------
    name : str
        "season" (the same weeks a year earlier) or "drift" (a line through the weeks before the fix, gone on).
    change : Student
        What changed then, or would have changed anyway.
    left : Student
        The change after the fix less that.
    explains : bool
        That is a change in the same direction, and what is left could be nothing.
    """

    name: str
    change: Student
    left: Student
    explains: bool


def checks(
    values: Array,
    waves: Sequence[Wave],
    found: Change,
    before: Span,
    after: Span,
    *,
    share: bool,
    alpha: float,
) -> tuple[Check, ...]:
    """The checks that the table has the weeks for; none for a change that rests on a permutation."""
    change = found.estimate
    if not isinstance(change, Student):
        return ()
    others = {
        "season": _year_before(values, waves, before, after, change.lens, share=share),
        "drift": drift(values, waves, before, after, change.lens, share=share),
    }
    return tuple(_check(name, change, other, alpha) for name, other in others.items() if other)


def _check(name: str, change: Student, other: Student, alpha: float) -> Check:
    left = _less(change, other)
    same = change.seen * other.seen > 0 and other.p_differs() < alpha
    return Check(name, other, left, same and left.p_differs() >= alpha)


def _less(change: Student, other: Student) -> Student:
    """A change less another, independent one (degrees of freedom of Welch and Satterthwaite)."""
    errors = np.array([change.error, other.error]) ** 2
    degrees = errors.sum() ** 2 / (errors**2 / [change.degrees, other.degrees]).sum()
    return Student(change.seen - other.seen, float(np.sqrt(errors.sum())), float(degrees), change.lens)


def _year_before(
    values: Array, waves: Sequence[Wave], before: Span, after: Span, lens: Lens, *, share: bool
) -> Student | None:
    """The same comparison a year earlier; None where the table lacks the weeks, or they reach into those after the fix."""
    then = before.shifted(-YEAR), after.shifted(-YEAR)
    there = [(weekly(values, wave.week, span).comments > 0).mean() for wave in waves for span in then]
    if min(there) < ENOUGH or after.end > YEAR:
        return None
    found = change_of(values, waves, *then, share=share, few=False)
    return replace(found.estimate, lens=lens) if found and isinstance(found.estimate, Student) else None
