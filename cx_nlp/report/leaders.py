"""The touchpoints that draw the most complaints, with what customers say there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.scores.scorecard import touchpoints as rank_touchpoints
from cx_nlp.journey.table import Scored
from cx_nlp.report.quotes import Excerpt, quotes
from cx_nlp.report.shares import ShareCell, percent_place, share_cell
from cx_nlp.report.wording import Wording

LISTED = 12
QUOTED = 5


@dataclass(frozen=True)
class Leader:
    """One touchpoint of the ranking; quotes only for the first few."""

    rank: str
    name: str
    owner: str
    complaints: str
    weight: str
    weight_interval: str
    bar: float
    share: ShareCell
    corrected: str
    corrected_interval: str
    trend: str
    quotes: tuple[Excerpt, ...]


def leaders(
    scored: Scored, words: Wording, scorecard: pd.DataFrame, *, quoted: bool = True
) -> tuple[Leader, ...]:
    """Touchpoints with a complaint, by the lower bound of their share of all comments.

    From `scorecard` come the share corrected for the tagger's errors and the trend, where it has them; `quoted` says whether
    the first few are quoted.
    """
    ranked = rank_touchpoints(scored)
    shown = ranked[ranked["negative"] > 0].head(LISTED)
    said = quotes(scored, [str(id) for id in shown.index[:QUOTED]], words) if quoted else {}
    most = float(shown["weight"].max()) if len(shown) else 1.0
    known = scorecard[scorecard["by"] == "touchpoint"].set_index("touchpoint")
    known.index = known.index.astype(str)
    return tuple(
        _leader(place, str(id), cell, most, said.get(str(id), ()), _further(known, str(id), words), words)
        for place, (id, cell) in enumerate(shown.iterrows(), start=1)
    )


def _further(known: pd.DataFrame, id: str, words: Wording) -> tuple[str, str, str]:
    """Corrected share with its interval, and the trend: "worse", "better" or "" where it could be chance."""
    if id not in known.index:
        return "–", "", ""
    row = known.loc[id]
    corrected = words.percent(row["corrected_weight"])
    interval = words.interval(row["corrected_low"], row["corrected_high"])
    moved = pd.notna(row["trend"]) and (row["trend_low"] > 0 or row["trend_high"] < 0)
    return corrected, interval, ("worse" if row["trend"] > 0 else "better") if moved else ""


def _leader(
    place: int,
    id: str,
    cell: pd.Series[Any],
    most: float,
    said: tuple[Excerpt, ...],
    further: tuple[str, str, str],
    words: Wording,
) -> Leader:
    return Leader(
        rank=words.number(place),
        name=words.touchpoint(id),
        owner=words.owner(id),
        complaints=words.text("touchpoints.complaints", n=int(cell["negative"])),
        weight=words.percent(cell["weight"]),
        weight_interval=words.interval(cell["weight_low"], cell["weight_high"]),
        bar=percent_place(cell["weight"] / most),
        share=share_cell(words, cell, row=words.touchpoint(id), column=words.text("touchpoints.share")),
        corrected=further[0],
        corrected_interval=further[1],
        trend=further[2],
        quotes=said,
    )
