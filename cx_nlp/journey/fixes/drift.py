"""What was on its way before a fix: a straight line through the weeks before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.fixes.change import level
from cx_nlp.journey.fixes.estimate import Lens, Student
from cx_nlp.journey.fixes.noise import HIGHEST
from cx_nlp.journey.fixes.stacked import stacked
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Numbers, Span

FEWEST = 12
"""Weeks before the fix with comments, below which a line through them tells nothing."""


def drift(
    values: Array, waves: Sequence[Wave], before: Span, after: Span, lens: Lens, *, share: bool
) -> Student | None:
    """The change from the middle of the weeks before to the middle of those after, had it gone on as before the fix.

    None with fewer than `FEWEST` weeks. With a control group the line is that of the difference of the groups, in log odds of a
    share: whether they ran in parallel.
    """
    treated, control = stacked(values, waves, before)
    there = (treated.comments > 0) & (control.comments > 0 if control else True)
    if there.sum() < FEWEST:
        return None
    own = level(treated.only(there), share=share)
    away = own.away - level(control.only(there), share=share).away if control else own.away
    week = np.flatnonzero(there)
    slope, error, degrees = line(away, week, treated.comments[there])
    distance = (after.first + after.end - 1) / 2 - (before.first + float(week.mean()))
    each = distance * own.slope
    return Student(slope * each, error * each, degrees, lens)


def line(away: Array, week: Numbers, comments: Array) -> tuple[float, float, float]:
    """Slope of a line through weeks, its standard error and degrees of freedom.

    The noise around the line is a first-order autoregression; its autocorrelation is corrected for what taking away a line
    hides (P. Shaman and R. A. Stine, Journal of the American Statistical Association 83, 1988, 842-848), its variance likewise,
    and the degrees of freedom are those of Satterthwaite.

    Parameters
    ----------
    away : array of shape (weeks,)
        Deviation of each week times its comments over those of a mean week.
    week : array of shape (weeks,)
        Number of each week.
    comments : array of shape (weeks,)
    """
    n, weight = len(away), comments / comments.mean()
    time = week - float(weight @ week) / n
    # The line takes away two directions; what is left of the deviations is the noise.
    directions = np.column_stack([weight, weight * time])
    taken = directions @ np.linalg.pinv(directions)
    left = away - taken @ away
    slope = float(time @ away / (weight @ time**2))
    squares = float(left @ left)
    if squares <= 1e-12:
        return slope, 1e-9, float(n - 2)
    raw = float(left[1:] @ left[:-1]) / squares
    lasting = float(np.clip((raw + 2 / n) / (1 - 4 / n), 0.0, HIGHEST))
    memory: NDArray[np.float64] = lasting ** np.abs(np.subtract.outer(week, week))
    noise = memory - taken @ memory
    noise = noise - noise @ taken
    variance = squares / max(float(np.trace(noise)), 1.0)
    error = np.sqrt(variance * float(time @ memory @ time)) / float(weight @ time**2)
    degrees = float(np.trace(noise)) ** 2 / float((noise * noise.T).sum())
    return slope, float(error), max(degrees, 1.0)
