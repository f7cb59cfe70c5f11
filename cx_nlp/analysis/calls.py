"""The main jobs in one call each, wherever the comments come from and wherever the result goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.analysis.databases import goal_of, into_database
from cx_nlp.analysis.exports import AnalysisSummary, analyze_export
from cx_nlp.bundle import load
from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.export import Export
from cx_nlp.io.frames import frame_export
from cx_nlp.io.native import Native
from cx_nlp.io.readers import open_export
from cx_nlp.scoring import Progress, ScoreSummary, score_export
from cx_nlp.sql.address import FORMS, is_address, read_address, shown
from cx_nlp.tagger.frames import Tags


def analyze(
    source: Any,  # noqa: ANN401 - a path or a frame of any kind
    *,
    out: Path | str,
    model: Tags | Path | str = "auto",
    lang: str | None = None,
    columns: Mapping[str, str] | None = None,
    rating_kind: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
    restart: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    trusted: bool = False,
    keep_personal_data: bool = False,
    query: str | None = None,
    schema: str | None = None,
    prefix: str | None = None,
    files: Path | str | None = None,
    progress: Progress | None = None,
) -> AnalysisSummary:
    """An export or a frame scored into a folder, with `report.html`.

    Parameters
    ----------
    source
        A frame of pandas, Polars or Arrow with one comment a row, the path of an export, or the address of a database, with `query`.
    out
        The folder to make, or the address of a database (docs/sql.md).
    model
        "auto", "fast", a bundle folder, or a tagger.
    lang
        "vi" or "en", the page's language; by default that of most comments.
    columns
        Columns by role (text, id, customer, time, rating, channel, segment, stage, value, outcome); those not named
        are guessed, an empty name leaves the role without a column.
    rating_kind
        What the ratings measure (stars, nps, csat, ces, percent), where the column's name does not say.
    format
        A further form of the tables beside Parquet: csv, xlsx or jsonl.
    overwrite
        Whether a former result of cx_nlp in `out` may be replaced.
    restart
        Whether to begin anew where an earlier run into `out` was stopped before its end; else it is gone on with.
    jobs
        Processes that tag, for the fast model; by default one for each core.
    scheduler
        Address of a Dask scheduler whose workers are to tag (extra `distributed`).
    trusted
        Whether the bundle folder may hold pickled estimators.
    keep_personal_data
        Whether telephone numbers, addresses and the like stand in the report and in rejected.csv as they were written; the scored
        tables of a folder keep the texts as given in any case, those of a database only then.
    query
        What to read from a database: one SELECT that gives a row for each comment.
    schema, prefix
        Of the tables in a database; by default its usual schema and ``cx_``.
    files
        Beside a database, a folder to make with what `out` would hold.
    progress
        Called after each chunk with the rows read and their share of all.

    Raises
    ------
    CxError
        If the source, the model or `out` cannot be used; the message says why and what to do.
    """
    work = job("analyze", out, files=files, schema=schema, prefix=prefix)
    with opened_source(source, query=query) as export:
        plan, tagger = _ready(export, model, columns, rating_kind, trusted=trusted)
        made: AnalysisSummary = work(
            export, tagger=tagger, plan=plan, lang=lang, format=format, overwrite=overwrite, restart=restart, jobs=jobs,
            scheduler=scheduler, keep_personal_data=keep_personal_data, progress=progress,
        )  # fmt: skip
    return made


def score(
    source: Any,  # noqa: ANN401 - a path or a frame of any kind
    *,
    out: Path | str,
    model: Tags | Path | str = "auto",
    columns: Mapping[str, str] | None = None,
    rating_kind: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
    restart: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    trusted: bool = False,
    keep_personal_data: bool = False,
    query: str | None = None,
    schema: str | None = None,
    prefix: str | None = None,
    files: Path | str | None = None,
    progress: Progress | None = None,
) -> ScoreSummary:
    """An export or a frame scored into a folder or a file; parameters and errors as for `analyze`."""
    work = job("score", out, files=files, schema=schema, prefix=prefix)
    with opened_source(source, query=query) as export:
        plan, tagger = _ready(export, model, columns, rating_kind, trusted=trusted)
        made: ScoreSummary = work(
            export, tagger=tagger, plan=plan, format=format, overwrite=overwrite, restart=restart, jobs=jobs,
            scheduler=scheduler, keep_personal_data=keep_personal_data, progress=progress,
        )  # fmt: skip
    return made


def job(
    command: str,
    out: Path | str,
    *,
    schema: str | None = None,
    prefix: str | None = None,
    files: Path | str | None = None,
    **more: Any,  # noqa: ANN401
) -> Callable[..., Any]:
    """`score_export`, `analyze_export` or `into_database`, with the goal that `out` names.

    Parameters
    ----------
    command
        "score" or "analyze".
    out, schema, prefix, files
        As for `analyze`.
    more
        Further arguments of these functions.

    Raises
    ------
    CxError
        `out` is no address and what only databases have is given, or the database cannot be used.
    """
    if is_address(out):
        return partial(into_database, command, goal=goal_of(str(out), schema, prefix), files=files, **more)
    only = {"--schema": schema, "--prefix": prefix, "--files": files}
    if given := [name for name, value in only.items() if value is not None]:
        raise InputError(
            f"{' and '.join(given)} mean nothing without a database; give --out an address such as {FORMS}."
        )
    return partial({"score": score_export, "analyze": analyze_export}[command], out=out, **more)


def _ready(
    export: Export,
    model: Tags | Path | str,
    columns: Mapping[str, str] | None,
    rating_kind: str | None,
    *,
    trusted: bool,
) -> tuple[CommentPlan, Tags]:
    """What a run needs beside the opened export: how it is read, and the tagger."""
    plan = plan_comments(export, chosen=columns, rating_kind=rating_kind)
    tagger = load(model, trusted=trusted, kind="mentions") if isinstance(model, (str, Path)) else model
    return plan, tagger


@contextmanager
def opened_source(source: Any, *, query: str | None = None, **options: Any) -> Iterator[Export]:  # noqa: ANN401
    """The export behind a path, a frame or a query as one, for as long as the block lasts.

    Parameters
    ----------
    source
        As for `analyze`; one that is opened already comes back.
    query
        For a database.
    options
        For a file, as for `open_export`.

    Raises
    ------
    CxError
        It cannot be read.
    """
    if is_address(source):
        if query is None:
            raise InputError(
                f"{shown(source)}: is a database; say what to read from it with --query, or with --query-file and a file that holds"
                " the query: one SELECT with a row for each comment."
            )
        if given := [f"--{name}" for name, value in options.items() if value is not None]:
            raise InputError(f"{' and '.join(given)} mean nothing for a database; leave them out.")
        # First, because it says what to install where the libraries for the rest are missing.
        read_address(source)
        from cx_nlp.sql.query import query_export

        with query_export(source, query) as export:
            yield export
        return
    if query is not None:
        raise InputError(
            f"--query needs a database to read from; name one in place of {source}, such as {FORMS}."
        )
    if isinstance(source, Export):
        yield source
    elif isinstance(source, (str, Path)):
        yield open_export(source, **options)
    else:
        yield frame_export(source if isinstance(source, pd.DataFrame) else Native(source).to_pandas())
