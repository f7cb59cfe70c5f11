"""Linear classifiers over feature blocks, fitted with scikit-learn and held as plain arrays."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from cx_nlp.features import Features, Floats, Weights

MAX_PASSES = 20
"""Passes of SAGA (Defazio et al. 2014) over the rows; half of them gave nearly the same figures (docs/model.md).

L-BFGS comes nearer the optimum in hundreds of iterations only: on sparse rows with many rare features, stopped after 60, it had
learnt too little from them.
"""

RANK = 64
"""Dimensions that the logits of classifiers over the same features are kept in, where there are more classes."""
WEIGHT: Mapping[str, float] = {"sentiment": 10.0, "polarity": 4.0}
"""How much more the logits of a classifier count in choosing those dimensions: of few classes, each tells much."""


@dataclass(frozen=True)
class Fitted:
    """One classifier: coefficients of shape (classes, features) and one intercept a class."""

    classes: tuple[str, ...]
    coefficients: Floats
    intercepts: Floats

    def with_class(self, name: str, intercept: float) -> Fitted:
        """The classifier with the class `name`, of a constant score where the data had none of it."""
        if name in self.classes:
            return self
        coefficients = np.vstack([self.coefficients, np.zeros((1, self.coefficients.shape[1]), np.float32)])
        intercepts = np.append(self.intercepts, np.float32(intercept))
        return Fitted((*self.classes, name), coefficients, intercepts)


@dataclass(frozen=True)
class SoftmaxTask:
    """What one softmax classifier is fitted on: rows of the matrix (a row may recur), a label and a weight for each."""

    rows: npt.NDArray[np.intp]
    labels: Sequence[str]
    weights: npt.NDArray[np.float64]
    strength: float
    """scikit-learn's C, the inverse of the L2 penalty."""


def fit_softmax(matrix: sp.csr_matrix, task: SoftmaxTask) -> Fitted:
    """A multinomial logistic regression; with one class only, a constant."""
    classes = tuple(sorted(set(task.labels)))
    if len(classes) < 2:
        return Fitted(
            classes, np.zeros((len(classes), matrix.shape[1]), np.float32), np.zeros(len(classes), np.float32)
        )
    model = LogisticRegression(C=task.strength, solver="saga", max_iter=MAX_PASSES, tol=1e-4, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(matrix[task.rows], np.asarray(task.labels), sample_weight=task.weights)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(classes) == 2:
        coefficients = np.vstack([-coefficients / 2, coefficients / 2])
        intercepts = np.concatenate([-intercepts / 2, intercepts / 2])
    return Fitted(classes, coefficients.astype(np.float32), intercepts.astype(np.float32))


def fit_one_vs_rest(
    matrix: sp.csr_matrix, members: Sequence[frozenset[str]], classes: Sequence[str], strength: float
) -> Fitted:
    """One binary logistic regression a class, for comments that hold several."""
    coefficients = np.zeros((len(classes), matrix.shape[1]), np.float32)
    intercepts = np.full(len(classes), -8.0, np.float32)
    for k, name in enumerate(classes):
        holds = np.array([name in found for found in members])
        if 0 < holds.sum() < len(holds):
            model = LogisticRegression(C=strength, solver="liblinear", dual=True, tol=1e-2, random_state=0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(matrix, holds)
            coefficients[k], intercepts[k] = model.coef_[0], model.intercept_[0]
    return Fitted(tuple(classes), coefficients, intercepts)


class LinearHeads:
    """Several classifiers over the same feature blocks, held as one matrix a block of rank `RANK` at most.

    A hundred classes over hundreds of thousands of features are far more numbers than they tell: the logits of real rows lie
    close to a space of few dimensions, and what is added up row by row, feature by feature, are the places in that space.

    Parameters
    ----------
    classes : mapping of str to tuple of str
        The classes of every classifier; together n.
    weights : mapping of str to ndarray or Steps, shape (features of the block, rank)
    back : ndarray, shape (rank, n)
        From places to logits.
    bias : ndarray, shape (n,)
    """

    def __init__(
        self,
        classes: Mapping[str, tuple[str, ...]],
        weights: Mapping[str, Weights],
        back: Floats,
        bias: Floats,
    ) -> None:
        self.classes = dict(classes)
        self.weights = dict(weights)
        self.back = back
        self.bias = bias

    @classmethod
    def packed(
        cls, fitted: Mapping[str, Fitted], features: Features, blocks: Mapping[str, float]
    ) -> LinearHeads:
        """The classifiers, fitted on `features.matrix(blocks)`, of which the logits of these rows are kept best."""
        stacked = np.vstack([head.coefficients for head in fitted.values()]).T
        weights: dict[str, Floats] = {}
        at = 0
        for name, scale in blocks.items():
            width = features.rows(name).shape[1]
            weights[name] = np.ascontiguousarray(stacked[at : at + width] * np.float32(scale))
            at += width
        bias = np.concatenate([head.intercepts for head in fitted.values()])
        classes = {name: head.classes for name, head in fitted.items()}
        whole = cls(classes, weights, np.eye(len(bias), dtype=np.float32), bias)
        return whole if len(bias) <= RANK else whole._reduced(features, weights)

    def _reduced(self, features: Features, weights: Mapping[str, Floats]) -> LinearHeads:
        """The classifiers in the `RANK` principal directions of their logits (Eckart and Young 1936), each scaled by its weight."""
        weight = np.concatenate(
            [np.full(len(names), WEIGHT.get(name, 1.0)) for name, names in self.classes.items()]
        )
        logits = (self._places(features) @ self.back) * weight
        directions = np.linalg.eigh(logits.T @ logits)[1][:, : -RANK - 1 : -1]
        onto = (weight[:, None] * directions).astype(np.float32)
        back = np.ascontiguousarray((directions / weight[:, None]).T, np.float32)
        return LinearHeads(
            self.classes, {name: block @ onto for name, block in weights.items()}, back, self.bias
        )

    def _places(self, features: Features) -> Floats:
        return np.asarray(sum(features.product(name, weights) for name, weights in self.weights.items()))

    def scores(self, features: Features) -> dict[str, Floats]:
        """Logits, one array of shape (rows, classes) for each classifier."""
        total = self._places(features) @ self.back + self.bias
        cuts = np.cumsum([len(classes) for classes in self.classes.values()])[:-1]
        return dict(zip(self.classes, np.split(total, cuts, axis=1), strict=True))


def fit_all(
    matrix: sp.csr_matrix, tasks: Mapping[str, SoftmaxTask], *, n_jobs: int | None
) -> dict[str, Fitted]:
    """Every softmax classifier, in parallel."""
    found = Parallel(n_jobs=n_jobs)(delayed(fit_softmax)(matrix, task) for task in tasks.values())
    return dict(zip(tasks, found, strict=True))
