"""The newest change of level: where among the recent periods it fits best, and how seldom noise alone would show as much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, owens_t, stdtr

from cx_nlp.journey.trends.background import Background
from cx_nlp.journey.trends.breaks import FEWEST

RECENT = {"day": 14, "week": 26, "month": 12, "quarter": 12}
"""Periods within which a change of level is still news."""

Array = NDArray[np.float64]
Places = NDArray[np.intp]


class Change(NamedTuple):
    """First period of the new level, and the two-sided p-value of the largest change that could have been chosen."""

    at: int
    p: float


class Cuts(NamedTuple):
    """The places at which a level could have changed.

    Attributes
    ----------
    contrast : ndarray of shape (cuts, periods)
        By which the log odds are multiplied for an estimate of each change, times its information.
    information : ndarray of shape (cuts,)
        One over the variance of each estimate.
    alike : ndarray of shape (cuts - 1,)
        Correlation of neighbouring estimates.
    """

    contrast: Array
    information: Array
    alike: Array


def newest_change(
    found: Background, cause: int, older: Sequence[int], judged: int, unit: str
) -> Change | None:
    """The change of level of one cause that fits best among the recent periods; None where there are too few of them.

    Each place is tested by generalised least squares: a step beside the levels of the earlier runs and the season, the shocks of
    neighbouring periods being alike (intervention analysis: G. E. P. Box and G. C. Tiao, Journal of the American Statistical
    Association 70, 1975, 70-79). The largest of them is judged by `chance`.

    Parameters
    ----------
    older
        First periods of the levels before.
    judged
        Number of periods that are over.
    """
    run = np.flatnonzero(found.usable)
    cuts = recent_cuts(run, older, judged, unit)
    if not len(cuts):
        return None
    edges = np.array([0, *older])
    levels = np.searchsorted(edges, run, side="right")[:, None] == np.arange(1, len(edges) + 1)
    apart = np.abs(run[:, None] - run)
    covariance = found.variance[cause] * found.noise.autocorrelation[cause] ** apart
    covariance += np.diag(found.counting[cause, run])
    tested = estimates(covariance, np.column_stack([levels, found.season.design[run]]), cuts)
    sizes = np.abs(tested.contrast @ found.away[cause, run]) / np.sqrt(tested.information)
    best = int(sizes.argmax())
    return Change(int(run[cuts[best]]), chance(float(sizes[best]), float(found.degrees[cause]), tested.alike))


def recent_cuts(run: Places, older: Sequence[int], judged: int, unit: str) -> Places:
    """Positions in the run of usable periods at which a recent level can begin, `FEWEST` of them on either side."""
    since = int(np.searchsorted(run, older[-1])) if len(older) else 0
    cuts = np.arange(since + FEWEST, len(run) - FEWEST + 1)
    return cuts[judged - run[cuts] <= RECENT[unit]] if len(cuts) else cuts


def estimates(covariance: Array, others: Array, cuts: Places) -> Cuts:
    """What tells of a step at each cut, the other columns allowed for."""
    precision = np.linalg.inv(covariance)
    weighted = precision @ others
    information = others.T @ weighted + 1e-9 * np.eye(others.shape[1])
    left = precision - weighted @ np.linalg.solve(information, weighted.T)
    steps = (np.arange(len(covariance)) >= cuts[:, None]).astype(float)
    contrast = steps @ left
    own = np.maximum((contrast * steps).sum(axis=1), 1e-9)
    alike = (contrast[:-1] * steps[1:]).sum(axis=1) / np.sqrt(own[:-1] * own[1:])
    return Cuts(contrast, own, np.clip(alike, -1, 1))


def chance(size: float, degrees: float, alike: Array) -> float:
    """Probability that the largest of the standardised changes is that large where nothing changed, on either side.

    Each place beyond the first adds only what its neighbour did not show already: the improved Bonferroni inequality (K. J.
    Worsley, Biometrika 69, 1982, 297-302), with the probability that of two correlated normal values one is that large and the
    other is not, twice Owen's function T (D. B. Owen, Annals of Mathematical Statistics 27, 1956, 1075-1090). It is never too
    small for normal values; with some 25 places it is a quarter too large at p = 0.02, less where p is smaller.

    Parameters
    ----------
    size
        Absolute change over its standard error.
    degrees
        Degrees of freedom of that error; the size is brought to the normal value as seldom as it.
    alike : array of shape (cuts - 1,)
        Correlation of each place's change with that of the next one.
    """
    normal = -float(ndtri(max(float(stdtr(degrees, -size)), 1e-300)))
    more = owens_t(normal, np.sqrt((1 - alike) / np.maximum(1 + alike, 1e-12))).sum()
    return min(float(2 * ndtr(-normal) + 4 * more), 1.0)
