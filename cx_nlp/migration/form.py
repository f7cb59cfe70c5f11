"""The form of a migration file: [[rename]], [[merge]], [[split]] and [[add]], checked with the line of what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NoReturn

from cx_nlp import toml_lines
from cx_nlp.errors import TaxonomyError
from cx_nlp.taxonomy import CONTACTS, ENVIRONMENTS, Factor, Taxonomy, Touchpoint, nearest
from cx_nlp.taxonomy_file import TaxonomyText, check_row, read_text, row_keys

KINDS = ("touchpoint", "factor")
STEPS = ("rename", "merge", "split", "add")
_ROWS: Mapping[str, type[Touchpoint] | type[Factor]] = {"touchpoint": Touchpoint, "factor": Factor}

Row = Touchpoint | Factor


@dataclass(frozen=True, slots=True)
class Part:
    """One of the labels that an old one is split into, and the words by which it is known without a model."""

    id: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Migration:
    """What becomes of every label; all steps name labels of the old taxonomy and happen at once.

    Attributes
    ----------
    source : str
        The file.
    old, new : Taxonomy
    moved : mapping
        `moved[kind][old id]` is the new id of a label that is renamed or merged; kinds are "touchpoint" and "factor".
    merged : mapping
        `merged[kind]` holds the old ids that are merged.
    splits : mapping
        `splits[kind][old id]` are its parts.
    added : mapping
        `added[kind]` are the ids of labels that nothing old becomes.
    """

    source: str
    old: Taxonomy
    new: Taxonomy
    moved: Mapping[str, Mapping[str, str]]
    merged: Mapping[str, frozenset[str]]
    splits: Mapping[str, Mapping[str, tuple[Part, ...]]]
    added: Mapping[str, tuple[str, ...]]

    def gone(self, kind: str) -> dict[str, str]:
        """What to write in place of each label that is no more: the new id, or the parts."""
        moved = {old: new for old, new in self.moved[kind].items() if old != new}
        return moved | {old: ", ".join(part.id for part in parts) for old, parts in self.splits[kind].items()}


def read_migration(path: Path | str, old: Taxonomy) -> Migration:
    """The migration in a TOML file, from this taxonomy.

    Raises
    ------
    TaxonomyError
        The file cannot be read, names a label that the taxonomy does not have, uses one twice, gives an old id another
        meaning, or describes a new label that no taxonomy can hold; the message names file and line.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TaxonomyError(f"{path}: cannot be read as a migration: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TaxonomyError(f"{path}: not UTF-8 text; save the migration as UTF-8") from error
    return _Reader(read_text(text, source=str(path)), old).migration()


@dataclass
class _Change:
    """A step as it is written: where it stands, what it takes away and what it brings."""

    path: toml_lines.Path
    step: str
    kind: str
    old: tuple[str, ...]
    rows: tuple[Row, ...]
    parts: tuple[Part, ...] = ()


class _Reader:
    def __init__(self, file: TaxonomyText, old: Taxonomy) -> None:
        self.file, self.old = file, old
        self.rows: dict[str, dict[str, Row]] = {
            "touchpoint": {row.id: row for row in old.touchpoints},
            "factor": {row.id: row for row in old.factors},
        }
        self.allowed: dict[str, Sequence[str]] = {
            "contact": CONTACTS, "environment": ENVIRONMENTS, "stage": old.stage_ids, "owner": old.team_ids,
        }  # fmt: skip

    def migration(self) -> Migration:
        self.file.check_keys((), self.file.data, STEPS)
        changes = [change for step in STEPS for change in self._changes(step)]
        if not changes:
            self.file.refuse((), "it has no step: write [[rename]], [[merge]], [[split]] or [[add]]")
        self._check_once(changes)
        self._check_new(changes)

        def of(kind: str, *steps: str) -> list[_Change]:
            return [change for change in changes if change.kind == kind and change.step in steps]

        return Migration(
            self.file.source,
            self.old,
            self._taxonomy(changes),
            moved={k: {old: c.rows[0].id for c in of(k, "rename", "merge") for old in c.old} for k in KINDS},
            merged={k: frozenset(old for c in of(k, "merge") for old in c.old) for k in KINDS},
            splits={k: {c.old[0]: c.parts for c in of(k, "split")} for k in KINDS},
            added={k: tuple(row.id for c in of(k, "add") for row in c.rows) for k in KINDS},
        )

    def _refuse(self, path: toml_lines.Path, reason: str) -> NoReturn:
        self.file.refuse(path, reason)

    def _changes(self, step: str) -> Iterator[_Change]:
        tables = self.file.data.get(step, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._refuse((step,), f"{step!r} must be written as [[{step}]] tables")
        for at, table in enumerate(tables):
            yield getattr(self, f"_{step}")((step, at), table)

    def _rename(self, path: toml_lines.Path, table: dict[str, Any]) -> _Change:
        old, new = self._word(path, table, "from"), self._word(path, table, "to")
        kind = self._kind(path, table, old, (*path, "from"))
        if new == old:
            self._refuse((*path, "to"), f"{old!r} is renamed to itself; leave this [[rename]] out")
        row = self._row(path, kind, table, new, self.rows[kind][old], ("from", "to", "kind"))
        return _Change(path, "rename", kind, (old,), (row,))

    def _merge(self, path: toml_lines.Path, table: dict[str, Any]) -> _Change:
        old, new = self._words(path, table, "from"), self._word(path, table, "to")
        kind = self._kind(path, table, old[0], (*path, "from"))
        for id in old:
            self._known(kind, id, (*path, "from"))
        if len({*old, new}) < 2:
            self._refuse((*path, "from"), f"a merge takes two labels or more, not {old[0]!r} alone")
        known = self.rows[kind].get(new)
        if known is None:
            self._named(path, table, new)
        row = self._row(path, kind, table, new, known or self.rows[kind][old[0]], ("from", "to", "kind"))
        return _Change(path, "merge", kind, tuple(dict.fromkeys((*old, *([new] if known else [])))), (row,))

    def _split(self, path: toml_lines.Path, table: dict[str, Any]) -> _Change:
        old = self._word(path, table, "from")
        kind = self._kind(path, table, old, (*path, "from"))
        self.file.check_keys(path, table, ("from", "kind", "to"))
        tables = table.get("to")
        if (
            not isinstance(tables, list)
            or len(tables) < 2
            or not all(isinstance(one, dict) for one in tables)
        ):
            self._refuse(
                path, "a split needs two [[split.to]] tables or more, each with id, name_vi and name_en"
            )
        parts, rows = [], []
        for at, one in enumerate(tables):
            here = (*path, "to", at)
            id = self._word(here, one, "id")
            self._named(here, one, id)
            words = self._words(here, one, "keywords") if "keywords" in one else ()
            parts.append(Part(id, words))
            rows.append(self._row(here, kind, one, id, self.rows[kind][old], ("keywords",)))
        return _Change(path, "split", kind, (old,), tuple(rows), tuple(parts))

    def _add(self, path: toml_lines.Path, table: dict[str, Any]) -> _Change:
        id = self._word(path, table, "id")
        kind = table.get("kind")
        if kind not in KINDS:
            self._refuse(
                (*path, "kind") if "kind" in table else path,
                'an [[add]] needs kind = "touchpoint" or "factor"',
            )
        row = {key: value for key, value in table.items() if key != "kind"}
        check_row(self.file, path, kind, row, strict=self._strict, allowed=self.allowed)
        if id in self.rows[kind]:
            self._refuse((*path, "id"), f"{id!r} is a label already; leave this [[add]] out")
        return _Change(path, "add", kind, (), (_ROWS[kind](**row),))

    @property
    def _strict(self) -> bool:
        return bool(self.old.stages or self.old.teams)

    def _row(
        self,
        path: toml_lines.Path,
        kind: str,
        table: Mapping[str, Any],
        id: str,
        like: Row,
        more: Sequence[str],
    ) -> Row:
        """The new label: as the old one, but for what the table says of it."""
        self.file.check_keys(path, table, (*more, *row_keys(kind)))
        if "to" in table and "id" in table:
            self._refuse((*path, "id"), "the new id stands under 'to'; leave id out")
        said = {key: value for key, value in table.items() if key in row_keys(kind)}
        row = (
            {f.name: getattr(like, f.name) for f in fields(like) if getattr(like, f.name) is not None}
            | said
            | {"id": id}
        )
        id_key = "to" if isinstance(table.get("to"), str) else "id"
        check_row(self.file, path, kind, row, strict=self._strict, allowed=self.allowed, id_key=id_key)
        return replace(like, **(said | {"id": id}))

    def _named(self, path: toml_lines.Path, table: Mapping[str, Any], id: str) -> None:
        lacking = [key for key in ("name_vi", "name_en") if key not in table]
        if lacking:
            self._refuse(path, f"{id!r} is a new label: give it {' and '.join(lacking)}")

    def _word(self, path: toml_lines.Path, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            self._refuse(
                (*path, key) if key in table else path, f'{key} must name one label, as in {key} = "hotline"'
            )
        return value

    def _words(self, path: toml_lines.Path, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(v, str) and v.strip() for v in value)
        ):
            self._refuse(
                (*path, key) if key in table else path,
                f'{key} must be a list of words, as in {key} = ["email", "chat"]',
            )
        return tuple(value)

    def _kind(self, path: toml_lines.Path, table: Mapping[str, Any], id: str, at: toml_lines.Path) -> str:
        """Whether a step is about touchpoints or factors: as it says, or as its label is one."""
        said = table.get("kind")
        if said is not None and said not in KINDS:
            self._refuse((*path, "kind"), f"unknown kind {said!r}; known are {', '.join(KINDS)}")
        found = [kind for kind in KINDS if id in self.rows[kind]]
        if said is None and len(found) > 1:
            self._refuse(at, f'{id!r} is a touchpoint and a factor; add kind = "touchpoint" or "factor"')
        if said is None and not found:
            self._refuse(
                at, f"unknown label {id!r}; {nearest(id, [*self.rows['touchpoint'], *self.rows['factor']])}"
            )
        kind = str(said or found[0])
        self._known(kind, id, at)
        return kind

    def _known(self, kind: str, id: str, at: toml_lines.Path) -> None:
        if id not in self.rows[kind]:
            self._refuse(at, f"unknown {kind} {id!r}; {nearest(id, self.rows[kind])}")

    def _check_once(self, changes: Sequence[_Change]) -> None:
        """A label goes one way only."""
        taken: dict[tuple[str, str], _Change] = {}
        for change in changes:
            for id in change.old:
                if (before := taken.get((change.kind, id))) is not None:
                    line = toml_lines.line_of(self.file.text, before.path)
                    self._refuse(
                        change.path,
                        f"{id!r} is in this [[{change.step}]] and in the [[{before.step}]] of line {line}; a label goes one way only",
                    )
                taken[change.kind, id] = change

    def _check_new(self, changes: Sequence[_Change]) -> None:
        """A new id is new: an old one of another meaning would join two things in every trend."""
        gone = {(c.kind, id): c for c in changes for id in c.old}
        made: dict[tuple[str, str], _Change] = {}
        for change in changes:
            for row in change.rows:
                key = change.kind, row.id
                if (before := made.get(key)) is not None:
                    line = toml_lines.line_of(self.file.text, before.path)
                    self._refuse(
                        change.path,
                        f"{row.id!r} is made here and in line {line}; make it once, by one [[merge]]",
                    )
                made[key] = change
                other = gone.get(key)
                if other is not None and other is not change:
                    self._refuse(
                        change.path,
                        f"{row.id!r} would {self._round(change, other)}; choose an id that was never used",
                    )
                if row.id in self.rows[change.kind] and change.step == "rename":
                    self._refuse(
                        change.path,
                        f"{row.id!r} is a label already; to put {change.old[0]!r} to it, write [[merge]]",
                    )
                if row.id in self.rows[change.kind] and change.step == "split":
                    self._refuse(
                        change.path,
                        f"{row.id!r} is a label of the old taxonomy and would mean less from now on; choose an id that was never used",
                    )

    @staticmethod
    def _round(change: _Change, other: _Change) -> str:
        goes = {row.id for row in other.rows}
        if goes & {*change.old}:
            return "go round in a circle"
        return "be taken by one label while the one that had it goes elsewhere"

    def _taxonomy(self, changes: Sequence[_Change]) -> Taxonomy:
        rows = {kind: self._new_rows(kind, changes) for kind in KINDS}
        return replace(
            self.old,
            touchpoints=tuple(row for row in rows["touchpoint"] if isinstance(row, Touchpoint)),
            factors=tuple(row for row in rows["factor"] if isinstance(row, Factor)),
        )

    def _new_rows(self, kind: str, changes: Sequence[_Change]) -> Iterator[Row]:
        by_old = {id: change for change in changes if change.kind == kind for id in change.old}
        done: list[_Change] = []
        for id, row in self.rows[kind].items():
            change = by_old.get(id)
            if change is None:
                yield row
            elif change not in done:
                # A merge into an old label stays where that label is.
                if (
                    change.step == "merge"
                    and change.rows[0].id in self.rows[kind]
                    and change.rows[0].id != id
                ):
                    continue
                done.append(change)
                yield from change.rows
        for change in changes:
            if change.kind == kind and change.step == "add":
                yield from change.rows
