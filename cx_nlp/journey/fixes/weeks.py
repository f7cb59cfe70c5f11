"""Weeks counted from a change: what is measured in each, and the runs of weeks before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Numbers = NDArray[np.int64]
OUTSIDE = np.iinfo(np.int64).min
"""The week of a comment that is not in the group, or whose time is not known."""


@dataclass(frozen=True)
class Weeks:
    """Sums over the comments of consecutive weeks.

    Attributes
    ----------
    total, squares : ndarray of shape (weeks,)
        Sums of what is measured (0 and 1 where it is a share) and of its squares.
    comments : ndarray of shape (weeks,)
    """

    total: Array
    squares: Array
    comments: Array

    @property
    def n(self) -> float:
        """Comments of all weeks."""
        return float(self.comments.sum())

    @property
    def mean(self) -> float:
        """The share or mean over the comments of all weeks; NaN without any."""
        return float(self.total.sum()) / self.n if self.n else float("nan")

    def only(self, kept: NDArray[Any]) -> Weeks:
        """Those weeks of a mask or slice."""
        return Weeks(self.total[kept], self.squares[kept], self.comments[kept])

    def __add__(self, other: Weeks) -> Weeks:
        return Weeks(self.total + other.total, self.squares + other.squares, self.comments + other.comments)


@dataclass(frozen=True)
class Span:
    """Weeks from `first` up to but not including `end`; week 0 begins with the change."""

    first: int
    end: int

    @property
    def weeks(self) -> int:
        """How many."""
        return self.end - self.first

    def shifted(self, weeks: int) -> Span:
        """The span so many weeks later."""
        return Span(self.first + weeks, self.end + weeks)


def weekly(values: Array, week: Numbers, span: Span) -> Weeks:
    """Sums over the weeks of a span.

    Parameters
    ----------
    values : array of shape (comments,)
        What is measured; NaN where a comment says nothing of it.
    week : array of shape (comments,)
        Week of each comment, `OUTSIDE` where it has none.
    """
    kept = (week >= span.first) & (week < span.end) & np.isfinite(values)
    at, value = week[kept] - span.first, values[kept]
    sums = (np.bincount(at, weights, minlength=span.weeks) for weights in (value, value**2, None))
    total, squares, comments = (one.astype(float) for one in sums)
    return Weeks(total, squares, comments)
