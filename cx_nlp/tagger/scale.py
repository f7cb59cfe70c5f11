"""How a network's scores become probabilities and tags: temperatures, a threshold, and what a person should see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_softmax

from cx_nlp.encoder.examples import UNKNOWN, Example
from cx_nlp.encoder.threshold import best_threshold

Array = npt.NDArray[np.float64]
TEMPERATURES = np.geomspace(0.4, 4.0, 37)
REVIEWED = 0.1
"""Share of held-out comments that are sent to a person."""
ENOUGH = 100
"""Held-out comments below which numbers fitted elsewhere are better than their own."""


@dataclass(frozen=True)
class Scale:
    """How scores become probabilities, and from where on a label counts as told.

    Temperatures divide the scores (Guo et al. 2017).

    Attributes
    ----------
    label_temperature, sentiment_temperature : float
    label_threshold : float
        Probability from which a label is told.
    review : float
        A comment more doubtful than this is sent to a person (see `cx_nlp.tagger.told.Tags`).
    """

    label_temperature: float = 1.0
    label_threshold: float = 0.4
    sentiment_temperature: float = 1.0
    review: float = 1.0


def fitted_scale(labels: Array, sentiment: Array, examples: Sequence[Example], fallback: Scale) -> Scale:
    """The scale of the least log loss and the best F1 on held-out comments; `fallback` where they are too few.

    Parameters
    ----------
    labels, sentiment
        Scores, shapes (comments, labels) and (comments, sentiments).
    """
    if len(examples) < ENOUGH:
        return fallback
    truth = np.zeros(labels.shape, bool)
    for row, example in enumerate(examples):
        truth[row, list(example.labels)] = True
    temperature = _least(lambda t: _label_loss(labels / t, truth))
    threshold, _ = best_threshold(expit(labels / temperature), truth)
    felt = np.array([e.sentiment for e in examples])
    known = felt != UNKNOWN
    of_sentiment = least_loss_temperature(sentiment[known], felt[known])
    return Scale(temperature, threshold, of_sentiment, fallback.review)


def with_review(scale: Scale, doubts: Sequence[float]) -> Scale:
    """The scale at which the most doubtful tenth of held-out comments is sent to a person; as it is for too few comments."""
    return replace(scale, review=reviewed_from(doubts)) if len(doubts) >= ENOUGH else scale


def reviewed_from(doubts: Sequence[float]) -> float:
    """The doubt from which on a comment is among the most doubtful tenth."""
    return float(max(np.quantile(doubts, 1 - REVIEWED), 1e-3))


def least_loss_temperature(scores: Array, truth: npt.NDArray[np.intp]) -> float:
    """The temperature at which the classes' probabilities lose least on comments of known class; 1 without any."""
    if not len(truth):
        return 1.0
    rows = np.arange(len(truth))
    return _least(lambda t: float(-log_softmax(scores / t, axis=1)[rows, truth].mean()))


def _label_loss(scores: Array, truth: npt.NDArray[np.bool_]) -> float:
    """Mean binary log loss: log(1 + e^-s) where true, log(1 + e^s) where not."""
    return float(np.logaddexp(0, np.where(truth, -scores, scores)).mean())


def _least(loss: Callable[[float], float]) -> float:
    """The temperature of the least loss."""
    return float(TEMPERATURES[int(np.argmin([loss(float(t)) for t in TEMPERATURES]))])
