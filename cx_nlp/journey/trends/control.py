"""What share a period should have: control limits of shares whose periods differ by more than counting, and the last one's p."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit
from scipy.stats import binom
from scipy.stats import t as student

FEWEST = 8
"""Earlier periods that are needed to say what is ordinary."""
_SPREAD = 1.128
"""Mean difference of two independent standard normal values (d2 of the moving range of two)."""
_NODES = np.linspace(-1, 1, 161)

Array = NDArray[np.float64]


def limits(
    hits: ArrayLike, trials: ArrayLike, expected: ArrayLike, *, ordinary: ArrayLike | None = None
) -> tuple[Array, Array]:
    """Limits of the p' chart, three sigmas from the expected share; NaN with fewer than `FEWEST` ordinary periods.

    With hundreds of comments a period, limits from counting alone are too narrow: periods differ in weather, offers and
    customers. The p' chart widens them by what neighbouring periods differ (D. B. Laney, "Improved control charts for
    attributes", Quality Engineering 14, 2002, 531-537). They are drawn, and nothing is decided by them: see `surprise`.

    Parameters
    ----------
    hits, trials : array of shape (periods,)
        Comments with the complaint and all comments, oldest first.
    expected : array of shape (periods,)
    ordinary : array of bool of shape (periods,), optional
        Periods that tell how much periods differ; those without comments never do.

    Raises
    ------
    ValueError
        Counts are negative, or there are more hits than trials.
    """
    k, n, mean = (np.asarray(given, float) for given in (hits, trials, expected))
    if k.shape != n.shape or (k < 0).any() or (k > n).any():
        raise ValueError("every period needs hits from 0 to its number of trials")
    told = (n > 0) & (True if ordinary is None else np.asarray(ordinary, bool))
    nothing = np.full(len(n), np.nan)
    if told.sum() < FEWEST:
        return nothing, nothing.copy()
    # Half a comment on either side: a share of nought has a spread, too.
    centre = np.clip(mean, 0.5 / (n[told].sum() + 1), 1 - 0.5 / (n[told].sum() + 1))
    sigma = np.sqrt(centre * (1 - centre) / np.maximum(n, 1))
    z = ((k / np.maximum(n, 1) - centre) / sigma)[told]
    extra = max(float(np.abs(np.diff(z)).mean() / _SPREAD), 1.0)
    low, high = (np.clip(centre + side * 3 * sigma * extra, 0, 1) for side in (-1, 1))
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def surprise(
    hits: ArrayLike, trials: float, expected: ArrayLike, variance: ArrayLike, degrees: ArrayLike
) -> Array:
    """Two-sided p-value of complaints in one period, of several causes.

    Complaints are binomial; their log odds vary about the expected ones as a t distribution: this holds for one complaint as well
    as for hundreds.

    Parameters
    ----------
    hits : array of shape (causes,)
        Comments with the complaint, among `trials`.
    expected : array of shape (causes,)
        Shares to be expected.
    variance, degrees : array of shape (causes,)
        Variance of the log odds by what moves periods and by how well the expected share is known, without the counting in the
        period itself; degrees of freedom of that variance.
    """
    k, share = np.asarray(hits, float)[:, None], np.asarray(expected, float)[:, None]
    spread, freedom = np.sqrt(np.asarray(variance, float))[:, None], np.asarray(degrees, float)[:, None]
    # Nodes dense in the middle and reaching far into the tails.
    at = np.sinh(_NODES * np.arcsinh(40.0 / 1.5)) * 1.5
    weight = student.pdf(at, freedom) * np.gradient(at)
    weight /= weight.sum(axis=1, keepdims=True)
    # The mean of a share whose log odds vary lies above that of the middle log odds, below one half.
    middle = logit(np.clip(share, 1e-9, 1 - 1e-9)) - np.minimum(spread, 1) ** 2 * (1 - 2 * share) / 2
    chance = expit(middle + spread * at)
    # The count itself is half on either side (mid-p; Lancaster 1961): a few complaints would else hardly ever be surprising.
    same = binom.pmf(k, trials, chance) / 2
    more = (weight * (binom.sf(k, trials, chance) + same)).sum(axis=1)
    fewer = (weight * (binom.cdf(k - 1, trials, chance) + same)).sum(axis=1)
    p: Array = np.minimum(2 * np.minimum(more, fewer), 1.0)
    return p
