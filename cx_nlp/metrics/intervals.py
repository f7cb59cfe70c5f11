"""Bootstrap intervals: comments drawn with replacement, all figures computed on each draw at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from cx_nlp.metrics.labels import Array, number

LEVEL = 0.95
_DRAWS_AT_ONCE = 64


class Counts(Protocol):
    """Counts with one row a comment, and the figures that follow from their sums."""

    @property
    def counts(self) -> Any: ...  # noqa: ANN401, D102  (numpy or scipy matrix; scipy has no types)

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """Figures by name, each one value per row of `sums`."""
        ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval; None where it cannot be computed or no interval was asked for."""

    value: float | None
    low: float | None = None
    high: float | None = None


def figures(
    blocks: Sequence[Counts], *, rows: Sequence[int] | None = None, resamples: int, seed: int
) -> dict[str, Figure]:
    """All figures of the blocks over the comments in `rows` (all where None), with percentile intervals."""
    picked = [block.counts if rows is None else block.counts[rows] for block in blocks]
    comments = picked[0].shape[0]
    whole = [np.asarray(counts.sum(axis=0), dtype=float).reshape(1, -1) for counts in picked]
    values = _scores(blocks, whole, whole)
    drawn = list(_draws(comments, resamples, seed)) if comments else []
    draws = [_scores(blocks, [_sums(counts, weights) for counts in picked], whole) for weights in drawn]
    return {
        name: _figure(name, value[0], np.concatenate([draw[name] for draw in draws] or [np.empty(0)]))
        for name, value in values.items()
    }


def _scores(blocks: Sequence[Counts], sums: list[Array], whole: list[Array]) -> dict[str, Array]:
    found: dict[str, Array] = {}
    for block, some, every in zip(blocks, sums, whole, strict=True):
        found |= block.scores(some, every[0])
    return found


def _draws(comments: int, resamples: int, seed: int) -> Iterator[Array]:
    """Blocks of weights (draws x comments): how often each comment was drawn."""
    random = np.random.default_rng(seed)
    for start in range(0, resamples, _DRAWS_AT_ONCE):
        rows = min(_DRAWS_AT_ONCE, resamples - start)
        drawn = random.integers(0, comments, size=(rows, comments)) + np.arange(rows)[:, None] * comments
        yield np.bincount(drawn.ravel(), minlength=rows * comments).reshape(rows, comments).astype(float)


def _sums(counts: Any, weights: Array) -> Array:  # noqa: ANN401  (numpy or scipy matrix)
    sums: Array = np.asarray(counts.T @ weights.T).T
    return sums


def _figure(name: str, value: float, draws: Array) -> Figure:
    there = draws[~np.isnan(draws)]
    if np.isnan(value) or not len(there):
        return Figure(number(value))
    if name.endswith("_ece"):
        # A resample repeats comments, which widens every bin's gap: the draws lie above the value by that much.
        there = np.maximum(there - (there.mean() - value), 0)
    low, high = np.quantile(there, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(float(value), float(low), float(high))
