"""The journey as a picture: stages in order, touchpoints as discs, and arrows from where complaints start."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cx_nlp.journey.scores.scorecard import mention_cells
from cx_nlp.journey.table import Scored
from cx_nlp.report.arrows import arc, line, routes
from cx_nlp.report.charts import FEW, INK, SHADES, SOFT, Figure, axis, figure, label, wrapped
from cx_nlp.report.shares import share_cell
from cx_nlp.report.upstream import Arrow
from cx_nlp.report.wording import Wording

MOST = 24
SMALLEST, LARGEST = 36, 60
# Pixels from row to row.
ROW, NARROW_ROW = 80, 54
# How much smaller the discs are in a narrow window.
NARROWED = 0.85
# Without stages the discs stand in columns of so many.
COLUMN = 6


@dataclass(frozen=True)
class Disc:
    """A touchpoint: its place (stage and row in it), diameter in pixels, colour, words inside and beside, tip."""

    id: str
    name: str
    stage: int
    row: int
    size: float
    color: str
    ink: str
    inside: str
    tip: str


@dataclass(frozen=True)
class Places:
    """The names of the stages, a disc for each touchpoint, and how many with fewer comments are left out."""

    heads: tuple[str, ...]
    discs: tuple[Disc, ...]
    left_out: int


@dataclass(frozen=True)
class JourneyMap:
    """The picture for a wide and for a narrow window; `left_out` touchpoints had fewer comments than those shown."""

    wide: Figure
    narrow: Figure
    left_out: int


def journey_map(scored: Scored, words: Wording, arrows: Sequence[Arrow]) -> JourneyMap | None:
    """The picture of the touchpoints that are mentioned; None where none is."""
    found = journey_places(scored, words)
    if found is None:
        return None
    wide, narrow = (draw(found.discs, found.heads, arrows, words) for draw in (_wide, _narrow))
    return JourneyMap(wide, narrow, found.left_out)


def journey_places(scored: Scored, words: Wording) -> Places | None:
    """Where the touchpoints that are mentioned stand; None where none is."""
    if scored.mentions.empty:
        return None
    cells = mention_cells(scored, ["touchpoint"])
    shown = cells.nlargest(MOST, "comments")
    stages = _stages(scored, [str(id) for id in shown.index], words)
    discs = tuple(
        _disc(id, cells.loc[id], place, row, float(shown["comments"].max()), words)
        for place, (_, ids) in enumerate(stages)
        for row, id in enumerate(ids)
    )
    return Places(tuple(name for name, _ in stages), discs, len(cells) - len(shown))


def _stages(scored: Scored, ids: Sequence[str], words: Wording) -> list[tuple[str, list[str]]]:
    """Stages in the order of the journey with their touchpoints; columns without a name where no stage is known."""
    stage = {row.id: row.stage for row in words.taxonomy.touchpoints if row.stage}
    stage |= {id: of for id, of in _usual_stage(scored).items() if id not in stage}
    order = [*words.taxonomy.stage_ids, *sorted(set(stage.values()) - set(words.taxonomy.stage_ids))]
    place = {id: at for at, id in enumerate(words.taxonomy.touchpoint_ids)}
    ordered = sorted(ids, key=lambda id: (place.get(id, len(place)), id))
    found = [(words.stage(of), [id for id in ordered if stage.get(id) == of]) for of in order]
    rest = [id for id in ordered if id not in stage]
    named = words.text("journey.no_stage") if any(ids for _, ids in found) else ""
    columns = [(named, rest[at : at + COLUMN]) for at in range(0, len(rest), COLUMN)]
    return [(name, ids) for name, ids in [*found, *columns] if ids]


def _usual_stage(scored: Scored) -> dict[str, str]:
    """For each touchpoint the stage most of its mentions have, where they have one."""
    if "stage" not in scored.mentions:
        return {}
    pairs = scored.mentions[["touchpoint", "stage"]].dropna().astype(str).value_counts().reset_index()
    first = pairs.drop_duplicates("touchpoint")
    return dict(zip(first["touchpoint"], first["stage"], strict=True))


def _disc(id: str, cell: pd.Series[Any], stage: int, row: int, most: float, words: Wording) -> Disc:
    said = share_cell(words, cell, row=words.touchpoint(id), column=words.text("journey.all_factors"))
    shade = int(said.shade[1]) if said.share else -1
    # The area of a disc, not its width, stands for the comments.
    size = SMALLEST + (LARGEST - SMALLEST) * math.sqrt(float(cell["comments"]) / most)
    return Disc(
        id=id,
        name=words.touchpoint(id),
        stage=stage,
        row=row,
        size=round(size, 1),
        color=SHADES[shade] if shade >= 0 else FEW,
        ink="#fff" if shade == len(SHADES) - 1 else INK,
        inside=said.share or "–",
        tip=label(said.tip, longest=300),
    )


def _wide(discs: Sequence[Disc], heads: Sequence[str], arrows: Sequence[Arrow], words: Wording) -> Figure:
    """Stages side by side, their touchpoints below each other, names to the right of the discs."""
    rows = max(disc.row for disc in discs) + 1
    at = {disc.id: (disc.stage + 0.0, -float(disc.row)) for disc in discs}
    size = {disc.id: disc.size for disc in discs}
    drawn = [arrow for arrow in arrows if {arrow.cause, arrow.effect} <= at.keys()]
    paths = routes([(at[arrow.cause], at[arrow.effect]) for arrow in drawn])
    lines = [line(arrow, path, size) for arrow, path in zip(drawn, paths, strict=True)]
    width = max(10, round(78 / max(len(heads), 4)))
    names = _names(discs, at, width, "middle right")
    layout = {
        "xaxis": axis(visible=False, range=[-0.3, len(heads) - 0.2]),
        "yaxis": axis(visible=False, range=[0.5 - rows, 0.85]),
        "annotations": [
            {"x": place - 0.2, "y": 0.8, "text": f"<b>{wrapped(head, width + 6)}</b>", "showarrow": False, "xanchor": "left", "yanchor": "top", "align": "left"}
            for place, head in enumerate(heads)
        ],
        "shapes": [
            {"type": "line", "x0": place - 0.22, "x1": place + 0.72, "y0": 0.83, "y1": 0.83, "line": {"color": INK, "width": 2}, "layer": "below"}
            for place in range(len(heads))
        ],
        "margin": {"l": 4, "r": 4, "t": 6, "b": 6},
    }  # fmt: skip
    return figure([*lines, names, _discs(discs, at)], layout, words, height=round(ROW * (rows + 0.35)) + 12)


def _narrow(discs: Sequence[Disc], heads: Sequence[str], arrows: Sequence[Arrow], words: Wording) -> Figure:
    """All touchpoints below each other, a line for each stage's name; the arrows bow to the left of all words."""
    at: dict[str, tuple[float, float]] = {}
    titles = []
    y = 0.0
    for place, head in enumerate(heads):
        if head:
            titles.append((y, head))
            y -= 0.85
        for disc in discs:
            if disc.stage == place:
                at[disc.id] = (0.0, y)
                y -= 1.0
    discs = [replace(disc, size=round(disc.size * NARROWED, 1)) for disc in discs]
    size = {disc.id: disc.size for disc in discs}
    lines = [
        line(arrow, arc(at[arrow.cause], at[arrow.effect]), size)
        for arrow in arrows
        if {arrow.cause, arrow.effect} <= at.keys()
    ]
    layout = {
        "xaxis": axis(visible=False, range=[-0.42, 1.0]),
        "yaxis": axis(visible=False, range=[y + 0.4, 0.6]),
        "annotations": [
            {"x": 0, "y": at_y, "text": f"<b>{label(head)}</b>", "showarrow": False, "xanchor": "left"} for at_y, head in titles
        ],
        "margin": {"l": 4, "r": 4, "t": 6, "b": 6},
    }  # fmt: skip
    names = _names(discs, at, 26, "middle right")
    return figure([*lines, names, _discs(discs, at)], layout, words, height=round(NARROW_ROW * -y) + 30)


