"""The mentions that comments may hold, and what speaks for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from cx_nlp.tagger.clause_model import ClauseScores
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.linear import Linear
from cx_nlp.tagger.logs import log_sum

Array = npt.NDArray[np.float64]
CANDIDATES = 4
"""Categories weighed for each clause."""


@dataclass(frozen=True)
class Candidates:
    """The mentions a batch may hold, one row for each comment and category, with the clause that speaks for it most."""

    comment: npt.NDArray[np.intp]
    category: npt.NDArray[np.intp]
    clause: npt.NDArray[np.intp]
    second_clause: npt.NDArray[np.intp]
    """The next best clause for the same category, -1 where there is none."""
    second_likely: Array
    """Probability that the next best clause says the category, too."""
    features: Array


def clause_candidates(scores: ClauseScores, layout: Layout) -> tuple[npt.NDArray[np.intp], Array]:
    """For every clause its likeliest categories (clauses, CANDIDATES) and their features (clauses, CANDIDATES, features)."""
    in_category = scores.category[:, layout.category_columns].astype(float)
    in_touchpoint = scores.touchpoint[:, layout.touchpoint_of].astype(float)
    in_factor = scores.factor[:, layout.factor_of].astype(float)
    joint = in_category + in_touchpoint + in_factor
    kept = min(CANDIDATES, joint.shape[1])
    top = _largest(joint, kept)
    comment = scores.comment_of

    def at(values: Array) -> Array:
        return np.take_along_axis(values, top, axis=1)

    something = [
        _log_odds(-np.expm1(values[:, none].astype(float)))
        for values, none in (
            (scores.category, layout.category_none),
            (scores.touchpoint, layout.touchpoint_none),
            (scores.factor, layout.factor_none),
            (scores.polarity, layout.polarity_none),
        )
    ]
    alone = np.log(np.maximum(np.bincount(comment, minlength=scores.n_comments), 1))[comment]
    columns = [
        at(in_category), at(in_touchpoint), at(in_factor), at(joint) - log_sum(joint),
        *(np.repeat(column[:, None], kept, axis=1) for column in (*something, alone)),
        np.clip(scores.comment_category[comment[:, None], top], -9, 9),
        np.clip(scores.comment_touchpoint[comment[:, None], layout.comment_touchpoint_of[top]], -9, 9),
        np.clip(scores.comment_factor[comment[:, None], layout.comment_factor_of[top]], -9, 9),
        layout.log_prior[top],
    ]  # fmt: skip
    return top, np.maximum(np.stack(columns, axis=2), -12)


def _largest(values: Array, n: int) -> npt.NDArray[np.intp]:
    """The columns of the n largest values of every row, largest first."""
    some = (
        np.argpartition(-values, n - 1, axis=1)[:, :n] if n < values.shape[1] else np.argsort(-values, axis=1)
    )
    order = np.argsort(-np.take_along_axis(values, some, axis=1), axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)


def _log_odds(p: Array) -> Array:
    return np.asarray(logit(np.clip(p, 1e-4, 1 - 1e-4)))


def comment_candidates(scores: ClauseScores, layout: Layout, clause_stage: Linear) -> Candidates:
    """Candidates of every comment: a category once, with its best clause and what all its clauses say together."""
    top, features = clause_candidates(scores, layout)
    n, kept, width = features.shape
    likely = expit(clause_stage.scores(features.reshape(-1, width))[:, 0])
    key = (np.repeat(scores.comment_of, kept) * len(layout.categories) + top.ravel()).astype(np.int64)
    order = np.lexsort((-likely, key))
    key, likely, clause = key[order], likely[order], np.repeat(np.arange(n), kept)[order]
    if not len(key):
        empty = np.zeros(0, np.intp)
        return Candidates(empty, empty, empty, empty, np.zeros(0), np.zeros((0, width + 3)))
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    sizes = np.diff(np.r_[starts, len(key)])
    any_clause = -np.expm1(np.add.reduceat(np.log1p(-np.minimum(likely, 1 - 1e-9)), starts))
    next_best = np.minimum(starts + 1, len(key) - 1)
    second = np.where(sizes > 1, likely[next_best], 0.01)
    best = features.reshape(-1, width)[order][starts]
    stacked = np.column_stack([_log_odds(likely[starts]), _log_odds(any_clause), _log_odds(second), best])
    return Candidates(
        (key[starts] // len(layout.categories)).astype(np.intp),
        (key[starts] % len(layout.categories)).astype(np.intp),
        clause[starts],
        np.where(sizes > 1, clause[next_best], -1),
        second,
        stacked,
    )
