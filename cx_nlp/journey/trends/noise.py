"""How much periods differ without any cause: the noise that all causes of a table share, and what is each one's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

LAGS = 6
"""Periods up to that far apart are compared."""
HIGHEST = 0.9
"""Autocorrelation above which a few dozen periods cannot tell noise from a level."""
FEW_KINDS = 4
"""Touchpoints from which on the others are enough to tell the noise."""
_SHOCKS = 0.2
"""About what two shocks add to the square of a difference; only the weights of the pairs hang on it."""
AT_HOME = 2 / 3
"""What one difference of neighbours tells of a variance, against one value whose mean is known (von Neumann 1941)."""
MOST_SHARED = 200.0
"""Degrees of freedom at most that the other causes lend to one."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """Shocks of the log odds, as each cause is held against: variance and correlation of neighbouring periods, shape (causes,)."""

    variance: Array
    autocorrelation: Array

    @property
    def stretch(self) -> Array:
        """How many times larger the variance of a mean of many periods is than that of independent ones."""
        return (1 + self.autocorrelation) / (1 - self.autocorrelation)


def shared_noise(
    hits: Array, trials: Array, usable: NDArray[np.bool_], run: NDArray[np.int_], kin: NDArray[np.int_]
) -> Noise:
    """The noise of the periods, for each cause from all that are not its kin: what happens to it is no noise.

    Half the mean square difference of periods h apart is the variance of a shock times (1 - autocorrelation^h), plus what
    counting alone makes them differ, which is known and taken off (the variogram of geostatistics; Cressie 1993, section 2.4).
    Differences do not see the level, and hardly see that it changed once. Shares are compared to the cause's own, and the variance
    of a share is brought to log odds as if shocks were log-normal. With fewer than `FEW_KINDS` kinds all are taken.

    Parameters
    ----------
    hits : array of shape (causes, periods)
    trials : array of shape (periods,)
    usable : array of shape (periods,)
        Ordinary periods that are over.
    run : array of shape (causes, periods)
        Periods of different runs are not compared: a plain change of level is no noise.
    kin : array of shape (causes,)
        Number of the kind: a touchpoint and its factors are one.
    """
    there = usable & (trials > 0)
    share = pooled_share(hits[:, there], trials[there])
    deviation = np.where(there, hits / np.maximum(trials, 1) / share[:, None] - 1, 0.0) / (1 - share[:, None])
    counting = counting_variance(share, trials)
    lags = np.arange(1, max(min(LAGS, int(there.sum()) // 3), 1) + 1)
    half, pairs = (np.zeros((len(hits), len(lags))) for _ in range(2))
    for at, lag in enumerate(lags):
        both = there[lag:] & there[:-lag] & (run[:, lag:] == run[:, :-lag])
        counted = counting[:, lag:] + counting[:, :-lag]
        square = (deviation[:, lag:] - deviation[:, :-lag]) ** 2 - counted
        # Periods and causes with few complaints tell little of the noise.
        weight = np.where(both, 1 / (_SHOCKS + counted) ** 2, 0.0)
        half[:, at], pairs[:, at] = (weight * square).sum(axis=1) / 2, weight.sum(axis=1)
    alike = kin[:, None] == kin[None, :]
    others = ~alike if len(np.unique(kin)) >= FEW_KINDS else np.ones_like(alike)
    half, pairs = others @ half, others @ pairs
    if not (pairs > 0).all():
        return Noise(np.zeros(len(hits)), np.zeros(len(hits)))
    return _fitted(half / pairs, lags, pairs)


def _fitted(half: Array, lags: NDArray[np.int64], pairs: Array) -> Noise:
    """Variance and autocorrelation that come nearest to the half mean squares, for each row."""
    grid = np.arange(0, HIGHEST + 0.005, 0.01)
    rise = 1 - grid[:, None] ** lags
    variance = np.maximum((pairs * half) @ rise.T / (pairs @ (rise**2).T), 0.0)
    off = np.einsum("cl,cgl->cg", pairs, (half[:, None] - variance[:, :, None] * rise) ** 2)
    # Of values that fit the same, as where there is no noise at all, the smallest.
    best = (off <= off.min(axis=1, keepdims=True) * (1 + 1e-9)).argmax(axis=1)
    return Noise(np.log1p(variance[np.arange(len(half)), best]), grid[best])


def pooled_share(hits: Array, trials: Array) -> Array:
    """Share of each cause over all periods, half a comment on either side: a share of nought varies, too."""
    share: Array = (hits.sum(axis=1) + 0.5) / (trials.sum() + 1)
    return share


def counting_variance(share: Array, trials: Array) -> Array:
    """Variance of the log odds by counting alone, shape (causes, periods); that of one comment where there is none."""
    known = np.maximum(trials, 1)
    variance: Array = 1 / (known * (share * (1 - share))[:, None])
    return variance


def deviations(hits: Array, trials: Array, noise: Noise) -> tuple[Array, Array]:
    """How far each period lies from its cause's overall share, in log odds, and with which variance.

    Anscombe's transformation of overdispersed counts (Biometrika 35, 1948, 246-254) makes them nearly normal: it is a square root
    for few complaints and a logarithm for many. Empirical log odds would not do for few: they move with the number of comments.
    """
    share = pooled_share(hits, trials)
    variance = noise.variance[:, None] + counting_variance(share, trials)
    shocks = noise.variance[:, None]
    odd = share[:, None] * (1 - share[:, None])
    mean = share[:, None] * trials
    # The transformation is that of counts without an upper end; the last factor gives the share's own spread.
    narrower = (trials * odd + (trials * odd) ** 2 * shocks) / np.maximum(mean + mean**2 * shocks, 1e-12)
    away = _stable(hits, shocks) - _stable(mean, shocks)
    scores = away / np.sqrt(np.maximum(narrower, 1e-12))
    return np.where(trials > 0, scores * np.sqrt(variance), 0.0), variance


def _stable(counts: Array, variance: Array) -> Array:
    root = np.sqrt(counts + 0.375)
    spread = np.sqrt(np.maximum(variance, 1e-8))
    stable: Array = 2 / spread * np.arcsinh(spread * root)
    return stable


def dispersions(
    away: Array, variance: Array, noise: Noise, usable: NDArray[np.bool_], told: NDArray[np.bool_]
) -> tuple[Array, Array]:
    """For each cause, how many times larger its variance is than the shared one, and the degrees of freedom of that.

    Its own figure, from differences of neighbouring periods, is drawn towards that of all causes, the more, the more alike they
    are (G. K. Smyth, "Linear models and empirical Bayes methods", Statistical Applications in Genetics and Molecular Biology 3,
    2004, sections 3 and 6). A cause that has too few complaints to be `told` anything of gets that of all.
    """
    both = usable[1:] & usable[:-1]
    if not both.any():
        return np.ones(len(away)), np.ones(len(away))
    scores = away / np.sqrt(variance)
    lasting = (noise.variance * noise.autocorrelation)[:, None] / variance
    alike = np.sqrt(lasting[:, 1:] * lasting[:, :-1])[:, both].mean(axis=1)
    own = (np.diff(scores, axis=1)[:, both] ** 2).mean(axis=1) / 2 / np.maximum(1 - alike, 0.05)
    degrees = AT_HOME * float(both.sum())
    centre, shared = _prior(np.maximum(own[told], 0.05), degrees)
    degrees_own = np.where(told, degrees, 0.0)
    factor = (shared * centre + degrees_own * own) / np.maximum(shared + degrees_own, 1e-9)
    # Nothing of its own and nothing of others: the counting and the shared shocks are all that is known.
    return np.where(shared + degrees_own > 0, factor, 1.0), np.maximum(shared + degrees_own, 1.0)


def _prior(own: Array, degrees: float) -> tuple[float, float]:
    """Centre and degrees of freedom of the causes' dispersions."""
    if len(own) < 3:
        return 1.0, 0.0
    logs = np.log(own) - digamma(degrees / 2) + np.log(degrees / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, degrees / 2))
    if excess <= polygamma(1, MOST_SHARED / 2):
        return float(np.exp(logs.mean())), MOST_SHARED
    shared = _inverse_trigamma(excess) * 2
    return float(np.exp(logs.mean() + digamma(shared / 2) - np.log(shared / 2))), shared


def _inverse_trigamma(value: float) -> float:
    """Newton's method of Smyth's appendix."""
    at = 0.5 + 1 / value
    for _ in range(50):
        slope = polygamma(1, at)
        step = float(slope * (1 - slope / value) / polygamma(2, at))
        at += step
        if abs(step) < 1e-8 * at:
            break
    return float(at)
