"""The main job in one call: an export scored, and the page that shows what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.bundle import load
from cx_nlp.errors import CxError, OutputError
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.export import Export
from cx_nlp.io.frames import frame_export
from cx_nlp.io.native import Native
from cx_nlp.io.outputs import write_manifest
from cx_nlp.io.readers import open_export
from cx_nlp.io.target import Target, output_target
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import read_scored
from cx_nlp.report.folder import write_report
from cx_nlp.report.personal import personal_in
from cx_nlp.scoring import Progress, ScoreSummary, score_export, scoring
from cx_nlp.tagger.frames import Tags


@dataclass(frozen=True)
class AnalysisSummary(ScoreSummary):
    """What an analysis gave and where it is.

    Attributes
    ----------
    causes : pandas.DataFrame
        The causes worth taking up first, as in causes.csv.
    """

    causes: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False, compare=False)


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
    progress: Progress | None = None,
) -> AnalysisSummary:
    """An export or a frame scored into a folder, with `report.html`.

    Parameters
    ----------
    source
        A frame of pandas, Polars or Arrow with one comment a row, or the path of an export.
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
        tables keep the texts as given in any case.
    progress
        Called after each chunk with the rows read and their share of all.

    Raises
    ------
    CxError
        If the source, the model or `out` cannot be used; the message says why and what to do.
    """
    export, plan, tagger = _ready(source, model, columns, rating_kind, trusted=trusted)
    return analyze_export(
        export, out=out, tagger=tagger, plan=plan, lang=lang, format=format, overwrite=overwrite, restart=restart,
        jobs=jobs, scheduler=scheduler, keep_personal_data=keep_personal_data, progress=progress,
    )  # fmt: skip


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
    progress: Progress | None = None,
) -> ScoreSummary:
    """An export or a frame scored into a folder or a file; parameters and errors as for `analyze`."""
    export, plan, tagger = _ready(source, model, columns, rating_kind, trusted=trusted)
    return score_export(
        export, out=out, tagger=tagger, plan=plan, format=format, overwrite=overwrite, restart=restart, jobs=jobs,
        scheduler=scheduler, keep_personal_data=keep_personal_data, progress=progress,
    )  # fmt: skip


def _ready(
    source: Any,  # noqa: ANN401 - a path or a frame of any kind
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


def open_source(source: Any) -> Export:  # noqa: ANN401
    """The export behind a path, or a frame as one."""
    if isinstance(source, (str, Path)):
        return open_export(source)
    return frame_export(source if isinstance(source, pd.DataFrame) else Native(source).to_pandas())


def analyze_export(
    export: Export,
    *,
    out: Path | str,
    tagger: Tags,
    plan: CommentPlan,
    lang: str | None = None,
    format: str | None = None,
    overwrite: bool = False,
    restart: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    options: Mapping[str, Any] | None = None,
    keep_personal_data: bool = False,
    progress: Progress | None = None,
) -> AnalysisSummary:
    """An opened export scored into a folder with its page; parameters as for `score_export` and `analyze`.

    Raises
    ------
    OutputError
        If `out` asks for a file, is taken, or cannot be written.
    CxError
        If the report could not be made; the scored tables are there.
    """
    target = analysis_target(out)
    # The page and every later command read the Parquet tables; another form comes beside them.
    targets = [
        target,
        *([Target(target.path, format, is_folder=True)] if format not in (None, "parquet") else []),
    ]
    whole: AnalysisSummary | Exception
    with scoring(targets, export=export, tagger=tagger, plan=plan, overwrite=overwrite, restart=restart,
                 jobs=jobs, scheduler=scheduler, options=options,
                 keep_personal_data=keep_personal_data, progress=progress) as (folder, summary):  # fmt: skip
        try:
            whole = _with_report(folder, summary, target, lang, keep_personal_data=keep_personal_data)
        except OutputError:
            raise
        except Exception as error:
            # Whatever went wrong in the report, hours of scoring are not thrown away for it.
            whole = error
            _without_report(folder, summary)
    if isinstance(whole, Exception):
        raise CxError(
            f"{target.path}: the comments are scored and their tables are there, but the report could not be made"
            f" ({type(whole).__name__}: {whole}); `cx-nlp causes {target.path} --out FOLDER` tries it again."
        ) from whole
    return whole


def _with_report(
    folder: Path, summary: ScoreSummary, target: Target, lang: str | None, *, keep_personal_data: bool
) -> AnalysisSummary:
    personal = personal_in(read_scored(folder), keep=keep_personal_data)
    findings = find(personal.hidden)
    files = write_report(findings, folder, lang=lang, personal=personal)
    known = {**vars(summary), "files": (*summary.files, *files)}
    whole = AnalysisSummary(**known, causes=findings.causes)
    manifest = json.loads((folder / target.manifest).read_text(encoding="utf-8"))
    manifest["personal_data"] |= personal.record()
    write_manifest(folder / target.manifest, manifest, files=whole.files)
    return whole


def _without_report(folder: Path, summary: ScoreSummary) -> None:
    for file in folder.iterdir():
        if file.name not in summary.files:
            file.unlink()


def analysis_target(out: Path | str) -> Target:
    """The folder that `--out` of an analysis names."""
    target = output_target(out)
    if not target.is_folder:
        raise OutputError(
            f"{out}: an analysis is a folder of several files; name a folder without {target.path.suffix}."
        )
    return target
