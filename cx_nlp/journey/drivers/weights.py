"""How much of a rating's variance each of several correlated causes carries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NOTHING = 1e-10
"""Share of the largest eigenvalue below which a direction among the predictors is none: they say the same."""


@dataclass(frozen=True)
class RelativeWeights:
    """Shares of explained variance, one for each predictor, with percentile intervals.

    Attributes
    ----------
    weights, low, high : ndarray of shape (predictors,)
        They sum to `explained`; of a predictor that never varies all three are 0.
    explained : float
        R squared of the linear regression on all predictors.
    """

    weights: Array
    low: Array
    high: Array
    explained: float


def relative_weights(
    predictors: ArrayLike,
    outcome: ArrayLike,
    *,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 300,
    seed: int = 0,
) -> RelativeWeights:
    """Johnson's relative weights with intervals from a bootstrap over clusters.

    Predictors that go together share what they explain: each is replaced by the orthogonal variable nearest to it, and the
    variance that these explain goes back to the predictors in proportion (J. W. Johnson, "A heuristic method for estimating
    the relative weight of predictor variables in multiple regression", Multivariate Behavioral Research 35, 2000, 1-19).

    Parameters
    ----------
    predictors : array of shape (rows, predictors)
    outcome : array of shape (rows,)
    clusters : array of shape (rows,), optional
        Rows of one customer are drawn together.

    Raises
    ------
    ValueError
        The shapes do not fit, a number is missing, or there are fewer than three rows.
    """
    x, y = np.asarray(predictors, float), np.asarray(outcome, float)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(f"predictors {x.shape} and outcome {y.shape} must have the same rows")
    if len(y) < 3 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("at least three rows are needed, and no number may be missing")
    of = np.arange(len(y)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    both = np.column_stack([x, y])
    # Far means would cost digits in the sums of squares.
    both -= both.mean(axis=0)
    weights = _weights(both, np.ones(len(y)))
    rng, n = np.random.default_rng(seed), int(of.max()) + 1
    drawn = [_weights(both, np.bincount(rng.integers(n, size=n), minlength=n)[of]) for _ in range(resamples)]
    low, high = (
        np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2], axis=0) if drawn else (weights, weights)
    )
    return RelativeWeights(weights, low, high, float(weights.sum()))


def _weights(both: Array, times: ArrayLike) -> Array:
    """The weights where every row counts so many times; the last column is the outcome."""
    often = np.asarray(times, float)
    total = often.sum()
    mean = often @ both / total
    covariance = (both * often[:, None]).T @ both / total - np.outer(mean, mean)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))
    known = spread > 1e-12 * max(float(spread.max()), 1e-300)
    found = np.zeros(both.shape[1] - 1)
    if not known[-1] or not known[:-1].any():
        return found
    correlation = covariance[np.ix_(known, known)] / np.outer(spread[known], spread[known])
    values, vectors = np.linalg.eigh(correlation[:-1, :-1])
    kept = values > NOTHING * values.max()
    root = np.sqrt(values[kept])
    basis = vectors[:, kept]
    nearest = (basis * root) @ basis.T
    slopes = (basis / root) @ basis.T @ correlation[:-1, -1]
    found[known[:-1]] = nearest**2 @ slopes**2
    return found
