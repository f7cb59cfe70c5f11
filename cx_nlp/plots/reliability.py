"""The reliability diagram: how often predictions are right, by how sure they say they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.metrics import Reliability
from cx_nlp.plots.canvas import axes, grid, line_style, words
from cx_nlp.report.charts import FAINT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_reliability(
    reliability: Reliability, *, label: str | None = None, lang: str = "en", ax: Axes | None = None
) -> Axes:
    """A point for each bin of predictions: mean confidence across, share that is right up, with its 95 % interval.

    On the diagonal a confidence of 0.8 is right in eight of ten. Points below it claim too much. Call it again with `ax` to
    compare two models.

    Parameters
    ----------
    reliability
        As `Evaluation.reliability` holds it, for "mention" or "sentiment" or "label".
    label
        Name in the legend.
    lang
        "en" or "vi".

    Notes
    -----
    Intervals are Wilson's (1927), as if the predictions of one comment were independent; they are a little too narrow where
    comments hold many mentions.
    """
    said = words(lang)
    ax = axes(ax, 5, 5)
    if not ax.get_legend_handles_labels()[1]:
        grid(ax)
        ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1.2, label=said["perfect"], zorder=1)
    color, marker, dashes = line_style(ax, beside=1)
    count = np.array([one.count for one in reliability.bins])
    sure = np.array([one.confidence for one in reliability.bins])
    right = np.array([one.accuracy for one in reliability.bins])
    low, high = wilson(right * count, count)
    name = said["ece"].format(name=label or said["mention"], ece=reliability.ece)
    ax.errorbar(
        sure, right, yerr=[np.maximum(right - low, 0), np.maximum(high - right, 0)], color=color, marker=marker, markersize=6,
        linestyle=dashes, linewidth=1.5, elinewidth=1, capsize=3, label=name,
    )  # fmt: skip
    ax.set(xlabel=said["confidence"], ylabel=said["right"], xlim=(0, 1.02), ylim=(0, 1.02), aspect="equal")
    ax.legend(loc="upper left", frameon=False)
    return ax
