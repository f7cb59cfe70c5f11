"""An export scored into a database, and on demand into a folder beside it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import cx_nlp
from cx_nlp.analysis.exports import AnalysisSummary, analysis_target, report_targets, with_report
from cx_nlp.errors import CxError, InputError
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.io.export import Export
from cx_nlp.io.outputs import write_manifest
from cx_nlp.io.target import Target
from cx_nlp.journey.findings import find
from cx_nlp.journey.table import read_scored
from cx_nlp.report.personal import personal_in
from cx_nlp.scoring import Counts, Progress, Put, scoring
from cx_nlp.scoring.unfinished import unfinished, unfinished_folder
from cx_nlp.sql.address import read_address
from cx_nlp.tagger.frames import Tags

if TYPE_CHECKING:
    from cx_nlp.sql.destination import Destination
    from cx_nlp.sql.loading import Known


def into_database(
    command: str,
    export: Export,
    *,
    goal: Destination,
    tagger: Tags,
    plan: CommentPlan,
    files: Path | str | None = None,
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
    """An opened export scored into a database, where its run appears whole or not at all, and once however often it is asked for.

    The tables are made in a hidden folder of the working directory, from which a run that was stopped goes on, and added to the
    database in one transaction at the end.

    Parameters
    ----------
    command
        "score", or "analyze" with the causes.
    goal
        As `goal_of` gives it.
    files
        As for `cx_nlp.analyze`; the other parameters as for `analyze_export`.

    Raises
    ------
    DatabaseError
        The database cannot be reached, read or written.
    OutputError
        `files` is taken or cannot be written.
    """
    if format and not files:
        raise InputError(
            "--format means nothing for a database alone; name a folder for such tables with --files."
        )
    target = analysis_target(files) if files else _hidden_target(goal, export)
    from cx_nlp.sql.loading import Run, add_run, known_run

    identity = _identity(command, export, plan, tagger, keep_personal_data=keep_personal_data)
    if not files and (known := known_run(goal, identity)):
        if unfinished_folder(target).exists():
            with unfinished(target, None):
                pass
        return _summary_of(known, goal)
    with scoring(report_targets(target, format), export=export, tagger=tagger, plan=plan, overwrite=overwrite or not files,
                 restart=restart, jobs=jobs, scheduler=scheduler, options=options,
                 keep_personal_data=keep_personal_data, progress=progress) as (folder, scored):  # fmt: skip
        summary = AnalysisSummary(**vars(scored))
        if command == "analyze":
            found = (
                partial(with_report, folder, scored, target, lang)
                if files
                else partial(_found, folder, summary)
            )
            summary = _kept(found, keep_personal_data=keep_personal_data)
        manifest = json.loads((folder / target.manifest).read_text(encoding="utf-8"))
        run_id, added = add_run(
            goal,
            Run(
                identity,
                command,
                folder,
                manifest,
                tagger.taxonomy,
                summary.causes if command == "analyze" else None,
                keep_personal_data=keep_personal_data,
            ),
        )
        put = _put(goal, run_id, added=added)
        write_manifest(folder / target.manifest, manifest | {"database": asdict(put)}, files=summary.files)
    if files:
        return replace(summary, put=put)
    shutil.rmtree(target.path, ignore_errors=True)
    return replace(summary, out=None, files=(), rejected=put.rejected, put=put)


def goal_of(out: str, schema: str | None, prefix: str | None) -> Destination:
    """The tables that `--out`, `--schema` and `--prefix` name, made where there are none; errors as for `destination` and `prepare`."""
    # First, because it says what to install where the libraries for the rest are missing.
    read_address(out)
    from cx_nlp.sql.destination import PREFIX, destination, prepare

    goal = destination(out, schema=schema, prefix=PREFIX if prefix is None else prefix)
    prepare(goal)
    return goal


def _hidden_target(goal: Destination, export: Export) -> Target:
    """Where the tables lie until they are in the database: the same place when the same command is given again."""
    names = (goal.address.shown, goal.schema, goal.prefix, str(export.path))
    key = hashlib.sha256(json.dumps(names).encode("utf-8")).hexdigest()[:12]
    return Target(Path.cwd() / f".cx_nlp-database-{key}", "parquet", is_folder=True)


def _identity(
    command: str, export: Export, plan: CommentPlan, tagger: Tags, *, keep_personal_data: bool
) -> str:
    """SHA-256 of what the rows in the database depend on; of a model without a digest every run is another."""
    facts = {
        "command": command,
        "input": export.digest(),
        "read_as": [export.encoding, export.delimiter, export.sheet],
        "columns": {role: guess.column for role, guess in plan.columns.roles.items()},
        "rating": asdict(plan.rating) if plan.rating else None,
        "model": getattr(tagger, "digest", None) or uuid4().hex,
        "masked": not keep_personal_data,
        "cx_nlp": cx_nlp.__version__,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode("utf-8")).hexdigest()


def _found(folder: Path, summary: AnalysisSummary, *, keep_personal_data: bool) -> AnalysisSummary:
    """The summary with the causes that the folder's tables tell."""
    findings = find(personal_in(read_scored(folder), keep=keep_personal_data).hidden)
    return replace(summary, causes=findings.causes)


def _kept(found: Callable[..., AnalysisSummary], *, keep_personal_data: bool) -> AnalysisSummary:
    """What is found; whatever goes wrong there is told, and that no hours of tagging are lost for it."""
    try:
        return found(keep_personal_data=keep_personal_data)
    except CxError:
        raise
    except Exception as error:
        raise CxError(
            f"the comments are tagged, but their causes could not be found ({type(error).__name__}: {error}); nothing was added to the"
            " database. What was tagged is kept: the same command goes on from there, and `cx-nlp score` does without causes."
        ) from error


def _put(goal: Destination, run_id: int, *, added: bool) -> Put:
    return Put(goal.address.shown, run_id, added, f"{goal.prefix}rejected")


def _summary_of(known: Known, goal: Destination) -> AnalysisSummary:
    said, put = known.manifest, _put(goal, known.run_id, added=False)
    counts = Counts(**said["counts"])
    return AnalysisSummary(
        None, (), put.rejected, counts, tuple(said["notes"]), said["seconds"], put=put, causes=known.causes
    )
