"""How much of a rating's variance each of several correlated causes carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NOTHING = 1e-10
"""Share of the largest eigenvalue below which a direction among the predictors is none: they say the same."""
BLOCKS = 500
"""More customers than these are drawn in so many groups, put together by chance: the spread is that of customers drawn one by
one, known to 3 %, and the rows are read once only."""


@dataclass(frozen=True)
class RelativeWeights:
    """Shares of explained variance, one for each predictor, with percentile intervals.

    Attributes
    ----------
    weights, low, high : ndarray of shape (predictors,)
        They sum to `explained`; of a predictor that never varies all three are 0.
    explained : float
        R squared of the linear regression on all predictors, after the controls.
    draws : ndarray of shape (resamples, predictors)
        The weights of the bootstrap samples.
    """

    weights: Array
    low: Array
    high: Array
    explained: float
    draws: Array = field(repr=False)


def relative_weights(
    predictors: ArrayLike,
    outcome: ArrayLike,
    *,
    controls: ArrayLike | None = None,
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
    controls : array of shape (rows, controls), optional
        What they explain is taken from predictors and outcome before, in every sample anew.
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
    before = np.empty((len(y), 0)) if controls is None else np.asarray(controls, float)
    of = np.arange(len(y)) if clusters is None else np.unique(np.asarray(clusters), return_inverse=True)[1]
    rng = np.random.default_rng(seed)
    products = block_products(np.column_stack([before, x, y]), of, rng)
    weights = _weights(products.sum(axis=0), before.shape[1])
    n = len(products)
    flat = products.reshape(n, -1)
    draws = np.zeros((resamples, x.shape[1]))
    for k in range(resamples):
        often = np.bincount(rng.integers(n, size=n), minlength=n).astype(float)
        draws[k] = _weights((often @ flat).reshape(products.shape[1:]), before.shape[1])
    ends = [0.5 - level / 2, 0.5 + level / 2]
    low, high = np.quantile(draws, ends, axis=0) if resamples else (weights, weights)
    # Squares of nearly nothing are larger in nearly every sample.
    low, high = np.minimum(low, weights), np.maximum(high, weights)
    return RelativeWeights(weights, low, high, float(weights.sum()), draws)


def _blocks(of: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    n = int(of.max()) + 1
    block: NDArray[np.intp] = of if n <= BLOCKS else (rng.permutation(n) % BLOCKS)[of]
    return block


def block_products(columns: Array, clusters: NDArray[np.intp], rng: np.random.Generator) -> Array:
    """Sums of products of the columns, a constant before them, within each cluster or, of many, each group of clusters."""
    block = _blocks(clusters, rng)
    order = np.argsort(block, kind="stable")
    ends = np.searchsorted(block[order], np.arange(int(block.max()) + 2))
    # Far means would cost digits in the sums of squares.
    whole = np.column_stack([np.ones(len(columns)), columns - columns.mean(axis=0)])[order]
    parts = (whole[first:last] for first, last in pairwise(ends))
    return np.array([part.T @ part for part in parts])


def covariance_of(products: Array) -> Array:
    """Covariance matrix of the columns, from sums of products with a constant before them."""
    mean = products[0, 1:] / products[0, 0]
    covariance: Array = products[1:, 1:] / products[0, 0] - np.outer(mean, mean)
    return covariance


def _weights(products: Array, controls: int) -> Array:
    """The weights that follow from these sums of products: of a constant, the controls, the predictors, the outcome."""
    covariance = covariance_of(products)
    whole = np.diag(covariance)[controls:]
    covariance = _without(covariance, controls)
    spread = np.sqrt(np.maximum(np.diag(covariance), 0))
    known = (spread > 1e-12 * max(float(spread.max()), 1e-300)) & (spread**2 > NOTHING * whole)
    found = np.zeros(len(covariance) - 1)
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


def _without(covariance: Array, controls: int) -> Array:
    """What the first columns leave of the covariance of the others (Frisch, Waugh and Lovell)."""
    if not controls:
        return covariance
    inverse = np.linalg.pinv(covariance[:controls, :controls], rcond=NOTHING, hermitian=True)
    across = covariance[:controls, controls:]
    left: Array = covariance[controls:, controls:] - across.T @ inverse @ across
    return left
