"""A journey graph as text: printed, and read from a TOML file that a person has edited."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any, NoReturn

from cx_nlp import toml_lines
from cx_nlp.errors import InputError
from cx_nlp.journey.upstream.graph import Graph, Pair, cycle, spelled
from cx_nlp.taxonomy import Taxonomy, known_spelling, nearest

HEAD = """\
# The journey graph: only these pairs are looked at as cause and effect.
# Copy this file, change it, and give your copy with --graph.
#   [[together]]  touchpoints that may come in any order: the times of the comments decide, customer by customer
#   [[link]]      a bad experience at `cause` may bring complaints at each of `effects`
# No links may lead back to where they start.
"""
KEYS = {"together": ("touchpoints",), "link": ("cause", "effects")}


def graph_tables(graph: Graph) -> dict[str, list[dict[str, Any]]]:
    """The graph as the tables of its file: `together` (touchpoints) and `link` (cause, effects)."""
    effects: dict[str, list[str]] = {}
    for cause, effect in graph.links:
        effects.setdefault(cause, []).append(effect)
    return {
        "together": [{"touchpoints": list(names)} for names in graph.together],
        "link": [{"cause": cause, "effects": names} for cause, names in effects.items()],
    }


def format_graph(graph: Graph) -> str:
    """The graph as TOML, which `read_graph` reads back to an equal one."""
    rows = [(table, row) for table, rows in graph_tables(graph).items() for row in rows]
    lines = [
        [f"[[{table}]]", *(f"{key} = {_toml(value)}" for key, value in row.items())] for table, row in rows
    ]
    return "\n".join([HEAD, *("\n".join([*row, ""]) for row in lines)])


def read_graph(path: Path | str, taxonomy: Taxonomy) -> Graph:
    """The graph in a TOML file of the form that `format_graph` writes.

    Raises
    ------
    InputError
        The file cannot be read or is no such file; a touchpoint is unknown or its own cause, a pair is given twice, or links
        lead in a circle; with the line, the circle spelled out.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read as a journey graph: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: not UTF-8 text; save the graph as UTF-8") from error
    return parse_graph(text, taxonomy, source=str(path))


def parse_graph(text: str, taxonomy: Taxonomy, *, source: str) -> Graph:
    """The graph written in a TOML text; errors as for `read_graph`, with `source` for the file."""
    file = _File(source, text.replace("\r\n", "\n"), taxonomy.touchpoint_ids)
    tables = file.tables()
    together = [tuple(row["touchpoints"]) for row in tables["together"]]
    links = [(row["cause"], effect) for row in tables["link"] for effect in row["effects"]]
    if not links and not together:
        file.refuse((), "the graph holds no pair; write at least one [[link]] with cause and effects")
    places = _places(file, together, tables["link"])
    if (found := cycle(links, together)) is not None:
        last = max((places[pair] for pair in found), key=lambda place: place[1])
        file.refuse(last, f"the links lead in a circle: {spelled(found)}; remove one of them")
    return Graph(tuple(links), tuple(together))


def _places(
    file: _File, together: Sequence[Sequence[str]], links: Sequence[dict[str, Any]]
) -> dict[Pair, toml_lines.Path]:
    """Where each pair stands; refuses one that stands twice, or leads to itself."""
    places: dict[Pair, toml_lines.Path] = {}
    for at, names in enumerate(together):
        here: toml_lines.Path = ("together", at, "touchpoints")
        for k, name in enumerate(names):
            if name in names[:k] or any(name in group for group in together[:at]):
                file.refuse(here, f"{name!r} comes together with others twice; remove one")
        places |= dict.fromkeys(permutations(names, 2), here)
    for at, row in enumerate(links):
        here = ("link", at, "effects")
        for effect in row["effects"]:
            pair = (row["cause"], effect)
            if pair[0] == effect:
                file.refuse(here, f"{effect!r} cannot be its own cause")
            if pair in places:
                first = file.line(places[pair])
                file.refuse(
                    here,
                    f"the pair {pair[0]!r} -> {effect!r} is given twice, first on line {first}; remove one",
                )
            places[pair] = here
    return places


@dataclass(frozen=True)
class _File:
    """The text of a graph, which can say on which line a value stands."""

    source: str
    text: str
    known: Sequence[str]

    def line(self, path: toml_lines.Path) -> int:
        return toml_lines.line_of(self.text, path)

    def refuse(self, path: toml_lines.Path, reason: str) -> NoReturn:
        raise InputError(f"{self.source}, line {self.line(path)}: {reason}")

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The tables of the file, all keys and values checked."""
        try:
            data = toml_lines.read_toml(self.text)
        except toml_lines.TomlSyntaxError as error:
            raise InputError(f"{self.source}, line {error.line}: not valid TOML: {error}") from error
        self._only(data, (), tuple(KEYS))
        tables = {table: data.get(table, []) for table in KEYS}
        for table, rows in tables.items():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                self.refuse((table,), f"{table!r} must be written as [[{table}]] tables")
            tables[table] = [self._row(table, at, row) for at, row in enumerate(rows)]
        return tables

    def _only(self, table: dict[str, Any], path: toml_lines.Path, known: Sequence[str]) -> None:
        for key in table:
            if key not in known:
                self.refuse((*path, key), f"unknown key {key!r}; {nearest(key, known)}")

    def _row(self, table: str, at: int, row: dict[str, Any]) -> dict[str, Any]:
        """One table, checked, its touchpoints in the spelling of the taxonomy."""
        self._only(row, (table, at), KEYS[table])
        found: dict[str, Any] = {}
        for key in KEYS[table]:
            if key not in row:
                self.refuse((table, at), f"this [[{table}]] lacks {key}")
            names = [row[key]] if key == "cause" else row[key]
            if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
                form = "a touchpoint's id" if key == "cause" else "a list of touchpoints' ids"
                self.refuse((table, at, key), f"{key} must be {form}, not {row[key]!r}")
            names = [known_spelling(name, self.known) for name in names]
            found[key] = names[0] if key == "cause" else names
            for name in names:
                if name not in self.known:
                    self.refuse((table, at, key), f"unknown touchpoint {name!r}; {nearest(name, self.known)}")
        if table == "together" and len(row["touchpoints"]) < 2:
            self.refuse((table, at, "touchpoints"), "[[together]] needs two touchpoints or more")
        return found


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
