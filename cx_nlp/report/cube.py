"""Counts by touchpoint, factor, stage, segment and period, small enough to lie in the page, where filters add them up.

A comment counts once in a cell, so the cells of one touchpoint's factors do not add up to the touchpoint: "all factors",
"all touchpoints" and, where a touchpoint has mentions in several stages, "all stages" are cells of their own (number 0).
Segment and period belong to the comment and can be added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.period import all_starts, choose_unit, core_span, start_of
from cx_nlp.journey.scores.scorecard import NEGATIVE_COMMENTS, POSITIVE_COMMENTS
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

MAX_SEGMENTS = 20
MAX_STAGES = 12
KEYS = ("touchpoint", "factor", "stage", "segment", "period")
COUNTS = ("comments", "negative", "positive")


@dataclass(frozen=True)
class Cube:
    """The counts and what their numbers stand for.

    Attributes
    ----------
    touchpoints, factors, stages, segments : tuple of str
        Names of the numbers 1, 2, ... of a key; 0 is all, or none of these for segment and, in `stage_of` "export", stage.
    periods : tuple of Timestamp
        First days of the periods 1, 2, ...; 0 is no known time, or one far from the rest.
    unit : str
        Of the periods; empty where no time is known.
    stage_of : str
        "export": each comment has one stage, which can be added up; "own": each touchpoint has one; "mixed"; or "".
    touchpoint_stage : tuple of int
        For "own" the stage of each touchpoint, 0 where it has none.
    cells : DataFrame
        Columns `KEYS` and `COUNTS`.
    """

    touchpoints: tuple[str, ...]
    factors: tuple[str, ...]
    stages: tuple[str, ...]
    segments: tuple[str, ...]
    periods: tuple[pd.Timestamp, ...]
    unit: str
    stage_of: str
    touchpoint_stage: tuple[int, ...]
    cells: pd.DataFrame
    segment_of: NDArray[np.int64]
    period_of: NDArray[np.int64]
    stage_of_comment: NDArray[np.int64]


def cube(scored: Scored, taxonomy: Taxonomy, touchpoints: Sequence[str], factors: Sequence[str]) -> Cube:
    """Counts for these touchpoints and factors, the segments and stages most spoken of, and all periods."""
    comments, mentions = scored.comments, scored.mentions
    unit, periods, period_of = _periods(comments)
    segments = _frequent(comments.get("segment"), MAX_SEGMENTS)
    segment_of = _numbers(comments.get("segment"), segments, len(comments))
    stage_of, stage = _stages(scored, taxonomy)
    stages = _in_order(_frequent(stage, MAX_STAGES), taxonomy.stage_ids)
    table = pd.DataFrame(
        {
            "touchpoint": _numbers(mentions["touchpoint"], touchpoints, len(mentions)),
            "factor": _numbers(mentions["factor"], factors, len(mentions)),
            "stage": _numbers(stage, stages, len(mentions)),
            "comment": scored.comment_rows,
            "negative": (mentions["sentiment"] == "negative").to_numpy(np.int64),
            "positive": (mentions["sentiment"] == "positive").to_numpy(np.int64),
        }
    )
    owns = _one_stage(table, len(touchpoints)) if stage_of == "own" else None
    stage_of = "mixed" if stage_of == "own" and owns is None else stage_of
    of_comment = _numbers(comments.get("stage") if stage_of == "export" else None, stages, len(comments))
    table["stage_all"] = table["stage"] if stage_of == "export" else 0
    planes = [_whole(comments, of_comment, segment_of, period_of)]
    planes += [_plane(table, keys, segment_of, period_of) for keys in _planes(stage_of)]
    return Cube(
        tuple(touchpoints), tuple(factors), stages, segments, periods, unit, stage_of, owns or (),
        pd.concat(planes, ignore_index=True)[[*KEYS, *COUNTS]], segment_of, period_of, of_comment,
    )  # fmt: skip


def _planes(stage_of: str) -> list[tuple[str, ...]]:
    """Keys of each set of cells beside that of all comments; "stage_all" is the comment's own stage, or all of them."""
    planes: list[tuple[str, ...]] = [("touchpoint", "stage_all"), ("touchpoint", "factor", "stage_all")]
    if stage_of in ("own", "mixed"):
        planes.append(("stage",))
    if stage_of == "mixed":
        planes += [("touchpoint", "stage"), ("touchpoint", "factor", "stage")]
    return planes


