"""What one tagger holds likely, in a form that another can weigh against its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Opinion:
    """What a tagger holds likely of some texts, calibrated.

    Attributes
    ----------
    labels : ndarray, shape (texts, labels)
    sentiments : ndarray, shape (texts, sentiments)
        Each row sums to one.
    """

    labels: Array
    sentiments: Array

    def at(self, rows: Sequence[int]) -> Opinion:
        """The same of some of the texts."""
        return Opinion(self.labels[rows], self.sentiments[rows])


@dataclass(frozen=True)
class Beside:
    """Another tagger that is heard about the same texts, and how far.

    Attributes
    ----------
    classes : tuple of str
        The labels it knows.
    sentiments : tuple of str
        The sentiments of comments it knows.
    ask : callable
        From texts to its opinion of them, in the order of these two.
    weight : float
        How far they count, 0 to 1.
    threshold : float or None
        From which pooled probability on a label is told; None leaves it to the tagger that hears.
    review : float or None
        From which doubt on a comment is sent to a person; None likewise.
    odds : float
        Added to the log odds of its labels before they count.
    """

    classes: tuple[str, ...]
    sentiments: tuple[str, ...]
    ask: Callable[[Sequence[str]], Opinion]
    weight: float
    threshold: float | None = None
    review: float | None = None
    odds: float = 0.0

    def asked(self, texts: Sequence[str]) -> Future[Opinion]:
        """What `ask` gives for the texts, to come: it is asked on another thread."""
        return _another_thread().submit(self.ask, texts)

    def of_labels(self, asked: Opinion, classes: Sequence[str], own: Array) -> Array:
        """The probabilities of these labels; where it does not know one, those given stand.

        Parameters
        ----------
        asked : Opinion
            What `ask` gave for the texts.
        own : ndarray of shape (texts, classes)
            What the tagger that hears holds likely of the same texts.
        """
        new, old = _common(classes, self.classes)
        found: Array = own.copy()
        # What it holds impossible stays so.
        found[:, new] = expit(logit(asked.labels[:, old]) + self.odds)
        return found

    def of_sentiments(self, asked: Opinion, sentiments: Sequence[str], own: Array) -> Array:
        """The probabilities of these sentiments, likewise: it divides what is left by those that it does not know."""
        new, old = _common(sentiments, self.sentiments)
        found: Array = own.copy()
        theirs = asked.sentiments[:, old]
        left = own[:, new].sum(axis=1, keepdims=True)
        found[:, new] = theirs * left / np.maximum(theirs.sum(axis=1, keepdims=True), 1e-12)
        return found


def _common(wanted: Sequence[str], known: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where the names that both hold stand in each."""
    place = {name: k for k, name in enumerate(known)}
    both = [(new, place[name]) for new, name in enumerate(wanted) if name in place]
    new, old = np.array(both, np.intp).reshape(-1, 2).T
    return new, old


@cache
def _another_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="cx_nlp-beside")


if hasattr(os, "register_at_fork"):
    # A forked process has none of its parent's threads.
    os.register_at_fork(after_in_child=_another_thread.cache_clear)
