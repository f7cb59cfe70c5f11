"""Logistic regressions as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

Array = npt.NDArray[np.float64]
CERTAIN = 12.0
"""Log odds of what was always or never so."""


@dataclass(frozen=True)
class Linear:
    """A fitted logistic regression as arrays: binary with one row of coefficients, else one row a class."""

    coefficients: Array
    intercepts: Array

    @classmethod
    def fit(cls, x: Array | csr_matrix, y: Sequence[object], classes: Sequence[str] | None = None) -> Linear:
        """Fit; with `classes`, one row for each of them (a class that never occurs gets a constant low score)."""
        seen = sorted(set(y), key=str)
        width = x.shape[1]
        if classes is None:
            if len(seen) < 2:
                return cls(np.zeros((1, width)), np.array([CERTAIN if seen == [True] else -CERTAIN]))
            model = LogisticRegression(C=1.0, max_iter=2000).fit(x, np.asarray(y))
            return cls(model.coef_, model.intercept_)
        coefficients, intercepts = np.zeros((len(classes), width)), np.full(len(classes), -CERTAIN)
        if len(seen) < 2:
            intercepts[[classes.index(str(name)) for name in seen]] = 0
            return cls(coefficients, intercepts)
        model = LogisticRegression(C=1.0, max_iter=2000).fit(x, np.asarray(y))
        rows, offsets = model.coef_, model.intercept_
        if len(seen) == 2:
            rows, offsets = np.vstack([-rows / 2, rows / 2]), np.concatenate([-offsets / 2, offsets / 2])
        at = [classes.index(name) for name in model.classes_]
        coefficients[at], intercepts[at] = rows, offsets
        return cls(coefficients, intercepts)

    def scores(self, x: Array) -> Array:
        """Logits of shape (rows, rows of coefficients)."""
        return np.asarray(x @ self.coefficients.T + self.intercepts)
