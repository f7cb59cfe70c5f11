"""An opened export scored, and the page that shows what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.errors import CxError, OutputError
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.io.export import Export
from cx_nlp.io.outputs import write_manifest
from cx_nlp.io.target import Target, output_target
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import read_scored
from cx_nlp.report.folder import write_report
from cx_nlp.report.personal import personal_in
from cx_nlp.scoring import Progress, ScoreSummary, scoring
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
    whole: AnalysisSummary | Exception
    with scoring(report_targets(target, format), export=export, tagger=tagger, plan=plan, overwrite=overwrite, restart=restart,
                 jobs=jobs, scheduler=scheduler, options=options,
                 keep_personal_data=keep_personal_data, progress=progress) as (folder, summary):  # fmt: skip
        try:
            whole = with_report(folder, summary, target, lang, keep_personal_data=keep_personal_data)
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


def with_report(
    folder: Path, summary: ScoreSummary, target: Target, lang: str | None, *, keep_personal_data: bool
) -> AnalysisSummary:
    """Writes the report of a scored folder into it; gives the summary with its files and causes."""
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


def report_targets(target: Target, format: str | None) -> list[Target]:
    """The forms that the tables of an analysis are written in."""
    # The page and every later command read the Parquet tables; another form comes beside them.
    further = [Target(target.path, format, is_folder=True)] if format not in (None, "parquet") else []
    return [target, *further]


def analysis_target(out: Path | str) -> Target:
    """The folder that `--out` of an analysis names."""
    target = output_target(out)
    if not target.is_folder:
        raise OutputError(
            f"{out}: an analysis is a folder of several files; name a folder without {target.path.suffix}."
        )
    return target
