"""The accurate tagger: a fine-tuned contextual encoder as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from cx_nlp.encoder.examples import Noise
from cx_nlp.encoder.pieces import PieceReader, Read
from cx_nlp.encoder.schedule import Progress, schedule_for
from cx_nlp.encoder.session import Scores, Session
from cx_nlp.encoder.start import Start
from cx_nlp.encoder.tuning import Encoder, require_training, tune
from cx_nlp.errors import InputError
from cx_nlp.tagger.frames import Scored, score_frame
from cx_nlp.tagger.going_on import Contextual, start_of
from cx_nlp.tagger.held_out import split_off
from cx_nlp.tagger.labelling import Labelling, labelling_of
from cx_nlp.tagger.left_out import kept_categories, warn_left_out
from cx_nlp.tagger.mention import Annotation, Mention, TaggedComment, checked
from cx_nlp.tagger.opinions import Beside, Opinion
from cx_nlp.tagger.origin import FromBundle, forget_origin
from cx_nlp.tagger.partitions import ScoredPartitions, score_dask
from cx_nlp.tagger.predicted import predicted
from cx_nlp.tagger.reading import WINDOW, Comment, example_of, read_comments
from cx_nlp.tagger.scale import Scale, fitted_scale, with_review
from cx_nlp.tagger.texts import each_text
from cx_nlp.tagger.told import Likely, decide, likely, pooled, weighed
from cx_nlp.taxonomy import Taxonomy

BATCH = 512
Windows = list[tuple[Read, Scores]]
"""What a network reads of a comment, piece by piece, and what it gives for it."""


@dataclass
class _Group:
    """A batch of comments, the windows of each, and what another tagger holds likely of them as soon as it was asked."""

    comments: list[Comment]
    windows: list[list[Read]]
    asked: Opinion | None = None


class ContextualTagger(FromBundle, BaseEstimator):  # type: ignore[misc]
    """Tags comments by touchpoint, factor and sentiment with a contextual encoder.

    Tagging needs onnxruntime and tokenizers; fitting needs PyTorch (extra `train`), and uses a graphics card if there is one.

    Parameters
    ----------
    taxonomy : Taxonomy or None
        The labels; None takes whatever labels the training data hold.
    layers : int
        Layers of the pretrained encoder that are kept, 1 to 12: fewer are faster.
    epochs : int
        Passes over the training comments at most; 0 leaves them to the number of comments (see `schedule_for`). Learning
        stops earlier when held-out comments get no better.
    held_out : float
        Share of the training comments, near-duplicates together, kept for stopping, calibration and figures.
    min_support : int
        A category with fewer training comments than this is left out (`left_out_` lists them with their counts).
    max_chars : int
        A longer text is tagged up to here and marked `truncated`.
    random_state : int
        Seed of the split, the noise and the weights.
    n_jobs : int or None
        Threads for tagging; None takes one a core.

    Attributes
    ----------
    classes_ : ndarray of str
        Labels `touchpoint#factor#sentiment`, the columns of `predict` and `predict_proba`.
    left_out_ : dict of str to int
        Categories with too few examples, and how many comments hold each.
    encoder_ : Encoder
        The network and its vocabulary.
    labelling_ : Labelling
    scale_ : Scale
        How scores become probabilities.
    held_out_ : tuple of list of int and list of TaggedComment
        After `fit`: positions of the held-out comments and their tags.
    model_id, digest, heldout, manifest_
        Of a model from a bundle only, as in `MentionTagger`.
    """

    labelling_: Labelling
    scale_: Scale
    encoder_: Encoder

    def __init__(
        self,
        *,
        taxonomy: Taxonomy | None = None,
        layers: int = 10,
        epochs: int = 0,
        held_out: float = 0.08,
        min_support: int = 8,
        max_chars: int = 20_000,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.taxonomy = taxonomy
        self.layers = layers
        self.epochs = epochs
        self.held_out = held_out
        self.min_support = min_support
        self.max_chars = max_chars
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Sequence[str],
        y: Sequence[Mapping[str, Any] | Annotation],
        *,
        base: Contextual | None = None,
        report: Callable[[Progress], None] | None = None,
        checkpoint: Path | None = None,
    ) -> ContextualTagger:
        """Learn from texts and their labels.

        Parameters
        ----------
        X : sequence of str, shape (comments,)
        y : sequence of mappings, shape (comments,)
            Each with `mentions` (`touchpoint`, `factor`, `sentiment` and, where known, `quote` or `start` and `end`)
            and optionally `sentiment`.
        base
            A fitted model to go on from. Where the comments hold labels that it knows, all its labels stay, and what it knows
            is kept unless the new comments mend it; else only its encoder is taken, which has learnt to read such text.
        report
            Called after every step.
        checkpoint
            A file for the state after every pass; fitting again with the same data and file goes on from there.

        Raises
        ------
        ValueError
            If X and y differ in length.
        InputError
            If PyTorch is missing, there are too few comments, or no category has enough examples.
        """
        require_training()
        texts, annotations = checked(X, y)
        forget_origin(self)
        own = base if isinstance(base, ContextualTagger) and base.labelling_.occurs_in(annotations) else None
        known = own.labelling_ if own is not None else None
        kept, self.left_out_ = kept_categories(
            annotations, self.min_support, known.categories if known else ()
        )
        warn_left_out(self.left_out_, self.min_support)
        self.labelling_ = labelling_of(kept, annotations, known)
        comments = read_comments(texts, self.max_chars)
        examples = [
            example_of(c, found, self.labelling_) for c, found in zip(comments, annotations, strict=True)
        ]
        inside, outside = split_off(texts, self.held_out, self.random_state)
        inside = [i for i in inside if examples[i].words]
        if not inside:
            raise InputError("no comment with words is left to learn from: give more")
        if own is not None:
            start = own.start(self.labelling_)
        else:
            start = start_of(base, (w for e in examples for w in e.words), self.layers)
        self.encoder_ = tune(
            start, self.labelling_.labels, self.labelling_.felt, [examples[i] for i in inside],
            [examples[i] for i in outside], schedule=schedule_for(len(inside), self.epochs, goes_on=own is not None),
            noise=Noise(), seed=self.random_state, report=report, checkpoint=checkpoint,
        )  # fmt: skip
        self._finish(Scale())
        unseen = [texts[i] for i in outside]
        windows = [one for _, found, _ in self._scored(unseen) for one in found]
        labels, sentiment = (np.stack(part) for part in zip(*map(pooled, windows), strict=True))
        fallback = own.scale_ if own is not None else Scale()
        self.scale_ = fitted_scale(labels, sentiment, [examples[i] for i in outside], fallback)
        self.scale_ = with_review(self.scale_, self.doubts(unseen))
        self.held_out_ = (outside, self.tag_many(unseen))
        return self

    def start(self, labelling: Labelling) -> Start:
        """Where a tagger of these labels begins that goes on from this one."""
        own = {name: k for k, name in enumerate(self.labelling_.names)}
        felt = {name: k for k, name in enumerate(self.labelling_.sentiments)}
        return replace(
            start_of(self, (), self.layers),
            labels=[own.get(name, -1) for name in labelling.names],
            sentiments=[felt.get(name, -1) for name in labelling.sentiments],
        )

    def tag(self, text: str) -> TaggedComment:
        """The mentions and the sentiment of one comment."""
        return self.tag_many([text])[0]

    def tag_many(self, texts: Sequence[str], *, beside: Beside | None = None) -> list[TaggedComment]:
        """The mentions and the sentiment of every comment, in order; with `beside`, another tagger is heard, too."""
        scale = self._scale_beside(beside)
        return [self._tagged_comment(comment, found, scale) for comment, found in self._likely(texts, beside)]

    def doubts(self, texts: Sequence[str], *, beside: Beside | None = None) -> list[float]:
        """How doubtful the tags of every comment are (see `cx_nlp.tagger.told.Tags`): above `scale_.review` a person is asked."""
        scale = self._scale_beside(beside)
        return [
            decide(self.labelling_, scale, found, comment.spoken).doubt
            for comment, found in self._likely(texts, beside)
        ]

    def _scale_beside(self, beside: Beside | None) -> Scale:
        check_is_fitted(self, "encoder_")
        given = {} if beside is None else {"label_threshold": beside.threshold, "review": beside.review}
        return replace(self.scale_, **{name: value for name, value in given.items() if value is not None})

    def _likely(self, texts: Sequence[str], beside: Beside | None) -> Iterator[tuple[Comment, Likely]]:
        """Every comment with its probabilities, another tagger's pooled in."""
        for comments, windows, asked in self._scored(texts, beside):
            found = [likely(self.scale_, one) for one in windows]
            if beside is not None and asked is not None:
                found = self._weighed(found, beside, asked)
            yield from zip(comments, found, strict=True)

    def _weighed(self, found: Sequence[Likely], beside: Beside, asked: Opinion) -> list[Likely]:
        labels = beside.of_labels(asked, self.labelling_.classes, np.stack([one.labels for one in found]))
        sentiments = beside.of_sentiments(
            asked, self.labelling_.sentiments, np.stack([one.sentiment for one in found])
        )
        return [
            weighed(one, theirs, felt, beside.weight)
            for one, theirs, felt in zip(found, labels, sentiments, strict=True)
        ]

    def score_frame(self, df: Any, *, text: str = "text", **columns: str | None) -> Scored:  # noqa: ANN401
        """The comments and mentions of a frame with one comment a row, as tables; see `MentionTagger.score_frame`."""
        return score_frame(self, df, text=text, **columns)

    def score_dask(self, ddf: Any, *, text: str = "text", **columns: str | None) -> ScoredPartitions:  # noqa: ANN401
        """The comments, mentions and rows not scored of a Dask frame, as Dask frames; see `partitions.score_dask`."""
        return score_dask(self, ddf, text=text, **columns)

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.int_]:
        """Which labels every comment holds: 0 or 1, shape (comments, classes)."""
        return predicted(self.tag_many(X), self.classes_)

    def predict_proba(self, X: Sequence[str], *, beside: Beside | None = None) -> npt.NDArray[np.float64]:
        """Probability of every label, shape (comments, classes); with `beside`, another tagger is heard, too."""
        check_is_fitted(self, "encoder_")
        found = [one.labels for _, one in self._likely(X, beside)]
        return np.array(found).reshape(len(found), len(self.classes_))

    def _finish(self, scale: Scale) -> None:
        self.scale_ = scale
        self.classes_ = np.array(self.labelling_.classes)
        self.reader_ = PieceReader(self.encoder_.vocabulary)
        self.session_ = Session(self.encoder_.network)

    def _scored(
        self, texts: Sequence[str], beside: Beside | None = None
    ) -> Iterator[tuple[list[Comment], list[Windows], Opinion | None]]:
        """Batch after batch of comments, each with its windows and their scores, and what the other tagger holds likely."""
        texts = [*each_text(texts)]
        if len(texts) == 1:
            yield self._scored_alone(texts, beside)
            return
        for group, scores in self.session_.stream(self._groups(texts, beside), threads=self.n_jobs):
            at = iter(scores)
            windows = [[(one, next(at)) for one in found] for found in group.windows]
            yield group.comments, windows, group.asked

    def _scored_alone(
        self, texts: Sequence[str], beside: Beside | None
    ) -> tuple[list[Comment], list[Windows], Opinion | None]:
        """The same of one comment: the network runs on this thread, which need not wait for another to begin."""
        comments, windows = self._windows(texts)
        asked = beside.asked(texts) if beside is not None else None
        scores = self.session_.run([one.pieces for one in windows[0]], threads=self.n_jobs)
        found = [[*zip(windows[0], scores, strict=True)]]
        return comments, found, asked.result() if asked is not None else None

    def _windows(self, texts: Sequence[str]) -> tuple[list[Comment], list[list[Read]]]:
        comments = read_comments(texts, self.max_chars)
        return comments, [self.reader_.read(c.words, c.blanks, most=WINDOW) for c in comments]

    def _groups(
        self, texts: Sequence[str], beside: Beside | None
    ) -> Iterator[tuple[_Group, list[tuple[int, ...]]]]:
        """Batch after batch of comments as read, and the pieces of all windows."""
        remaining = iter(texts)
        while batch := [*islice(remaining, BATCH)]:
            group = _Group(*self._windows(batch))
            yield group, [one.pieces for found in group.windows for one in found]
            # The network is at work on them now; the other tagger takes part of the time that it needs.
            if beside is not None:
                group.asked = beside.ask(batch)

    def _tagged_comment(self, comment: Comment, found: Likely, scale: Scale) -> TaggedComment:
        tags = decide(self.labelling_, scale, found, comment.spoken)
        mentions = []
        for told in tags.told:
            start, end = comment.span(*told.words)
            name = self.labelling_.names[told.label]
            mentions.append(Mention(*name, round(told.confidence, 4), start, end, comment.text[start:end]))
        mentions.sort(key=lambda m: (m.start, m.end))
        # Pictures alone were not taught: what they mean without words is for a person.
        unsure = comment.truncated or tags.doubt > scale.review or comment.wordless
        sentiment = self.labelling_.sentiments[tags.sentiment]
        confidence = round(tags.confidence, 4)
        return TaggedComment(comment.text, sentiment, confidence, unsure, tuple(mentions), comment.truncated)
