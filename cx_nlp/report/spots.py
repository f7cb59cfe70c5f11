"""Where the names in a scatter chart stand, so that none covers another."""

from __future__ import annotations

SPOTS = (
    "top center",
    "bottom center",
    "middle right",
    "middle left",
    "top right",
    "bottom right",
    "top left",
    "bottom left",
)

Box = tuple[float, float, float, float]


def places(x: list[float], y: list[float], names: list[str], wide: float, high: float) -> list[str]:
    """Where each name stands beside its point, so that it meets no other name and no point as far as that can be had.

    `wide` and `high` are the ranges of the axes, drawn some 400 by 330 pixels large; a letter is about 6.5 pixels wide.
    """
    points = [(at_x / (wide or 1) * 400, -at_y / (high or 1) * 330) for at_x, at_y in zip(x, y, strict=True)]
    taken = [(at[0] - 7, at[1] - 7, at[0] + 7, at[1] + 7) for at in points]
    places = []
    for at, name in zip(points, names, strict=True):
        lines = name.split("<br>")
        width, height = 6.5 * max(map(len, lines)), 16 * len(lines)
        boxes = {place: _box(at, place, width, height) for place in SPOTS}
        place = min(SPOTS, key=lambda spot: sum(_meet(boxes[spot], other) for other in taken))
        taken.append(boxes[place])
        places.append(place)
    return places


def _box(at: tuple[float, float], place: str, width: float, height: float) -> Box:
    """Left, top, right and bottom of a name."""
    vertical, horizontal = place.split()
    left = {"left": at[0] - width - 9, "center": at[0] - width / 2, "right": at[0] + 9}[horizontal]
    top = {"top": at[1] - height - 9, "middle": at[1] - height / 2, "bottom": at[1] + 9}[vertical]
    return left, top, left + width, top + height


def _meet(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(width, 0.0) * max(height, 0.0)
