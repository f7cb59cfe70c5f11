"""Which causes are out of the ordinary: their last period, or a level that changed of late; tested together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import false_discovery_control

from cx_nlp.journey.trends import breaks, control
from cx_nlp.journey.trends.background import Background
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.season import doubt
from cx_nlp.journey.trends.series import level_shift

LATEST, LEVEL = "latest", "level"
RECENT = {"day": 14, "week": 26, "month": 12, "quarter": 12}
"""Periods within which a change of level is still news."""
CONFIRMED = 0.05
"""The p-value that a change of level must also have by the noise of its own series alone."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Signal:
    """One test of one cause.

    Attributes
    ----------
    cause, period : int
        Position of the cause; position of the last period, or of the first one of the new level.
    kind : str
        "latest" or "level".
    share, expected : float
        What was seen, and what was to be expected.
    before, after : float
        The levels before and since, without the season.
    p, q : float
        p is 1, and the shares unknown, where no change of level was seen.
    """

    cause: int
    period: int
    kind: str
    share: float
    expected: float
    before: float
    after: float
    p: float
    q: float = 1.0

    @property
    def worse(self) -> bool:
        """Whether there are more complaints than expected."""
        return self.share > self.expected


def judge(
    counts: Counts, found: Background, level: Array, expected: Array, changes: list[list[int]]
) -> list[Signal]:
    """Both tests of every cause, with the false-discovery rate over all of them (Benjamini and Hochberg 1995).

    Parameters
    ----------
    level, expected, changes
        As from `levels`.
    """
    signals = latest(counts, found, level, expected, changes)
    effect = logit(expected) - logit(level)
    signals += [changed(counts, found, cause, effect[cause], points) for cause, points in enumerate(changes)]
    q = false_discovery_control([signal.p for signal in signals])
    return [replace(signal, q=float(value)) for signal, value in zip(signals, q, strict=True)]


def latest(
    counts: Counts, found: Background, level: Array, expected: Array, changes: list[list[int]]
) -> list[Signal]:
    """The last period that is over against those before; none where it is a holiday of unknown effect or they are too few."""
    at = counts.judged - 1
    before = found.usable & (np.arange(len(found.usable)) < at)
    if not found.usable[at] or before.sum() < control.FEWEST:
        return []
    n = float(counts.comments[at])
    begins = np.array([max((point for point in points if point <= at), default=0) for points in changes])
    mine = before & (np.arange(len(before)) >= begins[:, None])
    known = np.where(mine, found.weight, 0.0).sum(axis=1)
    # What moves the period itself, how well its level is known, and how well the season's effect.
    variance = found.variance + 1 / np.maximum(known, 1e-6) + doubt(found.weight, found.season.design, at)
    mean = expected[:, at]
    p = control.surprise(counts.complaints[:, at], n, mean, variance, found.degrees)
    return [
        Signal(cause, at, LATEST, hits / n, mean[cause], level[cause, at], hits / n, p[cause])
        for cause, hits in enumerate(counts.complaints[:, at].tolist())
    ]


def changed(counts: Counts, found: Background, cause: int, effect: Array, points: list[int]) -> Signal:
    """The last change of level of one cause, if it is recent; p = 1 where there is none.

    Parameters
    ----------
    effect : array of shape (periods,)
        What the season adds to the log odds.
    """
    nothing = Signal(cause, counts.judged - 1, LEVEL, np.nan, np.nan, np.nan, np.nan, 1.0)
    if not points or counts.judged - points[-1] > RECENT[counts.unit]:
        return nothing
    begin, cut = (points[-2] if len(points) > 1 else 0), points[-1]
    run = np.flatnonzero(found.usable)
    run = run[run >= begin]
    old, new = run[run < cut], run[run >= cut]
    size = _size(found, cause, found.away[cause] - effect, old, new)
    first = max(breaks.FEWEST, len(run) - RECENT[counts.unit])
    p = breaks.chance(size, float(found.degrees[cause]), len(run), first, len(run) - breaks.FEWEST)
    if not _confirmed(counts, found, cause, old, new):
        return nothing
    hits, n = counts.complaints[cause], counts.comments
    before, share = (float(hits[part].sum() / n[part].sum()) for part in (old, new))
    season = float(np.average(effect[new], weights=n[new]) - np.average(effect[old], weights=n[old]))
    return Signal(cause, cut, LEVEL, share, _moved(before, season), before, _moved(share, -season), p)


def _moved(share: float, log_odds: float) -> float:
    return float(expit(logit(np.clip(share, 1e-9, 1 - 1e-9)) + log_odds))


def _size(found: Background, cause: int, away: Array, old: NDArray[np.intp], new: NDArray[np.intp]) -> float:
    """Absolute difference of two levels over its standard error."""
    run = np.concatenate([old, new])
    weight = found.weight[cause]
    contrast = np.concatenate([-weight[old] / weight[old].sum(), weight[new] / weight[new].sum()])
    return float(abs(contrast @ away[run]) / np.sqrt(contrast @ _covariance(found, cause, run) @ contrast))


def _covariance(found: Background, cause: int, run: NDArray[np.intp]) -> Array:
    """Of the log odds of these periods: shocks like those of their neighbours, and counting."""
    apart = np.abs(run[:, None] - run[None, :])
    alike = found.variance[cause] * found.noise.autocorrelation[cause] ** apart
    covariance: Array = alike + np.diag(found.counting[cause, run])
    return covariance


def _confirmed(
    counts: Counts, found: Background, cause: int, old: NDArray[np.intp], new: NDArray[np.intp]
) -> bool:
    """Whether the noise of the series itself does not explain the change, either."""
    ordinary = [part[found.season.marks[part] == ""] for part in (old, new)]
    sides = [(counts.complaints[cause, part], counts.comments[part]) for part in ordinary]
    shift = level_shift(*sides[0], *sides[1])
    return shift is not None and shift.p < CONFIRMED
