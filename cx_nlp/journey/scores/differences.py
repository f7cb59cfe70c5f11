"""The interval of net sentiment and of NPS: one share less another of the same comments."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cx_nlp.journey.scores.cells import Cells
from cx_nlp.journey.scores.clusters import design_effects
from cx_nlp.journey.scores.scorecard import LEVEL

Floats = NDArray[np.float64]


def net_sentiment(cells: Cells, customer: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Share of praising less share of complaining comments of each cell, and its limits.

    `net_interval` of as many independent comments as they are worth where customers wrote several (`design_effects`).

    Parameters
    ----------
    customer : array of shape (comments,)
        The customer of every comment.
    """
    positive, negative = cells.positive.astype(float), cells.negative.astype(float)
    n, score = cells.sums(np.ones(len(cells.cell))), positive - negative
    worth = n / design_effects(cells.cell, customer[cells.comment], score, len(cells.keys))
    praised, blamed = (cells.sums(score == side) / n * worth for side in (1, -1))
    return cells.sums(positive) / n - cells.sums(negative) / n, *net_interval(praised, blamed, worth)


def net_interval(
    only_positive: ArrayLike, only_negative: ArrayLike, trials: ArrayLike, *, level: float = LEVEL
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lower and upper limit of the share positive less the share negative; -1 and 1 where there were no trials.

    Comments that are both fall out of the difference, so it is one of two shares of a multinomial. Adjusted Wald interval of
    D. G. Bonett and R. M. Price (Journal of Educational and Behavioral Statistics 37, 2012, 479-488): one comment is added to
    either count, two to all; with a = (only positive + 1) / (n + 2), b likewise: a - b ± z √((a + b - (a - b)²) / (n + 2)).

    Parameters
    ----------
    only_positive, only_negative, trials
        Comments that are the one and not the other, and all; may be broken numbers.

    >>> low, high = net_interval(60, 25, 100)
    >>> round(float(low), 3), round(float(high), 3)
    (0.177, 0.51)
    """
    n = np.asarray(trials, float) + 2
    a, b = (np.asarray(one, float) + 1 for one in (only_positive, only_negative))
    a, b = a / n, b / n
    half = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(np.maximum(a + b - (a - b) ** 2, 0) / n)
    low, high = np.clip(a - b - half, -1.0, 1.0), np.clip(a - b + half, -1.0, 1.0)
    return np.where(n > 2, low, -1.0), np.where(n > 2, high, 1.0)
