"""What a model of the rating allows for beside the themes: channel, segment and period, as columns of 0 and 1, and length."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.period import naive

LEVEL_ROWS = 30
"""Comments that a channel, segment or period needs for a column of its own."""
LEVELS = 20
"""Columns that one of them gets at most; the period is a month where that suffices, else a quarter or a year."""
ALIAS = 1e-6
"""Share of a column's variance below which what the others leave of it is rounding."""

Array = NDArray[np.float64]


def control_columns(comments: pd.DataFrame, lengths: Array | None = None) -> pd.DataFrame:
    """Columns "channel=app", "segment=new", "period=2024-05" of these comments, without the commonest level of each.

    Where the texts are known there is one more, "length": the logarithm of 1 + characters, the mean where one is not known.
    """
    blocks = [_dummies(name, _pooled(comments[name])) for name in ("channel", "segment") if name in comments]
    if "time" in comments:
        blocks.append(_dummies("period", _periods(naive(comments["time"]))))
    if lengths is not None and np.isfinite(lengths).any():
        log = np.log1p(lengths)
        blocks.append(pd.DataFrame({"length": np.where(np.isfinite(log), log, np.nanmean(log))}))
    empty = pd.DataFrame(index=pd.RangeIndex(len(comments)))
    columns: pd.DataFrame = pd.concat([empty, *blocks], axis=1)
    return columns


def independent(columns: Array, apart: float = 0.0) -> NDArray[np.bool_]:
    """Which columns add to those before them and a constant: leave so large a sum of squares, in comments."""
    rest = centred_gram(columns)
    scale = np.diag(rest).copy()
    kept = scale > 0
    for k in range(len(scale)):
        kept[k] &= rest[k, k] > max(ALIAS * scale[k], apart)
        if kept[k]:
            rest = rest - np.outer(rest[:, k], rest[k]) / rest[k, k]
    found: NDArray[np.bool_] = kept
    return found


def centred_gram(columns: Array) -> Array:
    """Sums of squares and products about the means."""
    mean = columns.mean(axis=0) if len(columns) else np.zeros(columns.shape[1])
    gram: Array = columns.T @ columns - len(columns) * np.outer(mean, mean)
    return gram


def _pooled(column: pd.Series[Any]) -> pd.Series[Any]:
    """Names with enough comments; all others, and the unknown, together."""
    names = column.astype(object).where(column.notna(), "unknown").astype(str).reset_index(drop=True)
    counts = names.value_counts()
    named = counts.index[counts >= LEVEL_ROWS][:LEVELS]
    pooled: pd.Series[Any] = names.where(names.isin(named), "other")
    return pooled


def _periods(times: pd.Series[Any]) -> pd.Series[Any]:
    """The first month, quarter or year of a run of them with enough comments."""
    times = times.reset_index(drop=True)
    starts = _runs(times.dt.to_period("M"))
    for unit in ("Q", "Y"):
        if starts.nunique() > LEVELS:
            starts = _runs(times.dt.to_period(unit))
    return starts


def _runs(periods: pd.Series[Any]) -> pd.Series[Any]:
    counts = periods.value_counts().sort_index()
    start, held, names = None, LEVEL_ROWS, {}
    for period, n in counts.items():
        if held >= LEVEL_ROWS:
            start, held = str(period), 0
        held += int(n)
        names[period] = start
    if start is not None and held < LEVEL_ROWS:
        before = [name for name in names.values() if name != start]
        names = {key: before[-1] if name == start and before else name for key, name in names.items()}
    runs: pd.Series[Any] = periods.map(names).astype(object).where(periods.notna(), "unknown").astype(str)
    return runs


def _dummies(name: str, levels: pd.Series[Any]) -> pd.DataFrame:
    counts = levels.value_counts()
    # A level that is too small for a column counts to the commonest, which has none.
    own = [level for level in counts.index[1:] if counts[level] >= LEVEL_ROWS]
    columns: pd.DataFrame = pd.DataFrame(
        {f"{name}={level}": (levels == level).to_numpy(float) for level in own}, index=levels.index
    )
    return columns
