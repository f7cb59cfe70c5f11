"""What goes with a lower or a higher rating: each touchpoint and factor, complained of or praised, with its interval."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.report.charts import BAD, GOOD, INK, Figure, axis, figure, label, whiskers, wrapped
from cx_nlp.report.plain import clean
from cx_nlp.report.wording import Wording, known

MOST = 16
TOGETHER = "always with "
SIDES = {"negative": ("circle", BAD), "positive": ("diamond", GOOD)}


@dataclass(frozen=True)
class DriverRow:
    """A row of the table."""

    name: str
    polarity: str
    comments: str
    effect: str
    interval: str
    weight: str
    weight_interval: str
    note: str
    sure: bool


@dataclass(frozen=True)
class Drivers:
    """One model: of touchpoints or of factors."""

    by: str
    outcome: str
    rows: tuple[DriverRow, ...]
    chart: Figure | None


def drivers(table: pd.DataFrame, words: Wording) -> tuple[Drivers, ...]:
    """The models that could be fitted, touchpoints first."""
    found = ((by, table[table["by"] == by]) for by in ("touchpoint", "factor"))
    return tuple(_model(by, rows, words) for by, rows in found if len(rows))


def name_of(by: str, id: str, words: Wording) -> str:
    """Name of a touchpoint or a factor."""
    return words.touchpoint(id) if by == "touchpoint" else words.factor(id)


def _model(by: str, table: pd.DataFrame, words: Wording) -> Drivers:
    # What has an effect that is known stands first, by its size.
    size = table["effect"].abs().rename("size")
    table = table.assign(size=size).sort_values("size", ascending=False, na_position="last", kind="stable")
    outcome = str(table["outcome"].iloc[0])
    rows = tuple(_row(by, row, outcome, words) for _, row in table.iterrows())
    told = table.dropna(subset=["effect", "low", "high"])
    return Drivers(by, outcome, rows, _chart(by, told, outcome, words) if len(told) else None)


def _scaled(value: float, outcome: str) -> float:
    """Rating points, or percentage points of an outcome."""
    return value if outcome == "rating" else 100 * value


def _row(by: str, row: pd.Series[Any], outcome: str, words: Wording) -> DriverRow:
    digits = 2 if outcome == "rating" else 1
    effect, low, high = (_scaled(float(row[name]), outcome) for name in ("effect", "low", "high"))
    return DriverRow(
        name=name_of(by, str(row["name"]), words),
        polarity=words.text(f"drivers.{row['polarity']}"),
        comments=words.number(row["n"]),
        effect=words.signed(effect, digits),
        interval=words.range(low, high, digits),
        weight=words.percent(row["relative_weight"]),
        weight_interval=words.interval(row["weight_low"], row["weight_high"]),
        note=", ".join(_notes(known(row["note"]), words)),
        sure=bool(row["q"] < 0.05),
    )


def _notes(notes: str, words: Wording) -> Iterator[str]:
    """Each of the notes in the page's words; one that it has no words for as it is."""
    for note in filter(None, notes.removeprefix("not enough data: ").split("; ")):
        if note.startswith(TOGETHER):
            name, _, side = note.removeprefix(TOGETHER).partition("|")
            names = words.touchpoint(name) if name in words.taxonomy.touchpoint_ids else words.factor(name)
            sided = f" ({words.text(f'drivers.{side}')})" if side in SIDES else ""
            yield words.text("drivers.note_always_with", name=names + sided)
            continue
        key = f"drivers.note_{re.sub(r'[^a-z]+', '_', note)}"
        yield words.text(key) if key in words.strings else clean(note, longest=80)


def _chart(by: str, told: pd.DataFrame, outcome: str, words: Wording) -> Figure:
    """Effects with intervals, the largest at the top; complaints and praise differ in colour and in shape."""
    names = list(dict.fromkeys(told["name"].astype(str)))[:MOST]
    places = {name: len(names) - 1 - at for at, name in enumerate(names)}
    data = [_side(by, told[told["polarity"] == side], side, places, outcome, words) for side in SIDES]
    layout = {
        "xaxis": axis(title={"text": words.text(f"drivers.axis_{outcome}"), "font": {"size": 12}}, zeroline=True),
        "yaxis": axis(
            tickvals=list(places.values()), ticktext=[wrapped(name_of(by, name, words), 20) for name in names],
            tickfont={"size": 12, "color": INK}, range=[-0.6, len(names) - 0.4], zeroline=False,
        ),
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "itemclick": False, "itemdoubleclick": False},
    }  # fmt: skip
    return figure(data, layout, words, height=36 * len(names) + 110)


def _side(
    by: str, rows: pd.DataFrame, side: str, places: dict[str, int], outcome: str, words: Wording
) -> dict[str, Any]:
    rows = rows[rows["name"].astype(str).isin(places)]
    symbol, color = SIDES[side]
    shift = 0.14 if side == "negative" else -0.14
    effect, low, high = (
        [_scaled(value, outcome) for value in rows[name].tolist()] for name in ("effect", "low", "high")
    )
    return {
        "type": "scatter", "mode": "markers", "name": words.text(f"drivers.{side}"), "x": effect,
        "y": [places[str(name)] + shift for name in rows["name"]],
        "marker": {"symbol": symbol, "size": 10, "color": color}, "error_x": whiskers(low, effect, high, color),
        "hovertext": [_tip(by, row, side, outcome, words) for _, row in rows.iterrows()], "hoverinfo": "text",
    }  # fmt: skip


def _tip(by: str, row: pd.Series[Any], side: str, outcome: str, words: Wording) -> str:
    made = _row(by, row, outcome, words)
    tip = words.text(
        "drivers.tip", n=int(row["n"]), name=made.name, side=words.text(f"drivers.{side}"), effect=made.effect, interval=made.interval
    )  # fmt: skip
    return label(tip, longest=300)
