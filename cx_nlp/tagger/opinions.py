"""What one tagger holds likely, in a form that another can weigh against its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Opinions:
    """Calibrated probabilities of comments' labels.

    Attributes
    ----------
    classes : tuple of str
        What the columns stand for.
    labels : ndarray of shape (comments, classes)
    """

    classes: tuple[str, ...]
    labels: Array

    def over(self, labels: Array, classes: Sequence[str], at: int) -> Array:
        """The rows from `at` on with these columns; where there is no such column, the values given stand.

        Parameters
        ----------
        labels : ndarray of shape (rows, classes)
            What another tagger holds likely of the same comments.
        """
        found: Array = labels.copy()
        place = {name: k for k, name in enumerate(self.classes)}
        there = [(new, place[name]) for new, name in enumerate(classes) if name in place]
        new, old = np.array(there, np.intp).reshape(-1, 2).T
        found[:, new] = self.labels[at : at + len(labels), old]
        return found


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
    review : float or None
        From which doubt on a comment is sent to a person; None likewise.
    """

    opinions: Opinions
    weight: float
    threshold: float | None = None
    review: float | None = None
