"""Each cause over time: its share of comments, what was to be expected, and where its level changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends.background import background
from cx_nlp.journey.trends.control import FEWEST, limits
from cx_nlp.journey.trends.counts import Counts, count
from cx_nlp.journey.trends.levels import levels
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "touchpoint", "factor", "period", "unit", "comments", "complaints", "share", "low", "high", "expected", "limit_low",
    "limit_high", "level", "change_point",
)  # fmt: skip


def trends(scored: Scored, taxonomy: Taxonomy) -> Found:
    """One row for each cause and period: a touchpoint (factor ""), or one of its factors that has enough comments.

    Returns
    -------
    Found
        `COLUMNS`: period is the first day; complaints are comments with a negative mention of the cause, `share` theirs among all
        comments of the period with its 95 % Wilson interval (NaN where there are none); `level` the share of the run of periods
        between two changes, `expected` the level with the allowance for season and holidays, `limit_low` and `limit_high` those
        of the p' chart about it (NaN with fewer than eight periods); `change_point` marks the first period of a new level.
        The causes come in the taxonomy's order, unknown touchpoints last.
    """
    counts, said = count(scored)
    if counts is None:
        return nothing(COLUMNS, *said)
    if counts.judged <= FEWEST:
        said += (
            Limit(
                "trends", "few_periods", {"periods": counts.judged, "needed": FEWEST + 1, "unit": counts.unit}
            ),
        )
    table = _table(counts)
    order = {name: at for at, name in enumerate(taxonomy.touchpoint_ids)}
    place = table["touchpoint"].map(lambda name: order.get(name, len(order)))
    table = table.assign(place=place).sort_values(["place", "touchpoint", "factor", "period"], kind="stable")
    return Found(table.drop(columns="place").reset_index(drop=True), said)


def _table(counts: Counts) -> pd.DataFrame:
    changes, level, expected = levels(counts, background(counts))
    ordinary = np.arange(len(counts.periods)) < counts.judged - 1
    drawn = [
        limits(hits, counts.comments, mean, ordinary=ordinary)
        for hits, mean in zip(counts.complaints, expected, strict=True)
    ]
    causes, periods = counts.complaints.shape
    changed = np.zeros(counts.complaints.shape, bool)
    for at, points in enumerate(changes):
        changed[at, points] = True
    hits, n = counts.complaints.ravel(), np.tile(counts.comments, causes)
    low, high = wilson(hits, n)
    columns = {
        "touchpoint": np.repeat([touchpoint for touchpoint, _ in counts.causes], periods),
        "factor": np.repeat([factor for _, factor in counts.causes], periods),
        "period": np.tile(counts.periods.to_numpy(), causes),
        "unit": counts.unit,
        "comments": n,
        "complaints": hits,
        "share": np.where(n > 0, hits / np.maximum(n, 1), np.nan),
        "low": np.where(n > 0, low, np.nan),
        "high": np.where(n > 0, high, np.nan),
        "expected": expected.ravel(),
        "limit_low": np.concatenate([low for low, _ in drawn]),
        "limit_high": np.concatenate([high for _, high in drawn]),
        "level": level.ravel(),
        "change_point": changed.ravel(),
    }
    table: pd.DataFrame = pd.DataFrame(columns, columns=list(COLUMNS))
    return table
