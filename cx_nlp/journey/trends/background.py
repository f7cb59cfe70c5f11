"""What moves the shares of a table without a cause: noise, season, and what counting adds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.trends.breaks import FEWEST
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.noise import (
    Noise,
    counting_variance,
    deviations,
    dispersions,
    pooled_share,
    shared_noise,
)
from cx_nlp.journey.trends.season import Season, season
from cx_nlp.journey.trends.series import level_shift

Array = NDArray[np.float64]
TOLD = 1.0
"""Complaints a period from which on a cause's own noise can be seen."""
PLAIN = 0.001
"""p-value of a change that is kept out of the noise."""


@dataclass(frozen=True)
class Background:
    """Noise and season of a table, and how far each period lies from its cause's overall share.

    Attributes
    ----------
    noise : Noise
        Shared, as each cause is held against it.
    season : Season
    usable : ndarray of bool of shape (T,)
        Periods that are over, have comments, and are no holiday of unknown effect.
    away : ndarray of shape (C, T)
        Log odds against the cause's overall share.
    counting : ndarray of shape (C, T)
        Variance of the log odds by counting alone.
    weight : ndarray of shape (C, T)
        One over the long-run variance of `away`; 0 where not usable.
    variance, degrees : ndarray of shape (C,)
        Variance of each cause's own shocks, and its degrees of freedom.
    """

    noise: Noise
    season: Season
    usable: NDArray[np.bool_]
    away: Array
    counting: Array
    weight: Array
    variance: Array
    degrees: Array


def background(counts: Counts) -> Background:
    """Noise and season of the counts."""
    comments, hits = counts.comments.astype(float), counts.complaints.astype(float)
    over = (np.arange(len(comments)) < counts.judged) & (comments > 0)
    of_year = season(counts.periods, counts.unit, over)
    ordinary = over & (of_year.marks == "")
    noise = shared_noise(hits, comments, ordinary, plain_runs(hits, comments, ordinary), _kin(counts))
    away, variance = deviations(hits, comments, noise)
    told = hits[:, ordinary].sum(axis=1) >= TOLD * max(ordinary.sum(), 1)
    counting = counting_variance(pooled_share(hits, comments), comments)
    factor, degrees = dispersions(away, variance, noise, ordinary, told)
    own = _shocks(noise, factor, counting[:, over].mean(axis=1) if over.any() else counting[:, 0])
    usable = over & ~of_year.left_out
    weight = np.where(usable, 1 / ((own * noise.stretch)[:, None] + counting), 0.0)
    return Background(noise, of_year, usable, away, counting, weight, own, degrees)


def _kin(counts: Counts) -> NDArray[np.int_]:
    kin: NDArray[np.int_] = np.unique([touchpoint for touchpoint, _ in counts.causes], return_inverse=True)[1]
    return kin


def plain_runs(hits: Array, comments: Array, ordinary: NDArray[np.bool_]) -> NDArray[np.int_]:
    """For each cause and period 0, or 1 from a change on that nobody would take for noise, shape (causes, periods).

    It is the best single cut, if the noise within the two runs (`series.level_shift`) leaves no doubt of it.
    """
    runs = np.zeros(hits.shape, int)
    at = np.flatnonzero(ordinary & (comments > 0))
    if len(at) < 2 * FEWEST:
        return runs
    k, n = hits[:, at].cumsum(axis=1), comments[at].cumsum()
    share = k[:, -1:] / n[-1]
    # Difference of the shares before and after each cut, over its standard error but for a factor.
    size = np.abs(k - share * n)[:, FEWEST - 1 : -FEWEST] / np.sqrt(n * (n[-1] - n))[FEWEST - 1 : -FEWEST]
    for cause, cut in enumerate((size.argmax(axis=1) + FEWEST).tolist()):
        sides = [(hits[cause, part], comments[part]) for part in (at[:cut], at[cut:])]
        shift = level_shift(*sides[0], *sides[1])
        if shift is not None and shift.p < PLAIN:
            runs[cause, at[cut] :] = 1
    return runs


def _shocks(noise: Noise, factor: Array, counting: Array) -> Array:
    """Variance of each cause's shocks, from how much more it varies in all than the shared noise would make it."""
    variance: Array = np.where(
        factor > 1, factor * (noise.variance + counting) - counting, factor * noise.variance
    )
    return variance
