"""The journey: touchpoints by stage, how many complain there, and where it starts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cx_nlp.errors import InputError
from cx_nlp.journey.findings import Findings
from cx_nlp.plots.canvas import axes, words
from cx_nlp.report.arrows import routes
from cx_nlp.report.charts import GOOD, INK, SHADES, SOFT
from cx_nlp.report.journey_map import Disc, journey_places
from cx_nlp.report.upstream import Arrow, upstream
from cx_nlp.report.wording import wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMN, ROW = 2.7, 0.95
"""Inches from stage to stage and from touchpoint to touchpoint."""
DISC = 0.9
"""Points across a disc for each pixel of the report's."""


def plot_journey(findings: Findings, *, lang: str = "en", ax: Axes | None = None) -> Axes:
    """The report's map of the journey: a column for each stage, a disc for each touchpoint, an arrow where complaints start.

    A disc's area grows with the comments that mention the touchpoint, its shade and number with the share of these that
    complain ("–": too few comments). Full arrows are links that the customers' own journeys bear out, dashed ones those that
    only the texts name.

    Parameters
    ----------
    findings
        As `cx_nlp.causes(...).findings` holds them.
    lang
        "en" or "vi".

    Raises
    ------
    InputError
        No touchpoint is mentioned.
    """
    said, named = words(lang), wording(lang, findings.taxonomy)
    found = journey_places(findings.scored, named)
    if found is None:
        raise InputError("no comment mentions a touchpoint, so there is no journey to draw")
    rows = max(disc.row for disc in found.discs) + 1
    ax = axes(ax, COLUMN * len(found.heads), ROW * (rows + 1))
    ax.set_axis_off()
    ax.set(xlim=(-0.3, len(found.heads) - 0.25), ylim=(0.3 - rows, 0.95))
    _heads(ax, found.heads)
    _arrows(ax, upstream(findings, named).arrows, found.discs, said)
    for disc in found.discs:
        at = (disc.stage, -disc.row)
        ax.plot(
            *at,
            "o",
            markersize=DISC * disc.size,
            color=disc.color,
            markeredgecolor=SOFT,
            markeredgewidth=0.8,
            zorder=3,
        )
        ax.annotate(disc.inside, at, ha="center", va="center", color=disc.ink, fontsize=9.5, zorder=4)
        name = textwrap.fill(disc.name, 16)
        ax.annotate(
            name, at, (DISC * disc.size / 2 + 5, 0), textcoords="offset points", va="center", color=INK, fontsize=9.5, zorder=4,
            linespacing=1.05,
        )  # fmt: skip
    _legend(ax, said)
    return ax


def _heads(ax: Axes, heads: Sequence[str]) -> None:
    for place, head in enumerate(heads):
        ax.plot([place - 0.22, place + 0.7], [0.55, 0.55], color=INK, linewidth=1.5)
        ax.text(place - 0.2, 0.62, head, fontweight="bold", va="bottom", color=INK)


def _arrows(ax: Axes, arrows: Sequence[Arrow], discs: Sequence[Disc], said: dict[str, str]) -> None:
    at = {disc.id: (float(disc.stage), -float(disc.row)) for disc in discs}
    size = {disc.id: disc.size for disc in discs}
    drawn = [arrow for arrow in arrows if {arrow.cause, arrow.effect} <= at.keys()]
    paths = routes([(at[arrow.cause], at[arrow.effect]) for arrow in drawn])
    for arrow, (x, y) in zip(drawn, paths, strict=True):
        sure = arrow.by == "customers"
        color, width = (GOOD, 2.0) if sure else (SOFT, 1.3)
        ax.plot(x[:-1], y[:-1], color=color, linewidth=width, linestyle="-" if sure else "--", zorder=2)
        ax.annotate(
            "", (x[-1], y[-1]), (x[-2], y[-2]), zorder=2,
            arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": width, "shrinkA": 0,
                        "shrinkB": DISC * size[arrow.effect] / 2, "mutation_scale": 15},
        )  # fmt: skip


def _legend(ax: Axes, said: dict[str, str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    step = 100 // len(SHADES)
    shades = [
        Patch(facecolor=shade, edgecolor=SOFT, label=f"{step * at}–{step * (at + 1)}%")
        for at, shade in enumerate(SHADES)
    ]
    lines = [
        Line2D([], [], color=GOOD, linewidth=2, label=said["by_customers"]),
        Line2D([], [], color=SOFT, linewidth=1.3, linestyle="--", label=said["by_texts"]),
    ]
    first = ax.legend(
        handles=shades, title=said["negative"], loc="upper left", bbox_to_anchor=(0, 0), ncols=5, frameon=False, fontsize=9,
        alignment="left",
    )  # fmt: skip
    ax.add_artist(first)
    ax.legend(handles=lines, loc="upper right", bbox_to_anchor=(1, 0), frameon=False, fontsize=9)
