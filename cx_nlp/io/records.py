"""Records of a delimited file: strict quoting, and reading goes on at the line behind one that is broken."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

RECORD_LINES = 10_000
RECORD_CHARS = 1 << 24
FEWEST_LINES = 100
SWALLOWED_ROWS = 10


@dataclass(frozen=True)
class Quoting:
    """How one record is written; `quote` or `escape` is None where the file has none."""

    delimiter: str
    quote: str | None = '"'
    escape: str | None = None
    spaced: bool = False

    def reader(self, lines: Iterable[str], *, strict: bool = True) -> Iterator[list[str]]:
        """Csv reader over lines; strict refuses text behind a closing quote and a quote never closed."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            quoting=csv.QUOTE_NONE if self.quote is None else csv.QUOTE_MINIMAL,
            escapechar=self.escape,
            skipinitialspace=self.spaced,
            strict=strict,
        )

    @property
    def note(self) -> str:
        """What is unusual, for printing; empty where nothing is."""
        parts = [f"quotes are {self.quote}"] if self.quote not in ('"', None) else []
        parts += ["nothing is quoted"] if self.quote is None else []
        parts += ["quotes inside quotes are written with a backslash"] if self.escape else []
        parts += ["spaces follow the delimiters"] if self.spaced else []
        return ", ".join(parts)


def records(
    lines: Iterator[str], quoting: Quoting, *, width: int = 0
) -> Iterator[tuple[int, list[str] | None, list[str]]]:
    """Yield first line number, fields and raw lines of each record; fields are None where a line is torn.

    A record that does not parse, or (where `width` is given) whose second line looks like a row of its own while
    the whole has a wrong width, gives up its first physical line, and reading goes on at the line behind it. The
    list of raw lines is used again for the next record.
    """
    # The limit holds for the whole process; it is only ever raised, and a field of a megabyte is a comment.
    csv.field_size_limit(max(csv.field_size_limit(), RECORD_CHARS))
    waiting: deque[str] = deque()
    held: list[str] = []
    number, longest = 1, RECORD_LINES
    while True:
        try:
            for fields in quoting.reader(_feed(lines, waiting, held, longest)):
                if len(held) > 1:
                    if width and _swallows(fields, held, quoting, width):
                        raise csv.Error("rows swallowed by a quote")
                    longest = min(RECORD_LINES, longest * 2)
                yield number, fields, held
                number += len(held)
                held.clear()
            return
        except csv.Error:
            # Each long run that fails halves the patience, or a file full of stray quotes would be read once for
            # each of its lines.
            if len(held) > FEWEST_LINES:
                longest = max(FEWEST_LINES, longest // 2)
            waiting.extendleft(reversed(held[1:]))
            yield number, None, held[:1]
            number += 1
            held.clear()


def has_width(fields: Sequence[str], width: int) -> bool:
    """Whether a record has a width, empty fields at the end left out of account."""
    return len(fields) >= width and not "".join(fields[width:]).strip(" \t")


def _swallows(fields: list[str], held: list[str], quoting: Quoting, width: int) -> bool:
    # A stray quote that meets another one far below makes a record out of many rows.
    if not has_width(fields, width):
        return _is_row(held[1], quoting, width)
    inner = held[1:-1]
    return width > 2 and len(inner) >= SWALLOWED_ROWS and all(_is_row(line, quoting, width) for line in inner)


def _is_row(line: str, quoting: Quoting, width: int) -> bool:
    try:
        fields = next(quoting.reader([line]), [])
    except csv.Error:
        return False
    return len(fields) == width and width > 1


def _feed(lines: Iterator[str], waiting: deque[str], held: list[str], longest: int) -> Iterator[str]:
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        held.append(line)
        if len(held) > longest:
            raise csv.Error("record has too many lines")
        yield line
