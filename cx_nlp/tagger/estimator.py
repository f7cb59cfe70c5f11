"""The tagger: a scikit-learn estimator from comments to mentions and sentiment."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator
from sklearn.model_selection import GroupKFold
from sklearn.utils.validation import check_is_fitted

from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.errors import InputError
from cx_nlp.features import Reading
from cx_nlp.segment import Segmented, segment
from cx_nlp.tagger.clause_model import (
    ClauseScores,
    fit_clause_model,
    located_labels,
)
from cx_nlp.tagger.decision import Array, Decision, Evidence, Probabilities, fit_decision
from cx_nlp.tagger.decode import Decoder
from cx_nlp.tagger.frames import Scored, score_frame
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.left_out import kept_categories, support, warn_left_out
from cx_nlp.tagger.mention import Annotation, Mention, TaggedComment, category_name, checked
from cx_nlp.tagger.opinions import Opinion
from cx_nlp.tagger.origin import FromBundle, forget_origin
from cx_nlp.tagger.partitions import ScoredPartitions, score_dask
from cx_nlp.tagger.predicted import predicted
from cx_nlp.tagger.quotes import quote_spans
from cx_nlp.tagger.sklearn_tags import Tags as SklearnTags
from cx_nlp.tagger.sklearn_tags import reads_text
from cx_nlp.tagger.tag_table import TAGS, mention_lists, named
from cx_nlp.tagger.tags import Mentions, Tags
from cx_nlp.tagger.targets import ClauseLabels
from cx_nlp.tagger.texts import each_text
from cx_nlp.tagger.thresholds import tuned_thresholds
from cx_nlp.taxonomy import Taxonomy
from cx_nlp.text import Normalized, normalize

Ints = npt.NDArray[np.intp]
Fold = tuple[Ints, Ints]
"""Positions of the comments inside and outside a training fold."""
BATCH = 1024


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text made ready: the text as given, its normal form and its clauses."""

    text: str
    normal: Normalized
    parts: Segmented

    def spans(self) -> list[tuple[int, int]]:
        """The clauses as offsets into the text as given."""
        return [self.normal.span(start, end) for start, end in self.parts.spans()]


