"""The weeks of the comments, and the trend of complaints over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.period import core_span, naive
from cx_nlp.journey.scores.cells import Cells
from cx_nlp.journey.scores.slopes import Slopes, slopes
from cx_nlp.journey.table import Scored

WEEK, MONTH = 7, 30
"""Days of the periods that a trend is fitted to, and of the unit it is told in."""


@dataclass(frozen=True)
class Weeks:
    """Runs of seven days from the first comment on.

    Attributes
    ----------
    of : ndarray of int of shape (comments,)
        The week of each comment, -1 where its time is not known or a stray (see `core_span`).
    comments : ndarray of int of shape (weeks,)
        Comments of each week; none where no time is known.
    """

    of: NDArray[np.int64]
    comments: NDArray[np.int64]


def weeks_of(scored: Scored) -> Weeks:
    """The weeks of a scored table."""
    of = np.full(len(scored.comments), -1, np.int64)
    span = core_span(scored.comments["time"]) if "time" in scored.comments else None
    if span is not None:
        times = naive(scored.comments["time"])
        inside = times.between(*span).to_numpy(dtype=bool)
        days = (times[inside].dt.normalize() - span[0].normalize()) / pd.Timedelta(days=1)
        of[inside] = days.to_numpy(dtype=float).astype(np.int64) // WEEK
    return Weeks(of, np.bincount(of[of >= 0]))


def cell_slopes(cells: Cells, rows: NDArray[np.intp], weeks: Weeks) -> Slopes:
    """For these rows of `cells.keys`, the change of the log odds of a complaint in 30 days.

    Of whole comments, complaints are held against the cell's own comments. Elsewhere against all comments of the week: hardly
    anyone names a touchpoint that works, so that the share of complaints among those who name it need not move when they triple.
    """
    shape = (len(rows), len(weeks.comments))
    at = np.full(len(cells.keys), -1, np.int64)
    at[rows] = np.arange(len(rows))
    row, week = at[cells.cell], weeks.of[cells.comment]
    used = (row >= 0) & (week >= 0)
    slot = row[used] * shape[1] + week[used]
    size = shape[0] * shape[1]
    hits = np.bincount(slot, weights=cells.negative[used].astype(float), minlength=size).reshape(shape)
    of_cell = np.bincount(slot, minlength=size).reshape(shape)
    trials = of_cell if cells.of_comments else np.broadcast_to(weeks.comments, shape)
    return slopes(np.arange(shape[1]) * WEEK / MONTH, hits, trials)
