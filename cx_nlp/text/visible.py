"""One line for a terminal: what would steer it, or turn the direction of what follows, is shown instead of sent."""

from __future__ import annotations

import re

LONGEST_LINE = 4000
"""Characters of one line for a terminal; a column's name or a cell can have millions."""
STACKED = 8
"""Combining marks on one letter that are sent; Vietnamese needs two."""

# C0 and C1 controls, line feed and tab too; marks and overrides of direction; line and paragraph separators; tags; half characters.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{{STACKED}}}){_MARK}+")


def visible(text: str) -> str:
    r"""The text with each character that steers a terminal written as its number, and cut where it is very long.

    >>> visible("a\x1b[31mred\u202e")
    'a\\x1b[31mred\\u202e'
    """
    cut = text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"
    return _STEERING.sub(_number, _PILE.sub(r"\1", cut))


def _number(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
