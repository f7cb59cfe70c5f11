"""Complaints of each cause among all comments of each period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.period import naive
from cx_nlp.journey.scores.scorecard import ENOUGH
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends.axis import axis, place
from cx_nlp.taxonomy import NO_FACTOR

SAME = 0.95
"""A factor with that share of its touchpoint's complaints is the touchpoint under another name."""

Cause = tuple[str, str]
"""Touchpoint and factor; the factor "" stands for the whole touchpoint."""


@dataclass(frozen=True)
class Counts:
    """The counts of the causes that have enough comments.

    Attributes
    ----------
    unit : str
        day, week, month or quarter.
    periods : pd.DatetimeIndex of length T
        First days, oldest first, those without a comment too.
    causes : tuple of (touchpoint, factor)
        C of them; factor "" = the whole touchpoint.
    comments : ndarray of shape (T,)
        All comments of the period, whatever they speak of.
    complaints : ndarray of shape (C, T)
        Comments with a negative mention of the cause.
    complete : bool
        Whether the last period was over when the last comment came.
    """

    unit: str
    periods: pd.DatetimeIndex
    causes: tuple[Cause, ...]
    comments: NDArray[np.int64]
    complaints: NDArray[np.int64]
    complete: bool

    @property
    def judged(self) -> int:
        """Number of periods that are over."""
        return len(self.periods) - (not self.complete)


class Counted(NamedTuple):
    """Counts, None where there is nothing to count, and what was left out."""

    counts: Counts | None
    limits: tuple[Limit, ...]


def count(scored: Scored) -> Counted:
    """Complaints per cause and period (see `axis`); a comment counts once in a cause however many mentions it has there."""
    times = naive(scored.comments["time"]) if "time" in scored.comments else pd.Series(dtype="datetime64[ns]")
    found = axis(times)
    if found is None:
        return Counted(None, (Limit("trends", "no_time"),))
    unit, periods, complete, limits = found
    if times.isna().any():
        limits = (Limit("trends", "without_time", {"comments": int(times.isna().sum())}), *limits)
    if len(periods) < 2:
        one = Limit("trends", "one_period", {"unit": unit, "period": str(periods[0].date())})
        return Counted(None, (*limits, one))
    at = place(times, periods, unit)
    causes, complaints = _complaints(scored, at, len(periods))
    if not causes:
        return Counted(None, (*limits, Limit("trends", "few_comments", {"needed": ENOUGH})))
    comments = np.bincount(at[at >= 0], minlength=len(periods))
    return Counted(Counts(unit, periods, causes, comments, complaints, complete), limits)


def places(scored: Scored, counts: Counts) -> NDArray[np.intp]:
    """For each comment the position of its period, -1 where it lies in none."""
    return place(naive(scored.comments["time"]), counts.periods, counts.unit)


def _complaints(
    scored: Scored, at: NDArray[np.intp], periods: int
) -> tuple[tuple[Cause, ...], NDArray[np.int64]]:
    mentions = scored.mentions
    touchpoint, factor = pd.Categorical(mentions["touchpoint"]), pd.Categorical(mentions["factor"])
    rows = scored.comment_rows
    when = at[rows]
    negative = (mentions["sentiment"] == "negative").to_numpy() & (when >= 0)
    tags, wide = touchpoint.codes.astype(np.int64), len(factor.categories)
    met = _once(rows[when >= 0], tags[when >= 0], len(touchpoint.categories))[1]
    enough = np.bincount(met, minlength=len(touchpoint.categories)) >= ENOUGH
    whole = _counted(rows[negative], tags[negative], at, (len(enough), periods))
    named = negative & (factor.codes >= 0) & ~np.isin(np.asarray(factor, dtype=object), ["", NO_FACTOR])
    cells = tags * wide + factor.codes
    parts = _counted(rows[named], cells[named], at, (len(enough) * wide, periods))
    total = parts.sum(axis=1)
    own = whole.sum(axis=1).repeat(wide) if wide else np.zeros(0)
    chosen = np.flatnonzero((total >= ENOUGH) & (total < SAME * own))
    names = [(str(touchpoint.categories[k]), "") for k in np.flatnonzero(enough).tolist()]
    names += [
        (str(touchpoint.categories[k // wide]), str(factor.categories[k % wide])) for k in chosen.tolist()
    ]
    return tuple(names), np.vstack([whole[enough], parts[chosen]])


def _once(
    rows: NDArray[np.intp], cells: NDArray[np.int64], width: int
) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Pairs of comment and cell, each once."""
    pairs = pd.unique(rows.astype(np.int64) * width + cells)
    return (pairs // width).astype(np.intp), pairs % width


def _counted(
    rows: NDArray[np.intp], cells: NDArray[np.int64], at: NDArray[np.intp], shape: tuple[int, int]
) -> NDArray[np.int64]:
    comment, cell = _once(rows, cells, max(shape[0], 1))
    flat = np.bincount(cell * shape[1] + at[comment], minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.int64)
