"""Which causes are out of the ordinary: their last period, or a level that changed of late; tested together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import false_discovery_control

from cx_nlp.journey.trends import control
from cx_nlp.journey.trends.background import Background
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.newest import RECENT, newest_change
from cx_nlp.journey.trends.season import doubt

LATEST, LEVEL = "latest", "level"
RISE, FALL = 1.5, 0.5
"""How much a test counts for that found more complaints, and fewer: what gets worse is what alarms are for."""

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

    A two-sided test is one for a rise and one for a fall, and these have the weights `RISE` and `FALL`, one in the mean, which
    leaves the rate as it is (C. R. Genovese, K. Roeder and L. Wasserman, Biometrika 93, 2006, 509-524).

    Parameters
    ----------
    level, expected, changes
        As from `levels`.
    """
    signals = latest(counts, found, level, expected, changes)
    effect = logit(expected) - logit(level)
    signals += [changed(counts, found, cause, effect[cause], points) for cause, points in enumerate(changes)]
    q = false_discovery_control([min(signal.p / (RISE if signal.worse else FALL), 1.0) for signal in signals])
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
    newest = newest_change(found, cause, points[:-1], counts.judged, counts.unit)
    if newest is None:
        return nothing
    begin, cut = (points[-2] if len(points) > 1 else 0), points[-1]
    run = np.flatnonzero(found.usable)
    old, new = run[(run >= begin) & (run < cut)], run[run >= cut]
    hits, n = counts.complaints[cause], counts.comments
    before, share = (float(hits[part].sum() / n[part].sum()) for part in (old, new))
    season = float(np.average(effect[new], weights=n[new]) - np.average(effect[old], weights=n[old]))
    return Signal(cause, cut, LEVEL, share, _moved(before, season), before, _moved(share, -season), newest.p)


def _moved(share: float, log_odds: float) -> float:
    return float(expit(logit(np.clip(share, 1e-9, 1 - 1e-9)) + log_odds))
