"""A bootstrap over customers that stays fast: customers are dealt into blocks once, and whole blocks are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

BLOCKS = 500
"""Blocks that customers are dealt into. A variance from 500 random groups has a relative error of 1 / sqrt(2 * 499) = 3 %
(K. M. Wolter, Introduction to Variance Estimation, 2nd ed. 2007, chapter 2: the random group method); up to 500 customers each
is a block of their own, and the draws are the plain cluster bootstrap."""
ALIAS = 1e-9
"""Share of a column's sum of squares added to it, so that a draw in which two columns say the same can be solved, too."""

Array = NDArray[np.float64]
Codes = NDArray[np.integer]


@dataclass(frozen=True)
class Draws:
    """How often each block counts; make one with `draws`.

    Attributes
    ----------
    block : ndarray of int, shape (units,)
        The block of each customer.
    times : ndarray of shape (1 + resamples, blocks)
        The first row is the sample itself: every block once.
    """

    block: Codes
    times: Array


def draws(units: int, *, resamples: int, seed: int, blocks: int = BLOCKS) -> Draws:
    """Resamples of so many customers.

    Cluster bootstrap of A. C. Cameron, J. B. Gelbach and D. L. Miller (Review of Economics and Statistics 90, 2008, 414-427):
    pairs of outcome and predictors, all rows of a cluster together.
    """
    rng, blocks = np.random.default_rng(seed), max(min(blocks, units), 1)
    block = rng.permutation(np.arange(units) % blocks)
    drawn = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=resamples)
    return Draws(block, np.vstack([np.ones(blocks), drawn]))


def shares(made: Draws, unit: Codes, column: Codes, width: int) -> Array:
    """For each draw the share of customers in each column, from pairs of customer and column that occur once."""
    blocks = made.times.shape[1]
    there = np.bincount(made.block[unit] * width + column, minlength=blocks * width).reshape(blocks, width)
    size = np.bincount(made.block, minlength=blocks)
    found: Array = (made.times @ there) / (made.times @ size)[:, None]
    return found


def slopes(made: Draws, x: Array, y: Array, unit: Codes) -> Array:
    """For each draw the least-squares coefficients of `y` on the columns of `x` and a constant.

    Sums of squares and products are taken once for each block; a draw is a weighted sum of them (the normal equations).

    Parameters
    ----------
    x : ndarray of shape (rows, columns)
    y : ndarray of shape (rows,)
    unit : ndarray of int, shape (rows,)
        The customer of each row.

    Returns
    -------
    ndarray of shape (1 + resamples, columns)
    """
    # About the mean, so that the sums keep their digits; the coefficients are the same.
    both = np.column_stack([x - x.mean(axis=0), np.ones(len(y)), y - y.mean()])
    width, blocks = both.shape[1], made.times.shape[1]
    order = np.argsort(made.block[unit], kind="stable")
    edges = np.searchsorted(made.block[unit][order], np.arange(blocks + 1))
    both = both[order]
    sums = np.empty((blocks, width, width))
    for k, (first, last) in enumerate(pairwise(edges)):
        sums[k] = both[first:last].T @ both[first:last]
    grams = (made.times @ sums.reshape(blocks, -1)).reshape(-1, width, width)
    return _solved(grams)[:, :-1]


def _solved(grams: Array) -> Array:
    """The coefficients from matrices of sums whose last row and column are the outcome's."""
    scale = np.sqrt(np.maximum(np.diagonal(grams, axis1=1, axis2=2)[:, :-1], 1e-300))
    scale = np.where(scale > 1e-100, scale, 1.0)
    left = grams[:, :-1, :-1] / (scale[:, :, None] * scale[:, None, :])
    left[:, np.arange(left.shape[1]), np.arange(left.shape[1])] += ALIAS
    right = grams[:, :-1, -1] / scale
    found: Array = np.linalg.solve(left, right[:, :, None])[:, :, 0] / scale
    return found
