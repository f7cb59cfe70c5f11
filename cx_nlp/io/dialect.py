"""Delimiter and quoting of a delimited file, found by trying the few that occur on its first lines.

`csv.Sniffer` guesses from character counts and takes apostrophes for quotes and commas inside comments for
delimiters. Here every candidate is parsed for real, and the one wins under which most rows have as many fields as
the header: that is the property which reading needs anyway.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cx_nlp.io.header import is_blank, is_value
from cx_nlp.io.records import Quoting, has_width, records

DELIMITERS = (",", ";", "\t", "|")
ONE_COLUMN = "\x1f"
"""Unit separator, which does not occur in text: parses a line as one field."""

_SEP_LINE = re.compile(r'"?sep=(.)"?[\t,;|]*\s*', re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """Where the table stands in a file and how it is written.

    Parameters
    ----------
    quoting : Quoting
        The dialect.
    header_line : int
        First physical line of the header.
    header : tuple of str
        Its cells as they are.
    rows : tuple of tuple of str
        Records under the header that have its width.
    share : float
        Of the records under the header in the sample, those that have its width.
    records : int
        Records under the header in the sample.
    """

    quoting: Quoting
    header_line: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    share: float
    records: int


def find_layout(lines: Sequence[str], delimiter: str | None = None) -> Layout | None:
    """Dialect and header of a file from its first lines; None where they hold nothing but blank lines."""
    offset = 0
    if lines and (match := _SEP_LINE.fullmatch(lines[0])):
        # Excel's own way to say it.
        delimiter, offset, lines = delimiter or match[1], 1, lines[1:]
    tried = [_try(lines, Quoting(each)) for each in ((delimiter,) if delimiter else DELIMITERS)]
    found = [layout for layout in tried if layout is not None]
    if not found:
        return None
    best = max(found, key=_worth)
    if len(best.header) == 1 and not delimiter:
        best = _try(lines, Quoting(ONE_COLUMN)) or best
    # Only where it mends much: under no quoting at all, a few stray quotes less would cost the quotes of all rows.
    better = [each for each in _variants(lines, best.quoting) if each.share > best.share + 0.1]
    best = max(better, key=_worth, default=best)
    return replace(best, header_line=best.header_line + offset)


def _worth(layout: Layout) -> tuple[bool, float, int, bool, int]:
    # A delimiter inside a name ("id;name, address") is followed by a space.
    tidy = not any(cell.startswith(" ") for cell in layout.header)
    return len(layout.header) > 1, round(layout.share, 2), -layout.header_line, tidy, len(layout.header)


def _variants(lines: Sequence[str], quoting: Quoting) -> Iterator[Layout]:
    """Layouts under the rarer ways to quote whose marks occur in the lines."""
    delimiter, text = quoting.delimiter, "".join(lines)
    for mark, variant in (
        (f'{delimiter} "', replace(quoting, spaced=True)),
        ('\\"', replace(quoting, escape="\\")),
        (f"{delimiter}'", replace(quoting, quote="'")),
        ('"', replace(quoting, quote=None)),
    ):
        if mark in text and (layout := _try(lines, variant)) is not None:
            yield layout


def _try(lines: Sequence[str], quoting: Quoting) -> Layout | None:
    rows = [
        (number, fields)
        for number, fields, raw in records(iter(lines), quoting)
        if raw[0].strip() or (fields and quoting.delimiter == ONE_COLUMN)
    ]
    start = _header_place([fields or [] for _, fields in rows])
    if start is None:
        return None
    number, header = rows[start][0], rows[start][1] or []
    below = [fields or [] for _, fields in rows[start + 1 :]]
    fitting = [tuple(each[: len(header)]) for each in below if has_width(each, len(header))]
    share = len(fitting) / len(below) if below else 1.0
    return Layout(quoting, number, tuple(header), tuple(fitting), share, len(below))


def _header_place(rows: list[list[str]]) -> int | None:
    first = next((place for place, row in enumerate(rows) if any(map(str.strip, row))), None)
    if first is None:
        return None
    width = len(rows[first])
    below = rows[first + 1 :]
    if sum(has_width(row, width) for row in below) * 2 >= len(below) and not _is_title(rows[first]):
        return first
    return _below_titles(rows, first) or first


def _is_title(row: list[str]) -> bool:
    # "Báo cáo tháng 5;;;;": written by a sheet that has a title above its table.
    return len(row) > 2 and sum(map(bool, map(str.strip, row))) == 1


def _below_titles(rows: list[list[str]], first: int) -> int | None:
    width, _ = Counter(len(row) for row in rows).most_common(1)[0]
    for place in range(first, min(first + 20, len(rows))):
        row, below = rows[place], rows[place + 1 :]
        names = {cell for cell in row if not is_blank(cell)}
        if len(row) == width > 2 and len(names) * 2 > width and not any(map(is_value, row)):
            even = sum(len(each) == width for each in below)
            return place if even >= 2 and even >= 0.9 * len(below) else None
    return None
