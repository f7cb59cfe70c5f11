"""Two taggers in a row: the fast one answers where it is sure, the accurate one elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from math import isfinite
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.contextual import ContextualTagger
from cx_nlp.tagger.estimator import MentionTagger
from cx_nlp.tagger.frames import Scored, score_frame
from cx_nlp.tagger.mention import TaggedComment
from cx_nlp.tagger.opinions import Beside
from cx_nlp.tagger.origin import FromBundle
from cx_nlp.tagger.partitions import ScoredPartitions, score_dask
from cx_nlp.tagger.predicted import predicted
from cx_nlp.tagger.texts import each_text
from cx_nlp.taxonomy import Taxonomy

BATCH = 2048
ALWAYS = 2.0
"""How sure the fast tagger cannot be: the accurate one is asked about every comment."""


class Stage(Protocol):
    """What a cascade needs of its taggers."""

    taxonomy: Taxonomy | None
    classes_: npt.NDArray[np.str_]

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The tags of each text, in order."""


class Cascade(FromBundle):
    """A fitted tagger made of two; it cannot be fitted itself.

    Parameters
    ----------
    fast, accurate : Stage
        The taggers, of one taxonomy.
    sure : float
        A comment goes to the accurate tagger unless the fast one is at least this sure of its sentiment and of every mention;
        above 1, every comment goes there.
    weight : float
        How far the fast tagger's probabilities of labels and of the comment's sentiment count there beside those of the accurate
        one, 0 to 1: two that err in different ways err less together. Above 0 the fast tagger must be a `MentionTagger` and the
        accurate one a `ContextualTagger`.
    threshold : float or None
        From which pooled probability on a label is told there; None takes the accurate tagger's own.
    review : float or None
        From which doubt on (see `ContextualTagger.doubts`) a comment is sent to a person there; None likewise.
    odds : float
        Added to the log odds of the fast tagger's labels there: what `cx_nlp.tagger.odds` took from it can be given
        back, where it is heard and does not decide.

    Attributes
    ----------
    classes_ : ndarray of str
        Labels `touchpoint#factor#sentiment` of both.
    left_out_ : dict of str to int
        Categories that the accurate tagger has too few examples of, and how many.
    held_out_ : tuple of list of int and list of TaggedComment
        Of one just trained: as in `ContextualTagger`.
    model_id, digest, heldout, manifest_
        Of a model from a bundle only, as in `MentionTagger`.
    """

    left_out_: Mapping[str, int]
    held_out_: tuple[list[int], list[TaggedComment]]

    def __init__(
        self,
        fast: Stage,
        accurate: Stage,
        *,
        sure: float,
        weight: float = 0.0,
        threshold: float | None = None,
        review: float | None = None,
        odds: float = 0.0,
    ) -> None:
        if weight and not (isinstance(fast, MentionTagger) and isinstance(accurate, ContextualTagger)):
            raise ValueError("only a MentionTagger can be heard beside a ContextualTagger: give weight 0")
        if not 0 <= weight <= 1:
            raise ValueError(f"weight must be from 0 to 1, not {weight}")
        if threshold is not None and not 0 < threshold < 1:
            raise ValueError(f"threshold must be between 0 and 1, not {threshold}")
        if review is not None and not review > 0:
            raise ValueError(f"review must be above 0, not {review}")
        if not (isfinite(odds) and isfinite(sure)):
            raise ValueError(f"odds and sure must be finite, not {odds} and {sure}")
        self.fast = fast
        self.accurate = accurate
        self.sure = sure
        self.weight = weight
        self.threshold = threshold
        self.review = review
        self.odds = odds
        self.taxonomy = accurate.taxonomy
        self.left_out_ = getattr(accurate, "left_out_", {})
        known = accurate.classes_.tolist()
        self.classes_ = np.array([*known, *(label for label in fast.classes_.tolist() if label not in known)])

    @property
    def max_chars(self) -> int | None:
        """A longer text is tagged up to here and marked `truncated`; None where the taggers do not say."""
        known = [getattr(stage, "max_chars", None) for stage in (self.fast, self.accurate)]
        return min((limit for limit in known if limit is not None), default=None)

    def tag(self, text: str) -> TaggedComment:
        """The mentions and the sentiment of one comment."""
        return self.tag_many([text])[0]

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The mentions and the sentiment of every comment, in order."""
        tagged: list[TaggedComment] = []
        remaining = each_text(texts)
        while batch := list(islice(remaining, BATCH)):
            tagged += self._tagged(batch)
        return tagged

    def _tagged(self, texts: Sequence[str]) -> list[TaggedComment]:
        if self.sure > 1:
            return self._asked(texts, self.beside() if self.weight else None)
        tagged, beside = self._first(texts)
        unsure = [i for i, comment in enumerate(tagged) if not self.is_sure(comment)]
        for i, comment in zip(unsure, self._asked([texts[i] for i in unsure], beside), strict=True):
            tagged[i] = comment
        return tagged

    def _first(self, texts: Sequence[str]) -> tuple[list[TaggedComment], Beside | None]:
        """The tags of the fast tagger, and how the accurate one hears what it held likely of these texts."""
        if not self.weight:
            return self.fast.tag_many(texts), None
        tagged, opinion = cast(MentionTagger, self.fast).tag_with_opinion(texts)
        row = {text: i for i, text in enumerate(texts)}
        return tagged, replace(self.beside(), ask=lambda some: opinion.at([row[text] for text in some]))

    def _asked(self, texts: Sequence[str], beside: Beside | None) -> list[TaggedComment]:
        """The tags of the accurate tagger, the fast one's opinion heard."""
        if beside is None:
            return self.accurate.tag_many(texts)
        return cast(ContextualTagger, self.accurate).tag_many(texts, beside=beside)

    def beside(self) -> Beside:
        """How the accurate tagger hears the fast one."""
        fast = cast(MentionTagger, self.fast)
        known = (tuple(fast.classes_.tolist()), fast.sentiments_)
        return Beside(*known, fast.opinion, self.weight, self.threshold, self.review, self.odds)

    def predict_proba(self, X: Sequence[str]) -> npt.NDArray[np.float64]:
        """Probability of every label where the accurate tagger is asked, the fast one heard, shape (comments, classes).

        A label that the accurate tagger does not know has none.

        Raises
        ------
        AttributeError
            The accurate tagger gives no probabilities.
        """
        heard = {"beside": self.beside()} if self.weight else {}
        own = np.asarray(cast(ContextualTagger, self.accurate).predict_proba(X, **heard))
        found = np.zeros((len(own), len(self.classes_)))
        found[:, : own.shape[1]] = own
        return found

    def is_sure(self, comment: TaggedComment) -> bool:
        """Whether the fast tagger's answer stands."""
        return confidence(comment) >= self.sure

    def score_frame(self, df: Any, *, text: str = "text", **columns: str | None) -> Scored:  # noqa: ANN401
        """The comments and mentions of a frame with one comment a row, as tables; see `MentionTagger.score_frame`."""
        return score_frame(self, df, text=text, **columns)

    def score_dask(self, ddf: Any, *, text: str = "text", **columns: str | None) -> ScoredPartitions:  # noqa: ANN401
        """The comments, mentions and rows not scored of a Dask frame, as Dask frames; see `partitions.score_dask`."""
        return score_dask(self, ddf, text=text, **columns)

    def predict(self, X: Sequence[str]) -> npt.NDArray[np.int_]:
        """Which labels every comment holds: 0 or 1, shape (comments, classes)."""
        return predicted(self.tag_many(X), self.classes_)


def confidence(comment: TaggedComment) -> float:
    """How sure a tagger is of all it says of a comment."""
    least = min((mention.confidence for mention in comment.mentions), default=comment.confidence)
    return min(comment.confidence, least)
