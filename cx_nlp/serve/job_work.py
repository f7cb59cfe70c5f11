"""A job's work: its file scored into a folder, the folder packed into one file."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any, Protocol

from cx_nlp.errors import OutputError
from cx_nlp.io.columns import ROLES
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.outputs import replacing
from cx_nlp.io.readers import open_export
from cx_nlp.scoring import ScoreSummary, score_export
from cx_nlp.tagger.frames import Tags

EXPORT, RESULT = "export", "result.zip"
_SCORED = "result"


class StopJob(Exception):
    """The server ends or nobody wants the result; what was tagged is kept."""


class Work(Protocol):
    """What is to be done, and how far it is."""

    options: Mapping[str, Any]
    stop: Event
    rows: int
    share: float


def score_job(folder: Path, work: Work, tagger: Tags, *, again: bool) -> ScoreSummary:
    """Scores `folder`/export into `folder`/result.zip.

    Parameters
    ----------
    folder
        Of the job, private.
    work
        Its `rows` and `share` are kept up to date.
    tagger
    again
        Whether an earlier server may have begun with it.

    Raises
    ------
    StopJob
        `work.stop` was set; the same call goes on from there.
    CxError
        The file or an option cannot be used.
    """
    try:
        summary = _scored(folder, work, tagger, restart=False)
    except OutputError:
        if not again:
            raise
        # An earlier server with another model or version began: its tags do not fit.
        summary = _scored(folder, work, tagger, restart=True)
    _pack(folder / _SCORED, summary.files, folder / RESULT)
    return summary


def _scored(folder: Path, work: Work, tagger: Tags, *, restart: bool) -> ScoreSummary:
    def progress(rows: int, share: float) -> None:
        work.rows, work.share = rows, share
        if work.stop.is_set():
            raise StopJob

    options = work.options
    export = open_export(
        folder / EXPORT,
        encoding=options.get("encoding"),
        delimiter=options.get("delimiter"),
        sheet=options.get("sheet"),
    )
    chosen = {role: options[f"{role}_column"] for role in ROLES if options.get(f"{role}_column") is not None}
    plan = plan_comments(export, chosen=chosen, rating_kind=options.get("rating_kind"))
    return score_export(
        export,
        out=folder / _SCORED,
        tagger=tagger,
        plan=plan,
        format=options.get("format"),
        # A server that was killed may have left the folder whole and not yet packed.
        overwrite=True,
        restart=restart,
        options=options,
        keep_personal_data=bool(options.get("keep_personal_data")),
        progress=progress,
    )


def _pack(folder: Path, names: tuple[str, ...], out: Path) -> None:
    with replacing(out) as new, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.write(folder / name, name)
    shutil.rmtree(folder, ignore_errors=True)
