"""Two classifiers of one label a comment, heard together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.choosing import Array, Chooses
from cx_nlp.tagger.contextual_single import ContextualClassifier
from cx_nlp.tagger.origin import FromBundle
from cx_nlp.tagger.single import CommentClassifier
from cx_nlp.tagger.texts import each_text


class ClassifierPair(Chooses, FromBundle):
    """A fitted classifier made of two whose probabilities are pooled; it cannot be fitted itself and is no scikit-learn estimator.

    Parameters
    ----------
    fast : CommentClassifier
    accurate : ContextualClassifier
        Its labels are the pair's.
    weight : float
        How far the fast one's probabilities count, 0 to 1: two that err in different ways err less together (a linear
        opinion pool, Stone 1961).
    offsets : array_like, shape (classes,), or None
        As `offsets_` of `CommentClassifier`, for the pooled probabilities; None tells the likeliest label.

    Attributes
    ----------
    classes_ : ndarray of str
    left_out_ : dict of str to int
        Labels with too few comments, and how many.
    held_out_ : tuple of list of int, list of str and ndarray
        Of a pair just trained: as in `ContextualClassifier`.
    model_id, digest, heldout, manifest_
        Of a model from a bundle only, as in `CommentClassifier`.
    """

    left_out_: Mapping[str, int]
    held_out_: tuple[list[int], list[str], Array]

    def __init__(
        self,
        fast: CommentClassifier,
        accurate: ContextualClassifier,
        *,
        weight: float,
        offsets: npt.ArrayLike | None = None,
    ) -> None:
        if not 0 <= weight <= 1:
            raise ValueError(f"weight must be from 0 to 1, not {weight}")
        self.fast = fast
        self.accurate = accurate
        self.weight = weight
        self.classes_ = accurate.classes_
        self.left_out_ = accurate.left_out_
        self.offsets_ = np.zeros(len(self.classes_)) if offsets is None else np.asarray(offsets, float)
        if self.offsets_.shape != self.classes_.shape or not np.isfinite(self.offsets_).all():
            raise ValueError(f"offsets must be a finite number for each of {len(self.classes_)} labels")

    def predict_proba(self, X: Sequence[str]) -> Array:
        """Probability of every label, shape (comments, classes)."""
        X = [*each_text(X)]
        return self.pooled(self.accurate.predict_proba(X), self.fast.predict_proba(X), self.weight)

    def pooled(self, own: Array, theirs: Array, weight: float) -> Array:
        """The accurate one's probabilities with the fast one's beside them, which have that weight.

        Of labels that the fast one does not know it has no opinion.
        """
        place = {label: k for k, label in enumerate(self.classes_.tolist())}
        columns = [(place[label], k) for k, label in enumerate(self.fast.classes_.tolist()) if label in place]
        new, old = np.array(columns, np.intp).reshape(-1, 2).T
        opinion = own.copy()
        known = theirs[:, old] / np.maximum(theirs[:, old].sum(axis=1, keepdims=True), 1e-12)
        opinion[:, new] = known * own[:, new].sum(axis=1, keepdims=True)
        found: Array = (1 - weight) * own + weight * opinion
        return found

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.str_]:
        """The label of every comment: where some are rare, not always the likeliest (`offsets_`)."""
        return np.array(self.choose(self.predict_proba(X))[0], self.classes_.dtype)
