"""The learning curve: figures by the number of labelled comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cx_nlp.errors import InputError
from cx_nlp.plots.canvas import axes, grid, line_style, named_figure, words
from cx_nlp.training import LearningCurve

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_learning_curve(
    curve: LearningCurve,
    *,
    figure: str = "touchpoint",
    label: str | None = None,
    lang: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """A figure by the number of labelled comments (each step to the right of equal ratio), with its 95 % interval as a band.

    Call it again with `ax` for another figure or another model.

    Parameters
    ----------
    figure
        One of an evaluation's figures: "touchpoint", "factor", "triple", "sentiment_accuracy" …
    label
        Name in the legend, by default the figure's.
    lang
        "en" or "vi".

    Raises
    ------
    InputError
        The curve has no such figure.
    """
    said = words(lang)
    table = curve.to_table()
    rows = table[table["figure"] == figure]
    if rows.empty:
        raise InputError(
            f"no figure {figure!r} was measured; choose one of {', '.join(table['figure'].unique())}"
        )
    ax = axes(ax, 6.4, 4)
    grid(ax, "y")
    color, marker, dashes = line_style(ax)
    sizes = rows["comments"].to_numpy()
    ax.fill_between(sizes, rows["low"], rows["high"], color=color, alpha=0.18, linewidth=0)
    ax.plot(
        sizes, rows["value"], color=color, marker=marker, linestyle=dashes, linewidth=1.8,
        label=label or named_figure(figure, said),
    )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xticks(sorted({*sizes.tolist(), *_ticks(ax)}))
    ax.set_xticks([], minor=True)
    ax.xaxis.set_major_formatter("{x:,.0f}" if lang == "en" else "{x:.0f}")
    ax.set(xlabel=said["labels"], ylabel=ax.get_ylabel() or _measure(figure, said, named=label is None))
    ax.legend(loc="lower right", frameon=False)
    return ax


def _measure(figure: str, said: dict[str, str], *, named: bool) -> str:
    """What the axis says: the whole name of the figure where the legend does not."""
    if not named:
        return named_figure(figure, said)
    return (
        said["label_accuracy"] if figure.endswith("accuracy") else said["f1"].format(figure="").rstrip(", ")
    )


def _ticks(ax: Axes) -> list[float]:
    """The sizes of the lines drawn before."""
    return [x for line in ax.get_lines() for x in np.asarray(line.get_xdata(), float).tolist()]
