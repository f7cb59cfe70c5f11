"""Importance and performance of the success factors: as polled, and as the ratings bear them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.report.charts import (
    BAD,
    FAINT,
    GOOD,
    INK,
    RULE,
    SOFT,
    Figure,
    axis,
    figure,
    label,
    whiskers,
    wrapped,
)
from cx_nlp.report.spots import places
from cx_nlp.report.wording import Wording

ROW_HEIGHT = 38


@dataclass(frozen=True)
class FactorRow:
    """A factor in the table; `weak` where it matters more than the average one and is judged worse."""

    name: str
    polled: str
    measured: str
    measured_interval: str
    performance: str
    performance_interval: str
    comments: str
    gap: str
    weak: bool


@dataclass(frozen=True)
class Importance:
    """Rows of the table and its charts: importance against performance, and polled beside measured."""

    rows: tuple[FactorRow, ...]
    quadrants: Figure | None
    sides: Figure | None
    sentence: str


def importance(table: pd.DataFrame, words: Wording) -> Importance | None:
    """The factors, the most important first; None where neither a poll nor the ratings tell of any."""
    if table.empty or table[["polled", "measured"]].isna().all(axis=None):
        return None
    table = table.sort_values(["measured", "polled"], ascending=False, na_position="last", kind="stable")
    told = table.dropna(subset=["measured", "performance"])
    middle = (float(told["measured"].mean()), float(told["performance"].mean())) if len(told) else (1.0, -1.0)
    weak = (table["measured"] > middle[0]) & (table["performance"] < middle[1])
    rows = tuple(_row(row, bool(one), words) for (_, row), one in zip(table.iterrows(), weak, strict=True))
    names = [row.name for row in rows if row.weak]
    sentence = words.text("importance.weak", names=", ".join(names)) if names else ""
    if not names and len(told):
        sentence = words.text("importance.none_weak")
    return Importance(
        rows, _quadrants(told, middle, words) if len(told) > 1 else None, _sides(table, words), sentence
    )


def _row(row: pd.Series[Any], weak: bool, words: Wording) -> FactorRow:
    return FactorRow(
        name=words.factor(str(row["factor"])),
        polled=words.percent(row["polled"]),
        measured=words.percent(row["measured"]),
        measured_interval=words.interval(row["measured_low"], row["measured_high"]),
        performance=words.number(100 * row["performance"]),
        performance_interval=words.range(100 * row["performance_low"], 100 * row["performance_high"], 0),
        comments=words.number(row["n"]),
        gap=words.signed(row["gap"], 0),
        weak=weak,
    )


def _quadrants(told: pd.DataFrame, middle: tuple[float, float], words: Wording) -> Figure:
    """Each factor by how it is judged (across) and how much of the rating goes with it (up)."""
    weak = (told["measured"] > middle[0]) & (told["performance"] < middle[1])
    colors = [BAD if one else GOOD for one in weak]
    x, y = (100 * told["performance"]).tolist(), told["measured"].tolist()
    ends = 100 * pd.concat([told[name] for name in ("performance_low", "performance", "performance_high")])
    left, right = float(ends.min()), float(ends.max())
    top = float(told[["measured", "measured_high"]].max(axis=None))
    room = 0.16 * (right - left)
    names = [wrapped(words.factor(str(id)), 22) for id in told["factor"]]
    points = {
        "type": "scatter", "mode": "markers+text", "x": x, "y": y, "marker": {"size": 11, "color": colors},
        "text": names, "textfont": {"size": 12, "color": INK},
        "textposition": places(x, y, names, right - left + 2 * room, top), "hoverinfo": "text", "cliponaxis": False,
        "hovertext": [_tip(row, words) for _, row in told.iterrows()],
        "error_x": whiskers((100 * told["performance_low"]).tolist(), x, (100 * told["performance_high"]).tolist(), FAINT),
        "error_y": whiskers(told["measured_low"].tolist(), y, told["measured_high"].tolist(), FAINT),
    }  # fmt: skip
    lines = [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": 100 * middle[1],
            "x1": 100 * middle[1],
            "y0": 0,
            "y1": 1,
        },
        {"type": "line", "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": middle[0], "y1": middle[0]},
    ]
    style = {"line": {"color": SOFT, "width": 1, "dash": "dot"}, "layer": "below"}
    corner = {
        "showarrow": False,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 1,
        "xanchor": "left",
        "yanchor": "bottom",
    }
    layout = {
        "xaxis": axis(title={"text": words.text("importance.axis_performance"), "font": {"size": 12}}, range=[left - room, right + room], zeroline=False),
        "yaxis": axis(title={"text": words.text("importance.axis_measured"), "font": {"size": 12}}, tickformat=".0%", zeroline=False, rangemode="tozero"),
        "shapes": [{**line, **style} for line in lines],
        "annotations": [{**corner, "text": label(words.text("importance.corner"), longest=80), "font": {"color": BAD, "size": 12}}],
        "margin": {"l": 8, "r": 12, "t": 28, "b": 8},
    }  # fmt: skip
    return figure([points], layout, words, height=420)


def _sides(table: pd.DataFrame, words: Wording) -> Figure:
    """Polled and measured importance beside each other; the two are no shares of the same, so each has its own axis."""
    names = [wrapped(words.factor(str(id)), 20) for id in table["factor"]][::-1]
    polled, measured = table["polled"].tolist()[::-1], table["measured"].tolist()[::-1]
    low, high = table["measured_low"].tolist()[::-1], table["measured_high"].tolist()[::-1]
    bars = {
        "type": "bar", "orientation": "h", "y": names, "x": polled, "marker": {"color": FAINT}, "width": 0.55,
        "text": [words.percent(share) if share == share else "" for share in polled], "textposition": "outside", "cliponaxis": False,
        "hoverinfo": "skip",
    }  # fmt: skip
    points = {
        "type": "scatter", "mode": "markers", "y": names, "x": measured, "xaxis": "x2", "marker": {"size": 10, "color": GOOD},
        "error_x": whiskers(low, measured, high, GOOD), "hoverinfo": "text", "cliponaxis": False,
        "hovertext": [_tip(row, words) for _, row in table[::-1].iterrows()],
    }  # fmt: skip
    title = {"font": {"size": 12}}
    layout = {
        "xaxis": axis(domain=[0, 0.42], range=[0, 1.15], tickformat=".0%", tickvals=[0, 0.5, 1], title={"text": words.text("importance.axis_polled"), **title}, tickangle=0),
        "xaxis2": axis(domain=[0.6, 1], tickformat=".0%", title={"text": words.text("importance.axis_measured_short"), **title}, rangemode="tozero", nticks=3, tickangle=0, anchor="y"),
        "yaxis": axis(tickfont={"size": 12, "color": INK}, gridcolor=RULE, automargin=True),
    }  # fmt: skip
    return figure([bars, points], layout, words, height=ROW_HEIGHT * len(names) + 80)


def _tip(row: pd.Series[Any], words: Wording) -> str:
    said = words.text(
        "importance.tip",
        factor=words.factor(str(row["factor"])),
        measured=words.percent(row["measured"]),
        measured_interval=words.interval(row["measured_low"], row["measured_high"]) or "–",
        performance=words.number(100 * row["performance"]),
        performance_interval=words.range(100 * row["performance_low"], 100 * row["performance_high"], 0)
        or "–",
    )
    return label(said, longest=300)
