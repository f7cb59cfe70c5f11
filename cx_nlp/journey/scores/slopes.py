"""Whether complaints become more or fewer: the slope of their log odds over weeks, for many rows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from scipy.stats import t as student

FEWEST = 6
"""Weeks with comments below which no slope is told."""
HIGHEST = 0.95
"""Autocorrelation above which a series tells nothing of its slope."""
STEPS, NEAR = 40, 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Slopes:
    """Change of the log odds for each unit of time; NaN where the weeks are too few or complaints never or always come.

    Attributes
    ----------
    value, low, high, p : ndarray of shape (rows,)
    periods : ndarray of shape (rows,)
        Periods with comments.
    """

    value: Floats
    low: Floats
    high: Floats
    p: Floats
    periods: NDArray[Any]


def slopes(times: ArrayLike, hits: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> Slopes:
    """The slope of each row's log odds over time: a quasi-binomial model for each (P. McCullagh and J. A. Nelder, 1989, 4.5).

    Fitted by Fisher scoring for all rows together, as `statsmodels.GLM(..., Binomial()).fit(scale="X2")` does for one. Weeks
    differ by more than counting and are like their neighbours: the variance is multiplied by the dispersion (Pearson's
    chi-square by its degrees of freedom) and by (1 + r) / (1 - r) with r the autocorrelation of neighbouring periods, corrected
    for the bias that taking away a line gives (M. G. Kendall, Biometrika 41, 1954, 403-404) and not below 0; in all by 1 at least.
    The t distribution has as many degrees of freedom as periods are worth independent ones, less 2.

    Parameters
    ----------
    times : array of shape (periods,)
        Evenly spaced, in the unit in which slopes are told.
    hits, trials : arrays of shape (rows, periods)
    """
    x = np.asarray(times, float)
    n = np.atleast_2d(np.asarray(trials, float))
    k = np.broadcast_to(np.atleast_2d(np.asarray(hits, float)), n.shape)
    there = n > 0
    periods = there.sum(axis=1)
    whole, total = n.sum(axis=1), k.sum(axis=1)
    usable = (periods >= FEWEST) & (total > 0) & (total < whole)
    out = np.full((4, len(n)), np.nan)
    if usable.any():
        out[:, usable] = _fitted(x, k[usable], n[usable], level)
    value, low, high, p = out
    return Slopes(value, low, high, p, periods)


def _fitted(x: Floats, k: Floats, n: Floats, level: float) -> tuple[Floats, Floats, Floats, Floats]:
    # About its own mean, a row's level and slope hardly depend on each other.
    away = x - ((n @ x) / n.sum(axis=1))[:, None]
    start = np.log((k.sum(axis=1) + 0.5) / (n.sum(axis=1) - k.sum(axis=1) + 0.5))
    at, slope = start, np.zeros(len(n))
    step = np.full(len(n), np.inf)
    for _ in range(STEPS):
        if np.abs(step).max() < NEAR:
            break
        chance, weight, (a, b, c) = _information(at, slope, away, n)
        left = k - n * chance
        first, second = left.sum(axis=1), (left * away).sum(axis=1)
        with np.errstate(all="ignore"):
            det = a * c - b * b
            move, step = np.clip([(c * first - b * second) / det, (a * second - b * first) / det], -5, 5)
        at, slope, step = at + move, slope + step, np.where(np.isfinite(step), step, 0.0)
    chance, weight, (a, b, c) = _information(at, slope, away, n)
    with np.errstate(all="ignore"):
        variance = a / (a * c - b * b)
        left = np.where(n > 0, (k - n * chance) / np.sqrt(weight), 0.0)
    periods = (n > 0).sum(axis=1)
    alike = _autocorrelation(left, n > 0, periods)
    stretch = (1 + alike) / (1 - alike)
    dispersion = (left**2).sum(axis=1) / (periods - 2)
    widened = np.maximum(dispersion * stretch, 1)
    error = np.sqrt(variance * widened)
    degrees = np.maximum(periods * np.maximum(dispersion, 1) / widened - 2, 1)
    half = student.ppf(0.5 + level / 2, degrees) * error
    settled = np.isfinite(error) & (np.abs(step) < 1e-6)
    p = 2 * student.sf(np.abs(slope) / error, degrees)
    value, low, high, p = (np.where(settled, one, np.nan) for one in (slope, slope - half, slope + half, p))
    return value, low, high, p


def _information(
    at: Floats, slope: Floats, away: Floats, n: Floats
) -> tuple[Floats, Floats, tuple[Floats, ...]]:
    """The share expected in each period, its weight, and the sums that weigh level and slope."""
    chance = expit(at[:, None] + slope[:, None] * away)
    weight = n * chance * (1 - chance)
    return chance, weight, tuple((weight * away**power).sum(axis=1) for power in range(3))


def _autocorrelation(left: Floats, there: NDArray[np.bool_], periods: NDArray[Any]) -> Floats:
    """Of periods that follow each other, with the bias of a line taken away: about -(2 + 4 r) / periods."""
    both = there[:, 1:] & there[:, :-1]
    follow = (left[:, 1:] * left[:, :-1] * both).sum(axis=1) * periods / np.maximum(both.sum(axis=1) + 1, 1)
    squares = (left**2).sum(axis=1)
    raw = np.divide(follow, squares, out=np.zeros(len(left)), where=squares > 0)
    found: Floats = np.clip((raw + 2 / periods) / np.maximum(1 - 4 / periods, 0.2), 0.0, HIGHEST)
    return found
