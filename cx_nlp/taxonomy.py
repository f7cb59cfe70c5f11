"""Touchpoints, success factors, journey stages and teams, frozen and read from a TOML file of one fixed form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TypeVar

from cx_nlp.errors import TaxonomyError
from cx_nlp.taxonomy_file import (
    CONTACTS,
    ENVIRONMENTS,
    SENTIMENTS,
    check_plain_id,
    checked_tables,
    known_spelling,
    nearest,
)

__all__ = [
    "CONTACTS",
    "ENVIRONMENTS",
    "NO_FACTOR",
    "PHASES",
    "SENTIMENTS",
    "Factor",
    "Phase",
    "Stage",
    "Taxonomy",
    "Team",
    "Touchpoint",
    "known_spelling",
    "load_taxonomy",
    "nearest",
    "parse_taxonomy",
    "taxonomy_from_categories",
]

NO_FACTOR = "general"
"""The factor of a mention that judges its touchpoint without saying why, or of a category without attribute."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of the journey seen from the purchase; the three in `PHASES` are fixed."""

    id: str
    name_vi: str
    name_en: str


PHASES = (
    Phase("pre", "Trước khi mua", "Before purchase"),
    Phase("during", "Trong khi mua", "During purchase"),
    Phase("post", "Sau khi mua", "After purchase"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A journey stage; `phase` is the id of one of `PHASES`."""

    id: str
    name_vi: str
    name_en: str
    phase: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team that can own touchpoints."""

    id: str
    name_vi: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """A place where the customer meets the company; the journey fields are None in a taxonomy read from data."""

    id: str
    name_vi: str
    name_en: str
    stage: str | None = None
    contact: str | None = None
    environment: str | None = None
    owner: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Factor:
    """What is judged at a touchpoint; `poll` is the share (0-1) of those asked who called it key, if asked."""

    id: str
    name_vi: str
    name_en: str
    poll: float | None = None
    description: str = ""


_Row = TypeVar("_Row", Stage, Team, Touchpoint, Factor)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All labels of a tagger, in the order of their file; equal when all fields are equal.

    `stages` and `teams` are empty in a taxonomy read from labelled data, which has no journey.
    """

    touchpoints: tuple[Touchpoint, ...]
    factors: tuple[Factor, ...]
    stages: tuple[Stage, ...] = ()
    teams: tuple[Team, ...] = ()
    poll_source: str | None = None
    sentiments: tuple[str, ...] = SENTIMENTS

    @property
    def touchpoint_ids(self) -> tuple[str, ...]:
        """Ids of the touchpoints in file order."""
        return tuple(row.id for row in self.touchpoints)

    @property
    def factor_ids(self) -> tuple[str, ...]:
        """Ids of the factors in file order."""
        return tuple(row.id for row in self.factors)

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """Ids of the stages in journey order."""
        return tuple(row.id for row in self.stages)

    @property
    def team_ids(self) -> tuple[str, ...]:
        """Ids of the teams in file order."""
        return tuple(row.id for row in self.teams)

    def touchpoint(self, id: str) -> Touchpoint:
        """The touchpoint with this id; TaxonomyError where there is none."""
        return _find("touchpoint", self.touchpoints, id)

    def factor(self, id: str) -> Factor:
        """The factor with this id; TaxonomyError where there is none."""
        return _find("factor", self.factors, id)

    def stage(self, id: str) -> Stage:
        """The stage with this id; TaxonomyError where there is none."""
        return _find("stage", self.stages, id)

    def team(self, id: str) -> Team:
        """The team with this id; TaxonomyError where there is none."""
        return _find("team", self.teams, id)

    def to_toml(self) -> str:
        """The taxonomy as text that `parse_taxonomy` reads back to an equal one."""
        head = [f"sentiments = {_toml(self.sentiments)}\n"] if self.sentiments != SENTIMENTS else []
        poll = [f"[poll]\nsource = {_toml(self.poll_source)}\n"] if self.poll_source else []
        tables = [
            *(_table("stage", row) for row in self.stages),
            *(_table("team", row) for row in self.teams),
            *(_table("touchpoint", row) for row in self.touchpoints),
            *(_table("factor", row) for row in self.factors),
        ]
        return "\n".join([*head, *poll, *tables])


def load_taxonomy(path: Path | None = None) -> Taxonomy:
    """The taxonomy of a TOML file, or the shipped one.

    Raises
    ------
    TaxonomyError
        The file cannot be read or is broken; the message names file, line and reason.

    Examples
    --------
    >>> load_taxonomy().touchpoint("hotline").name_vi
    'Tổng đài'
    """
    if path is None:
        return _shipped()
    try:
        text = Path(path).read_bytes().decode("utf-8")
    except OSError as error:
        raise TaxonomyError(f"{path}: cannot be read as a taxonomy: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise TaxonomyError(f"{path}, line {line}: not UTF-8 text; save the taxonomy as UTF-8") from error
    return parse_taxonomy(text, source=str(path))


@cache
def _shipped() -> Taxonomy:
    return load_taxonomy(Path(__file__).with_name("taxonomy.toml"))


def parse_taxonomy(text: str, *, source: str) -> Taxonomy:
    """The taxonomy written in a TOML text; `source` names the text in errors.

    A text with neither `[[stage]]` nor `[[team]]` is a plain list of labels, as read from labelled data:
    its touchpoints need no journey fields, and its ids may hold any printable character but "#".

    Raises
    ------
    TaxonomyError
        Bad syntax, an unknown or missing key, a wrong type or value, an id used twice; with the line.
    """
    tables = checked_tables(text, source=source)
    return Taxonomy(
        touchpoints=tuple(Touchpoint(**row) for row in tables["touchpoint"]),
        factors=tuple(Factor(**row) for row in tables["factor"]),
        stages=tuple(Stage(**row) for row in tables["stage"]),
        teams=tuple(Team(**row) for row in tables["team"]),
        poll_source=tables["poll_source"],
        sentiments=tables["sentiments"],
    )


def taxonomy_from_categories(
    categories: Iterable[tuple[str, str]], sentiments: Iterable[str] = SENTIMENTS
) -> Taxonomy:
    """The plain taxonomy of labelled data: its (touchpoint, factor) pairs and polarities, in first-seen order.

    An empty factor (a category without attribute) becomes `NO_FACTOR`.

    Raises
    ------
    TaxonomyError
        There is no category, or a label is empty, holds "#", or begins or ends with a space.
    """
    pairs = list(categories)
    touchpoints = tuple(dict.fromkeys(touchpoint for touchpoint, _ in pairs))
    factors = tuple(dict.fromkeys(factor or NO_FACTOR for _, factor in pairs))
    polarities = tuple(dict.fromkeys(sentiments))
    if not pairs or not polarities:
        raise TaxonomyError("the labelled data hold no category, so no taxonomy can be read from them")
    for id in (*touchpoints, *factors, *polarities):
        check_plain_id(id)
    return Taxonomy(
        tuple(Touchpoint(id, id, id) for id in touchpoints),
        tuple(Factor(id, id, id) for id in factors),
        sentiments=polarities,
    )


def _find(kind: str, rows: Sequence[_Row], id: str) -> _Row:
    for row in rows:
        if row.id == id:
            return row
    raise TaxonomyError(f"unknown {kind} {id!r}; {nearest(id, [row.id for row in rows])}")


def _toml(value: object) -> str:
    # JSON and TOML basic strings agree but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(name: str, row: Stage | Team | Touchpoint | Factor) -> str:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    lines = [f"{key} = {_toml(value)}" for key, value in values.items() if value is not None and value != ""]
    return "\n".join([f"[[{name}]]", *lines, ""])
