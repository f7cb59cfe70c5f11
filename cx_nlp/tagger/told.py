"""From a network's scores to tags: which mentions a comment holds, where, and a sentiment that agrees with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from cx_nlp.encoder.pieces import Read
from cx_nlp.encoder.session import Scores
from cx_nlp.tagger.labelling import GENERAL, Labelling
from cx_nlp.tagger.scale import Scale

Array = npt.NDArray[np.float64]
NEEDED = {"positive": ("positive",), "negative": ("negative",), "mixed": ("positive", "negative")}
"""The mentions that a comment's sentiment cannot be without."""
NOTICED = 0.05
"""A label less likely than this is no missing mention."""
_NONE = np.zeros(0, np.intp)
EDGE = 0.35
"""A quote grows from its surest word over neighbours that are at least this sure, as a share of the surest."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mention as a label, the words that carry it (from, to) and how sure it is."""

    label: int
    words: tuple[int, int]
    confidence: float


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one comment; `sentiment` is a position."""

    sentiment: int
    confidence: float
    told: tuple[Told, ...]
    doubt: float
    """How many of the tags are wrong or missing, as far as can be expected, times how large a part of all that is."""


@dataclass(frozen=True, slots=True)
class Likely:
    """Calibrated probabilities of one comment: of every label, of every sentiment, and each label's share at each word."""

    labels: Array
    sentiment: Array
    windows: tuple[tuple[Read, npt.NDArray[np.float32]], ...]


def pooled(windows: Sequence[tuple[Read, Scores]]) -> tuple[Array, Array]:
    """The scores of a comment read in one or more windows: a label's best window counts, sentiments are weighed by length."""
    labels = np.max([scores.labels for _, scores in windows], axis=0).astype(float)
    weights = [len(read.pieces) for read, _ in windows]
    return labels, np.average([scores.sentiment for _, scores in windows], axis=0, weights=weights)


def likely(scale: Scale, windows: Sequence[tuple[Read, Scores]]) -> Likely:
    """The probabilities of a comment."""
    labels, sentiment = pooled(windows)
    return Likely(
        expit(labels / scale.label_temperature),
        softmax(sentiment / scale.sentiment_temperature),
        tuple((read, scores.said) for read, scores in windows),
    )


def weighed(found: Likely, labels: Array, sentiment: Array, weight: float) -> Likely:
    """The probabilities pooled with another tagger's, which have that weight (0 to 1)."""
    return replace(
        found,
        labels=(1 - weight) * found.labels + weight * labels,
        sentiment=(1 - weight) * found.sentiment + weight * sentiment,
    )


def decide(labelling: Labelling, scale: Scale, found: Likely, spoken: npt.NDArray[np.bool_]) -> Tags:
    """The tags of a comment; `spoken` says of each of its words whether it is more than blanks."""
    sure = found.labels
    if not spoken.any():
        return _silent(labelling, found)
    chosen = set(np.flatnonzero(sure >= scale.label_threshold).tolist())
    chosen |= _judged_somehow(labelling, sure, scale.label_threshold, chosen)
    sentiment = _sentiment(labelling, scale, found, chosen)
    chosen |= _lacking(labelling, sure, sentiment, chosen)
    kept = _without_vague(labelling, chosen)
    told = tuple(Told(k, word_span(found, k, spoken), float(sure[k])) for k in kept)
    confidence = float(found.sentiment[sentiment])
    return Tags(sentiment, confidence, told, _doubt(sure, kept, 1 - confidence))


def _judged_somehow(labelling: Labelling, sure: Array, threshold: float, chosen: set[int]) -> set[int]:
    """Where it is likely that a touchpoint is judged, but no factor is: the surest label of that judgement."""
    # Few labels are likely at all; those that are not make no judgement likely.
    noticed = np.flatnonzero(sure >= NOTICED)
    judgement = labelling.judgement[noticed]
    told = {int(labelling.judgement[k]) for k in chosen}
    added = set()
    for one in {*judgement.tolist()} - told:
        labels = noticed[judgement == one]
        if 1 - np.prod(1 - sure[labels]) >= threshold:
            added.add(int(labels[sure[labels].argmax()]))
    return added


def _silent(labelling: Labelling, found: Likely) -> Tags:
    """The tags of a comment without words: it says nothing."""
    neutral = labelling.sentiments.index("neutral")
    confidence = float(found.sentiment[neutral])
    return Tags(neutral, confidence, (), _doubt(found.labels[:0], (), 1 - confidence))


def _doubt(sure: Array, kept: Sequence[int], wrong_sentiment: float) -> float:
    """The errors to be expected, from the probabilities, times the larger of the shares (1 - F1, or of the sentiment).

    Where either alone is high a person's look is worth less: a long comment has many likely errors among many tags, a
    short one without mentions has but one thing to mend.
    """
    right = float(sure[list(kept)].sum())
    errors = len(kept) - right + max(float(sure[sure >= NOTICED].sum()) - right, 0.0)
    share = errors / max(2 * right + errors, 1e-9)
    return (errors + wrong_sentiment) * max(share, wrong_sentiment)


def _sentiment(labelling: Labelling, scale: Scale, found: Likely, chosen: set[int]) -> int:
    """The likeliest sentiment, where one that lacks its mention is less likely by how far that is from being told."""
    logs = np.log(np.maximum(found.sentiment, 1e-9))
    told = {labelling.names[k][2] for k in chosen}
    for position, name in enumerate(labelling.sentiments):
        for polarity in NEEDED.get(name, ()):
            fitting = labelling.of_polarity.get(polarity, _NONE)
            # A polarity that no label has cannot be told: the sentiment stands without it.
            if polarity not in told and len(fitting):
                best = found.labels[fitting].max()
                logs[position] += np.log(max(min(best / scale.label_threshold, 1.0), 1e-9))
    return int(logs.argmax())


def _lacking(labelling: Labelling, sure: Array, sentiment: int, chosen: set[int]) -> set[int]:
    """The surest label of each polarity that the sentiment needs and no chosen label has."""
    told = {labelling.names[k][2] for k in chosen}
    added = set()
    for polarity in NEEDED.get(labelling.sentiments[sentiment], ()):
        fitting = labelling.of_polarity.get(polarity, _NONE)
        if polarity not in told and len(fitting):
            added.add(int(fitting[sure[fitting].argmax()]))
    return added


def _without_vague(labelling: Labelling, chosen: set[int]) -> list[int]:
    """The labels in order, without a general judgement beside a named factor of the same touchpoint and polarity."""
    names = labelling.names
    named = {(names[k][0], names[k][2]) for k in chosen if names[k][1] != GENERAL}
    return sorted(k for k in chosen if names[k][1] != GENERAL or (names[k][0], names[k][2]) not in named)


def word_span(found: Likely, label: int, spoken: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """The words (from, to) that carry a label: the surest one and its neighbours that are nearly as sure."""
    total, count = np.zeros(len(spoken)), np.zeros(len(spoken))
    for read, said in found.windows:
        owners = np.array(read.owners)
        inside = owners >= 0
        np.add.at(total, owners[inside], said[inside, label])
        np.add.at(count, owners[inside], 1)
    # A run of blanks is a word to the segmenter, but carries nothing.
    places = np.flatnonzero(spoken)
    share = (total / np.maximum(count, 1))[places]
    first = last = int(share.argmax())
    edge = max(EDGE * share[first], 1e-9)
    while first > 0 and share[first - 1] >= edge:
        first -= 1
    while last + 1 < len(places) and share[last + 1] >= edge:
        last += 1
    return int(places[first]), int(places[last]) + 1