class MentionTagger(FromBundle, BaseEstimator):  # type: ignore[misc]
    """Tags comments by touchpoint, factor and sentiment.

    Parameters
    ----------
    taxonomy : Taxonomy or None
        The labels; None takes whatever labels the training data hold.
    min_support : int
        A category with fewer training comments than this is left out (`left_out_` lists them with their counts).
    folds : int
        Folds of the cross-validation on which probabilities are calibrated and thresholds tuned; near-duplicate
        comments stay in one fold.
    max_chars : int
        A longer text is tagged up to here and marked `truncated`.
    random_state : int
        Seed of the folds.
    n_jobs : int or None
        Processes for fitting, as in joblib.

    Attributes
    ----------
    classes_ : ndarray of str
        Labels `touchpoint#factor#sentiment`, the columns of `predict` and `predict_proba`.
    left_out_ : dict of str to int
        Categories with too few examples, and how many comments hold each.
    out_of_fold_ : list of TaggedComment
        After `fit`: every training comment as tagged by a model that had not seen it.
    out_of_fold_proba_ : sparse matrix, shape (comments, classes)
        After `fit`: what that model held likely, as `predict_proba` gives it.
    model_id, digest : str
        Of a model from a bundle only: its name and its digest.
    heldout : mapping
        Of a model from a bundle only: `heldout[view][label]` is its `tp`, `fp`, `fn`, `tn` on held-out comments.
    manifest_ : mapping
        Of a model from a bundle only: all that the bundle says of it.
    """

    def __init__(
        self,
        *,
        taxonomy: Taxonomy | None = None,
        min_support: int = 8,
        folds: int = 4,
        max_chars: int = 20_000,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.taxonomy = taxonomy
        self.min_support = min_support
        self.folds = folds
        self.max_chars = max_chars
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Sequence[str],
        y: Sequence[Mapping[str, Any] | Annotation],
        groups: Sequence[int] | None = None,
    ) -> MentionTagger:
        """Learn from texts and their labels.

        Parameters
        ----------
        X : sequence of str, shape (comments,)
        y : sequence of mappings, shape (comments,)
            Each with `mentions` (`touchpoint`, `factor`, `sentiment` and, where known, `quote` or `start` and `end`)
            and optionally `sentiment`.
        groups : sequence of int, shape (comments,), or None
            Comments of one group stay in one fold; by default near-duplicates do.

        Raises
        ------
        ValueError
            If X, y and groups differ in length.
        InputError
            If they hold too few comments for the folds, or no category has enough examples.
        """
        texts, annotations = checked(X, y)
        forget_origin(self)
        prepared = self._prepare(texts)
        kept, self.left_out_ = kept_categories(annotations, self.min_support)
        warn_left_out(self.left_out_, self.min_support)
        learnt = [_only(found, set(kept)) for found in annotations]
        parts = [p.parts for p in prepared]
        labels = located_labels(
            parts, learnt, [p.spans() for p in prepared], min_support=self.min_support, n_jobs=self.n_jobs
        )
        if groups is not None and len(groups) != len(texts):
            raise ValueError(
                f"X holds {len(texts)} comments and groups {len(groups)}: they must match one to one"
            )
        folds = list(self._folds([p.text for p in prepared], groups))
        self.clause_model_ = fit_clause_model(parts, learnt, labels, n_jobs=self.n_jobs)
        scores = Parallel(n_jobs=self.n_jobs)(
            delayed(_fold_scores)(fold, parts, learnt, labels, self.clause_model_.classes) for fold in folds
        )
        evidence = [
            _evidence(s, outside, learnt, labels) for s, (_, outside) in zip(scores, folds, strict=True)
        ]
        counts = support(annotations)
        prior = {name: counts[name] / len(prepared) for name in kept}
        self._fit_decision(prepared, folds, evidence, prior)
        return self

    def _fit_decision(
        self,
        prepared: Sequence[Prepared],
        folds: Sequence[Fold],
        evidence: Sequence[Evidence],
        prior: dict[str, float],
    ) -> None:
        model = self.clause_model_
        layout = Layout.of(model.clause_heads.classes, model.comment_heads.classes["sentiment"], prior)
        self.decision_, self.thresholds_ = _second_stage(layout, evidence)
        self._finish()
        self.out_of_fold_, self.out_of_fold_proba_ = self._out_of_fold(prepared, folds, layout, evidence)

    def _folds(self, texts: Sequence[str], given: Sequence[int] | None) -> Iterator[Fold]:
        groups = near_duplicate_groups(texts) if given is None else np.unique(given, return_inverse=True)[1]
        n = min(self.folds, len(np.unique(groups)))
        if n < 2:
            raise InputError(
                f"{len(texts)} comments cannot be split into folds: at least two different ones are needed"
            )
        self.n_folds_ = n
        order = np.random.default_rng(self.random_state).permutation(int(groups.max()) + 1)
        return iter(GroupKFold(n).split(texts, groups=order[groups]))

    def _finish(self) -> None:
        layout = self.decision_.layout
        self.decoder_ = Decoder(layout, self.thresholds_)
        self.classes_ = np.array([f"{c}#{p}" for c in layout.categories for p in layout.polarities])

    def _out_of_fold(
        self,
        prepared: Sequence[Prepared],
        folds: Sequence[Fold],
        layout: Layout,
        evidence: Sequence[Evidence],
    ) -> tuple[list[TaggedComment], csr_matrix]:
        """Every comment tagged by stages that have not seen it: the second stage, too, is fitted on the other folds."""
        found: dict[int, TaggedComment] = {}
        proba: list[csr_matrix] = []
        for k, (_, outside) in enumerate(folds):
            decision, thresholds = _second_stage(layout, [fold for j, fold in enumerate(evidence) if j != k])
            likely = decision.probabilities(evidence[k].scores)
            proba.append(_label_probabilities(likely, layout))
            tags = Decoder(layout, thresholds).tags(likely)
            held_out = [prepared[i].text for i in outside]
            reading = self.clause_model_.features.read([text[: self.max_chars] for text in held_out])
            tagged = self._comments(held_out, _found(reading, tags))
            found.update(zip(outside.tolist(), tagged, strict=True))
        order = np.argsort(np.concatenate([outside for _, outside in folds]))
        return [found[i] for i in range(len(prepared))], vstack(proba, format="csr")[order]

    def tag(self, text: str) -> TaggedComment:
        """The mentions and the sentiment of one comment."""
        return self.tag_many([text])[0]

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The mentions and the sentiment of every comment, in order."""
        return [
            comment for batch, found, _ in self._batches(texts) for comment in self._comments(batch, found)
        ]

    def tag_with_opinion(self, texts: Sequence[str]) -> tuple[list[TaggedComment], Opinion]:
        """What `tag_many` and what `opinion` gives, in the time of one of them."""
        check_is_fitted(self, "decision_")
        texts = [*each_text(texts)]
        tagged: list[TaggedComment] = []
        opinion = self._no_opinion(len(texts))
        for batch, found, likely in self._batches(texts):
            self._put(opinion, len(tagged), likely)
            tagged += self._comments(batch, found)
        return tagged, opinion

    def tag_table(self, texts: Sequence[str]) -> pa.Table:
        """What `tag_many` gives, as a table with the schema `tag_table.TAGS`."""
        tables = [self._table(batch, found) for batch, found, _ in self._batches(texts)]
        return pa.concat_tables(tables) if tables else TAGS.empty_table()

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[Sequence[str], _Found, Probabilities]]:
        check_is_fitted(self, "decision_")
        remaining = each_text(texts)
        with _collector_paused():
            while batch := [*islice(remaining, BATCH)]:
                reading, likely = self._read(batch)
                yield batch, _found(reading, self.decoder_.tags(likely)), likely

    def _read(self, texts: Sequence[str]) -> tuple[Reading, Probabilities]:
        features = self.clause_model_.features
        reading = features.read([text[: self.max_chars] for text in texts])
        scores = self.clause_model_.scores(features.features(reading.tokens))
        return reading, self.decision_.probabilities(scores)

    def score_frame(self, df: Any, *, text: str = "text", **columns: str | None) -> Scored:  # noqa: ANN401
        """The comments and mentions of a frame with one comment a row, as tables.

        Parameters
        ----------
        df
            A frame of pandas, Polars or Arrow with any index and any columns; all columns are kept, and the tables are of its kind.
        text
            The column with the comments.
        columns
            Further columns by role (id, customer, time, rating, channel, segment, stage, value, outcome), and
            `rating_kind`; see `cx_nlp.scoring.score_frame`.

        Raises
        ------
        InputError
            If the frame has no rows, a named column is missing, or a column cannot play its role.
        """
        return score_frame(self, df, text=text, **columns)

    def score_dask(self, ddf: Any, *, text: str = "text", **columns: str | None) -> ScoredPartitions:  # noqa: ANN401
        """The comments, mentions and rows not scored of a Dask frame, as Dask frames; see `partitions.score_dask`."""
        return score_dask(self, ddf, text=text, **columns)

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.int_]:
        """Which labels every comment holds: 0 or 1, shape (comments, classes)."""
        return predicted(self.tag_many(X), self.classes_)

    def predict_proba(self, X: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probability of every label, shape (comments, classes); labels outside the likeliest few of each clause get 0."""
        return self.opinion(X).labels

    @property
    def sentiments_(self) -> tuple[str, ...]:
        """The sentiments of comments that it can tell, the columns of `Opinion.sentiments`."""
        return self.decision_.layout.sentiments

    def opinion(self, texts: Sequence[str]) -> Opinion:
        """Probability of every label, as `predict_proba` gives it, and of every sentiment of a comment."""
        check_is_fitted(self, "decision_")
        texts = [*each_text(texts)]
        opinion = self._no_opinion(len(texts))
        for at in range(0, len(texts), BATCH):
            self._put(opinion, at, self._read(texts[at : at + BATCH])[1])
        return opinion

    def _no_opinion(self, n: int) -> Opinion:
        return Opinion(np.zeros((n, len(self.classes_))), np.zeros((n, len(self.sentiments_))))

    def _put(self, opinion: Opinion, at: int, likely: Probabilities) -> None:
        """What is likely of a batch, put into the rows from `at` on."""
        rows = slice(at, at + len(likely.sentiment))
        opinion.labels[rows] = _label_probabilities(likely, self.decision_.layout).toarray()
        opinion.sentiments[rows] = likely.sentiment

    def __sklearn_tags__(self) -> SklearnTags:
        """For scikit-learn: comments come as a sequence of texts, not as a table of numbers."""
        return reads_text(super().__sklearn_tags__())

    def _prepare(self, texts: Sequence[str]) -> list[Prepared]:
        normal = [normalize(text[: self.max_chars]) for text in texts]
        parts = segment(n.text for n in normal)
        return [*map(Prepared, texts, normal, parts)]

    def _comments(self, texts: Sequence[str], found: _Found) -> list[TaggedComment]:
        layout, tags, said = self.decision_.layout, found.tags, found.mentions
        mentions = [
            Mention(layout.touchpoints[category], layout.factors[category], layout.polarities[polarity], confidence, start, end, texts[comment][start:end])
            for comment, category, polarity, confidence, start, end in zip(
                said.comment.tolist(), said.category.tolist(), said.polarity.tolist(), said.confidence.tolist(),
                found.starts.tolist(), found.ends.tolist(), strict=True,
            )
        ]  # fmt: skip
        cuts = pairwise(np.searchsorted(said.comment, np.arange(len(texts) + 1)).tolist())
        return [
            TaggedComment(text, layout.sentiments[sentiment], confidence, unsure or len(text) > self.max_chars,
                          tuple(mentions[first:after]), len(text) > self.max_chars)
            for text, sentiment, confidence, unsure, (first, after) in zip(
                texts, tags.sentiment.tolist(), tags.confidence.tolist(), tags.needs_review.tolist(), cuts, strict=True
            )
        ]  # fmt: skip

    def _table(self, texts: Sequence[str], found: _Found) -> pa.Table:
        layout, tags, said = self.decision_.layout, found.tags, found.mentions
        long = np.fromiter(map(len, texts), np.intp, len(texts)) > self.max_chars
        columns = [
            named(said.category, layout.touchpoints), named(said.category, layout.factors), named(said.polarity, layout.polarities),
            pa.array(said.confidence), pa.array(found.starts, pa.int64()), pa.array(found.ends, pa.int64()),
        ]  # fmt: skip
        sizes = np.bincount(said.comment, minlength=len(texts))
        return pa.table(
            [named(tags.sentiment, layout.sentiments), pa.array(tags.confidence), pa.array(tags.needs_review | long), pa.array(long),
             mention_lists(sizes, columns)],
            schema=TAGS,
        )  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """The tags of a batch, its mentions in the order of the texts, with the places of their quotes."""

    tags: Tags
    mentions: Mentions
    starts: Ints
    ends: Ints


