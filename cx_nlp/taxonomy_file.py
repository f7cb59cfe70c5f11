"""The form of a taxonomy file: its tables, keys and values, checked with the line of what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

from cx_nlp import toml_lines
from cx_nlp.errors import TaxonomyError

SENTIMENTS = ("positive", "negative", "neutral")
CONTACTS = ("direct", "indirect")
ENVIRONMENTS = ("physical", "digital", "both")
PHASE_IDS = ("pre", "during", "post")

MAX_ROWS = 2000
"""Touchpoints, factors, stages or teams of a taxonomy."""
LONGEST_NAME = 200
"""Characters of an id or a name."""

_TABLES = ("stage", "team", "touchpoint", "factor")
_NAMES = ("id", "name_vi", "name_en")
_JOURNEY = ("stage", "contact", "environment", "owner")
_NEEDED = {"stage": (*_NAMES, "phase"), "team": _NAMES, "touchpoint": _NAMES, "factor": _NAMES}
_OPTIONAL = {"touchpoint": (*_JOURNEY, "description"), "factor": ("poll", "description")}
_STRICT_RULE = "an id is a lower-case word of a-z, 0-9 and _ that begins with a letter"
_PLAIN_RULE = 'a label is printable text without "#" and without spaces at its ends'


def checked_tables(text: str, *, source: str) -> dict[str, Any]:
    """The tables of a taxonomy text, every key and value checked; `source` names the text in errors.

    Gives "stage", "team", "touchpoint", "factor" (lists of tables), "poll_source" and "sentiments".

    Raises
    ------
    TaxonomyError
        Bad syntax, an unknown or missing key, a wrong type or value, an id used twice; with the line.
    """
    file = read_text(text, source=source)
    file.check_keys((), file.data, ("sentiments", "poll", *_TABLES))
    journey = "stage" in file.data or "team" in file.data
    rows = {name: _rows(file, name, needed=journey or name in _OPTIONAL) for name in _TABLES}
    allowed = {"phase": PHASE_IDS, "contact": CONTACTS, "environment": ENVIRONMENTS}
    for name in _TABLES:
        _check_rows(file, name, rows[name], strict=journey, allowed=allowed)
        allowed |= {"stage": _ids(rows["stage"])} if name == "stage" else {}
        allowed |= {"owner": _ids(rows["team"])} if name == "team" else {}
    poll_source = _poll_source(file, polled=any("poll" in row for row in rows["factor"]))
    return {**rows, "poll_source": poll_source, "sentiments": _sentiments(file, journey)}


def check_plain_id(id: str) -> None:
    """Refuse, with TaxonomyError, what cannot be a label in a taxonomy read from data."""
    if not _plain(id):
        raise TaxonomyError(f"the labelled data hold the label {id!r}; {_PLAIN_RULE}")


def nearest(id: str, known: Iterable[str]) -> str:
    """The end of an error about an unknown name: the known one it resembles, or else all of them."""
    names = list(known)
    close = get_close_matches(id, names, n=1) or get_close_matches(id.lower(), names, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names) or 'none'}"


def known_spelling(id: str, known: Iterable[str]) -> str:
    """The known name that is written like this one but for upper and lower case; the name itself where none or several are.

    >>> known_spelling("Delivery", ["delivery", "app"]), known_spelling("a", ["A", "á"]), known_spelling("b", ["B", "b"])
    ('delivery', 'A', 'b')
    """
    names = list(known)
    alike = [name for name in names if _folded(name) == _folded(id)]
    return alike[0] if len(alike) == 1 and id not in names else id


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


@dataclass(frozen=True)
class TaxonomyText:
    """A parsed TOML text about labels that can say on which line a value stands."""

    source: str
    text: str
    data: dict[str, Any]

    def refuse(self, path: toml_lines.Path, reason: str) -> NoReturn:
        """Raises TaxonomyError with the line of the value at `path`."""
        raise TaxonomyError(f"{self.source}, line {toml_lines.line_of(self.text, path)}: {reason}")

    def check_keys(self, path: toml_lines.Path, table: Mapping[str, Any], known: Sequence[str]) -> None:
        """Refuses a key that is not known."""
        for key in table:
            if key not in known:
                self.refuse((*path, key), f"unknown key {key!r}; {nearest(key, known)}")


def read_text(text: str, *, source: str) -> TaxonomyText:
    """The text parsed; TaxonomyError with the line where it is not TOML."""
    try:
        return TaxonomyText(source, text, toml_lines.read_toml(text))
    except toml_lines.TomlSyntaxError as error:
        raise TaxonomyError(f"{source}, line {error.line}: not valid TOML: {error}") from error


def _rows(file: TaxonomyText, name: str, *, needed: bool) -> list[dict[str, Any]]:
    rows = file.data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        file.refuse((name,), f"{name!r} must be written as [[{name}]] tables")
    if len(rows) > MAX_ROWS:
        file.refuse((), f"the file has {len(rows):,} [[{name}]] tables; at most {MAX_ROWS:,} are read")
    if needed and not rows:
        file.refuse((), f"the file has no [[{name}]] table; at least one is needed")
    return rows


def _check_rows(
    file: TaxonomyText,
    name: str,
    rows: list[dict[str, Any]],
    *,
    strict: bool,
    allowed: Mapping[str, Sequence[str]],
) -> None:
    seen: set[str] = set()
    for at, row in enumerate(rows):
        check_row(file, (name, at), name, row, strict=strict, allowed=allowed)
        if row["id"] in seen:
            file.refuse((name, at, "id"), f"the {name} id {row['id']!r} is used twice; give each its own")
        seen.add(row["id"])


def row_keys(kind: str) -> tuple[str, ...]:
    """The keys that a table of this kind may have."""
    return (*_NEEDED[kind], *_OPTIONAL.get(kind, ()))


def check_row(
    file: TaxonomyText,
    path: toml_lines.Path,
    kind: str,
    row: Mapping[str, Any],
    *,
    strict: bool,
    allowed: Mapping[str, Sequence[str]],
    id_key: str = "id",
) -> None:
    """Refuses, with the line of what is wrong, a row of this kind that no taxonomy can hold.

    Parameters
    ----------
    path
        Where the row stands in the text.
    strict
        Whether the taxonomy has a journey: ids are then plain words, and touchpoints have a stage and an owner.
    allowed
        The values that a key may have: ids of stages under "stage", of teams under "owner".
    id_key
        The key under which the text has the id.
    """
    file.check_keys(path, row, row_keys(kind))
    needed = (*_NEEDED[kind], *_JOURNEY) if strict and kind == "touchpoint" else _NEEDED[kind]
    missing = [key for key in needed if key not in row]
    if missing:
        file.refuse(path, f"this [[{path[0]}]] lacks {', '.join(missing)}")
    for key, value in row.items():
        _check_value(file, (*path, key), value, allowed)
    if not (re.fullmatch("[a-z][a-z0-9_]*", row["id"]) if strict else _plain(row["id"])):
        file.refuse((*path, id_key), f"bad id {row['id']!r}; {_STRICT_RULE if strict else _PLAIN_RULE}")


def _check_value(
    file: TaxonomyText, path: toml_lines.Path, value: object, allowed: Mapping[str, Sequence[str]]
) -> None:
    key = str(path[-1])
    if key == "poll":
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
            file.refuse(path, f"poll must be a share from 0 to 1, not {value!r}")
    elif not isinstance(value, str) or not (value.strip() or key == "description"):
        file.refuse(path, f"{key} must be text, not {value!r}")
    elif key in _NAMES and len(value) > LONGEST_NAME:
        file.refuse(path, f"{key} has {len(value):,} characters; at most {LONGEST_NAME} are read")
    elif key in allowed and value not in allowed[key]:
        file.refuse(path, f"unknown {key} {value!r}; {nearest(value, allowed[key])}")


def _plain(id: str) -> bool:
    return bool(id) and id == id.strip() and id.isprintable() and "#" not in id


def _ids(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(row["id"] for row in rows)


def _poll_source(file: TaxonomyText, *, polled: bool) -> str | None:
    poll = file.data.get("poll", {})
    if not isinstance(poll, dict):
        file.refuse(("poll",), "'poll' must be written as a [poll] table with its source")
    file.check_keys(("poll",), poll, ("source",))
    if "source" not in poll:
        if polled:
            file.refuse((), "factors have poll shares, but no [poll] table names their source")
        return None
    _check_value(file, ("poll", "source"), poll["source"], {})
    return str(poll["source"])


def _sentiments(file: TaxonomyText, journey: bool) -> tuple[str, ...]:
    found = file.data.get("sentiments", list(SENTIMENTS))
    words = found if isinstance(found, list) else []
    if not words or not all(isinstance(word, str) and _plain(word) for word in words):
        file.refuse(("sentiments",), "sentiments must be a list of words")
    if len(set(words)) < len(words):
        file.refuse(("sentiments",), "a sentiment is listed twice")
    if journey and set(words) != set(SENTIMENTS):
        file.refuse(("sentiments",), f"a taxonomy with stages has the sentiments {', '.join(SENTIMENTS)}")
    return tuple(words)
