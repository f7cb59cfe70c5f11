"""First stage: linear scores for every clause and every comment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cx_nlp.features import CLAUSE_BLOCKS, COMMENT_BLOCKS, Features, Floats, TextFeatures
from cx_nlp.segment import Segmented
from cx_nlp.tagger.heads import LinearHeads, SoftmaxTask, fit_all, fit_one_vs_rest, fit_softmax
from cx_nlp.tagger.logs import log_softmax
from cx_nlp.tagger.mention import Annotation, Target, category_name
from cx_nlp.tagger.targets import NONE, ClauseLabels, clause_labels, place, softmax_task, spread, unlocated

CLAUSE_WEIGHT = 0.3
"""Weight of a clause among the comments that a comment's sentiment is learnt from."""
PLACING_ROUNDS = 2
UNSEEN = -10.0
"""Log probability of a class that a fold's model has not met."""


def _category(target: Target) -> str:
    return category_name(target.touchpoint, target.factor)


KEYS: dict[str, Callable[[Target], str]] = {
    "category": _category,
    "touchpoint": lambda target: target.touchpoint,
    "factor": lambda target: target.factor,
    "polarity": lambda target: target.sentiment,
}


@dataclass(frozen=True)
class Fitting:
    """How the classifiers are fitted.

    Attributes
    ----------
    strength : dict of str to float
        scikit-learn's C of each; `comment` is of those that tell the labels of whole comments.
    blocks : dict of str to float
        The blocks of features that those over comments read, and their scales.
    """

    strength: Mapping[str, float]
    blocks: Mapping[str, float]

    @classmethod
    def to(cls, annotations: Sequence[Annotation]) -> Fitting:
        """What suits labels with quotes, or labels of whole comments."""
        placed = any(target.start is not None for found in annotations for target in found.targets)
        return QUOTED if placed else WHOLE


QUOTED = Fitting(
    {"category": 2.5, "touchpoint": 2.0, "factor": 2.0, "polarity": 4.0, "sentiment": 12.0, "comment": 2.5},
    COMMENT_BLOCKS,
)
WHOLE = Fitting(
    {"category": 1.0, "touchpoint": 0.8, "factor": 0.8, "polarity": 1.0, "sentiment": 1.2, "comment": 2.5},
    {"comment_words": 1.0, "comment_chars": 1.0},
)
"""Where labels are of whole comments: at which clause one stands is a guess, so it is believed less; the words of one domain
recur, and characters help in full."""


@dataclass(frozen=True)
class ClauseScores:
    """Log probabilities of a batch; the first four have one row a clause, the others one row a comment."""

    comment_of: npt.NDArray[np.intp]
    before: npt.NDArray[np.intp]
    after: npt.NDArray[np.intp]
    n_comments: int
    category: Floats
    touchpoint: Floats
    factor: Floats
    polarity: Floats
    sentiment: Floats
    comment_category: Floats
    comment_touchpoint: Floats
    comment_factor: Floats

    def in_classes(self, model: ClauseModel, wanted_classes: Mapping[str, Sequence[str]]) -> ClauseScores:
        """The scores of `model` with the columns of other classes; a class `model` never saw gets a low score."""
        moved: dict[str, Any] = {}
        for name, classes in model.classes.items():
            wanted = wanted_classes[name]
            position = {label: k for k, label in enumerate(classes)}
            own: Floats = getattr(self, name)
            columns = np.array([position.get(label, -1) for label in wanted])
            moved[name] = np.where(columns >= 0, own[:, columns], np.float32(UNSEEN))
        return replace(self, **moved)