def _discs(discs: Sequence[Disc], at: dict[str, tuple[float, float]]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers+text", "x": [at[disc.id][0] for disc in discs], "y": [at[disc.id][1] for disc in discs],
        "marker": {
            "size": [disc.size for disc in discs], "color": [disc.color for disc in discs], "opacity": 1,
            "line": {"color": SOFT, "width": 1},
        },
        "text": [disc.inside for disc in discs], "textfont": {"size": 12, "color": [disc.ink for disc in discs]},
        "hovertext": [disc.tip for disc in discs], "hoverinfo": "text", "cliponaxis": False,
    }  # fmt: skip


def _names(
    discs: Sequence[Disc], at: dict[str, tuple[float, float]], width: int, place: str
) -> dict[str, Any]:
    """Names beside the discs: the text of a marker as large as the disc, which nobody sees."""
    return {
        "type": "scatter", "mode": "markers+text", "x": [at[disc.id][0] for disc in discs], "y": [at[disc.id][1] for disc in discs],
        "marker": {"size": [disc.size + 6 for disc in discs], "color": "rgba(0,0,0,0)", "line": {"width": 0}},
        "text": [wrapped(disc.name, width) for disc in discs], "textposition": place, "textfont": {"size": 12.5, "color": INK},
        "hoverinfo": "skip", "cliponaxis": False,
    }  # fmt: skip
