"""Which comments of an export may be picked: few enough to hold their texts, more than enough to choose among."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cx_nlp.io.suggested import RANDOM, RARE_CAUSE, UNCERTAIN
from cx_nlp.suggesting.scan import Scan

Ints = npt.NDArray[np.intp]

SPARE = 10
"""Candidates for each comment that is to be picked for its uncertainty."""
_FEW = 20
SLICES = 40
"""Slices that get a share of their own, the largest ones; the others share one."""


@dataclass(frozen=True)
class Shares:
    """How many comments are picked for what.

    Attributes
    ----------
    n : int
        In all.
    random, causes : float
        Shares of them picked at random and for rare causes, 0 to 1; the others are picked for their uncertainty.
    """

    n: int
    random: float = 0.2
    causes: float = 0.3

    def __post_init__(self) -> None:
        if self.n < 1:
            raise ValueError(f"n must be at least 1, not {self.n}")
        if not (0 <= self.random <= 1 and 0 <= self.causes <= 1 and self.random + self.causes <= 1):
            raise ValueError(
                f"the shares must be from 0 to 1 and together at most 1, not {self.random} and {self.causes}"
            )

    @property
    def counts(self) -> dict[str, int]:
        """Comments by what they are picked for."""
        at_random, rare = round(self.n * self.random), round(self.n * self.causes)
        rare = min(rare, self.n - at_random)
        return {RANDOM: at_random, RARE_CAUSE: rare, UNCERTAIN: self.n - at_random - rare}


@dataclass(frozen=True)
class Candidates:
    """Positions of comments in the scan, in the order in which they are to be looked at.

    Attributes
    ----------
    random : ndarray of int
        In a random order of all comments.
    causes : tuple of ndarray of int
        For each cause, rarest first, its comments, most doubtful first.
    slices : tuple of (int, ndarray of int)
        For each slice, largest first, how many to pick and its comments, most doubtful first.
    """

    random: Ints
    causes: tuple[Ints, ...]
    slices: tuple[tuple[int, Ints], ...]

    @property
    def all(self) -> Ints:
        """Every position once, ascending."""
        parts = (self.random, *self.causes, *(positions for _, positions in self.slices))
        return np.unique(np.concatenate([np.zeros(0, np.intp), *parts]))


def candidates(found: Scan, shares: Shares, rng: np.random.Generator) -> Candidates:
    """The comments among which is chosen.

    A slice's number grows with the root of its comments, so that small ones get more than their part, and every one
    that has a comment gets one while there are any to give.
    """
    counts = shares.counts
    at_random = rng.permutation(len(found))[: 3 * counts[RANDOM] + _FEW]
    causes = tuple(_of_causes(found, counts[RARE_CAUSE])) if counts[RARE_CAUSE] else ()
    return Candidates(at_random, causes, tuple(_of_slices(found, counts[UNCERTAIN])))


def _of_causes(found: Scan, n: int) -> Iterator[Ints]:
    sizes = np.bincount(found.cause_of, minlength=len(found.causes))
    order = sorted(range(len(sizes)), key=lambda cause: (sizes[cause], found.causes[cause]))
    each = 2 * -(-n // max(len(order), 1)) + _FEW
    by_cause = np.argsort(found.cause_of, kind="stable")
    ends = np.cumsum(sizes)
    for cause in order:
        rows = found.comment_of[by_cause[ends[cause] - sizes[cause] : ends[cause]]]
        yield _most_doubtful(found, rows.astype(np.intp), each)


def _of_slices(found: Scan, n: int) -> Iterator[tuple[int, Ints]]:
    sizes = np.bincount(found.slice_of, minlength=len(found.slices))
    order = sorted(range(len(sizes)), key=lambda part: (-sizes[part], str(found.slices[part])))
    groups = [[part] for part in order[:SLICES]]
    if order[SLICES:]:
        groups.append(order[SLICES:])
    quotas = quotas_of([int(sizes[group].sum()) for group in groups], n)
    for group, quota in zip(groups, quotas, strict=True):
        rows = np.flatnonzero(np.isin(found.slice_of, group))
        yield quota, _most_doubtful(found, rows, SPARE * quota + _FEW)


def _most_doubtful(found: Scan, rows: Ints, n: int) -> Ints:
    order: Ints = rows[np.argsort(-found.doubt[rows], kind="stable")]
    return order[:n]


def quotas_of(sizes: list[int], n: int) -> list[int]:
    """`n` parted in proportion to the roots of the sizes, none above its size, by largest remainder.

    >>> quotas_of([900, 100, 1], 41), quotas_of([3, 1], 10)
    ([30, 10, 1], [3, 1])
    """
    given = np.zeros(len(sizes), np.intp)
    room = np.array(sizes, np.intp)
    while (left := min(n, int(room.sum())) - int(given.sum())) > 0:
        open_ = given < room
        weights = np.where(open_, np.sqrt(room), 0.0)
        ideal = left * weights / weights.sum()
        whole = np.minimum(np.floor(ideal).astype(np.intp), room - given)
        if not whole.any():
            order = np.argsort(-(ideal * open_), kind="stable")[:left]
            whole[order[open_[order]]] = 1
        given += whole
    return [int(one) for one in given]
