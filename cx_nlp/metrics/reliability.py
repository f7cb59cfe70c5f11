"""Does a confidence of 0.8 mean right in 8 of 10? Expected calibration error and its bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.sparse import csr_matrix

from cx_nlp.metrics.labels import Array, share

Equal = Literal["mass", "width"]


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions with a confidence from `low` to `high`: how many, how sure on average, how often right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """The gap between confidence and accuracy, averaged over bins by their predictions (Naeini et al. 2015)."""

    ece: float
    count: int
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class ConfidenceCounts:
    """One row a comment: predictions, summed confidence and right ones, each in as many columns as bins."""

    name: str
    counts: csr_matrix
    edges: Array

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """The expected calibration error."""
        count, confidence, right = np.split(sums, 3, axis=-1)
        gap, total = np.abs(confidence - right).sum(axis=1), count.sum(axis=1)
        return {f"{self.name}_ece": share(gap, total)}

    def reliability(self) -> Reliability:
        """The error over all comments, and the bins that hold predictions."""
        sums = np.asarray(self.counts.sum(axis=0), dtype=float).reshape(1, -1)
        ece = float(self.scores(sums, sums)[f"{self.name}_ece"][0])
        columns = zip(self.edges[:-1], self.edges[1:], *np.split(sums[0], 3), strict=True)
        rows = [
            Bin(float(low), float(high), int(n), float(sure / n), float(hit / n))
            for low, high, n, sure, hit in columns
            if n
        ]
        return Reliability(ece, sum(row.count for row in rows), tuple(rows))


def reliability(
    confidence: Sequence[float] | Array,
    right: Sequence[bool] | Array,
    *,
    bins: int = 10,
    equal: Equal = "mass",
) -> Reliability:
    """The reliability of predictions with these confidences (0-1), of which some were right.

    Bins hold equally many predictions (`equal="mass"`; equal confidences stay together) or are equally wide.

    Examples
    --------
    >>> reliability([0.9, 0.9, 0.9, 0.9], [True, True, True, False], bins=1).ece
    0.15000000000000002
    """
    return confidence_counts(
        "all", np.arange(len(confidence)), confidence, right, len(confidence), bins=bins, equal=equal
    ).reliability()


def confidence_counts(
    name: str,
    comment: Sequence[int] | np.ndarray[tuple[int], np.dtype[np.int64]],
    confidence: Sequence[float] | Array,
    right: Sequence[bool] | Array,
    comments: int,
    *,
    bins: int,
    equal: Equal,
) -> ConfidenceCounts:
    """The counts of predictions, each made for the comment whose row number stands in `comment`."""
    scores = np.asarray(confidence, dtype=float)
    edges = _edges(scores, bins, equal)
    width = len(edges) - 1
    columns = np.clip(np.searchsorted(edges, scores, side="right") - 1, 0, width - 1)
    values = np.concatenate([np.ones(len(scores)), scores, np.asarray(right, dtype=float)])
    at = np.tile(comment, 3).astype(np.int64), np.concatenate([columns, columns + width, columns + 2 * width])
    return ConfidenceCounts(name, csr_matrix((values, at), shape=(comments, 3 * width)), edges)


def _edges(confidence: Array, bins: int, equal: Equal) -> Array:
    inner = np.arange(1, bins) / bins
    if equal == "mass" and len(confidence):
        inner = np.quantile(confidence, inner)
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))
