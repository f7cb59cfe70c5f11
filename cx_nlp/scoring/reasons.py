"""Why rows were not scored, in words short enough to count them by."""

import re

_WIDTH = re.compile(r"(\d+) (?:field|cell)s? where the header has (\d+)")
_BYTES = re.compile(r"bytes that are not (\S+)")
_STARTS = ("duplicate id", "NUL byte", "not JSON")
# What tells one row from another: "(character 4 of the line)", "12", but not the 8 of "UTF-8".
_PLACE = re.compile(r"\s*\([^()]*\d[^()]*\)|(?<![\w-])\d+(?:[.,]\d+)*\b")


def reason_kind(reason: str) -> str:
    """A row's reason without its own numbers and ids, so that rows can be counted by it.

    >>> reason_kind("duplicate id A-17, first seen on line 3"), reason_kind("7 fields where the header has 5")
    ('duplicate id', 'too many fields')
    """
    if width := _WIDTH.fullmatch(reason):
        return "too many fields" if int(width[1]) > int(width[2]) else "too few fields"
    if codec := _BYTES.match(reason):
        return f"not {codec[1].upper()} text"
    for start in _STARTS:
        if reason.startswith(start):
            return start
    return " ".join(_PLACE.sub("", reason).split())
