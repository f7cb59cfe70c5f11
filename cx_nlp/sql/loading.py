"""Runs added to a database: each once, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from cx_nlp.sql.contents import Contents, rows
from cx_nlp.sql.database import Database
from cx_nlp.sql.destination import Destination
from cx_nlp.sql.tables import Tables, columns
from cx_nlp.taxonomy import Factor, Stage, Taxonomy, Team, Touchpoint


@dataclass(frozen=True)
class Run:
    """A run that lies in a folder.

    Attributes
    ----------
    identity : str
        Differs where the result may.
    command : str
        "score" or "analyze".
    folder : Path
        As `Contents` reads it.
    manifest : Mapping
        As in its manifest.json.
    taxonomy : Taxonomy or None
    causes : pandas.DataFrame or None
        As in causes.csv.
    keep_personal_data : bool
    """

    identity: str
    command: str
    folder: Path
    manifest: Mapping[str, Any]
    taxonomy: Taxonomy | None = None
    causes: pd.DataFrame | None = None
    keep_personal_data: bool = False


@dataclass(frozen=True)
class Known:
    """A run that a database has, with its causes as in causes.csv."""

    run_id: int
    manifest: Mapping[str, Any]
    causes: pd.DataFrame


def known_run(goal: Destination, identity: str) -> Known | None:
    """The run of this identity, None where the database has none.

    Raises
    ------
    DatabaseError
        The database cannot be read.
    """
    with goal.opened() as (database, made):
        return _known(database, made, identity)


def add_run(goal: Destination, run: Run) -> tuple[int, bool]:
    """Adds a run in one transaction, unless the database has it; gives its number, and whether it was added.

    Raises
    ------
    DatabaseError
        The database refuses; then nothing of the run is in it.
    """
    with goal.opened() as (database, made), database.transaction():
        database.lock(made["runs"])
        if known := _known(database, made, run.identity):
            return known.run_id, False
        [(last,)] = database.select(select(func.max(made["runs"].c.run_id)))
        run_id = (last or 0) + 1
        database.insert(made["runs"], rows("runs", run_id, _run_row(run)))
        if run.taxonomy:
            database.insert(made["labels"], rows("labels", run_id, _labels(run.taxonomy)))
        contents = Contents(run.folder, run_id, keep=run.keep_personal_data)
        for comments, mentions in contents.scored():
            database.insert(made["comments"], comments)
            database.insert(made["mentions"], mentions)
        for rejected in contents.rejected():
            database.insert(made["rejected"], rejected)
        if run.causes is not None and len(run.causes):
            database.insert(made["causes"], rows("causes", run_id, _causes(run.causes)))
        return run_id, True


def _known(database: Database, made: Tables, identity: str) -> Known | None:
    runs, causes = made["runs"].c, made["causes"].c
    found = database.select(select(runs.run_id, runs.manifest).where(runs.identity == identity))
    if not found:
        return None
    [(run_id, manifest)] = found
    names = [name for name, _, _ in columns()["causes"] if name != "run_id"]
    query = select(*(causes[name] for name in names)).where(causes.run_id == run_id)
    ranked = database.select(query.order_by(causes.listed.desc(), causes.rank))
    return Known(run_id, json.loads(manifest), pd.DataFrame(ranked, columns=names))


def _run_row(run: Run) -> dict[str, list[Any]]:
    said, counts = run.manifest, run.manifest["counts"]
    row = {
        "identity": run.identity,
        "command": run.command,
        "added_at": datetime.now(timezone.utc),
        "seconds": float(said["seconds"]),
        "input_name": said["input"]["name"],
        "input_sha256": said["input"]["sha256"],
        "model_id": said["model"]["id"],
        "model_digest": said["model"]["digest"],
        "cx_nlp_version": said["versions"]["cx_nlp"],
        "masked": not run.keep_personal_data,
        **{
            name: counts[name]
            for name in ("rows_in", "scored", "rejected", "mentions", "needs_review", "truncated")
        },
        "manifest": json.dumps(said, ensure_ascii=False),
    }
    return {name: [value] for name, value in row.items()}


def _labels(taxonomy: Taxonomy) -> dict[str, list[Any]]:
    kinds: dict[str, tuple[Touchpoint | Factor | Stage | Team, ...]] = {
        "touchpoint": taxonomy.touchpoints, "factor": taxonomy.factors, "stage": taxonomy.stages, "team": taxonomy.teams,
    }  # fmt: skip
    found = [
        (kind, label.id, label.name_vi, label.name_en, place)
        for kind, labels in kinds.items()
        for place, label in enumerate(labels, start=1)
    ]
    names = ("kind", "id", "name_vi", "name_en", "position")
    return dict(zip(names, map(list, zip(*found, strict=True)), strict=True))


def _causes(causes: pd.DataFrame) -> dict[str, list[Any]]:
    readers: dict[str, Any] = {"integer": int, "number": float, "boolean": bool, "text": str}
    kinds = {name: kind for name, kind, _ in columns()["causes"]}
    return {
        name: [
            None if pd.isna(cell) or cell == "" else readers[kinds[name]](cell)
            for cell in causes[name].astype(object).tolist()
        ]
        for name in kinds
        if name in causes
    }
