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
class Beside:
    """Another tagger that is heard about the same texts, and how far.

    Attributes
    ----------
    classes : tuple of str
        The labels it knows.
    ask : callable
        From texts to calibrated probabilities of their labels, shape (texts, classes).
    weight : float
        How far they count, 0 to 1.
    threshold : float or None
        From which pooled probability on a label is told; None leaves it to the tagger that hears.
    review : float or None
        From which doubt on a comment is sent to a person; None likewise.
    odds : float
        Added to the log odds of its probabilities before they count.
    """

    classes: tuple[str, ...]
    ask: Callable[[Sequence[str]], Array]
    weight: float
    threshold: float | None = None
    review: float | None = None
    odds: float = 0.0

    def asked(self, texts: Sequence[str]) -> Future[Array]:
        """What `ask` gives for the texts, to come: it is asked on another thread."""
        return _another_thread().submit(self.ask, texts)

    def opinions(self, asked: Array, classes: Sequence[str], own: Array) -> Array:
        """The probabilities of these labels; where it does not know one, those given stand.

        Parameters
        ----------
        asked : ndarray, shape (texts, its classes)
            What `ask` gave for the texts.
        own : ndarray of shape (texts, classes)
            What the tagger that hears holds likely of the same texts.
        """
        place = {name: k for k, name in enumerate(self.classes)}
        there = [(new, place[name]) for new, name in enumerate(classes) if name in place]
        new, old = np.array(there, np.intp).reshape(-1, 2).T
        found: Array = own.copy()
        # What it holds impossible stays so.
        found[:, new] = expit(logit(asked[:, old]) + self.odds)
        return found


@cache
def _another_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="cx_nlp-beside")


if hasattr(os, "register_at_fork"):
    # A forked process has none of its parent's threads.
    os.register_at_fork(after_in_child=_another_thread.cache_clear)
