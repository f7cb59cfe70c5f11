"""Where a cascade asks its accurate tagger, from labelled comments."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np

from cx_nlp.io.labelled import Labelled
from cx_nlp.metrics import Evaluation
from cx_nlp.tagger import Cascade, TaggedComment
from cx_nlp.tagger.cascade import ALWAYS, confidence
from cx_nlp.training.evaluating import mention_evaluation

SURE = tuple(np.round(np.arange(0.3, 0.96, 0.05), 2).tolist())


@dataclass(frozen=True)
class FittedCascade:
    """A cascade and what it was measured to do.

    Attributes
    ----------
    cascade : Cascade
    evaluation : Evaluation
    share : float
        Of the comments that the fast tagger answered.
    loss : float
        Triple F1 where the accurate tagger is asked about every comment, less that of the cascade.
    """

    cascade: Cascade
    evaluation: Evaluation
    share: float
    loss: float


def fit_cascade(whole: Cascade, data: Labelled, *, most_lost: float = 0.003, seed: int = 0) -> FittedCascade:
    """A cascade that asks its accurate tagger as seldom as can be while it loses at most that much triple F1.

    Parameters
    ----------
    whole
        The cascade that asks about every comment; it hears its fast tagger as the new one will.
    data
        Comments that its taggers have not seen.
    """
    texts = [record.text for record in data.records]
    first, second = whole.fast.tag_many(texts), whole.tag_many(texts)
    best = _f1(data, second)
    sure = next((s for s in SURE if _f1(data, _mixed(first, second, s)) >= best - most_lost), ALWAYS)
    tagged = _mixed(first, second, sure)
    evaluation = mention_evaluation(data, tagged, whole.taxonomy, seed=seed)
    share = float(np.mean([confidence(one) >= sure for one in first]))
    cascade = copy(whole)
    cascade.sure = sure
    return FittedCascade(cascade, evaluation, share, best - _f1(data, tagged))


def _mixed(
    first: Sequence[TaggedComment], second: Sequence[TaggedComment], sure: float
) -> list[TaggedComment]:
    return [a if confidence(a) >= sure else b for a, b in zip(first, second, strict=True)]


def _f1(data: Labelled, tagged: Sequence[TaggedComment]) -> float:
    found = mention_evaluation(data, tagged, None, resamples=0).figures["triple"].value
    return found or 0.0
