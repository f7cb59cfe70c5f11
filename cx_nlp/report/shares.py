"""A share with its interval and count, ready to print: in a cell, a row of a table or a tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from cx_nlp.journey.scores.scorecard import ENOUGH
from cx_nlp.report.wording import Wording

# Five steps are as many as an eye tells apart; the numbers stand in the cells.
SHADES = 5


@dataclass(frozen=True)
class ShareCell:
    """What a reader sees of one share.

    Attributes
    ----------
    share, interval, comments : str
        In the page's language; share and interval are empty where there are too few comments.
    shade : str
        "s0" (few complaints) to "s4" (nearly all), "few", or "none" where nobody spoke of it.
    tip : str
        The whole in a sentence.
    low, at, high : float
        Interval and share in per cent, for drawing.
    """

    share: str = ""
    interval: str = ""
    comments: str = ""
    shade: str = "none"
    tip: str = ""
    low: float = 0.0
    at: float = 0.0
    high: float = 100.0


def share_cell(words: Wording, cell: pd.Series[Any], *, row: str, column: str) -> ShareCell:
    """A row of the scorecard's frames as a cell; `row` and `column` name it in its sentence."""
    comments, negative = int(cell["comments"]), int(cell["negative"])
    names = {"row": row, "column": column, "negative": words.number(negative)}
    if not cell["enough"]:
        tip = words.text("map.tip_few", n=comments, **names)
        return ShareCell(comments=words.number(comments), shade="few", tip=tip)
    share, low, high = (float(cell[name]) for name in ("share_negative", "negative_low", "negative_high"))
    said = {"share": words.percent(share), "interval": words.interval(low, high)}
    return ShareCell(
        **said,
        comments=words.number(comments),
        shade=f"s{min(int(share * SHADES), SHADES - 1)}",
        tip=words.text("map.tip", n=comments, **names, **said),
        low=percent_place(low),
        at=percent_place(share),
        high=percent_place(high),
    )


def row_of(cells: pd.DataFrame, key: str | tuple[str, str]) -> pd.Series[Any]:
    """The row of a scorecard's frame under this key."""
    return cast("pd.Series[Any]", cells.loc[key])


def legend(words: Wording) -> list[tuple[str, str]]:
    """Shade and label of every step, "few" last."""
    steps = [(f"s{at}", words.interval(at / SHADES, (at + 1) / SHADES)) for at in range(SHADES)]
    return [*steps, ("few", words.text("map.few", limit=ENOUGH))]


def percent_place(share: float) -> float:
    """A share as a place from 0 to 100 on a bar, to one decimal."""
    return round(100 * share, 1)
