"""The accurate classifier for data with one label a comment: a fine-tuned contextual encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from cx_nlp.encoder.examples import Example, Felt
from cx_nlp.encoder.labels import Labels
from cx_nlp.encoder.pieces import PieceReader
from cx_nlp.encoder.schedule import Progress, schedule_for
from cx_nlp.encoder.session import Session
from cx_nlp.encoder.tuning import Encoder, require_training, tune
from cx_nlp.errors import InputError
from cx_nlp.io.class_names import class_names
from cx_nlp.tagger.choosing import Array, Chooses, fitted_offsets
from cx_nlp.tagger.going_on import Contextual, start_of
from cx_nlp.tagger.held_out import split_off
from cx_nlp.tagger.left_out import kept_labels, warn_left_out
from cx_nlp.tagger.origin import FromBundle, forget_origin
from cx_nlp.tagger.reading import WINDOW, plain_example, read_comments
from cx_nlp.tagger.scale import least_loss_temperature
from cx_nlp.tagger.texts import each_text

BATCH = 512


class ContextualClassifier(Chooses, FromBundle, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Gives every comment one label, with a contextual encoder.

    Parameters
    ----------
    layers, epochs, held_out, max_chars, random_state, n_jobs
        As in `ContextualTagger`.
    min_support : int
        A label with fewer comments than this is left out (`left_out_` lists them with their counts).

    Attributes
    ----------
    classes_ : ndarray of str
    encoder_ : Encoder
        The network and its vocabulary.
    temperature_ : float
        Divides the scores so that probabilities match how often they are right on the held-out comments.
    offsets_ : ndarray, shape (classes,)
        As in `CommentClassifier`, from the held-out comments.
    held_out_ : tuple of list of int, list of str and ndarray
        After `fit`: positions of the held-out comments, their labels as given by the model, and how sure it is.
    model_id, digest, heldout, manifest_
        Of a model from a bundle only, as in `CommentClassifier`.
    """

    encoder_: Encoder

    def __init__(
        self,
        *,
        layers: int = 10,
        epochs: int = 0,
        held_out: float = 0.08,
        min_support: int = 8,
        max_chars: int = 20_000,
        random_state: int = 0,
        n_jobs: int | None = None,
    ) -> None:
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
        y: Sequence[str],
        *,
        base: Contextual | None = None,
        report: Callable[[Progress], None] | None = None,
        checkpoint: Path | None = None,
    ) -> ContextualClassifier:
        """Learn from texts and one label each, on the encoder of `base` where one is given.

        `report` and `checkpoint` as in `ContextualTagger.fit`.

        Raises
        ------
        ValueError
            If X and y differ in length.
        InputError
            If PyTorch is missing or fewer than two labels have enough comments.
        """
        require_training()
        if len(X) != len(y):
            raise ValueError(f"X holds {len(X)} comments and y {len(y)} labels: they must match one to one")
        forget_origin(self)
        texts, labels = [*each_text(X)], class_names(y)
        kept, self.left_out_ = kept_labels(labels, self.min_support)
        warn_left_out(self.left_out_, self.min_support)
        self.classes_ = np.array(kept)
        place = {label: k for k, label in enumerate(kept)}
        examples = [
            plain_example(comment, place.get(label))
            for comment, label in zip(read_comments(texts, self.max_chars), labels, strict=True)
        ]
        inside, outside = split_off(texts, self.held_out, self.random_state)
        learnt = [examples[i] for i in inside if examples[i].words and labels[i] in place]
        held_out = [examples[i] for i in outside if labels[i] in place]
        if not learnt:
            raise InputError("no comment with words is left to learn from: give more")
        self.encoder_ = tune(
            start_of(base, (word for e in examples for word in e.words), self.layers), _labels(len(kept)),
            Felt(-2, (-2,)), learnt, held_out, schedule=schedule_for(len(learnt), self.epochs), noise=None,
            seed=self.random_state, report=report, checkpoint=checkpoint,
        )  # fmt: skip
        self._finish(1.0, np.zeros(len(kept)))
        self._measure(examples, outside, labels)
        return self

    def _finish(self, temperature: float, offsets: Array) -> None:
        self.temperature_ = temperature
        self.offsets_ = offsets
        self.reader_ = PieceReader(self.encoder_.vocabulary)
        self.session_ = Session(self.encoder_.network)

    def _measure(self, examples: Sequence[Example], outside: Sequence[int], labels: Sequence[str]) -> None:
        scores = self._scores([examples[i] for i in outside])
        place = {str(label): k for k, label in enumerate(self.classes_)}
        known = [row for row, i in enumerate(outside) if labels[i] in place]
        self.temperature_ = least_loss_temperature(
            scores[known], np.array([place[labels[outside[row]]] for row in known])
        )
        sure = softmax(scores / self.temperature_, axis=1)
        self.offsets_ = fitted_offsets(sure, [place[label] for label in labels if label in place])
        self.held_out_ = ([*outside], *self.choose(sure))

    def _scores(self, examples: Sequence[Example]) -> npt.NDArray[np.float64]:
        found = [np.zeros((0, len(self.classes_)))]
        for at in range(0, len(examples), BATCH):
            windows = [self.reader_.read(e.words, e.blanks, most=WINDOW) for e in examples[at : at + BATCH]]
            scores = iter(
                self.session_.run([one.pieces for comment in windows for one in comment], threads=self.n_jobs)
            )
            for comment in windows:
                weights = [len(one.pieces) for one in comment]
                found.append(
                    np.average([next(scores).sentiment for _ in comment], axis=0, weights=weights)[None]
                )
        return np.concatenate(found)

    def predict_proba(self, X: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probability of every label, shape (comments, classes)."""
        check_is_fitted(self, "encoder_")
        comments = read_comments([*each_text(X)], self.max_chars)
        return np.asarray(
            softmax(self._scores([plain_example(c, None) for c in comments]) / self.temperature_, axis=1)
        )

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.str_]:
        """The label of every comment: where some are rare, not always the likeliest (`offsets_`)."""
        return np.array(self.choose(self.predict_proba(X))[0], self.classes_.dtype)


def _labels(classes: int) -> Labels:
    """One label that no comment has: the network's heads for mentions stay without work."""
    nothing = np.zeros(1, np.intp)
    return Labels(nothing, nothing, nothing, nothing, classes)
