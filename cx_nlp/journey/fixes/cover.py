"""Which weeks a table covers whole: its first and its newest week may have only begun or already be half over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from cx_nlp.journey.fixes.waves import Wave, comment_times
from cx_nlp.journey.fixes.weeks import OUTSIDE, Numbers, Span
from cx_nlp.journey.period import core_span
from cx_nlp.journey.table import Scored

UNUSUAL = 0.05
"""Chance of so many days in a row without a comment, below which the table is taken to begin or end there."""


@dataclass(frozen=True)
class Cover:
    """The days that a table has comments of.

    Attributes
    ----------
    first, last : date
        The first and the newest, stray dates apart.
    quiet : float
        Share of the days between them without a comment.
    """

    first: date
    last: date
    quiet: float

    def begun(self, fix: date) -> int:
        """The newest week that has begun, counted from the day of a fix."""
        return (self.last - fix).days // 7

    def whole(self, fix: date) -> Span:
        """The weeks, counted from the day of a fix, that are covered from their first to their last day.

        The first and the newest week count as whole where the days without a comment at their outer end are no more than chance
        would bring, each day being quiet as often as all are.
        """
        before, since = divmod((self.first - fix).days, 7)
        newest, until = divmod((self.last - fix).days, 7)
        return Span(before + self._breaks_off(since), newest + 1 - self._breaks_off(6 - until))

    def _breaks_off(self, missing: int) -> bool:
        return self.quiet**missing < UNUSUAL


@dataclass(frozen=True)
class Cut:
    """A week at an end of the table that is left out, as it is covered only in part.

    Attributes
    ----------
    end : str
        "first" or "last".
    wave : str
        Whose week it is; "" where everyone got the fix on one day.
    days, comments : int
        Days of it that the table covers, and the comments on them of those that got the fix.
    """

    end: str
    wave: str
    days: int
    comments: int


def cover_of(scored: Scored) -> Cover:
    """The days that a table covers.

    Raises
    ------
    InputError
        It has no times.
    """
    times = comment_times(scored)
    span = core_span(scored.comments["time"])
    first, last = span if span else (pd.Timestamp(np.nanmin(times)), pd.Timestamp(np.nanmax(times)))
    days = times[~np.isnat(times)].astype("datetime64[D]")
    first_day, last_day = (np.datetime64(end.date(), "D") for end in (first, last))
    there = len(np.unique(days[(days >= first_day) & (days <= last_day)]))
    return Cover(first.date(), last.date(), 1 - there / ((last.date() - first.date()).days + 1))


def only_whole(waves: Sequence[Wave], cover: Cover) -> tuple[Wave, ...]:
    """The waves without the weeks that the table covers only in part."""

    def kept(week: Numbers, span: Span) -> Numbers:
        return np.where((week >= span.first) & (week < span.end), week, OUTSIDE)

    spans = [cover.whole(wave.day) for wave in waves]
    return tuple(
        replace(wave, week=kept(wave.week, span), control=None if wave.control is None else kept(wave.control, span))
        for wave, span in zip(waves, spans, strict=True)
    )  # fmt: skip


def cuts(waves: Sequence[Wave], cover: Cover, spans: Sequence[Span]) -> tuple[Cut, ...]:
    """The weeks of these spans that `only_whole` takes away."""
    found = []
    for wave in waves:
        whole, first = cover.whole(wave.day), (cover.first - wave.day).days
        ends = {
            "first": (first // 7, 7 - first % 7),
            "last": (cover.begun(wave.day), (cover.last - wave.day).days % 7 + 1),
        }
        for end, (week, days) in ends.items():
            planned = any(span.first <= week < span.end for span in spans)
            if planned and not whole.first <= week < whole.end:
                found.append(Cut(end, wave.name, days, int((wave.week == week).sum())))
    return tuple(found)
