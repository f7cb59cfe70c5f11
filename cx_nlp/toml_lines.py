"""TOML read with the line of each value, which tomllib does not keep."""

from __future__ import annotations

import re
import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

Path = tuple[str | int, ...]
"""Where a value stands: keys and positions in arrays, from the top."""


class TomlSyntaxError(ValueError):
    """Text that is not TOML; `line` (1-based) is where reading stopped."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


def read_toml(text: str) -> dict[str, Any]:
    """The values of a TOML text; a leading byte order mark is ignored.

    Raises
    ------
    TomlSyntaxError
        The text is not TOML.
    """
    try:
        values: dict[str, Any] = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        raise TomlSyntaxError(re.sub(r" \(at .*\)$", "", str(error)), line) from error
    return values


def line_of(text: str, path: Path) -> int:
    """The line (1-based) of a TOML text on which the value at `path` begins; 1 for the empty path.

    Any run of whole statements from the top is itself TOML, so the line is found by bisection:
    it is the first whose inclusion makes the text hold the path.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    low, high = 0, len(lines)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _holds(_whole_statements(lines, middle)[1], path) else (middle, high)
    return _whole_statements(lines, low)[0] + 1


def _whole_statements(lines: list[str], count: int) -> tuple[int, dict[str, Any]]:
    """The longest run of at most `count` lines that is TOML, and its values."""
    for end in range(count, 0, -1):
        try:
            return end, tomllib.loads("\n".join(lines[:end]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
    return 0, {}


def _holds(value: object, path: Path) -> bool:
    if not path:
        return True
    step, *rest = path
    if isinstance(value, dict):
        return step in value and _holds(value[step], tuple(rest))
    if isinstance(value, list) and isinstance(step, int):
        return step < len(value) and _holds(value[step], tuple(rest))
    return False