def _found(reading: Reading, tags: Tags) -> _Found:
    starts, ends = quote_spans(reading, tags.mentions.clause)
    order = np.lexsort((ends, starts, tags.mentions.comment))
    mentions = tags.mentions.at(order)
    rounded = mentions._replace(confidence=np.round(mentions.confidence, 4))
    return _Found(replace(tags, confidence=np.round(tags.confidence, 4)), rounded, starts[order], ends[order])


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Tagging makes many small objects and no cycle: looking for some is time lost.
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def _only(found: Annotation, categories: set[str]) -> Annotation:
    kept = tuple(t for t in found.targets if category_name(t.touchpoint, t.factor) in categories)
    return Annotation(found.sentiment, kept)


def _fold_scores(
    fold: Fold,
    comments: Sequence[Segmented],
    annotations: Sequence[Annotation],
    labels: Sequence[ClauseLabels],
    classes: Mapping[str, Sequence[str]],
) -> ClauseScores:
    """Scores of the comments outside the fold, in the classes of the model fitted on all comments."""
    inside, outside = fold
    model = fit_clause_model(
        [comments[i] for i in inside],
        [annotations[i] for i in inside],
        [labels[i] for i in inside],
    )
    return model.score([comments[i] for i in outside]).in_classes(model, classes)


