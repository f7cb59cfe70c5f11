"""Which one label a comment is given where some labels are rare: the likeliest alone would hardly ever be a rare one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
POWERS = tuple((np.arange(11) / 10).tolist())
ENOUGH = 100
"""Comments from which on it can be told whether it pays to prefer rare labels."""
WORTH = 0.01
"""Macro F1 that it must bring."""


class Chooses:
    """A classifier that tells the label with the highest log probability plus offset, not the likeliest.

    Attributes
    ----------
    offsets_ : ndarray, shape (classes,)
        Minus the log of each label's share in training, times one number from 0 to 1 (logit adjustment, Menon et al. 2021).
    """

    classes_: npt.NDArray[np.str_]
    offsets_: Array

    def choose(self, likely: Array) -> tuple[list[str], Array]:
        """The label of every comment and how likely it is, from `predict_proba`."""
        chosen = chosen_with(self.offsets_, likely)
        return [str(self.classes_[k]) for k in chosen], likely[np.arange(len(likely)), chosen]


def chosen_with(offsets: Array, likely: Array) -> Ints:
    """The position of every comment's label."""
    return np.asarray((np.log(np.maximum(likely, 1e-12)) + offsets).argmax(axis=1))


def fitted_offsets(likely: Array, labels: npt.ArrayLike) -> Array:
    """The offsets of the highest macro F1 to be expected.

    What is expected is counted with the probabilities in place of true labels (the plug-in rule for measures that do not fall
    apart into comments: Narasimhan, Vaish and Agarwal 2014): of a rare label a few hundred comments hold too few to try the
    offsets on. No offsets where there are fewer than `ENOUGH` comments, or less than `WORTH` is won.

    Parameters
    ----------
    likely : ndarray, shape (comments, classes)
        Calibrated, of comments that the model has not seen.
    labels : array of int
        Of all training comments, as positions; every class occurs.
    """
    classes = likely.shape[1]
    none = np.zeros(classes)
    if len(likely) < ENOUGH:
        return none
    counts = np.bincount(labels, minlength=classes)
    rarity = -np.log(counts / counts.sum())
    tried = [power * (rarity - rarity.min()) for power in POWERS]
    expected = [expected_macro_f1(likely, chosen_with(offsets, likely)) for offsets in tried]
    best = int(np.argmax(expected))
    return np.asarray(tried[best] if expected[best] >= expected[0] + WORTH else none)


def expected_macro_f1(likely: Array, chosen: Ints) -> float:
    """The mean F1 of the classes where every comment holds each class with its probability."""
    told = chosen[:, None] == np.arange(likely.shape[1])
    right = (likely * told).sum(axis=0)
    return float(np.mean(2 * right / np.maximum(likely.sum(axis=0) + told.sum(axis=0), 1e-12)))
