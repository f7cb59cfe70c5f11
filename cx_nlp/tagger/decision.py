"""Second stage: from clause scores to calibrated probabilities of mentions, polarities and the comment's sentiment.

Its three small regressions are fitted on out-of-fold scores, so that they learn how far the first stage can be
trusted on comments it has not seen (stacked generalisation, Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from cx_nlp.tagger.clause_model import ClauseScores
from cx_nlp.tagger.logs import log_softmax, log_sum, softmax
from cx_nlp.tagger.targets import NONE

Array = npt.NDArray[np.float64]
CERTAIN = 12.0
"""Log odds of what was always or never so."""
CANDIDATES = 4
"""Categories weighed for each clause."""


@dataclass(frozen=True)
class Layout:
    """The classes of the first stage, as positions."""

    categories: tuple[str, ...]
    category_columns: npt.NDArray[np.intp]
    category_none: int
    touchpoint_of: npt.NDArray[np.intp]
    factor_of: npt.NDArray[np.intp]
    touchpoint_none: int
    factor_none: int
    polarities: tuple[str, ...]
    polarity_columns: npt.NDArray[np.intp]
    polarity_none: int
    sentiments: tuple[str, ...]
    comment_touchpoint_of: npt.NDArray[np.intp]
    comment_factor_of: npt.NDArray[np.intp]
    log_prior: Array

    @cached_property
    def touchpoints(self) -> tuple[str, ...]:
        """The touchpoint of every category."""
        return tuple(category.partition("#")[0] for category in self.categories)

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """The factor of every category."""
        return tuple(category.partition("#")[2] for category in self.categories)

    @classmethod
    def of(
        cls, clause_classes: dict[str, tuple[str, ...]], sentiments: Sequence[str], prior: dict[str, float]
    ) -> Layout:
        """The layout of a first stage; `prior` is the share of comments that hold each category."""
        categories = tuple(c for c in clause_classes["category"] if c != NONE)
        polarities = tuple(p for p in clause_classes["polarity"] if p != NONE)

        def columns(head: str, labels: Sequence[str]) -> npt.NDArray[np.intp]:
            position = {label: k for k, label in enumerate(clause_classes[head])}
            return np.array([position.get(label, -1) for label in labels], np.intp)

        def shifted(head: str, found: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
            return np.where(found > clause_classes[head].index(NONE), found - 1, found)

        touchpoints = columns("touchpoint", [c.partition("#")[0] for c in categories])
        factors = columns("factor", [c.partition("#")[2] for c in categories])
        return cls(
            categories, columns("category", categories), clause_classes["category"].index(NONE),
            touchpoints, factors, clause_classes["touchpoint"].index(NONE), clause_classes["factor"].index(NONE),
            polarities, columns("polarity", polarities), clause_classes["polarity"].index(NONE), tuple(sentiments),
            shifted("touchpoint", touchpoints), shifted("factor", factors),
            np.log(np.array([prior[c] for c in categories])),
        )  # fmt: skip


@dataclass(frozen=True)
class Linear:
    """A fitted logistic regression as arrays: binary with one row of coefficients, else one row a class."""

    coefficients: Array
    intercepts: Array

    @classmethod
    def fit(cls, x: Array, y: Sequence[object], classes: Sequence[str] | None = None) -> Linear:
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


def polarity_features(scores: ClauseScores, layout: Layout) -> Array:
    """What tells a clause's polarity: its own scores, its neighbours', the comment's mean and the comment's sentiment."""
    own = scores.polarity[:, layout.polarity_columns].astype(float)
    own = np.maximum(own - log_sum(own), -8)
    padded = np.vstack([own, np.zeros((1, own.shape[1]))])
    weight = -np.expm1(scores.polarity[:, layout.polarity_none].astype(float)) + 1e-6
    comment = scores.comment_of
    total = _summed(own * weight[:, None], comment, scores.n_comments)
    mean = total / (np.bincount(comment, weight, scores.n_comments)[:, None] + 1e-9)
    whole = np.maximum(scores.sentiment.astype(float), -8)
    return np.hstack([own, padded[scores.before], padded[scores.after], mean[comment], whole[comment]])


def sentiment_features(scores: ClauseScores, layout: Layout, polarity: Array) -> Array:
    """What tells a comment's sentiment: its own scores, and how much and how surely its clauses say each polarity."""
    weight = -np.expm1(scores.polarity[:, layout.polarity_none].astype(float))
    said = polarity * weight[:, None]
    comment = scores.comment_of
    total = _summed(said, comment, scores.n_comments)
    largest = _largest_of(said, comment, scores.n_comments)
    clauses = np.log1p(np.bincount(comment, minlength=scores.n_comments))
    lesser = np.sort(largest, axis=1)[:, -2:-1] if largest.shape[1] > 1 else largest
    whole = np.maximum(scores.sentiment.astype(float), -8)
    return np.hstack([whole, np.log1p(total), largest, np.log(largest + 0.02), lesser, clauses[:, None]])


