"""Files of the user that still name old labels: plans of fixes, graphs, audits, weights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cx_nlp import toml_lines
from cx_nlp.errors import InputError
from cx_nlp.migration.form import KINDS, Migration

KEYS = {"touchpoint": ("touchpoint", "touchpoints", "cause", "effects"), "factor": ("factor",)}
"""Keys of TOML files of ours whose values are labels."""


@dataclass(frozen=True)
class OldName:
    """An old label that a file names: where, and what to write in its place."""

    path: Path
    line: int
    kind: str
    old: str
    new: str


def old_names(migration: Migration, path: Path) -> list[OldName]:
    """Every place of a file that names a label which is no more, in order of lines.

    In TOML only values of keys that hold labels count, elsewhere every cell or `#`-parted piece that is one.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be looked through for old labels ({error}); give a text file"
        ) from error
    gone = {kind: migration.gone(kind) for kind in KINDS}
    found = _in_toml(text, gone) if path.suffix.lower() == ".toml" else _in_lines(text, gone)
    return sorted((OldName(path, *one) for one in found), key=lambda one: (one.line, one.old))


def _in_toml(text: str, gone: dict[str, dict[str, str]]) -> Iterator[tuple[int, str, str, str]]:
    try:
        data = toml_lines.read_toml(text)
    except toml_lines.TomlSyntaxError:
        yield from _in_lines(text, gone)
        return
    for path, word in _words(data, ()):
        key = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
        for kind in KINDS:
            if key in KEYS[kind] and word in gone[kind]:
                yield toml_lines.line_of(text, path), kind, word, gone[kind][word]


def _words(value: object, path: toml_lines.Path) -> Iterator[tuple[toml_lines.Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _words(one, (*path, key))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _words(one, (*path, at))


def _in_lines(text: str, gone: dict[str, dict[str, str]]) -> Iterator[tuple[int, str, str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        cells: list[Any] = [cell.strip().strip("\"'") for cell in re.split(r"[,;\t#|]", line)]
        for kind in KINDS:
            for word in dict.fromkeys(cell for cell in cells if cell in gone[kind]):
                yield number, kind, word, gone[kind][word]
