"""Column names of an export: tidied, made unique, and told from a row of data."""

import datetime
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from cx_nlp.errors import InputError

MAX_COLUMNS = 4096
"""Columns of an export; Excel's own limit is 16 384, a long survey has some hundreds."""
LONGEST_NAME = 1000
"""Characters of a column's name that are kept."""

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*\s?%?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,]+\d{1,2}:\d{2}.*)?", re.DOTALL)
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060\x00"))


def check_width(width: int, path: Path) -> None:
    """Nothing where a table may have so many columns.

    Raises
    ------
    InputError
        They are more than `MAX_COLUMNS`.
    """
    if width > MAX_COLUMNS:
        raise InputError(
            f"{path}: has {width:,} columns, and at most {MAX_COLUMNS:,} are read; export it again with those that matter "
            "(text, time, rating, customer, channel)."
        )


def is_value(cell: object) -> bool:
    """Whether a cell is a number or a date, which a column name is not."""
    if isinstance(cell, str):
        text = cell.strip()
        return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text))
    return isinstance(cell, (int, float, datetime.date, datetime.time))


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def column_names(cells: Sequence[object]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names and notes: trimmed, composed, blank ones named by place, repeated ones numbered.

    Examples
    --------
    >>> column_names(["Rating ", "", "Rating"])[0]
    ('Rating', 'column_2', 'Rating_2')
    """
    tidy = [_tidy(cell) for cell in cells]
    taken = set(tidy)
    names: dict[str, None] = {}
    notes: list[str] = []
    for place, name in enumerate(tidy, start=1):
        if name and name not in names:
            names[name] = None
            continue
        new = _free(f"{name}_2" if name else f"column_{place}", taken)
        taken.add(new)
        names[new] = None
        what = f"is named {name!r} again" if name else "has no name"
        notes.append(f"column {place} {what}; it is called {new!r}")
    return tuple(names), tuple(notes)


def check_header(
    header: Sequence[object], rows: Sequence[Sequence[object]], *, path: Path, place: str
) -> tuple[str, ...]:
    """Notes about a header that looks a little like data.

    Parameters
    ----------
    header, rows : sequences of cells
        The first row and some rows below it.
    path, place
        For the message, such as "line 1".

    Raises
    ------
    InputError
        Numbers or dates stand on top of most columns of numbers or dates: there are no column names.
    """
    if [str(cell).strip() for cell in header] in _counted(len(header)):
        return (f"{place} names the columns by number",)
    valued = [index for index in range(len(header)) if _holds_values([row[index] for row in rows])]
    odd = [str(header[index]) for index in valued if is_value(header[index])]
    if odd and len(odd) * 2 >= len(valued):
        raise InputError(
            f"{path}: {place} looks like a row of data, not like column names ({', '.join(map(repr, odd[:3]))}); "
            "put a row with the column names above it."
        )
    if odd:
        return (f"{place} is taken as column names although it holds {', '.join(map(repr, odd[:3]))}",)
    return ()


def _tidy(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return " ".join(unicodedata.normalize("NFC", text[: 4 * LONGEST_NAME]).translate(_INVISIBLE).split())[
        :LONGEST_NAME
    ]


def _free(name: str, taken: set[str]) -> str:
    stem, number = name, 2
    if match := re.fullmatch(r"(.*)_(\d+)", name):
        stem, number = match[1], int(match[2])
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def _holds_values(cells: Sequence[object]) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    return bool(filled) and sum(map(is_value, filled)) >= 0.8 * len(filled)


def _counted(width: int) -> tuple[list[str], list[str]]:
    # pandas writes a table without column names under 0, 1, 2, …
    return [str(number) for number in range(width)], [str(number + 1) for number in range(width)]