def _plane(
    table: pd.DataFrame, keys: tuple[str, ...], segment_of: NDArray[np.int64], period_of: NDArray[np.int64]
) -> pd.DataFrame:
    known = table[[key for key in keys if key != "stage_all"]].to_numpy().min(axis=1) > 0
    once = table[known].groupby([*keys, "comment"], sort=False)[["negative", "positive"]].max().reset_index()
    once = once.rename(columns={"stage_all": "stage"}).assign(comments=1)
    comment = once["comment"].to_numpy(np.intp)
    once["segment"], once["period"] = segment_of[comment], period_of[comment]
    return _summed(once.assign(**{key: 0 for key in KEYS if key not in once}))


def _whole(
    comments: pd.DataFrame, stage: NDArray[np.int64], segment: NDArray[np.int64], period: NDArray[np.int64]
) -> pd.DataFrame:
    """All comments by their own sentiment."""
    sentiment = comments["sentiment"].astype(str)
    sides = {"negative": NEGATIVE_COMMENTS, "positive": POSITIVE_COMMENTS}
    counted = {side: sentiment.isin(names).to_numpy(np.int64) for side, names in sides.items()}
    found = {
        "touchpoint": 0,
        "factor": 0,
        "stage": stage,
        "segment": segment,
        "period": period,
        "comments": 1,
        **counted,
    }
    return _summed(pd.DataFrame(found, index=comments.index))


def _summed(once: pd.DataFrame) -> pd.DataFrame:
    cells: pd.DataFrame = once.groupby(list(KEYS))[list(COUNTS)].sum().reset_index()
    return cells


def _periods(comments: pd.DataFrame) -> tuple[str, tuple[pd.Timestamp, ...], NDArray[np.int64]]:
    span = core_span(comments["time"]) if "time" in comments else None
    if span is None:
        return "", (), np.zeros(len(comments), np.int64)
    unit = choose_unit(*span)
    starts = all_starts(*span, unit)
    number = starts.get_indexer(pd.DatetimeIndex(start_of(comments["time"], unit))) + 1
    return unit, tuple(starts), number.astype(np.int64)


def _stages(scored: Scored, taxonomy: Taxonomy) -> tuple[str, pd.Series[Any] | None]:
    """Whose the stages are, and the stage of each mention."""
    stages = scored.comments.get("stage")
    if stages is not None and stages.notna().any():
        return "export", stages.iloc[scored.comment_rows].reset_index(drop=True)
    if "stage" in scored.mentions and scored.mentions["stage"].notna().any():
        return "own", scored.mentions["stage"]
    known = {row.id: row.stage for row in taxonomy.touchpoints}
    stage = scored.mentions["touchpoint"].astype(object).map(known)
    return ("own", stage) if stage.notna().any() else ("", None)


def _one_stage(table: pd.DataFrame, count: int) -> tuple[int, ...] | None:
    """The stage of each touchpoint; None where one has mentions in several."""
    pairs = table.loc[table["touchpoint"] > 0, ["touchpoint", "stage"]].drop_duplicates()
    if pairs["touchpoint"].duplicated().any():
        return None
    found = pairs.set_index("touchpoint")["stage"]
    return tuple(int(stage) for stage in found.reindex(range(1, count + 1), fill_value=0))


def _frequent(column: pd.Series[Any] | None, most: int) -> tuple[str, ...]:
    if column is None:
        return ()
    counted = column.value_counts()
    return tuple(str(name) for name in counted[counted > 0].index[:most])


def _in_order(found: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    return (*(id for id in known if id in found), *(id for id in found if id not in known))


def _numbers(column: pd.Series[Any] | None, names: Sequence[str], count: int) -> NDArray[np.int64]:
    """For each row the number of its name, from 1; 0 where it has none of them."""
    if column is None or not len(names):
        return np.zeros(count, np.int64)
    codes, values = pd.factorize(column.astype(object))
    number = pd.Index(list(names), dtype=object).get_indexer(pd.Index(values, dtype=object)) + 1
    # Code -1, a missing value, finds the 0 at the end.
    found: NDArray[np.int64] = np.append(number, 0).astype(np.int64)[codes]
    return found
