"""Geometry of the chart over time: lines with bands, and the number of comments below."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from cx_nlp.report.wording import Wording

SIDES = ("negative", "positive")


@dataclass(frozen=True)
class Shape:
    """Sizes of a drawing, in its own units."""

    width: int
    plot: int
    bars: int
    left: int
    label: int
    kind: str


# Drawn twice, because one drawing scaled to a phone has letters too small to read.
WIDE = Shape(width=960, plot=250, bars=44, left=44, label=64, kind="wide")
NARROW = Shape(width=360, plot=190, bars=36, left=38, label=58, kind="narrow")
TOP, RIGHT, AXIS, GAP = 12, 10, 24, 22


@dataclass(frozen=True)
class Dot:
    """A point of a line; hollow where there are too few comments."""

    x: float
    y: float
    few: bool
    tip: str


@dataclass(frozen=True)
class Series:
    """One line: its bands and strokes (broken where a period has too few comments) and its points."""

    side: str
    bands: tuple[str, ...]
    strokes: tuple[str, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Bar:
    """The number of comments of a period."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    few: bool
    label: str


@dataclass(frozen=True)
class Chart:
    """Everything the drawing's template needs."""

    shape: Shape
    height: int
    grid: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    axis: float
    floor: float
    series: tuple[Series, ...]
    bars: tuple[Bar, ...]


def draw(cells: pd.DataFrame, unit: str, shape: Shape, words: Wording) -> Chart:
    """The chart of the cells, one row for each period of `unit`, in the given shape."""
    step = (shape.width - shape.left - RIGHT) / len(cells)
    middles = [round(shape.left + step * (at + 0.5), 1) for at in range(len(cells))]
    top = _top(cells)
    axis = TOP + shape.plot
    every = math.ceil(shape.label / step)
    shown = range((len(cells) - 1) % every, len(cells), every)
    return Chart(
        shape=shape,
        height=axis + AXIS + GAP + shape.bars + 4,
        grid=tuple((round(axis - shape.plot * share / top, 1), words.percent(share)) for share in _grid(top)),
        ticks=tuple(
            (min(middles[at], shape.width - shape.label / 2), words.period(cells.index[at], unit, short=True))
            for at in shown
        ),
        axis=axis,
        floor=axis + AXIS + GAP + shape.bars,
        series=tuple(_series(side, cells, middles, top, unit, shape, words) for side in SIDES),
        bars=_bars(cells, middles, step, axis + AXIS + GAP, shape, words),
    )


def _top(cells: pd.DataFrame) -> float:
    """The axis ends at the next fifth above what is drawn, so that the lines use the height."""
    sure = cells[cells["enough"]]
    drawn = [
        *cells["share_negative"],
        *cells["share_positive"],
        *sure["negative_high"],
        *sure["positive_high"],
    ]
    highest = max((value for value in drawn if value == value), default=1.0)
    return min(1.0, max(0.2, math.ceil(highest * 5) / 5))


def _grid(top: float) -> list[float]:
    step = 0.1 if top <= 0.4 else 0.2
    return [at * step for at in range(round(top / step) + 1)]


def _series(
    side: str, cells: pd.DataFrame, middles: list[float], top: float, unit: str, shape: Shape, words: Wording
) -> Series:
    def y(share: float) -> float:
        return round(TOP + shape.plot * (1 - min(share, top) / top), 1)

    runs: list[list[tuple[float, float, float, float]]] = [[]]
    dots = []
    for x, (start, cell) in zip(middles, cells.iterrows(), strict=True):
        if cell["enough"]:
            runs[-1].append((x, y(cell[f"share_{side}"]), y(cell[f"{side}_low"]), y(cell[f"{side}_high"])))
        elif runs[-1]:
            runs.append([])
        if cell["comments"]:
            tip = _tip(side, cell, words.period(pd.Timestamp(str(start)), unit), words)
            dots.append(Dot(x, y(cell[f"share_{side}"]), not cell["enough"], tip))
    runs = [run for run in runs if run]
    strokes = tuple(" ".join(f"{x},{mid}" for x, mid, _, _ in run) for run in runs if len(run) > 1)
    return Series(side, tuple(_band(run) for run in runs), strokes, tuple(dots))


def _band(run: list[tuple[float, float, float, float]]) -> str:
    """Outline of the intervals; a period alone between two thin ones gets a narrow box."""
    if len(run) == 1:
        x, mid, low, high = run[0]
        run = [(x - 3, mid, low, high), (x + 3, mid, low, high)]
    upper = [f"{x},{high}" for x, _, _, high in run]
    lower = [f"{x},{low}" for x, _, low, _ in reversed(run)]
    return " ".join([*upper, *lower])


def _tip(side: str, cell: pd.Series[float], period: str, words: Wording) -> str:
    return words.text(
        "time.point",
        n=int(cell["comments"]),
        period=period,
        side=words.text("time.complain" if side == "negative" else "time.praise"),
        share=words.percent(cell[f"share_{side}"]),
        interval=words.interval(cell[f"{side}_low"], cell[f"{side}_high"]),
    )


def _bars(
    cells: pd.DataFrame, middles: list[float], step: float, top: float, shape: Shape, words: Wording
) -> tuple[Bar, ...]:
    most = max(cells["comments"].max(), 1)
    width = round(min(step * 0.7, 34), 1)
    longest = len(words.number(most))
    # Every bar has its number where there is room, else only the highest.
    labelled = step >= 7 * longest + 4
    bars = []
    for x, (n, enough) in zip(middles, cells[["comments", "enough"]].itertuples(index=False), strict=True):
        height = round(shape.bars * n / most, 1)
        label = words.number(n) if labelled or n == most else ""
        bars.append(
            Bar(
                round(x - width / 2, 1),
                round(top + shape.bars - height, 1),
                width,
                height,
                x,
                not enough,
                label,
            )
        )
    return tuple(bars)
