"""Sentiment over time: the shares of each period; the page's script draws them from the cube."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cx_nlp.journey.period import all_starts, choose_unit, core_span, naive
from cx_nlp.journey.scores.scorecard import ENOUGH, period_cells
from cx_nlp.journey.table import Scored
from cx_nlp.report.wording import Wording

SIDES = ("negative", "positive")


@dataclass(frozen=True)
class Period:
    """A row of the figures behind the chart."""

    name: str
    comments: str
    negative: str
    negative_interval: str
    positive: str
    positive_interval: str
    few: bool


@dataclass(frozen=True)
class Timeline:
    """The section on time; nothing is drawn where there is one period only."""

    unit: str
    periods: tuple[Period, ...]
    undated: int
    outside: int
    has_few: bool


def timeline(scored: Scored, words: Wording) -> Timeline | None:
    """Shares of complaint and praise per period; None where no comment has a time."""
    span = core_span(scored.comments["time"]) if "time" in scored.comments else None
    if span is None:
        return None
    unit = choose_unit(*span)
    known = period_cells(scored, unit)
    cells = known.reindex(all_starts(*span, unit))
    counts = ["comments", "negative", "positive"]
    cells[counts] = cells[counts].fillna(0)
    cells["enough"] = cells["comments"] >= ENOUGH
    return Timeline(
        unit=unit,
        periods=tuple(_period(start, cell, unit, words) for start, cell in cells.iterrows()),
        undated=int(naive(scored.comments["time"]).isna().sum()),
        outside=int(known["comments"].sum() - cells["comments"].sum()),
        has_few=bool((~cells["enough"]).any()),
    )


def _period(start: object, cell: pd.Series[float], unit: str, words: Wording) -> Period:
    sides = [
        (words.percent(cell[f"share_{side}"]), words.interval(cell[f"{side}_low"], cell[f"{side}_high"]))
        if cell["comments"]
        else ("–", "")
        for side in SIDES
    ]
    name = words.period(pd.Timestamp(str(start)), unit)
    return Period(name, words.number(cell["comments"]), *sides[0], *sides[1], few=not cell["enough"])
