"""How much less than their number comments are worth that come from the same customers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def design_effects(cell: Ints, customer: Ints, values: NDArray[Any], cells: int) -> Floats:
    """For each cell, how many times larger the variance of its mean is than that of independent comments; at least 1.

    1 + (m - 1) r, with m the size of the customer whom a comment drawn at random belongs to (sum of squared sizes by sum of
    sizes) and r how alike comments of one customer are within a cell (L. Kish, Survey Sampling, 1965, 5.4 and 8.2). The
    likeness is one for all cells given, since a single one seldom has enough customers who wrote again: 1 less the variance
    within customers by the variance within cells (J. L. Fleiss and J. Cuzick, Applied Psychological Measurement 3, 1979,
    537-542, for shares).

    Parameters
    ----------
    cell, customer, values : arrays of shape (pairs,)
        One comment in one cell; its customer, and 0 or 1 or another number.
    """
    pair, inverse = np.unique(cell * (customer.max(initial=0) + 1) + customer, return_inverse=True)
    of = pair // (customer.max(initial=0) + 1)
    y = np.asarray(values, float)
    size, total = (np.bincount(inverse, weights=w, minlength=len(pair)) for w in (None, y))
    n, sums, squares = (np.bincount(cell, weights=w, minlength=cells) for w in (None, y, y**2))
    each = np.maximum(n, 1)
    inside = np.bincount(of, weights=-(total**2) / np.maximum(size, 1), minlength=cells) + squares
    spread = (squares - sums**2 / each) / np.maximum(n - 1, 1)
    repeated = n - np.bincount(of, minlength=cells)
    alike = likeness(float(inside.sum()), float((repeated * spread).sum()))
    met = np.bincount(of, weights=size.astype(float) ** 2, minlength=cells) / each
    return 1 + np.maximum(met - 1, 0) * alike


def overall_effect(cell: Ints, customer: Ints, hits: NDArray[np.bool_], everyone: Ints, cells: int) -> float:
    """As `design_effects`, for shares of cells among all comments: one figure for all of them.

    Parameters
    ----------
    cell, customer : arrays of shape (pairs,)
    hits : array of bool of shape (pairs,)
        A comment that is no pair of a cell is no hit there.
    everyone : array of shape (comments,)
        The customer of every comment.
    """
    size = np.bincount(everyone)
    total, base = len(everyone), int(everyone.max(initial=0)) + 1
    if total < 2:
        return 1.0
    pair, found = np.unique(cell[hits] * base + customer[hits], return_counts=True)
    inside = float((found - found**2 / size[pair % base]).sum())
    share = np.bincount(cell[hits], minlength=cells) / total
    spread = share * (1 - share) * total / (total - 1)
    alike = likeness(inside, float((total - np.count_nonzero(size)) * spread.sum()))
    return float(1 + ((size.astype(float) ** 2).sum() / total - 1) * alike)


def likeness(inside: float, expected: float) -> float:
    """1 less what differs within customers by what would if they were no more alike than others; from 0 to 1."""
    return float(np.clip(1 - inside / expected, 0, 1)) if expected > 0 else 0.0
