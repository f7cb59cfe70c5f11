"""The last period that is over and the one before, and how much weeks differ without any cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.period import FREQUENCY, all_starts, core_span, naive
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends.axis import is_over, place
from cx_nlp.journey.trends.noise import Noise, shared_noise
from cx_nlp.journey.trends.series import stretch

ENOUGH = 200
"""Comments that either period needs."""
COVERED = 0.1
"""Part of the earlier period that may lie before the first comment."""
FOUND = 0.25
"""Standard error of a log odds with which a fall from 10 % to 6 % (0.55) is mostly found."""
WEEKS = 6
"""Whole weeks with comments that are needed to tell how much weeks differ."""
PRIOR = 20
"""Weeks that the noise of all touchpoints counts for beside a touchpoint's own."""
WEEK = pd.Timedelta(days=7)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TwoPeriods:
    """Two periods that follow each other, and the noise of weeks.

    Attributes
    ----------
    unit : str
        month or quarter.
    before, after : pd.Timestamp
        Their first days.
    of : ndarray of int, shape (comments,)
        0 for comments of the earlier one, 1 for those of the later one, -1 for all others.
    counts : tuple of int
        Comments of each.
    noise : Noise
        Shocks of single weeks in the log odds of a complaint, as all touchpoints share them over all weeks known.
    weeks : int
        Weeks that tell of this noise.
    shocks : ndarray of shape (touchpoints,)
        Variance that this noise gives a difference of log odds; a touchpoint whose own weeks are noisier has more.
    """

    unit: str
    before: pd.Timestamp
    after: pd.Timestamp
    of: NDArray[np.int8]
    counts: tuple[int, int]
    noise: Noise
    weeks: int
    shocks: Array


def _of_difference(autocorrelation: float, periods: tuple[pd.Timestamp, pd.Timestamp], unit: str) -> float:
    """Variance of the difference of two periods' mean shocks, where a week's is 1 (Zwiers and von Storch 1995)."""
    total = 0.0
    for first in periods:
        weeks = (_next(first, unit) - first) / WEEK
        total += stretch(weeks, autocorrelation) / weeks
    return total


def two_periods(scored: Scored, complaints: NDArray[np.bool_]) -> TwoPeriods | Limit:
    """The last two whole months, or quarters where months have too few comments or too noisy weeks; or why there are none.

    Parameters
    ----------
    complaints : array of bool, shape (comments, touchpoints)
    """
    span = core_span(scored.comments["time"]) if "time" in scored.comments else None
    if span is None:
        return Limit("changes", "no_time")
    times = naive(scored.comments["time"])
    found: TwoPeriods | None = None
    fewest = 0
    for unit in ("month", "quarter"):
        pair = _last_two(times, span, unit)
        if pair is None:
            continue
        of = place(times, pd.DatetimeIndex(pair), unit).astype(np.int8)
        counts = (int((of == 0).sum()), int((of == 1).sum()))
        fewest = max(fewest, min(counts))
        if min(counts) < ENOUGH:
            continue
        noise, weeks, own = _noise(times, span, complaints, pair[1])
        if weeks < WEEKS:
            # Days of whole weeks with comments.
            return Limit("changes", "short", {"days": 7 * weeks, "needed": 7 * WEEKS})
        shocks = own * _of_difference(float(noise.autocorrelation[0]), pair, unit)
        found = TwoPeriods(unit, *pair, of, counts, noise, weeks, shocks)
        usual = float(np.median(shocks)) if len(shocks) else 0.0
        if usual + sum(1 / count for count in counts) / (0.08 * 0.92) <= FOUND**2:
            return found
    if found is not None:
        return found
    if not fewest:
        return Limit("changes", "short", {"days": (span[1] - span[0]).days, "needed": 62})
    return Limit("changes", "few_comments", {"comments": fewest, "needed": ENOUGH})


def _last_two(
    times: pd.Series[Any], span: tuple[pd.Timestamp, pd.Timestamp], unit: str
) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    starts = all_starts(*span, unit)
    known = np.sort(times[times <= span[1]].to_numpy().astype("datetime64[us]"))
    if len(starts) and not is_over(known, starts[-1], unit):
        starts = starts[:-1]
    if len(starts) < 2:
        return None
    before, after = starts[-2], starts[-1]
    if span[0] - before > COVERED * (after - before):
        return None
    return before, after


def _next(first: pd.Timestamp, unit: str) -> pd.Timestamp:
    following: pd.Timestamp = (first.to_period(FREQUENCY[unit]) + 1).start_time
    return following


def _noise(
    times: pd.Series[Any],
    span: tuple[pd.Timestamp, pd.Timestamp],
    complaints: NDArray[np.bool_],
    after: pd.Timestamp,
) -> tuple[Noise, int, Array]:
    """Of whole weeks between the first and the last comment; what changed between the two periods is no noise.

    Also the weeks, and the variance for each touchpoint: its own drawn towards that of all, and never less, as few weeks make
    quiet touchpoints by chance.
    """
    starts = all_starts(*span, "week")
    at = place(times, starts, "week")
    inside = (at >= 0) & (times <= span[1]).to_numpy()
    trials = np.bincount(at[inside], minlength=len(starts)).astype(float)
    hits = np.array([np.bincount(at[inside & said], minlength=len(starts)) for said in complaints.T], float)
    whole = (starts >= span[0].normalize()) & (starts + WEEK <= span[1] + pd.Timedelta(days=1))
    usable = whole & (trials > 0)
    weeks = int(usable.sum())
    if not len(hits):
        return Noise(np.zeros(1), np.zeros(1)), weeks, np.zeros(len(hits))
    run = np.broadcast_to((starts >= after).astype(np.int64), hits.shape)
    # All of one kind: what is common to them all is one noise.
    alike = np.zeros(len(hits), np.int64)
    shared = shared_noise(hits, trials, usable, run, alike)
    own = np.array(
        [shared_noise(one, trials, usable, run[:1], alike[:1]).variance[0] for one in hits[:, None]]
    )
    drawn = (weeks * own + PRIOR * shared.variance) / (weeks + PRIOR)
    return shared, weeks, np.maximum(drawn, shared.variance)
