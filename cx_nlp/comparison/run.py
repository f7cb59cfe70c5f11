"""One history tagged by two models, part by part, in constant memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from cx_nlp.bundle import load
from cx_nlp.comparison.examples import Examples
from cx_nlp.comparison.result import Comparison, agreement_table, month_table, share_table, trend_table
from cx_nlp.comparison.tally import Tally
from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Export
from cx_nlp.io.frames import frame_export
from cx_nlp.io.label_layout import label_layout
from cx_nlp.io.labelled import labelled_comments
from cx_nlp.io.native import Native
from cx_nlp.io.readers import open_export
from cx_nlp.metrics import DEFAULT_SLICES, by_key
from cx_nlp.metrics.paired import paired_figures
from cx_nlp.scoring.parts import Part, Tagged, parts_of
from cx_nlp.scoring.pool import Pool, pool_for
from cx_nlp.tagger.frames import Tags, check_tags
from cx_nlp.taxonomy import Taxonomy
from cx_nlp.training.learning import rejected_notes
from cx_nlp.training.selecting import selected

Progress = Callable[[int, float], None]
ROW = "cx_nlp_row"
"""The column that numbers labelled comments."""
LABELS = ("mentions", "aspects")


def compare(
    a: Tags | Path | str,
    b: Tags | Path | str,
    history: Any,  # noqa: ANN401 - a path or a frame of any kind
    *,
    since: pd.Timestamp | str | None = None,
    columns: Mapping[str, str] | None = None,
    slices: Sequence[str] = (),
    examples: int = 3,
    resamples: int = 1000,
    seed: int = 0,
    jobs: int | None = None,
    trusted: bool = False,
    keep_personal_data: bool = False,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """What changes when model `b` takes the place of model `a`, on one history.

    Parameters
    ----------
    a, b
        Taggers, bundle folders, or names of shipped models: the one in use, and the one to come.
    history
        The path of an export, an opened one, or a frame, with one comment a row; with dates also its trends are taken apart. With
        labels (`mentions`, `aspects`, or a sheet of `suggest_labels` that was filled in) also the F1 of both is given.
    since
        The day from which on `b` tags: what came before was tagged by `a`. By default the last month with enough comments is
        compared with the one before.
    columns
        Columns by role (text, id, time); those not named are guessed.
    slices
        Further keys of a labelled history by which F1 is given, beside language, diacritics, length, industry and source.
    examples
        Comments to show of each label gained, and lost.
    resamples, seed
        Of the bootstrap intervals of F1.
    jobs
        Processes that tag, for the fast model; by default one for each core.
    trusted
        Whether bundle folders may hold pickled estimators.
    keep_personal_data
        Whether the examples show telephone numbers, addresses and the like.
    only, without
        Of a labelled history a part, by the values of keys or columns: `only={"picked_for": "random"}`.
    progress
        Called after each part with the rows read and their share of all.

    Raises
    ------
    CxError
        If the history or a model cannot be used; the message says why and what to do.
    """
    models = [
        load(one, trusted=trusted, kind="mentions") if isinstance(one, (str, Path)) else one for one in (a, b)
    ]
    for model in models:
        check_tags(model)
    export = _opened(history)
    if _has_labels(export, columns):
        work = _labelled(export, models, columns, only, without)
    elif only or without:
        raise InputError(
            f"{export.path}: only a part of labelled comments can be chosen, and these have no labels."
        )
    else:
        work = _Work(export, plan_comments(export, chosen=_chosen(columns)), None, export.notes)
    tally = Tally(pd.Timestamp(since) if since is not None else None)
    shown = Examples(examples, keep_personal_data=keep_personal_data)
    rejected = _run(work, models, tally, shown, jobs, progress)
    if not tally.total:
        raise InputError(f"{export.path}: no row can be tagged; see what `cx-nlp score` says of it.")
    figures = None
    if work.gold is not None:
        named = {**DEFAULT_SLICES, **{key: by_key(key) for key in ("source", *slices)}}
        figures = paired_figures(*work.gold.sides(), slices=named, resamples=resamples, seed=seed)
    trend, periods = trend_table(tally)
    known = [model.taxonomy for model in models]
    return Comparison(
        names=_names(models),
        comments=tally.total,
        rejected=rejected,
        agreement=agreement_table(tally),
        shares=share_table(tally),
        months=month_table(tally),
        trend=trend,
        periods=periods,
        examples=shown.table(),
        figures=figures,
        taxonomy=_union(known),
        only_a=_only(known[0], known[1]),
        only_b=_only(known[1], known[0]),
        notes=(*work.notes, *work.plan.notes),
    )


@dataclass
class _Gold:
    """Labels and tags of the comments that were read, by row number."""

    records: Sequence[Mapping[str, Any]]
    rows: list[int]
    found: tuple[list[dict[str, Any]], list[dict[str, Any]]]

    def add(self, comments: pd.DataFrame, a: pa.Table, b: pa.Table) -> None:
        self.rows += [int(id) for id in comments["comment_id"].tolist()]
        for side, tags in zip(self.found, (a, b), strict=True):
            side += tags.select(["sentiment", "mentions"]).to_pylist()

    def sides(self) -> tuple[list[Mapping[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
        return [self.records[row] for row in self.rows], *self.found


@dataclass(frozen=True)
class _Work:
    """What is to be tagged, and its labels where it has some."""

    export: Export
    plan: CommentPlan
    gold: _Gold | None
    notes: tuple[str, ...]


def _opened(history: Any) -> Export:  # noqa: ANN401
    if isinstance(history, Export):
        return history
    if isinstance(history, (str, Path)):
        return open_export(history)
    return frame_export(history if isinstance(history, pd.DataFrame) else Native(history).to_pandas())


def _chosen(columns: Mapping[str, str] | None) -> dict[str, str]:
    # Only these three matter here; other columns need not be readable.
    unused = ("rating", "customer", "channel", "segment", "stage", "value", "outcome")
    return {**dict.fromkeys(unused, ""), **(columns or {})}


def _has_labels(export: Export, columns: Mapping[str, str] | None) -> bool:
    if "needs_review" in export.columns:
        return False
    return any(name in export.columns for name in LABELS) or _is_sheet(export, columns)


def _is_sheet(export: Export, columns: Mapping[str, str] | None) -> bool:
    return label_layout(export.columns, text=(columns or {}).get("text") or "text") is not None


def _labelled(
    export: Export,
    models: Sequence[Tags],
    columns: Mapping[str, str] | None,
    only: Mapping[str, str] | None,
    without: Mapping[str, str] | None,
) -> _Work:
    """A labelled history: its comments as an export of their own, and their labels."""
    bounded = "mentions" in export.columns or _is_sheet(export, columns)
    bound = _union([model.taxonomy for model in models]) if bounded else None
    data = labelled_comments([export], taxonomy=bound, text_column=(columns or {}).get("text"))
    data = selected(data, only=only, without=without)
    gold = [record.to_dict() for record in data.records]
    extra = [
        {key: value for key, value in record.extra.items() if not isinstance(value, (list, dict))}
        for record in data.records
    ]
    frame = pd.DataFrame(extra, index=range(len(gold)), dtype=object).drop(
        columns=["text", ROW], errors="ignore"
    )
    frame = frame.assign(
        text=[record.text for record in data.records], **{ROW: [str(i) for i in range(len(gold))]}
    )
    own = frame_export(frame, name=str(export.path))
    chosen = {**_chosen(columns), "text": "text", "id": ROW}
    notes = (
        *data.notes,
        *rejected_notes(data.rejected),
        "the history is labelled; a model that was trained on these comments looks better here than it is",
    )
    return _Work(own, plan_comments(own, chosen=chosen), _Gold(gold, [], ([], [])), notes)


def _run(
    work: _Work,
    models: Sequence[Tags],
    tally: Tally,
    shown: Examples,
    jobs: int | None,
    progress: Progress | None,
) -> int:
    """Tags the history with both models; gives the number of rows that could not be read."""
    rejected = rows = 0
    reader = CommentReader(work.plan)
    with ExitStack() as stack:
        pools = [stack.enter_context(pool_for(model, work.export.last_line, jobs)) for model in models]
        for part, a, b in _tagged_twice(parts_of(work.export, reader), pools):
            comments = part.comments.reset_index(drop=True)
            rejected += len(part.rejected)
            rows += len(part.chunk.frame) + len(part.chunk.rejected)
            if len(comments):
                shown.add(comments, a, b, tally.add(comments, a, b))
                if work.gold is not None:
                    work.gold.add(comments, a, b)
            if progress:
                progress(rows, min(rows / work.export.last_line, 1.0) if work.export.last_line else 0.0)
    return rejected


def _tagged_twice(parts: Iterator[Part], pools: Sequence[Pool]) -> Iterator[tuple[Part, pa.Table, pa.Table]]:
    """Every part with the tags of its comments by both models."""
    repeats = [Tagged() for _ in pools]
    waiting: deque[tuple[Part, list[Any]]] = deque()

    def first() -> tuple[Part, pa.Table, pa.Table]:
        part, tasks = waiting.popleft()
        found = [
            known.rows(part, pool.result(task))
            for known, pool, task in zip(repeats, pools, tasks, strict=True)
        ]
        return part, found[0], found[1]

    for part in parts:
        waiting.append((part, [pool.submit(part.texts) for pool in pools]))
        if len(waiting) > min(pool.ahead for pool in pools):
            yield first()
    while waiting:
        yield first()


def _names(models: Sequence[Tags]) -> tuple[str, str]:
    a, b = (str(getattr(model, "model_id", type(model).__name__)) for model in models)
    return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")


def _union(known: Sequence[Taxonomy | None]) -> Taxonomy | None:
    """The last taxonomy, with the labels that only those before it have."""
    there = [taxonomy for taxonomy in known if taxonomy is not None]
    if not there:
        return None
    whole = there[-1]
    for other in there[:-1]:
        whole = replace(
            whole,
            touchpoints=(
                *whole.touchpoints,
                *(row for row in other.touchpoints if row.id not in whole.touchpoint_ids),
            ),
            factors=(*whole.factors, *(row for row in other.factors if row.id not in whole.factor_ids)),
            sentiments=tuple(dict.fromkeys((*whole.sentiments, *other.sentiments))),
        )
    return whole


def _only(one: Taxonomy | None, other: Taxonomy | None) -> tuple[str, ...]:
    if one is None or other is None:
        return ()
    ids = (*one.touchpoint_ids, *one.factor_ids)
    return tuple(dict.fromkeys(id for id in ids if id not in (*other.touchpoint_ids, *other.factor_ids)))
