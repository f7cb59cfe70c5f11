"""Comments of a Dask frame scored where its partitions are (extra `distributed`)."""

from __future__ import annotations

from importlib import import_module
from itertools import accumulate
from typing import Any, NamedTuple

import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.tagger.frames import Scored, Tags, plan_of, score_planned
from cx_nlp.tagger.workers import put_on_workers, tagger_here

SAMPLE = 2000
"""Rows from which is told how ratings and dates are to be read, the same in every partition."""


class ScoredPartitions(NamedTuple):
    """Dask frames of the scored comments, their mentions and the rows not scored; see `frames.Scored`."""

    comments: Any
    mentions: Any
    rejected: Any


def score_dask(tagger: Tags, ddf: Any, *, text: str = "text", **columns: str | None) -> ScoredPartitions:  # noqa: ANN401
    """A Dask frame of comments, scored partition by partition when the result is computed.

    What is not found across partitions: ids that two of them share, and texts that recur.

    Parameters
    ----------
    tagger
        Sent once to every worker of the default client; without a client it is used where it is.
    ddf : dask.dataframe.DataFrame
        Columns and index as for `score_frame`.
    text, columns
        As for `score_frame`. Without an `id` the rows are counted first, so that each has a number of its own.

    Raises
    ------
    InputError
        Dask is not installed, the frame has no rows, a named column is missing, or a column cannot play its role.
    """
    try:
        dask, dd = import_module("dask"), import_module("dask.dataframe")
    except ImportError as error:
        raise InputError("Dask is not installed: pip install 'cx-nlp[distributed]'.") from error
    sample = ddf.head(SAMPLE, npartitions=-1)
    plan = plan_of(sample, text=text, **columns)
    meta = score_planned(tagger, sample.iloc[:1], plan)
    parts = ddf.to_delayed()
    sizes = [0] * len(parts) if columns.get("id") else ddf.map_partitions(len).compute().tolist()
    firsts = [0, *accumulate(sizes)]
    model = _placed(tagger, dask)
    scored = [
        dask.delayed(_scored)(model, part, plan, first, meta)
        for part, first in zip(parts, firsts, strict=False)
    ]
    return ScoredPartitions(
        *(
            dd.from_delayed(
                [getattr(part, name) for part in scored], meta=getattr(meta, name).iloc[:0], verify_meta=False
            )
            for name in ScoredPartitions._fields
        )
    )


def _placed(tagger: Tags, dask: Any) -> Any:  # noqa: ANN401
    try:
        client = import_module("distributed").default_client()
    except (ImportError, ValueError):
        return dask.delayed(tagger, pure=False, traverse=False)
    return put_on_workers(client, tagger)


def _scored(model: Any, frame: pd.DataFrame, plan: CommentPlan, first: int, meta: Scored) -> Scored:  # noqa: ANN401
    if frame.empty:
        return Scored(meta.comments.iloc[:0], meta.mentions.iloc[:0], meta.rejected.iloc[:0])
    return score_planned(tagger_here(model) if isinstance(model, str) else model, frame, plan, first=first)