def _summed(values: Array, comment: npt.NDArray[np.intp], n: int) -> Array:
    """The values of every comment's clauses added up."""
    return np.column_stack([np.bincount(comment, column, n) for column in values.T])


def _largest_of(values: Array, comment: npt.NDArray[np.intp], n: int) -> Array:
    """The largest of the values of every comment's clauses, 0 where it has none."""
    found = np.zeros((n, values.shape[1]))
    there, starts = np.unique(comment, return_index=True)
    if len(there):
        found[there] = np.maximum(np.maximum.reduceat(values, starts, axis=0), 0)
    return found


@dataclass(frozen=True)
class Probabilities:
    """Calibrated probabilities of a batch."""

    candidates: Candidates
    mention: Array
    """For every candidate: that the comment holds its category."""
    polarity: Array
    """For every clause, shape (clauses, polarities): the polarity of what it says."""
    sentiment: Array
    """For every comment, shape (comments, sentiments)."""


@dataclass(frozen=True)
class Decision:
    """The fitted second stage.

    A comment's sentiment is the logarithmic pool, in equal parts, of its regression and of the first stage's own
    opinion (Genest and Zidek 1986).
    """

    layout: Layout
    clause_stage: Linear
    mention_stage: Linear
    polarity_stage: Linear
    sentiment_stage: Linear

    def probabilities(self, scores: ClauseScores) -> Probabilities:
        """Calibrated probabilities from the first stage's scores."""
        candidates = comment_candidates(scores, self.layout, self.clause_stage)
        mention = expit(self.mention_stage.scores(candidates.features)[:, 0])
        polarity = softmax(self.polarity_stage.scores(polarity_features(scores, self.layout)))
        whole = self.sentiment_stage.scores(sentiment_features(scores, self.layout, polarity))
        pooled = (log_softmax(whole) + scores.sentiment) / 2
        return Probabilities(candidates, mention, polarity, softmax(pooled))


@dataclass(frozen=True)
class Evidence:
    """Out-of-fold scores of one fold with what is true: per clause the categories and polarities, per comment likewise."""

    scores: ClauseScores
    clause_categories: Sequence[frozenset[str]]
    clause_polarity: Sequence[str | None]
    comment_categories: Sequence[frozenset[str]]
    comment_sentiment: Sequence[str]


def fit_decision(layout: Layout, folds: Sequence[Evidence]) -> Decision:
    """Fit the second stage on the evidence of all folds."""
    clause_x, clause_y = [], []
    for fold in folds:
        top, features = clause_candidates(fold.scores, layout)
        clause_x.append(features.reshape(-1, features.shape[2]))
        clause_y += [
            layout.categories[c] in held
            for row, held in zip(top, fold.clause_categories, strict=True)
            for c in row
        ]
    clause_stage = Linear.fit(np.vstack(clause_x), clause_y)
    mention_x, mention_y = [], []
    for fold in folds:
        found = comment_candidates(fold.scores, layout, clause_stage)
        mention_x.append(found.features)
        mention_y += [
            layout.categories[c] in fold.comment_categories[i]
            for i, c in zip(found.comment, found.category, strict=True)
        ]
    polarity_x = [polarity_features(fold.scores, layout) for fold in folds]
    told = [[p in layout.polarities for p in fold.clause_polarity] for fold in folds]
    polarity_stage = Linear.fit(
        np.vstack([x[keep] for x, keep in zip(polarity_x, told, strict=True)]),
        [p for fold in folds for p in fold.clause_polarity if p in layout.polarities],
        layout.polarities,
    )
    sentiment_x = [
        sentiment_features(fold.scores, layout, softmax(polarity_stage.scores(x)))
        for fold, x in zip(folds, polarity_x, strict=True)
    ]
    sentiment_stage = Linear.fit(
        np.vstack(sentiment_x), [s for fold in folds for s in fold.comment_sentiment], layout.sentiments
    )
    return Decision(
        layout, clause_stage, Linear.fit(np.vstack(mention_x), mention_y), polarity_stage, sentiment_stage
    )
