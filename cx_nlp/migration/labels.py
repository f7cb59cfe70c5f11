"""Labelled comments under the new names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cx_nlp.errors import InputError
from cx_nlp.io.labelled import read_labelled
from cx_nlp.io.readers import open_export
from cx_nlp.io.relabelled import Record, suffix_of, write_relabelled
from cx_nlp.migration.bridge import Bridge
from cx_nlp.migration.form import KINDS, Migration
from cx_nlp.migration.parts import ASIDE, Placed, placed


def migrate_labels(migration: Migration, path: Path, out: Path) -> Bridge:
    """Writes a labelled file under the new names; gives its bridge.

    A comment that holds a split label of which no part can be told goes into a second file, NAME-unsplit, with that label as it
    was: a person decides, as no model's guess should be trained on.

    Parameters
    ----------
    out
        The folder to write into, as NAME-migrated with the suffix of its form.

    Raises
    ------
    InputError
        The file cannot be read, or holds a label that the old taxonomy does not have.
    OutputError
        A file of that name is there already.
    """
    export = open_export(path)
    data = read_labelled(path, taxonomy=migration.old)
    if data.kind == "label":
        raise InputError(f"{path}: holds one label a comment, and a migration is of touchpoints and factors")
    where = _Lines(migration, Bridge(path.name))
    goal, aside = (out / f"{stem(path)}-{name}{suffix_of(export)}" for name in ("migrated", "unsplit"))
    column = "mentions" if data.kind == "mentions" else "aspects"
    write_relabelled(export, goal, where.changed, labels=column, kind=data.kind)
    if where.undecided:
        write_relabelled(export, aside, where.kept, labels=column, kind=data.kind, others=False)
    where.bridge.check()
    return where.bridge


def stem(path: Path) -> str:
    """The name of an input, to which "-migrated" is added."""
    return path.name if path.is_dir() else path.name.removesuffix(".gz").rsplit(".", 1)[0]


class _Lines:
    """Changes record after record, and remembers those that are left for a person."""

    def __init__(self, migration: Migration, bridge: Bridge) -> None:
        self.migration, self.bridge = migration, bridge
        self.undecided: set[int] = set()

    def changed(self, line: int, record: Record) -> Record | None:
        """The record under the new names, counted; None where a person has to decide."""
        new = self._mentions(record)
        bridge, left = self.bridge, any(ASIDE in mention.hows for mention in new)
        kept = [mention.new for mention in new if not mention.again]
        for mention in new:
            bridge.moved.update(mention.keys)
            bridge.joined.update(mention.keys if mention.again else ())
        bridge.comments_in += 1
        bridge.mentions_in += len(new)
        bridge.mentions_joined += len(new) - len(kept)
        if left:
            self.undecided.add(line)
            bridge.comments_aside += 1
            bridge.mentions_aside += len(kept)
            return None
        bridge.comments_out += 1
        bridge.mentions_out += len(kept)
        return {**record, "mentions": kept}

    def kept(self, line: int, record: Record) -> Record | None:
        """The record, where a person has to decide about it."""
        if line not in self.undecided:
            return None
        return {
            **record,
            "mentions": [mention.new for mention in self._mentions(record) if not mention.again],
        }

    def _mentions(self, record: Record) -> list[_Moved]:
        found: list[_Moved] = []
        olds: dict[tuple[str, ...], tuple[str, ...]] = {}
        for mention in record["mentions"]:
            moves = {kind: placed(self.migration, kind, mention, record["text"], None) for kind in KINDS}
            keys = tuple(_key(kind, str(mention[kind]), moves[kind]) for kind in KINDS)
            new = {**mention, **{kind: key[2] for kind, key in zip(KINDS, keys, strict=True)}}
            same = tuple(str(new[name]) for name in (*KINDS, "sentiment"))
            old = tuple(str(mention[kind]) for kind in KINDS)
            found.append(_Moved(new, keys, again=olds.setdefault(same, old) != old))
        return found


@dataclass(frozen=True)
class _Moved:
    """A mention under its new labels, how it came there, and whether an earlier one of its comment has become the same."""

    new: dict[str, Any]
    keys: tuple[tuple[str, str, str, str], ...]
    again: bool

    @property
    def hows(self) -> tuple[str, ...]:
        return tuple(how for *_, how in self.keys)


def _key(kind: str, old: str, move: Placed) -> tuple[str, str, str, str]:
    """A row of the bridge; a label of which no part was told stays as it was."""
    return (kind, old, old, ASIDE) if move.id is None else (kind, old, move.id, move.how)
