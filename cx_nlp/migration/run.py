"""A migration carried out: taxonomy, labelled data, history, bridge table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from cx_nlp.errors import InputError, OutputError
from cx_nlp.io.outputs import PARTIAL, make_parents, put_in_place, writing
from cx_nlp.io.relabelled import SUFFIXES
from cx_nlp.io.tables import csv_table
from cx_nlp.migration.bridge import COLUMNS, Bridge
from cx_nlp.migration.elsewhere import OldName, old_names
from cx_nlp.migration.form import KINDS, Migration, read_migration
from cx_nlp.migration.history import migrate_history, migrated_name, stale_findings
from cx_nlp.migration.labels import migrate_labels, stem
from cx_nlp.migration.parts import Tagger, check_model
from cx_nlp.taxonomy import Taxonomy, load_taxonomy


@dataclass(frozen=True)
class Migrated:
    """What a migration wrote, and what is left to do.

    Attributes
    ----------
    migration : Migration
    taxonomy : Path
        The new taxonomy.
    bridge_file : Path or None
        The bridge table as CSV; None where neither labels nor history were given.
    bridge : pandas.DataFrame
        Columns `source, kind, old, new, how, mentions, share, joined`: mentions of the old label that went this way, their share
        of it, and how many of them became the same as another of their comment and were written once.
    parts : tuple of Bridge
        The same file by file, with the counts of comments and mentions.
    files : tuple of Path
        All that was written, folders as such.
    elsewhere : tuple of OldName
        Places in the user's other files that name a label which is no more.
    stale : dict of Path to list of str
        Findings beside a history that speak of the old labels and were not brought along.
    """

    migration: Migration
    taxonomy: Path
    bridge_file: Path | None
    bridge: pd.DataFrame
    parts: tuple[Bridge, ...]
    files: tuple[Path, ...]
    elsewhere: tuple[OldName, ...]
    stale: dict[Path, list[str]]


def migrate(
    migration: Migration | Path | str,
    *,
    out: Path | str,
    taxonomy: Taxonomy | Path | str | None = None,
    labels: Sequence[Path | str] = (),
    history: Sequence[Path | str] = (),
    check: Sequence[Path | str] = (),
    model: Tagger | None = None,
) -> Migrated:
    """A migration carried out: the new taxonomy, and beside it labelled data and history under the new names.

    Parameters
    ----------
    migration
        The migration's TOML file, or one already read.
    out
        The file of the new taxonomy; everything else is written into its folder.
    taxonomy
        The old taxonomy; by default the shipped one.
    labels
        Files of labelled comments, written as NAME-migrated, and as NAME-unsplit what a person has to decide.
    history
        Scored tables, written as folders NAME-migrated.
    check
        Plans, graphs, audits and the like that may name old labels; they are only read.
    model
        A model trained on the new taxonomy, which tells the parts of split labels in the history.

    Raises
    ------
    TaxonomyError
        The migration is wrong; the message names file and line.
    InputError
        A file cannot be read or holds an unknown label, or the model does not know the new ones.
    OutputError
        Something stands where the result would go.
    """
    if not isinstance(migration, Migration):
        old = (
            taxonomy
            if isinstance(taxonomy, Taxonomy)
            else load_taxonomy(Path(taxonomy) if taxonomy else None)
        )
        migration = read_migration(migration, old)
    if model is not None:
        check_model(model, migration)
    goal = Path(out)
    _check_names([Path(path) for path in (*labels, *history)])
    elsewhere = [one for path in check for one in old_names(migration, Path(path))]
    bridge_name = f"{goal.stem}-bridge.csv" if labels or history else None
    _check_free(
        goal.parent, [goal.name, *([bridge_name] if bridge_name else []), *_expected(labels, history)]
    )
    parts: list[Bridge] = []
    with writing(goal):
        make_parents(goal.parent)
    with TemporaryDirectory(dir=goal.parent, prefix=PARTIAL) as work:
        new, former = Path(work) / "new", Path(work) / "former"
        new.mkdir()
        former.mkdir()
        parts += [migrate_labels(migration, Path(path), new) for path in labels]
        parts += [migrate_history(migration, Path(path), new, model=model) for path in history]
        bridge = pd.concat([part.table() for part in parts]) if parts else pd.DataFrame(columns=list(COLUMNS))
        if bridge_name is not None:
            with csv_table(new / bridge_name) as table:
                table.append(bridge)
        with writing(goal):
            (new / goal.name).write_text(migration.new.to_toml(), encoding="utf-8")
        names = sorted(path.name for path in new.iterdir())
        _check_free(goal.parent, names)
        with writing(goal):
            put_in_place([(new / name, goal.parent / name) for name in names], former)
    files = tuple(goal.parent / name for name in names)
    stale = {Path(path): found for path in history if (found := stale_findings(Path(path)))}
    bridge_file = goal.parent / bridge_name if bridge_name else None
    return Migrated(migration, goal, bridge_file, bridge, tuple(parts), files, tuple(elsewhere), stale)


def _expected(labels: Sequence[Path | str], history: Sequence[Path | str]) -> list[str]:
    """Names of what will be written, known before the work is done."""
    found = [migrated_name(Path(path)) for path in history]
    return [
        *found,
        *(f"{stem(Path(path))}-migrated{suffix}" for path in labels for suffix in SUFFIXES.values()),
    ]


def _check_free(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if (folder / name).exists():
            raise OutputError(f"{folder / name}: exists; choose another --out, or move it away.")


def _check_names(paths: Sequence[Path]) -> None:
    names = [stem(path) for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"two inputs are called {name!r}, and their results would be, too; rename one, or migrate them into two folders"
            )


def changes(migration: Migration) -> list[tuple[str, str, str]]:
    """What changes, as rows of kind, old label and new label; an added label has no old one."""
    rows = [(kind, old, new) for kind in KINDS for old, new in migration.gone(kind).items()]
    return rows + [(kind, "", id) for kind in KINDS for id in migration.added[kind]]
