"""The main job in one call: an export scored, and the page that shows what it says."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.bundle import load
from cx_nlp.errors import OutputError
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.export import Export
from cx_nlp.io.frames import frame_export
from cx_nlp.io.outputs import write_manifest, write_whole
from cx_nlp.io.readers import open_export
from cx_nlp.io.target import Target, output_target
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import read_scored
from cx_nlp.report.folder import write_report
from cx_nlp.scoring import Progress, ScoreSummary, score_export, score_into
from cx_nlp.tagger.frames import Tags


def analyze(
    source: pd.DataFrame | Path | str,
    *,
    out: Path | str,
    model: Tags | Path | str = "auto",
    lang: str | None = None,
    columns: Mapping[str, str] | None = None,
    rating_kind: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
    trusted: bool = False,
    progress: Progress | None = None,
) -> ScoreSummary:
    """An export or a frame scored into a folder, with `report.html`.

    Parameters
    ----------
    source
        A frame with one comment a row, or the path of an export.
    out
        The folder to make.
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
    trusted
        Whether the bundle folder may hold pickled estimators.
    progress
        Called after each chunk with the rows read and their share of all.

    Raises
    ------
    CxError
        If the source, the model or `out` cannot be used; the message says why and what to do.
    """
    export, plan, tagger = _ready(source, model, columns, rating_kind, trusted=trusted)
    return analyze_export(
        export, out=out, tagger=tagger, plan=plan, lang=lang, format=format, overwrite=overwrite, progress=progress
    )  # fmt: skip


def score(
    source: pd.DataFrame | Path | str,
    *,
    out: Path | str,
    model: Tags | Path | str = "auto",
    columns: Mapping[str, str] | None = None,
    rating_kind: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
    trusted: bool = False,
    progress: Progress | None = None,
) -> ScoreSummary:
    """An export or a frame scored into a folder or a file; parameters and errors as for `analyze`."""
    export, plan, tagger = _ready(source, model, columns, rating_kind, trusted=trusted)
    return score_export(
        export, out=out, tagger=tagger, plan=plan, format=format, overwrite=overwrite, progress=progress
    )


def _ready(
    source: pd.DataFrame | Path | str,
    model: Tags | Path | str,
    columns: Mapping[str, str] | None,
    rating_kind: str | None,
    *,
    trusted: bool,
) -> tuple[Export, CommentPlan, Tags]:
    """What a run needs: the opened export, how it is read, and the tagger."""
    export = open_source(source)
    plan = plan_comments(export, chosen=columns, rating_kind=rating_kind)
    tagger = load(model, trusted=trusted, kind="mentions") if isinstance(model, (str, Path)) else model
    return export, plan, tagger


def open_source(source: pd.DataFrame | Path | str) -> Export:
    """The export behind a path, or a frame as one."""
    return frame_export(source) if isinstance(source, pd.DataFrame) else open_export(source)


def analyze_export(
    export: Export,
    *,
    out: Path | str,
    tagger: Tags,
    plan: CommentPlan,
    lang: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ScoreSummary:
    """An opened export scored into a folder with its page; parameters as for `score_export` and `analyze`.

    Raises
    ------
    OutputError
        If `out` asks for a file, is taken, or cannot be written.
    """
    target = analysis_target(out)
    # The page and every later command read the Parquet tables; another form comes beside them.
    targets = [
        target,
        *([Target(target.path, format, is_folder=True)] if format not in (None, "parquet") else []),
    ]
    with write_whole(target, overwrite=overwrite) as folder:
        summary = score_into(
            folder, targets, export=export, tagger=tagger, plan=plan, options=options, progress=progress
        )
        files = write_report(find(read_scored(folder)), folder, lang=lang)
        summary = replace(summary, files=(*summary.files, *files))
        manifest = json.loads((folder / target.manifest).read_text(encoding="utf-8"))
        write_manifest(folder / target.manifest, manifest, files=summary.files)
    return summary


def analysis_target(out: Path | str) -> Target:
    """The folder that `--out` of an analysis names."""
    target = output_target(out)
    if not target.is_folder:
        raise OutputError(
            f"{out}: an analysis is a folder of several files; name a folder without {target.path.suffix}."
        )
    return target
