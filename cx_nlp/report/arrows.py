"""The arrows of the journey map: lines from one touchpoint to another that keep clear of discs and names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import chain, pairwise
from math import ceil, hypot
from typing import Any

from cx_nlp.report.charts import GOOD, SOFT, label
from cx_nlp.report.upstream import Arrow

# The last stretch of a line is straight and longer than any disc is wide to its middle: the head stands on it.
BENDS, STUB = 24, 0.13
# Points of a bend, and how far apart points on a straight stretch are at most: a mouse must find the line between them.
CORNER, STEP = 5, 0.2
# How far before the column of discs the line goes up or down, in columns; and how large a bend is, in columns and rows.
GUTTER, BEND = 0.23, (0.04, 0.1)
# Most room between two lines side by side, and for all of them, in columns and in rows.
LANE, ROOM = (0.03, 0.07), (0.09, 0.2)

Place = tuple[float, float]
Path = tuple[list[float], list[float]]


def line(arrow: Arrow, path: Path, size: dict[str, float]) -> dict[str, Any]:
    """A line with its head at the rim of the disc it leads to; dashed where only the texts name it."""
    x, y = path
    last = len(x) - 1
    certain = arrow.by == "customers"
    color, head, rim = GOOD if certain else SOFT, 15 if certain else 12, size[arrow.effect] / 2 - 1
    return {
        "type": "scatter", "mode": "lines+markers", "x": x, "y": y, "name": arrow.by,
        "line": {
            "color": color, "width": 3 if certain else 1.8, "dash": "solid" if certain else "dash", "simplify": False,
            "backoff": [0] * last + [rim + head / 4],
        },
        "marker": {
            "symbol": "arrow", "angleref": "previous", "color": color, "opacity": [0] * last + [1],
            "size": [0] * last + [head], "line": {"width": 0}, "standoff": [0] * last + [rim],
        },
        "hovertext": label(arrow.tip, longest=300), "hoverinfo": "text",
    }  # fmt: skip


def routes(ways: Sequence[tuple[Place, Place]]) -> list[Path]:
    """A line for each way from disc to disc: between two rows to the column of its end, along it, and in from the left.

    Discs stand at whole numbers, column and minus row, with their names to the right. Lines of one start share the stretch
    between the rows, lines to one end that along the column; others run beside them. Above the first row stand the names of
    the columns, so no line runs there.
    """
    rows = [start[1] + (0.5 if end[1] > start[1] or start[1] == end[1] < 0 else -0.5) for start, end in ways]
    beside = _lanes([(end[0], end) for _, end in ways], LANE[0], ROOM[0])
    between = _lanes([(row, start) for row, (start, _) in zip(rows, ways, strict=True)], LANE[1], ROOM[1])
    found = []
    for (start, end), row, right, up in zip(ways, rows, beside, between, strict=True):
        x, y = end[0] - GUTTER + right, row + up
        found.append(_path(_rounded([start, (start[0], y), (x, y), (x, end[1]), end])))
    return found


def arc(start: Place, end: Place) -> Path:
    """A curve that leaves and enters from the left, farther out the longer the way: discs in one column, names to the right."""
    far = min(0.2 + 0.06 * abs(end[1] - start[1]), 0.5)
    first, last = (start[0] - STUB / 2, start[1]), (end[0] - STUB, end[1])
    corners = (first, (start[0] - far, start[1]), (end[0] - far, end[1]), last)
    return _path([start, *(_curve(corners, at / BENDS) for at in range(BENDS + 1)), end])


def _curve(corners: Sequence[Place], t: float) -> Place:
    """The Bézier curve of any number of corners at `t`, by de Casteljau's construction."""
    while len(corners) > 1:
        corners = [((1 - t) * a[0] + t * b[0], (1 - t) * a[1] + t * b[1]) for a, b in pairwise(corners)]
    return corners[0]


def _lanes(users: Sequence[tuple[float, Hashable]], step: float, room: float) -> list[float]:
    """How far each user of a stretch keeps from its middle; equal users of one stretch keep together."""
    of: dict[float, list[Hashable]] = {}
    for stretch, user in users:
        if user not in (known := of.setdefault(stretch, [])):
            known.append(user)
    apart = {stretch: min(step, room / len(known)) for stretch, known in of.items()}
    return [
        (of[stretch].index(user) - (len(of[stretch]) - 1) / 2) * apart[stretch] for stretch, user in users
    ]


def _rounded(corners: Sequence[Place]) -> Iterable[Place]:
    """Points along straight lines with the corners between them rounded."""
    last = corners[0]
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        into, out = _towards(corner, before), _towards(corner, after)
        yield from _straight(last, into)
        yield from (_curve((into, corner, out), at / CORNER) for at in range(1, CORNER))
        last = out
    yield from (last, corners[-1])


def _towards(corner: Place, other: Place) -> Place:
    """The point on the way to the other where the bend at a corner begins, halfway at most."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    part = min(0.5, BEND[0] / abs(dx) if dx else 0.5, BEND[1] / abs(dy) if dy else 0.5)
    return corner[0] + part * dx, corner[1] + part * dy


def _straight(start: Place, end: Place) -> Iterable[Place]:
    steps = ceil(hypot(end[0] - start[0], end[1] - start[1]) / STEP) or 1
    return (_curve((start, end), at / steps) for at in range(steps))


def _path(points: Iterable[Place]) -> Path:
    flat = list(chain.from_iterable(points))
    return [round(value, 4) for value in flat[::2]], [round(value, 4) for value in flat[1::2]]
