"""The classifier for data with one label a comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.utils.validation import check_is_fitted

from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.errors import InputError
from cx_nlp.features import Features, Floats, TextFeatures
from cx_nlp.io.class_names import class_names
from cx_nlp.segment import segment
from cx_nlp.tagger.choosing import Array, Chooses, fitted_offsets
from cx_nlp.tagger.heads import LinearHeads, SoftmaxTask, fit_softmax
from cx_nlp.tagger.left_out import kept_labels, warn_left_out
from cx_nlp.tagger.origin import FromBundle, forget_origin
from cx_nlp.tagger.sklearn_tags import Tags, reads_text
from cx_nlp.tagger.texts import each_text
from cx_nlp.text import normalize

BATCH = 2048
BLOCKS = {"comment_words": 1.0, "comment_chars": 1.0}
"""Feature blocks and their weights."""
TEMPERATURES = np.geomspace(0.3, 3.0, 24)


class CommentClassifier(Chooses, FromBundle, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Gives every comment one label.

    Parameters
    ----------
    min_support : int
        A label with fewer comments than this is left out (`left_out_` lists them with their counts).
    strength : float
        scikit-learn's C of the multinomial logistic regression.
    folds : int
        Folds on which the temperature of the probabilities is fitted (Guo et al. 2017); near-duplicates stay together.
    max_chars : int
        Longer texts are read up to here.
    random_state : int
        Seed of the folds.

    Attributes
    ----------
    classes_ : ndarray of str
    out_of_fold_ : tuple of list of str and ndarray
        After `fit`: label and confidence of every training comment from a model that had not seen it.
    out_of_fold_proba_ : ndarray, shape (comments, classes)
        After `fit`: what that model held likely; zeros where the comment's label was left out.
    temperature_ : float
        Divides the scores so that probabilities match how often they are right out of fold.
    offsets_ : ndarray, shape (classes,)
        Added to the log probabilities before the highest is told: rare labels are told oftener than they are likeliest.
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
        min_support: int = 8,
        strength: float = 4.0,
        folds: int = 4,
        max_chars: int = 20_000,
        random_state: int = 0,
    ) -> None:
        self.min_support = min_support
        self.strength = strength
        self.folds = folds
        self.max_chars = max_chars
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: Sequence[str]) -> CommentClassifier:
        """Learn from texts and one label each.

        Raises
        ------
        ValueError
            If X and y differ in length.
        InputError
            If fewer than two labels have enough comments.
        """
        if len(X) != len(y):
            raise ValueError(f"X holds {len(X)} comments and y {len(y)} labels: they must match one to one")
        forget_origin(self)
        X, y = [*each_text(X)], class_names(y)
        _, self.left_out_ = kept_labels(y, self.min_support)
        kept = [i for i, label in enumerate(y) if label not in self.left_out_]
        warn_left_out(self.left_out_, self.min_support)
        texts, labels = [X[i] for i in kept], [y[i] for i in kept]
        comments = segment(normalize(text[: self.max_chars]).text for text in texts)
        self.features_ = TextFeatures(channels=tuple(BLOCKS)).fit(comments)
        features = self.features_.transform(comments)
        self.heads_ = self._fitted(features, np.arange(len(labels)), labels)
        self.classes_ = np.array(self.heads_.classes["label"])
        scores = self._out_of_fold_scores(features, texts, labels)
        truth = np.searchsorted(self.classes_, labels)
        self.temperature_ = _temperature(scores, truth)
        likely = softmax(scores.astype(float) / self.temperature_, axis=1)
        self.offsets_ = fitted_offsets(likely, truth)
        self._keep_out_of_fold(likely, kept, y)
        return self

    def _keep_out_of_fold(self, likely: Array, kept: Sequence[int], labels: Sequence[str]) -> None:
        # A comment whose label was left out cannot be got right; it counts as the commonest label, without confidence.
        predicted = [Counter(labels).most_common(1)[0][0]] * len(labels)
        confidence = np.zeros(len(labels))
        for i, label, sure in zip(kept, *self.choose(likely), strict=True):
            predicted[i], confidence[i] = label, sure
        self.out_of_fold_ = (predicted, confidence)
        self.out_of_fold_proba_ = np.zeros((len(labels), likely.shape[1]))
        self.out_of_fold_proba_[list(kept)] = likely

    def _fitted(self, features: Features, rows: npt.NDArray[np.intp], labels: Sequence[str]) -> LinearHeads:
        chosen = [labels[i] for i in rows]
        task = SoftmaxTask(rows, chosen, np.ones(len(rows)), self.strength)
        return LinearHeads.packed({"label": fit_softmax(features.matrix(BLOCKS), task)}, features, BLOCKS)

    def _out_of_fold_scores(self, features: Features, texts: Sequence[str], labels: Sequence[str]) -> Floats:
        groups = near_duplicate_groups(texts)
        n = min(self.folds, len(np.unique(groups)), max(Counter(labels).values()))
        if n < 2:
            raise InputError(
                f"{len(texts)} comments cannot be split into folds: at least two different ones of a label are needed"
            )
        self.n_folds_ = n
        splitter = StratifiedGroupKFold(n, shuffle=True, random_state=self.random_state)
        truth = np.searchsorted(self.classes_, labels)
        scores = np.full((len(labels), len(self.classes_)), -10.0, np.float32)
        for inside, outside in splitter.split(texts, truth, groups):
            heads = self._fitted(features, inside, labels)
            columns = np.searchsorted(self.classes_, heads.classes["label"])
            scores[np.ix_(outside, columns)] = heads.scores(features)["label"][outside]
        return scores

    def predict_proba(self, X: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probability of every label, shape (comments, classes)."""
        check_is_fitted(self, "heads_")
        found: list[Floats] = [np.zeros((0, len(self.classes_)), np.float32)]
        X = [*each_text(X)]
        for at in range(0, len(X), BATCH):
            reading = self.features_.read([text[: self.max_chars] for text in X[at : at + BATCH]])
            found.append(self.heads_.scores(self.features_.features(reading.tokens))["label"])
        return np.asarray(softmax(np.vstack(found).astype(float) / self.temperature_, axis=1))

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.str_]:
        """The label of every comment: where some are rare, not always the likeliest (`offsets_`)."""
        return np.array(self.choose(self.predict_proba(X))[0], self.classes_.dtype)

    def __sklearn_tags__(self) -> Tags:
        """For scikit-learn: comments come as a sequence of texts, not as a table of numbers."""
        return reads_text(super().__sklearn_tags__())


def _temperature(scores: Floats, truth: npt.NDArray[np.intp]) -> float:
    """The temperature of the least log loss."""
    rows = np.arange(len(truth))
    losses = [-np.log(softmax(scores / t, axis=1)[rows, truth] + 1e-9).mean() for t in TEMPERATURES]
    return float(TEMPERATURES[int(np.argmin(losses))])
