"""Shares of small cells drawn towards the mean of their kind: a beta-binomial model whose prior comes from all cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, betaln, expit

from cx_nlp.journey.scores.scorecard import LEVEL, wilson

FEWEST = 3
"""Cells below which there is no mean of a kind to be drawn to."""
POINTS, ROUNDS = 25, 3
"""Points of the grid in either direction, and how often it is laid anew where the likelihood is."""
WIDEST = (-8.0, 8.0), (0.0, float(np.log(1e6)))
"""Log odds of the mean, and log of the strength: a prior worth one comment (nearly no shrinkage) to a million (all alike)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunk:
    """Shares drawn towards their mean.

    Attributes
    ----------
    value, low, high : ndarray of shape (cells,)
        NaN, 0 and 1 for a cell without comments where there are too few others.
    mean, strength : float
        The mean drawn to, and how many comments of a cell it outweighs (posterior median); NaN where nothing is drawn.
    """

    value: Floats
    low: Floats
    high: Floats
    mean: float
    strength: float


def shrunk_shares(hits: ArrayLike, trials: ArrayLike, *, level: float = LEVEL) -> Shrunk:
    """The share of each cell, the smaller the cell the nearer to the mean of all; with its interval.

    Beta-binomial model of A. Gelman and others, Bayesian Data Analysis (3rd ed. 2013, section 5.3): the cells' shares come
    from one beta distribution, whose mean and strength come from the marginal likelihood of all cells, with a prior that is
    even in the mean and in strength to the power of -1/2. The two are integrated over (on a grid) and not only estimated, so
    that the intervals hold that few cells tell little of their kind: plain empirical Bayes gives too narrow ones (C. N.
    Morris, Journal of the American Statistical Association 78, 1983, 47-55). Limits are those of the beta distribution with the
    posterior's mean and variance. With fewer than `FEWEST` cells that have comments nothing is drawn anywhere.

    Parameters
    ----------
    hits, trials : arrays of shape (cells,)
        Comments with the complaint, and all; may be broken numbers where comments are worth less than one.

    Raises
    ------
    ValueError
        Counts are negative, or there are more hits than trials.

    Examples
    --------
    >>> found = shrunk_shares([2, 300, 120, 90, 250], [2, 1000, 600, 500, 900])
    >>> found.value.round(2).tolist()
    [0.39, 0.3, 0.2, 0.18, 0.28]
    """
    k, n = np.asarray(hits, float), np.asarray(trials, float)
    if k.shape != n.shape or (k < 0).any() or (k > n * (1 + 1e-9)).any():
        raise ValueError("every cell needs hits from 0 to its number of trials")
    if np.count_nonzero(n) < FEWEST:
        low, high = wilson(k, n, level=level)
        return Shrunk(np.divide(k, n, out=np.full(k.shape, np.nan), where=n > 0), low, high, np.nan, np.nan)
    cells, inverse, often = np.unique(
        np.column_stack([k, n - k]), axis=0, return_inverse=True, return_counts=True
    )
    mean, strength, weight = _prior(np.maximum(cells, 0), often)
    value, spread = _posterior(np.maximum(cells, 0), mean, strength, weight)
    worth = value * (1 - value) / spread - 1
    tails = ((0.5 - level / 2), (0.5 + level / 2))
    low, high = (betaincinv(value * worth, (1 - value) * worth, tail) for tail in tails)
    order = np.argsort(strength)
    median = float(strength[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])
    at = inverse.reshape(-1)
    return Shrunk(value[at], low[at], high[at], float(weight @ mean), median)


def _prior(cells: Floats, often: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Means and strengths of the cells' common distribution on a grid, and how likely each pair is."""
    bounds = WIDEST
    for _ in range(ROUNDS):
        odds, size = (one.ravel() for one in np.meshgrid(*(np.linspace(*each, POINTS) for each in bounds)))
        mean, strength = expit(odds), np.exp(size)
        first, second = mean * strength, (1 - mean) * strength
        # log(m (1 - m)) - size / 2 turns the even prior into one over the grid's coordinates.
        likely = np.log(mean) + np.log1p(-mean) - size / 2
        likely = likely + often @ (
            betaln(cells[:, :1] + first, cells[:, 1:] + second) - betaln(first, second)
        )
        weight = np.exp(likely - likely.max())
        weight /= weight.sum()
        bounds = tuple(_around(one, weight, each) for one, each in zip((odds, size), bounds, strict=True))  # type: ignore[assignment]
    return mean, strength, weight


def _around(points: Floats, weight: Floats, bounds: tuple[float, float]) -> tuple[float, float]:
    """Five standard deviations about the mean, within the bounds."""
    centre = float(weight @ points)
    spread = max(float(np.sqrt(weight @ (points - centre) ** 2)), (bounds[1] - bounds[0]) / POINTS / 2)
    return max(bounds[0], centre - 5 * spread), min(bounds[1], centre + 5 * spread)


def _posterior(cells: Floats, mean: Floats, strength: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each cell's share."""
    size = cells.sum(axis=1)[:, None] + strength
    share = (cells[:, :1] + mean * strength) / size
    value = share @ weight
    spread = (share * (1 - share) / (size + 1) + (share - value[:, None]) ** 2) @ weight
    return value, spread
