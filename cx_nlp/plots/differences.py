"""Two models side by side: how much better the second is, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.plots.canvas import axes, grid, named_figure, words
from cx_nlp.report.charts import BAD, GOOD, INK, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_differences(
    figures: pd.DataFrame, *, figure: str = "touchpoint", lang: str = "en", ax: Axes | None = None
) -> Axes:
    """A row for each part of the comments: the difference of two models there, with its 95 % interval.

    Blue where the second model is surely better, brown where it is surely worse, grey where the interval holds nought.

    Parameters
    ----------
    figures
        One row a part and figure: `slice, part, comments, figure, a, b, difference, low, high`, as
        `cx_nlp.metrics.paired_figures` gives them.
    figure
        Which figure is drawn.
    lang
        "en" or "vi".

    Raises
    ------
    InputError
        The table holds no such figure.
    """
    said = words(lang)
    rows = figures[figures["figure"] == figure].dropna(subset=["difference"])
    if rows.empty:
        known = ", ".join(figures["figure"].astype(str).unique())
        raise InputError(f"no figure {figure!r} was measured; choose one of {known}")
    ax = axes(ax, 7.2, 0.42 * len(rows) + 1.2)
    grid(ax, "x")
    ax.axvline(0, color=INK, linewidth=1)
    names = []
    for place, row in enumerate(rows.itertuples(index=False)):
        low, high = (row.difference if pd.isna(end) else end for end in (row.low, row.high))
        color, marker = (GOOD, "o") if low > 0 else (BAD, "s") if high < 0 else (SOFT, "D")
        ax.plot([low, high], [place, place], color=color, linewidth=1.8)
        ax.plot([row.difference], [place], color=color, marker=marker, markersize=7)
        ax.annotate(
            f"{row.a:.2f} → {row.b:.2f}", (1.01, place), xycoords=("axes fraction", "data"), va="center", color=INK, fontsize=9
        )  # fmt: skip
        names.append(f"{_part(row.slice, row.part, said)} ({row.comments:,})")
    ax.set_yticks(range(len(rows)), names)
    ax.invert_yaxis()
    ax.set(xlabel=said["difference"].format(figure=named_figure(figure, said)))
    return ax


def _part(name: str, part: str, said: dict[str, str]) -> str:
    return said["all"] if name == "all" else f"{said.get(name, name)}: {part}"
