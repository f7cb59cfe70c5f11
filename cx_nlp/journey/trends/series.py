"""Whether a share changed from one run of weeks to the next, when weeks are noisy and like their neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

FEWEST = 6
"""Periods on either side below which the noise between periods cannot be told."""
HIGHEST = 0.95
"""Autocorrelation above which a short series tells nothing of its mean."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Shift:
    """A change of level between two runs of periods, in log odds.

    Attributes
    ----------
    effect, error : float
        The later level less the earlier one, and its standard error.
    degrees : float
        Degrees of freedom of its t distribution: periods that are worth as much as independent ones, less 2.
    autocorrelation : float
        Of neighbouring periods, corrected for the bias of short series.
    before, after : float
        The two levels as shares.
    """

    effect: float
    error: float
    degrees: float
    autocorrelation: float
    before: float
    after: float

    @property
    def p(self) -> float:
        """Two-sided p-value of no change."""
        return float(2 * student.sf(abs(self.effect / self.error), self.degrees))

    def interval(self, *, level: float = 0.95) -> tuple[float, float]:
        """Limits of the effect."""
        half = float(student.ppf(0.5 + level / 2, self.degrees)) * self.error
        return self.effect - half, self.effect + half


def level_shift(
    hits_before: ArrayLike, trials_before: ArrayLike, hits_after: ArrayLike, trials_after: ArrayLike
) -> Shift | None:
    """The change of a share between two runs of periods; None where either has too few of them.

    Each period gives one empirical log odds (with a half added to both counts, Haldane 1956). Their noise is taken as a
    first-order autoregression around two levels: its autocorrelation is estimated within the runs and corrected for the bias
    of short series (Kendall 1954), its variance for what taking away the means hides; from both follows the error of each
    mean, and from that how many independent periods it is worth (Zwiers and von Storch 1995). A test that pools the counts of
    all periods takes every swing between weeks for an effect.

    Parameters
    ----------
    hits_before, trials_before, hits_after, trials_after : array of shape (periods,)
        Comments with the complaint and all comments; periods without comments are left out.

    Raises
    ------
    ValueError
        Counts are negative, or there are more hits than trials.
    """
    seen = [counts(hits_before, trials_before), counts(hits_after, trials_after)]
    runs = [np.log((k + 0.5) / (n - k + 0.5)) for k, n in seen]
    if min(map(len, runs)) < FEWEST:
        return None
    left = [run - run.mean() for run in runs]
    squares = sum(float(one @ one) for one in left)
    shared = sum(float(one[1:] @ one[:-1]) for one in left)
    periods = 2 / (1 / len(runs[0]) + 1 / len(runs[1]))
    raw = shared / squares if squares > 1e-9 else 0.0
    autocorrelation = float(np.clip((raw + 1 / periods) / (1 - 3 / periods), 0.0, HIGHEST))
    longer = [stretch(len(run), autocorrelation) for run in runs]
    variance = squares / max(sum(map(len, runs)) - sum(longer), 1.0)
    # A series can be no quieter than the counts in it allow.
    counted = [float((1 / (k + 0.5) + 1 / (n - k + 0.5)).sum() / len(k) ** 2) for k, n in seen]
    errors = [
        max(variance * s / len(run), least) for run, s, least in zip(runs, longer, counted, strict=True)
    ]
    worth = sum(len(run) / s for run, s in zip(runs, longer, strict=True))
    effect = float(runs[1].mean() - runs[0].mean())
    shares = [float(1 / (1 + np.exp(-run.mean()))) for run in runs]
    return Shift(effect, float(np.sqrt(sum(errors))), max(worth - 2, 1.0), autocorrelation, *shares)


def counts(hits: ArrayLike, trials: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """Hits and trials of the periods that have any.

    Raises
    ------
    ValueError
        Counts are negative, or there are more hits than trials.
    """
    k, n = np.asarray(hits, float), np.asarray(trials, float)
    if k.shape != n.shape or (k < 0).any() or (k > n).any():
        raise ValueError("every period needs hits from 0 to its number of trials")
    return k[n > 0], n[n > 0]


def stretch(periods: float, autocorrelation: float) -> float:
    """How many times larger the variance of a mean of so many periods is than that of independent ones.

    Of a first-order autoregression (F. W. Zwiers and H. von Storch, Journal of Climate 8, 1995); a part of a period may stand at
    the end.
    """
    lags = np.arange(1, int(periods))
    return float(1 + 2 * ((1 - lags / periods) * autocorrelation**lags).sum())
