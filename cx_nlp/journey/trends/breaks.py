"""Where the level of a share changed, and how seldom noise alone would show as much."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

FEWEST = 6
"""Periods between two changes, and after the last one."""
SELDOM = 0.01
"""Share of level series in which a change is seen."""

Array = NDArray[np.float64]


def change_points(away: Array, weight: Array) -> list[int]:
    """First period of each new level.

    The series is cut so that the weighted squares about the levels and a penalty for each cut are least (PELT; Killick, Fearnhead
    and Eckley, Journal of the American Statistical Association 107, 2012, 1590-1598). The penalty is what a level series
    exceeds in `SELDOM` of cases.

    Parameters
    ----------
    away, weight : array of shape (periods,)
        Log odds, and one over their long-run variance; 0 for a period that does not count.
    """
    from ruptures import Pelt  # takes most of a second to import

    counted = np.flatnonzero(weight > 0)
    if len(counted) < 2 * FEWEST:
        return []
    cost = _squares()(weight[counted])
    model = Pelt(custom_cost=cost, min_size=FEWEST, jump=1).fit(away[counted].reshape(-1, 1))
    found = model.predict(pen=penalty(len(counted)))
    return [int(counted[at]) for at in found if at < len(counted)]


def _exceeded(size: float, left: float, right: float) -> float:
    """Probability that the largest standardised difference of two levels is that large in a level series.

    The tail of a Brownian bridge divided by its standard deviation, between two parts of the series (L. Ju. Vostrikova, Theory of
    Probability and Its Applications 26, 1981, 356-362; Csörgő and Horváth, Limit Theorems in Change-Point Analysis, 1997, formula
    1.3.26).
    """
    if size < 1.5:
        return 1.0  # far below what the formula, one for large values, is good for
    span = np.log((1 - left) * (1 - right) / (left * right))
    inner = (1 - size**-2) * max(float(span), 0.0) + 4 * size**-2
    return float(min(size * np.exp(-(size**2) / 2) / np.sqrt(2 * np.pi) * inner, 1.0))


def penalty(periods: int) -> float:
    """What a change must gain in weighted squares."""
    edge = FEWEST / periods
    if edge >= 0.5:
        edge = 0.499
    return float(brentq(lambda size: _exceeded(size, edge, edge) - SELDOM, 1.6, 10.0)) ** 2


def _squares() -> Callable[[Array], object]:
    """The weighted squares about a mean, as a cost of ruptures; a class made here, as its base is imported here."""
    from ruptures.base import BaseCost

    class Squares(BaseCost):  # type: ignore[misc]
        model = "weighted squares"
        min_size = FEWEST

        def __init__(self, weight: Array) -> None:
            self.weight = weight

        def fit(self, signal: Array) -> Squares:
            self.signal = signal
            values = np.vstack([self.weight, self.weight * signal[:, 0], self.weight * signal[:, 0] ** 2])
            self.sums = np.hstack([np.zeros((3, 1)), values.cumsum(axis=1)]).T.tolist()
            return self

        def error(self, start: int, end: int) -> float:
            (w0, s0, q0), (w1, s1, q1) = self.sums[start], self.sums[end]
            return float(q1 - q0 - (s1 - s0) ** 2 / (w1 - w0))

    return Squares
