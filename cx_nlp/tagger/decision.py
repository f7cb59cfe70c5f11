"""Second stage: from clause scores to calibrated probabilities of mentions, polarities and the comment's sentiment.

Its small regressions are fitted on out-of-fold scores, so that they learn how far the first stage can be trusted on comments it
has not seen (stacked generalisation, Wolpert 1992).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from cx_nlp.tagger.candidates import Candidates, clause_candidates, comment_candidates
from cx_nlp.tagger.clause_model import ClauseScores
from cx_nlp.tagger.judgement import fit_judgement, judgement_features, judgements
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.linear import Linear
from cx_nlp.tagger.logs import floored, log_softmax, log_sum, softmax

Array = npt.NDArray[np.float64]
Held = dict[str, set[str]]
"""The categories that a comment holds, each with its polarities."""


def polarity_features(scores: ClauseScores, layout: Layout) -> Array:
    """What tells a clause's polarity: its own scores, its neighbours', the comment's mean and the comment's sentiment."""
    own = scores.polarity[:, layout.polarity_columns].astype(float)
    own = floored(own - log_sum(own))
    padded = np.vstack([own, np.zeros((1, own.shape[1]))])
    weight = -np.expm1(scores.polarity[:, layout.polarity_none].astype(float)) + 1e-6
    comment = scores.comment_of
    total = _summed(own * weight[:, None], comment, scores.n_comments)
    mean = total / (np.bincount(comment, weight, scores.n_comments)[:, None] + 1e-9)
    whole = floored(scores.sentiment.astype(float))
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
    whole = floored(scores.sentiment.astype(float))
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
    """For every candidate, shape (candidates, polarities): the polarity of what its clause says of its category."""
    second_polarity: Array
    """Likewise of its next best clause; without meaning where there is none."""
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
    judgement_stage: Linear
    """What a mention's clause tells of its polarity; see `judgement`."""
    sentiment_stage: Linear

    def probabilities(self, scores: ClauseScores) -> Probabilities:
        """Calibrated probabilities from the first stage's scores."""
        candidates = comment_candidates(scores, self.layout, self.clause_stage)
        mention = expit(self.mention_stage.scores(candidates.features)[:, 0])
        polarity = log_softmax(self.polarity_stage.scores(polarity_features(scores, self.layout)))
        features = judgement_features(polarity)
        first, second = (
            judgements(self.judgement_stage, candidates.category, features[clause])
            for clause in (candidates.clause, candidates.second_clause)
        )
        whole = self.sentiment_stage.scores(sentiment_features(scores, self.layout, np.exp(polarity)))
        pooled = (log_softmax(whole) + scores.sentiment) / 2
        return Probabilities(candidates, mention, first, second, softmax(pooled))


@dataclass(frozen=True)
class Evidence:
    """Out-of-fold scores of one fold with what is true: per clause the categories and polarities, per comment likewise."""

    scores: ClauseScores
    clause_categories: Sequence[frozenset[str]]
    clause_polarity: Sequence[str | None]
    comment_mentions: Sequence[frozenset[tuple[str, str]]]
    """Categories, each with its polarity."""
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
    candidates = [comment_candidates(fold.scores, layout, clause_stage) for fold in folds]
    held = [[_by_category(mentions) for mentions in fold.comment_mentions] for fold in folds]
    mention_y = [
        layout.categories[c] in in_fold[i]
        for in_fold, found in zip(held, candidates, strict=True)
        for i, c in zip(found.comment, found.category, strict=True)
    ]
    polarity_x = [polarity_features(fold.scores, layout) for fold in folds]
    told = [[p in layout.polarities for p in fold.clause_polarity] for fold in folds]
    polarity_stage = Linear.fit(
        np.vstack([x[keep] for x, keep in zip(polarity_x, told, strict=True)]),
        [p for fold in folds for p in fold.clause_polarity if p in layout.polarities],
        layout.polarities,
    )
    polarity = [log_softmax(polarity_stage.scores(x)) for x in polarity_x]
    sentiment_x = [
        sentiment_features(fold.scores, layout, np.exp(likely))
        for fold, likely in zip(folds, polarity, strict=True)
    ]
    sentiment_stage = Linear.fit(
        np.vstack(sentiment_x), [s for fold in folds for s in fold.comment_sentiment], layout.sentiments
    )
    return Decision(
        layout,
        clause_stage,
        Linear.fit(np.vstack([found.features for found in candidates]), mention_y),
        polarity_stage,
        _judgement_stage(layout, folds, held, candidates, polarity),
        sentiment_stage,
    )


def _judgement_stage(
    layout: Layout,
    folds: Sequence[Evidence],
    held: Sequence[Sequence[Held]],
    candidates: Sequence[Candidates],
    polarity: Sequence[Array],
) -> Linear:
    """Fitted on the candidates whose category the comment holds; the regressions before it have seen these rows, too."""
    categories, features, y = [], [], []
    for fold, in_fold, found, likely in zip(folds, held, candidates, polarity, strict=True):
        rows = [*_judged(layout, in_fold, fold.clause_polarity, found)]
        category, clause = np.array([row[:2] for row in rows], np.intp).reshape(-1, 2).T
        categories.append(category)
        features.append(judgement_features(likely)[clause])
        y += [said for *_, said in rows]
    return fit_judgement(layout, np.concatenate(categories), np.vstack(features), y)


def _judged(
    layout: Layout, held: Sequence[Held], clause_polarity: Sequence[str | None], found: Candidates
) -> Iterator[tuple[int, int, str]]:
    """Category and clause of every candidate that its comment holds, and the polarity of what the clause says of it.

    Where the comment says two things of the category, the labels of the clause and of the next best one tell which of them does.
    """
    columns = (found.comment, found.category, found.clause, found.second_clause)
    for comment, category, *clauses in zip(*(column.tolist() for column in columns), strict=True):
        told = held[comment].get(layout.categories[category], set())
        if len(told) == 1:
            said = [(clauses[0], *told)]
        else:
            said = [(c, label) for c in clauses if c >= 0 and (label := clause_polarity[c]) in told]
        for clause, label in said:
            if label in layout.polarities:
                yield category, clause, label


def _by_category(mentions: frozenset[tuple[str, str]]) -> Held:
    found: Held = {}
    for category, polarity in mentions:
        found.setdefault(category, set()).add(polarity)
    return found
