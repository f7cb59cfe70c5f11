"""The confusion matrix: which labels a model takes for which."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.metrics import NOTHING
from cx_nlp.plots.canvas import axes, words
from cx_nlp.report.charts import INK, SHADES
from cx_nlp.taxonomy import Factor, Taxonomy, Touchpoint

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
MOST = 12
WIDTH = 20


def plot_confusion(
    table: pd.DataFrame,
    *,
    taxonomy: Taxonomy | None = None,
    most: int = MOST,
    lang: str = "en",
    ax: Axes | None = None,
) -> Axes:
    """A row for each label that people gave, with the per cent of its comments by what the model made of them.

    The last column is what it did not see, the last row (in comments, not per cent) what nobody had labelled.

    Parameters
    ----------
    table
        As `cx_nlp.metrics.confusion` gives it.
    taxonomy
        For the labels' names; without it they stand as they are.
    most
        Labels shown, those with most comments; what went to others is then missing in the rows.
    lang
        "en" or "vi".
    """
    said = words(lang)
    labels = [label for label in table.index if label != NOTHING][:most]
    order = [*labels, NOTHING]
    counts = table.reindex(index=order, columns=order, fill_value=0.0).to_numpy(float)
    support = table.sum(axis=1).reindex(order, fill_value=0.0).to_numpy(float)
    shares = np.divide(counts, support[:, None], out=np.zeros_like(counts), where=support[:, None] > 0)
    shares[-1] = 0
    side = max(4.5, 0.62 * len(order) + 2)
    ax = axes(ax, side + 0.8, side)
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("cx_nlp", ["#ffffff", *SHADES])
    ax.imshow(shares, cmap=shades, vmin=0, vmax=1, aspect="auto")
    _write(ax, counts, shares)
    names = {**_names(taxonomy, lang), NOTHING: said["none"]}
    rows = [
        f"{_wrapped(names.get(name, name))} ({n:.0f})"
        for name, n in zip(order[:-1], support[:-1], strict=True)
    ]
    columns = [_wrapped(names.get(name, name)) for name in order]
    ax.set_xticks(range(len(order)), columns, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(len(order)), [*rows, names[NOTHING]])
    ax.set(xlabel=said["predicted"], ylabel=said["gold"])
    ax.tick_params(length=0, labelsize=9)
    ax.spines[:].set_visible(False)
    return ax


def _write(ax: Axes, counts: Array, shares: Array) -> None:
    """Per cent into the cells, into the last row comments; nothing where there is nothing."""
    for (row, column), share in np.ndenumerate(shares):
        last = row == len(shares) - 1
        text = f"{counts[row, column]:.0f}" if last else f"{100 * share:.0f}"
        if text != "0":
            ax.text(
                column, row, text, ha="center", va="center", color="white" if share > 0.85 else INK, fontsize=9,
                style="italic" if last else "normal",
            )  # fmt: skip


def _names(taxonomy: Taxonomy | None, lang: str) -> dict[str, str]:
    if taxonomy is None:
        return {}
    rows: list[Touchpoint | Factor] = [*taxonomy.touchpoints, *taxonomy.factors]
    return {row.id: row.name_vi if lang == "vi" else row.name_en for row in rows}


def _wrapped(name: str) -> str:
    return "\n".join(textwrap.wrap(name, WIDTH, max_lines=2, placeholder="…"))
