"""Cells of a CSV file that a spreadsheet would run: an apostrophe before them makes text of them, and is taken off again.

A spreadsheet takes for a formula what begins with one of `= + - @` (OWASP, "CSV Injection"), some also in full width or
behind blanks and quotation marks. Where it parts columns at semicolons, as it does where a comma stands before decimals
(in Vietnam, too), and at line breaks in a cell, a formula can also begin within one; there only what could call a function
or another program is marked, because lists of lines that begin with a hyphen are what customers write.
"""

from __future__ import annotations

import re

_SIGN = "[=+\\-@＝＋－＠]"
_BEFORE = r"[\s\"\u00ad\u200b-\u200f\u2060\ufeff]*"
# Numbers are no formulas: -5, +84.2, -3,5 %.
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?\s?%?")
_FIRST = re.compile(f"'*{_BEFORE}{_SIGN}")
_FIRST_MARKED = re.compile(f"'('*{_BEFORE}{_SIGN})")
_INNER = '[ "\u00a0\u00ad\u200b-\u200f\u2060\ufeff]*'
_WITHIN = re.compile(rf"([;\t\r\n]{_INNER})(?='*{_SIGN}[^;\t\r\n]*[(|!])")
_WITHIN_MARKED = re.compile(rf"([;\t\r\n]{_INNER})'(?='*{_SIGN}[^;\t\r\n]*[(|!])")
_ANY = re.compile(_SIGN)


def as_text(cell: str) -> str:
    """The cell as no spreadsheet runs it.

    >>> as_text("=1+1"), as_text("-5"), as_text("tốt;=A1()")
    ("'=1+1", '-5', "tốt;'=A1()")
    """
    if not _ANY.search(cell) or _NUMBER.fullmatch(cell):
        return cell
    cell = _WITHIN.sub(r"\1'", cell)
    return f"'{cell}" if _FIRST.match(cell) else cell


def as_written(cell: str) -> str:
    """What `as_text` was given.

    >>> as_written("'=1+1"), as_written("'quoted'")
    ('=1+1', "'quoted'")
    """
    if "'" not in cell:
        return cell
    if _FIRST_MARKED.match(cell):
        cell = cell[1:]
    return _WITHIN_MARKED.sub(r"\1", cell)
