"""The level of each cause over time, and the share to be expected in each period."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from cx_nlp.journey.trends.background import Background
from cx_nlp.journey.trends.breaks import SELDOM, change_points, penalty
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.newest import RECENT, newest_change
from cx_nlp.journey.trends.season import effect as season_effect

Array = NDArray[np.float64]
ROUNDS = 3
"""Times at most that changes and the season's effect are found in turn."""


def levels(counts: Counts, found: Background) -> tuple[list[list[int]], Array, Array]:
    """Change points of each cause, its level and the expected share of each period.

    The last period that is over has no part in the level it is held against.
    """
    fitted = [_with_newest(counts, found, cause, *_fitted(found, cause)) for cause in range(len(found.away))]
    changes = [points for points, _ in fitted]
    effect = np.array([one for _, one in fitted]).reshape(found.away.shape)
    level = _shares(counts, found, effect, changes)
    return changes, level, expit(logit(level) + effect)


def _with_newest(
    counts: Counts, found: Background, cause: int, changes: list[int], effect: Array
) -> tuple[list[int], Array]:
    """The last change, where it is recent, at the place and by the test of the alarms, so that both tell of the same levels."""
    recent = bool(changes) and counts.judged - changes[-1] <= RECENT[counts.unit]
    older = changes[:-1] if recent else changes
    newest = newest_change(found, cause, older, counts.judged, counts.unit)
    if newest is None or newest.p >= SELDOM:
        return changes, effect
    changes = [*older, newest.at]
    runs = segments(changes, len(effect))
    return changes, season_effect(found.away[cause], found.weight[cause], found.season.design, runs)


def _fitted(found: Background, cause: int) -> tuple[list[int], Array]:
    """Change points of one cause and the season's effect, found in turn.

    A wave can pass for changes and a change for a wave, so they are begun with neither and with the changes that are there without
    a season; what fits better at the same penalty is kept.
    """
    away, weight = found.away[cause], found.weight[cause]
    ordinary = np.where(found.season.marks != "", 0.0, weight)
    if not found.season.design.shape[1]:
        return change_points(away, weight), np.zeros(len(away))
    first = change_points(away, ordinary)
    starts = [[], first] if first else [[]]
    return min((_in_turn(found, cause, start) for start in starts), key=lambda fit: _lack(found, cause, *fit))


def _in_turn(found: Background, cause: int, changes: list[int]) -> tuple[list[int], Array]:
    away, weight, effect = found.away[cause], found.weight[cause], np.zeros(len(found.usable))
    for _ in range(ROUNDS):
        before = changes
        effect = season_effect(away, weight, found.season.design, segments(changes, len(away)))
        changes = change_points(away - effect, weight)
        if changes == before:
            break
    return changes, effect


def _lack(found: Background, cause: int, changes: list[int], effect: Array) -> float:
    """Weighted squares about the levels, and the penalty of their number."""
    left, weight = found.away[cause] - effect, found.weight[cause]
    squares = 0.0
    for begin, end in segments(changes, len(left)):
        per = weight[begin:end]
        mean = per @ left[begin:end] / max(per.sum(), 1e-12)
        squares += float(per @ (left[begin:end] - mean) ** 2)
    return squares + penalty(int((weight > 0).sum())) * len(changes)


def segments(changes: list[int], periods: int) -> list[tuple[int, int]]:
    """Begin and end of the runs between changes."""
    edges = [0, *changes, periods]
    return list(pairwise(edges))


def _shares(counts: Counts, found: Background, effect: Array, changes: list[list[int]]) -> Array:
    """Complaints among comments of each run, as they would be without the season."""
    judged = found.usable & (np.arange(len(found.usable)) != counts.judged - 1)
    out = np.full(counts.complaints.shape, np.nan)
    for at, points in enumerate(changes):
        for begin, end in segments(points, len(judged)):
            run = np.arange(begin, end)[judged[begin:end]]
            if not len(run):
                run = np.arange(begin, end)
            hits, trials = counts.complaints[at, run].sum(), counts.comments[run]
            share = (hits + 0.5) / (trials.sum() + 1)
            # Comments that the season adds or takes away are not the level's.
            usual = (trials * expit(logit(share) + effect[at, run])).sum() / max(trials.sum(), 1)
            out[at, begin:end] = expit(2 * logit(share) - logit(np.clip(usual, 1e-9, 1 - 1e-9)))
    return out
