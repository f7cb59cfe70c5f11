"""Whether the latest period is out of the ordinary: control charts of shares whose periods differ by more than counting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from cx_nlp.journey.trends.series import counts

FEWEST = 8
"""Earlier periods that are needed to say what is ordinary."""
_SPREAD = 1.128
"""Mean difference of two independent standard normal values (d2 of the moving range of two)."""
_WORTH = 0.62
"""Degrees of freedom that a moving range of two gives, for each period after the first (Wheeler, 1995)."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Chart:
    """Laney's p' chart; the last period is judged by those before it.

    Attributes
    ----------
    share, low, high : ndarray of shape (periods,)
        The share of each period and the limits it should lie between, three sigmas from the centre.
    centre : float
        The share of all periods but the last.
    extra : float
        How many times more periods differ than counting alone would make them; at least 1.
    p : float
        Two-sided p-value of the last period's share.
    """

    share: Array
    low: Array
    high: Array
    centre: float
    extra: float
    p: float


def control_chart(hits: ArrayLike, trials: ArrayLike) -> Chart | None:
    """The chart of a share over periods; None with fewer than `FEWEST` periods before the last.

    With hundreds of comments a period, limits from counting alone are too narrow: periods differ in weather, offers and
    customers. The p' chart widens them by what neighbouring periods differ (D. B. Laney, "Improved control charts for
    attributes", Quality Engineering 14, 2002, 531-537); the p-value allows for how little a few periods tell of that.

    Parameters
    ----------
    hits, trials : array of shape (periods,)
        Comments with the complaint and all comments, oldest first; periods without comments are left out.

    Raises
    ------
    ValueError
        Counts are negative, or there are more hits than trials.
    """
    k, n = counts(hits, trials)
    before = len(k) - 1
    if before < FEWEST:
        return None
    # Half a comment on either side: a share of nought has a spread, too.
    centre = float((k[:-1].sum() + 0.5) / (n[:-1].sum() + 1))
    sigma = np.sqrt(centre * (1 - centre) / n)
    z = (k / n - centre) / sigma
    extra = max(float(np.abs(np.diff(z[:-1])).mean() / _SPREAD), 1.0)
    low, high = (np.clip(centre + side * 3 * sigma * extra, 0, 1) for side in (-1, 1))
    # The centre is an estimate of that many periods.
    away = abs(float(z[-1])) / extra / np.sqrt(1 + 1 / before)
    return Chart(k / n, low, high, centre, extra, float(2 * student.sf(away, _WORTH * (before - 1))))
