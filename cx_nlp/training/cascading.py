"""Where a cascade asks its accurate tagger, and how far the fast one is heard there, from labelled comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cx_nlp.io.labelled import Labelled
from cx_nlp.metrics import Evaluation
from cx_nlp.tagger import Cascade, ContextualTagger, MentionTagger, TaggedComment
from cx_nlp.tagger.cascade import confidence
from cx_nlp.training.evaluating import mention_evaluation

WEIGHTS = (0.0, 0.2, 0.3, 0.4, 0.5)
SURE = tuple(np.round(np.arange(0.3, 0.96, 0.05), 2).tolist())


@dataclass(frozen=True)
class FittedCascade:
    """A cascade and what it was measured to do.

    Attributes
    ----------
    evaluation : Evaluation
    share : float
        Of the comments that the fast tagger answered.
    loss : float
        Triple F1 of the accurate tagger alone less that of the cascade.
    """

    cascade: Cascade
    evaluation: Evaluation
    share: float
    loss: float


def fit_cascade(
    fast: MentionTagger,
    accurate: ContextualTagger,
    data: Labelled,
    *,
    most_lost: float = 0.005,
    seed: int = 0,
) -> FittedCascade:
    """The cascade that asks its accurate tagger least while its triple F1 is at most that far below the accurate one's.

    Parameters
    ----------
    fast, accurate
        Taggers that have not seen the comments.
    most_lost
        In triple F1; a cascade that loses as little is found always, if need be by asking about every comment.
    """
    texts = [record.text for record in data.records]
    first, alone, opinions = fast.tag_many(texts), accurate.tag_many(texts), fast.opinions(texts)
    goal = _f1(data, alone) - most_lost
    asked = {weight: accurate.tag_many(texts, beside=opinions, weight=weight) for weight in WEIGHTS}
    weight = max(WEIGHTS, key=lambda w: _f1(data, asked[w]))
    sure = next(
        (s for s in SURE if _f1(data, _mixed(first, asked[weight], s)) >= goal), 1.01
    )  # fmt: skip
    tagged = _mixed(first, asked[weight], sure)
    evaluation = mention_evaluation(data, tagged, accurate.taxonomy, seed=seed)
    share = float(np.mean([confidence(one) >= sure for one in first]))
    return FittedCascade(
        Cascade(fast, accurate, sure=sure, weight=weight), evaluation, share, goal + most_lost - _f1(data, tagged)
    )  # fmt: skip


def _mixed(
    first: Sequence[TaggedComment], second: Sequence[TaggedComment], sure: float
) -> list[TaggedComment]:
    return [a if confidence(a) >= sure else b for a, b in zip(first, second, strict=True)]


def _f1(data: Labelled, tagged: Sequence[TaggedComment]) -> float:
    found = mention_evaluation(data, tagged, None, resamples=0).figures["triple"].value
    return found or 0.0
