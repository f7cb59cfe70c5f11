"""What one tagger holds likely, in a form that another can weigh against its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Opinions:
    """Calibrated probabilities of comments.

    Attributes
    ----------
    classes, sentiments : tuple of str
        What the columns stand for.
    labels : ndarray of shape (comments, classes)
    sentiment : ndarray of shape (comments, sentiments)
    """

    classes: tuple[str, ...]
    sentiments: tuple[str, ...]
    labels: Array
    sentiment: Array

    def labels_in(self, classes: Sequence[str]) -> Array:
        """The labels' probabilities with these columns; a label without a column of its own gets 0."""
        return _columns(self.labels, self.classes, classes)

    def sentiment_in(self, sentiments: Sequence[str]) -> Array:
        """The sentiments' probabilities with these columns; one without a column of its own gets 0."""
        return _columns(self.sentiment, self.sentiments, sentiments)


@dataclass(frozen=True)
class Beside:
    """Another tagger's opinions of the same texts, and how they are heard.

    Attributes
    ----------
    opinions : Opinions
    weight : float
        How far they count, 0 to 1.
    threshold : float or None
        From which pooled probability on a label is told; None leaves it to the tagger that hears.
    """

    opinions: Opinions
    weight: float
    threshold: float | None = None


def _columns(values: Array, own: Sequence[str], wanted: Sequence[str]) -> Array:
    found = np.zeros((len(values), len(wanted)))
    place = {name: k for k, name in enumerate(own)}
    there = [(new, place[name]) for new, name in enumerate(wanted) if name in place]
    new, old = np.array(there, np.intp).reshape(-1, 2).T
    found[:, new] = values[:, old]
    return found
