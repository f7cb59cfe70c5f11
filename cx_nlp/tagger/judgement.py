"""Of which polarity a mention is: its clause tells, for every category in a way of its own.

Prices are judged otherwise than staff, and a clause may praise one thing and blame another. Weights are the sum of those of all
categories, of the category, of its touchpoint and of its factor, so that rare pairs borrow from common ones.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from cx_nlp.tagger.layout import Array, Layout
from cx_nlp.tagger.linear import Linear
from cx_nlp.tagger.logs import floored, softmax

Ints = npt.NDArray[np.intp]


def judgement_features(polarity: Array) -> Array:
    """One and the log polarities of every clause, shape (clauses, 1 + polarities)."""
    return np.hstack([np.ones((len(polarity), 1)), floored(polarity)])


def judgements(stage: Linear, category: Ints, features: Array) -> Array:
    """The probability of every polarity, shape (mentions, polarities), by a stage that `fit_judgement` made.

    `features` are those of the clauses of the mentions.
    """
    weights = stage.coefficients.reshape(len(stage.intercepts), -1, features.shape[1])
    return softmax(np.einsum("pmf,mf->mp", weights[:, category], features) + stage.intercepts)


def fit_judgement(layout: Layout, category: Ints, features: Array, polarity: Sequence[str]) -> Linear:
    """The stage that tells the polarities of these mentions; one column for every category and feature, category by category.

    Where all are of one polarity nothing can be learnt, and what the clause says is what is said of the category.
    """
    shared = _shared(layout)
    width, polarities = features.shape[1], len(layout.polarities)
    if len({*polarity}) < 2:
        weights = np.tile(np.eye(polarities, width, 1), len(layout.categories))
        return Linear(weights, np.zeros(polarities))
    columns = (shared[category][:, :, None] * width + np.arange(width)).reshape(len(features), -1)
    values = np.tile(features, shared.shape[1])
    starts = np.arange(len(features) + 1) * columns.shape[1]
    shape = (len(features), (int(shared.max()) + 1) * width)
    fitted = Linear.fit(
        csr_matrix((values.ravel(), columns.ravel(), starts), shape), polarity, layout.polarities
    )
    by_part = fitted.coefficients.reshape(polarities, -1, width)
    return Linear(by_part[:, shared].sum(axis=2).reshape(polarities, -1), fitted.intercepts)


def _shared(layout: Layout) -> Ints:
    """For every category the parts whose weights it adds up, shape (categories, 4): all, itself, its touchpoint, its factor."""
    n = len(layout.categories)
    kinds = (np.zeros(n), np.arange(n), layout.touchpoint_of, layout.factor_of)
    found, at = [], 0
    for kind in kinds:
        names, part = np.unique(kind, return_inverse=True)
        found.append(at + part)
        at += len(names)
    return np.column_stack(found)
