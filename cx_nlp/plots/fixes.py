"""A fix over time: what its plan measures, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cx_nlp.analysis import FixSummary
from cx_nlp.errors import InputError
from cx_nlp.plots.canvas import LINES, axes, grid, words
from cx_nlp.report.charts import GOOD, INK, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_fix(summary: FixSummary, *, lang: str = "en", ax: Axes | None = None) -> Axes:
    """A point for each week (larger with more comments), the levels before and after, and the day of the fix.

    Shares are as tagged, not corrected for the tagger's errors; where a control group is named it is drawn, too, and the level
    to be expected without the fix. Of a rollout in waves each has its own day.

    Parameters
    ----------
    summary
        As `cx_nlp.check_fix` gives it.
    lang
        "en" or "vi".

    Raises
    ------
    InputError
        The weeks after the fix are not over, so that there is nothing to show yet.
    """
    said = words(lang)
    check, weeks = summary.checked.check, summary.weeks
    if check.change is None or weeks.empty:
        raise InputError(
            f"the weeks that the plan waits for are not over ({check.plan.ends.isoformat()}), so there is nothing to draw yet"
        )
    share = check.plan.metric.is_share
    scale = 100.0 if share else 1.0
    ax = axes(ax, 8, 3.8)
    grid(ax, "y")
    weeks = weeks.assign(day=pd.to_datetime(weeks["first_day"]), at=scale * weeks["mean"].astype(float))
    most = float(weeks["comments"].max())
    for (color, marker, _), (group, rows) in zip(
        ((GOOD, "o", "-"), LINES[2]), weeks.groupby("group", sort=False), strict=False
    ):
        size = 12 + 60 * rows["comments"].to_numpy(float) / most
        name = said["week"] if group == "fix" else said["control"]
        ax.scatter(
            rows["day"],
            rows["at"],
            s=size,
            color=color,
            marker=marker,
            alpha=0.75,
            clip_on=False,
            linewidth=0,
            label=name,
        )
    treated = weeks[weeks["group"] == "fix"]
    for window, level in (("before", check.change.before), ("after", check.change.after)):
        days = treated.loc[treated["window"] == window, "day"]
        label = said["level"] if window == "before" else "_nolegend_"
        ax.hlines(
            scale * level, days.min(), days.max() + pd.Timedelta(weeks=1), color=INK, linewidth=2, label=label
        )
    if check.change.method == "control":
        days = treated.loc[treated["window"] == "after", "day"]
        ax.hlines(
            scale * check.change.expected, days.min(), days.max() + pd.Timedelta(weeks=1), color=INK, linewidth=1.4,
            linestyle="--", label=said["expected"],
        )  # fmt: skip
    for name, day in check.plan.rollout.dates:
        ax.axvline(ax.convert_xunits(np.datetime64(day)), color=SOFT, linewidth=1.2, linestyle=":")
        ax.annotate(
            f" {name or said['fix']}", (np.datetime64(day), 1), xycoords=("data", "axes fraction"), va="top", color=SOFT
        )  # fmt: skip
    ax.set(ylabel=said[check.plan.metric.kind])
    if share:
        ax.set_ylim(bottom=0)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4, frameon=False)
    _dates(ax, lang)
    return ax


def _dates(ax: Axes, lang: str) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, DateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator) if lang == "en" else DateFormatter("%d/%m/%y"))