class ClauseModel:
    """Vectoriser and linear classifiers over clauses (softmax) and over comments (sentiment; one-vs-rest labels)."""

    def __init__(self, features: TextFeatures, clause_heads: LinearHeads, comment_heads: LinearHeads) -> None:
        self.features = features
        self.clause_heads = clause_heads
        self.comment_heads = comment_heads

    @property
    def classes(self) -> dict[str, tuple[str, ...]]:
        """The classes of every classifier, by its name in `ClauseScores`."""
        return {**self.clause_heads.classes, **self.comment_heads.classes}

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories it can tell, `touchpoint#factor`."""
        return tuple(name for name in self.clause_heads.classes["category"] if name != NONE)

    def score(self, comments: Sequence[Segmented]) -> ClauseScores:
        """Log probabilities of every clause and comment."""
        return self.scores(self.features.transform(comments))

    def scores(self, features: Features) -> ClauseScores:
        """Log probabilities of every clause and comment, from their features."""
        clauses = {name: log_softmax(z) for name, z in self.clause_heads.scores(features).items()}
        comments = self.comment_heads.scores(features)
        sentiment = log_softmax(comments.pop("sentiment"))
        return ClauseScores(
            features.comment_of, features.before, features.after, features.n_comments,
            **clauses, sentiment=sentiment, **comments,
        )  # fmt: skip


def fit_clause_model(
    comments: Sequence[Segmented],
    annotations: Sequence[Annotation],
    labels: Sequence[ClauseLabels],
    *,
    n_jobs: int | None = None,
) -> ClauseModel:
    """Fit the first stage on clause labels (see `located_labels`)."""
    vectoriser = TextFeatures().fit(comments)
    features = vectoriser.transform(comments)
    flat = [targets for comment in labels for targets in comment]
    fitting = Fitting.to(annotations)
    tasks = {
        name: softmax_task(flat, key, strength=fitting.strength[name], min_support=1)
        for name, key in KEYS.items()
    }
    fitted = fit_all(features.matrix(CLAUSE_BLOCKS), tasks, n_jobs=n_jobs)
    clause_heads = LinearHeads.packed(
        {name: head.with_class(NONE, UNSEEN) for name, head in fitted.items()}, features, CLAUSE_BLOCKS
    )
    alone, felt = clauses_alone(comments, labels, {found.sentiment for found in annotations})
    comment_heads = _comment_heads(
        features, vectoriser.transform(alone), annotations, felt, clause_heads, fitting
    )
    return ClauseModel(vectoriser, clause_heads, comment_heads)


def _comment_heads(
    features: Features,
    alone: Features,
    annotations: Sequence[Annotation],
    alone_sentiments: Sequence[str],
    clause_heads: LinearHeads,
    fitting: Fitting,
) -> LinearHeads:
    matrix = features.matrix(fitting.blocks)
    task = SoftmaxTask(
        np.arange(len(annotations) + len(alone_sentiments)),
        [*(found.sentiment for found in annotations), *alone_sentiments],
        np.repeat([1.0, CLAUSE_WEIGHT], [len(annotations), len(alone_sentiments)]),
        fitting.strength["sentiment"],
    )
    both = sp.vstack([matrix, alone.matrix(fitting.blocks)], format="csr")
    # A comment that says nothing is neutral, also where no training comment was.
    fitted = {"sentiment": fit_softmax(both, task).with_class("neutral", UNSEEN)}
    for name in ("category", "touchpoint", "factor"):
        members = [frozenset(KEYS[name](target) for target in found.targets) for found in annotations]
        classes = [label for label in clause_heads.classes[name] if label != NONE]
        fitted[f"comment_{name}"] = fit_one_vs_rest(matrix, members, classes, fitting.strength["comment"])
    return LinearHeads.packed(fitted, features, fitting.blocks)


def clauses_alone(
    comments: Sequence[Segmented], labels: Sequence[ClauseLabels], sentiments: Collection[str]
) -> tuple[list[Segmented], list[str]]:
    """The clauses of one sentiment as comments of their own: a comment's sentiment is learnt from them, too.

    Clauses of a sentiment that no comment has (data may know other polarities) are left out.
    """
    found: list[Segmented] = []
    felt: list[str] = []
    for comment, clauses in zip(comments, labels, strict=True):
        if len(comment.clauses) < 2:
            continue
        for (first, after), targets in zip(comment.clauses, clauses, strict=True):
            said = {target.sentiment for target in targets}
            if len(said) == 1 and said <= set(sentiments):
                cut = slice(first, after)
                found.append(
                    Segmented(
                        comment.words[cut], comment.starts[cut], comment.ends[cut], [(0, after - first)]
                    )
                )
                felt += said
    return found, felt


def located_labels(
    comments: Sequence[Segmented],
    annotations: Sequence[Annotation],
    spans: Sequence[list[tuple[int, int]]],
    *,
    min_support: int,
    n_jobs: int | None = None,
) -> list[ClauseLabels]:
    """Clause labels of all comments; mentions without a span are placed by multiple-instance learning.

    The first model learns from every clause with all labels of its comment; then each label moves to the clause that
    the model finds likeliest, and the model is fitted again (hard expectation–maximisation, Andrews et al. 2002, mi-SVM).
    """
    known = [clause_labels(found, labels.targets) for found, labels in zip(spans, annotations, strict=True)]
    loose = [unlocated(labels) if found else [] for labels, found in zip(annotations, spans, strict=True)]
    if not any(loose):
        return known
    labels = [spread(clauses, targets) for clauses, targets in zip(known, loose, strict=True)]
    vectoriser = TextFeatures().fit(comments)
    features = vectoriser.transform(comments)
    matrix = features.matrix(CLAUSE_BLOCKS)
    starts = np.searchsorted(features.comment_of, np.arange(len(comments) + 1))
    strength = Fitting.to(annotations).strength
    for _ in range(PLACING_ROUNDS):
        flat = [targets for comment in labels for targets in comment]
        tasks = {
            name: softmax_task(flat, KEYS[name], strength=strength[name], min_support=min_support)
            for name in ("category", "polarity")
        }
        heads = LinearHeads.packed(fit_all(matrix, tasks, n_jobs=n_jobs), features, CLAUSE_BLOCKS)
        scores = {name: log_softmax(z) for name, z in heads.scores(features).items()}
        labels = [
            place(clauses, targets, _affinity(scores, heads, targets, slice(starts[i], starts[i + 1])))
            if targets
            else clauses
            for i, (clauses, targets) in enumerate(zip(known, loose, strict=True))
        ]
    return labels


def _affinity(
    scores: dict[str, Floats], heads: LinearHeads, targets: Sequence[Target], rows: slice
) -> npt.NDArray[np.float64]:
    """How well each target fits each clause of its comment: log probability of its category and its polarity."""
    found = np.zeros((len(targets), rows.stop - rows.start))
    for name in ("category", "polarity"):
        column = {label: k for k, label in enumerate(heads.classes[name])}
        for i, target in enumerate(targets):
            if (k := column.get(KEYS[name](target))) is not None:
                found[i] += scores[name][rows, k]
    return found
