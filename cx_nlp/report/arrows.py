"""The arrows of the journey map: bent lines from one touchpoint to another."""

from __future__ import annotations

from itertools import chain
from typing import Any

from cx_nlp.report.charts import GOOD, SOFT, label
from cx_nlp.report.upstream import Arrow

BENDS = 16

Place = tuple[float, float]
Path = tuple[list[float], list[float]]


def line(arrow: Arrow, path: Path, size: dict[str, float]) -> dict[str, Any]:
    """A bent line with its head at the rim of the disc it leads to; dashed where only the texts name it."""
    x, y = path
    last = len(x) - 1
    certain = arrow.by == "customers"
    return {
        "type": "scatter", "mode": "lines+markers", "x": x, "y": y, "name": arrow.by,
        "line": {"color": GOOD if certain else SOFT, "width": 3 if certain else 1.8, "dash": "solid" if certain else "dash"},
        "marker": {
            "symbol": "arrow", "angleref": "previous", "color": GOOD if certain else SOFT, "opacity": [0] * last + [1],
            "size": [0] * last + [15 if certain else 12], "standoff": [0] * last + [size[arrow.effect] / 2 - 1],
        },
        "hovertext": label(arrow.tip, longest=300), "hoverinfo": "text",
    }  # fmt: skip


def bow(start: Place, end: Place) -> Path:
    """A quadratic curve between two places, bent to the left of its way, more so within a column."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    bend = 0.24 if dx == 0 else 0.12
    middle = (
        (start[0] + end[0]) / 2 - bend * (1 if dx == 0 else 0),
        (start[1] + end[1]) / 2 + (0.6 if dy == 0 else 0.25),
    )
    return _curve(start, middle, end)


def arc(start: Place, end: Place) -> Path:
    """A curve out to the left, the farther the longer the way."""
    far = min(0.25 + 0.09 * abs(end[1] - start[1]), 0.8)
    return _curve(start, (-far, (start[1] + end[1]) / 2), end)


def _curve(start: Place, middle: Place, end: Place) -> Path:
    steps = [at / BENDS for at in range(BENDS + 1)]
    points = [
        tuple(
            (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c
            for a, b, c in zip(start, middle, end, strict=True)
        )
        for t in steps
    ]
    flat = list(chain.from_iterable(points))
    return [round(value, 4) for value in flat[::2]], [round(value, 4) for value in flat[1::2]]