def _label_probabilities(likely: Probabilities, layout: Layout) -> csr_matrix:
    """Probability of every category with every polarity, shape (comments, categories * polarities)."""
    candidates, n = likely.candidates, len(layout.polarities)
    values = likely.mention[:, None] * likely.polarity
    columns = candidates.category[:, None] * n + np.arange(n)
    shape = (len(likely.sentiment), len(layout.categories) * n)
    return csr_matrix((values.ravel(), (np.repeat(candidates.comment, n), columns.ravel())), shape=shape)


def _second_stage(layout: Layout, evidence: Sequence[Evidence]) -> tuple[Decision, Array]:
    decision = fit_decision(layout, evidence)
    likely = [decision.probabilities(fold.scores) for fold in evidence]
    return decision, tuned_thresholds(likely, [fold.comment_mentions for fold in evidence], layout)


def _evidence(
    scores: ClauseScores,
    outside: npt.NDArray[np.intp],
    annotations: Sequence[Annotation],
    labels: Sequence[ClauseLabels],
) -> Evidence:
    clauses = [targets for i in outside for targets in labels[i]]
    sentiments = [Counter(t.sentiment for t in targets) for targets in clauses]
    return Evidence(
        scores,
        [frozenset(category_name(t.touchpoint, t.factor) for t in targets) for targets in clauses],
        [found.most_common(1)[0][0] if found else None for found in sentiments],
        [
            frozenset((category_name(t.touchpoint, t.factor), t.sentiment) for t in annotations[i].targets)
            for i in outside
        ],
        [annotations[i].sentiment for i in outside],
    )
