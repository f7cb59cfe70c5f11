"""TOML read with the line of each value, which tomllib does not keep."""

from __future__ import annotations

import re
import sys
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

MAX_CHARS = 1 << 20
"""Characters of a TOML file, a hundred times the shipped taxonomy."""
_PATIENCE = 1 << 20
"""Characters that are parsed over and over to find the line of a value, before the search is given up."""

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
        The text is not TOML, or longer than `MAX_CHARS`.
    """
    if len(text) > MAX_CHARS:
        raise TomlSyntaxError(f"it has {len(text):,} characters, and at most {MAX_CHARS:,} are read", 1)
    try:
        values: dict[str, Any] = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        raise TomlSyntaxError(re.sub(r" \(at .*\)$", "", str(error)), line) from error
    except (ValueError, RecursionError) as error:
        # A whole number of thousands of digits, or lists in lists without end.
        raise TomlSyntaxError("a number is too long or values stand in each other too deep", 1) from error
    return values


def line_of(text: str, path: Path) -> int:
    """The line (1-based) of a TOML text on which the value at `path` begins; 1 for the empty path.

    Any run of whole statements from the top is itself TOML, so the line is found by bisection:
    it is the first whose inclusion makes the text hold the path. In a file made to take long (one value over thousands of
    lines) the search ends early, and the line is one near by.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    low, high, left = 0, len(lines), _PATIENCE
    while high - low > 1 and left > 0:
        middle = (low + high) // 2
        _, found, left = _whole_statements(lines, middle, left)
        low, high = (low, middle) if _holds(found, path) else (middle, high)
    return _whole_statements(lines, low, max(left, 1))[0] + 1


def _whole_statements(lines: list[str], count: int, left: int) -> tuple[int, dict[str, Any], int]:
    """The longest run of at most `count` lines that is TOML, its values, and how many characters may still be parsed."""
    for end in range(count, 0, -1):
        if left <= 0:
            return end, {}, left
        part = "\n".join(lines[:end]) + "\n"
        left -= len(part)
        try:
            return end, tomllib.loads(part), left
        except tomllib.TOMLDecodeError:
            continue
    return 0, {}, left


def _holds(value: object, path: Path) -> bool:
    if not path:
        return True
    step, *rest = path
    if isinstance(value, dict):
        return step in value and _holds(value[step], tuple(rest))
    if isinstance(value, list) and isinstance(step, int):
        return step < len(value) and _holds(value[step], tuple(rest))
    return False
