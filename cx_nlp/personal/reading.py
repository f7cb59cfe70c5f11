"""A text as the finders read it: folded, of one length with what it is read from, with the way back to the original."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from unicodedata import category, combining, decimal, is_normalized, normalize


@dataclass(frozen=True)
class Reading:
    """A text in three forms of equal length: `text`, `folded` and `shape`.

    Attributes
    ----------
    text : str
        Composed (NFC), else as given.
    folded : str
        Lower case, without diacritics; every blank a space, every dash a hyphen, every digit one of 0 to 9.
    starts, ends : tuple of int or None
        Where each character begins and ends in the text as given; None where the places are the same.
    """

    text: str
    folded: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    @cached_property
    def shape(self) -> str:
        """``A`` for a capital, ``a`` for another letter, ``0`` for a digit, else as in `folded`."""
        return self.text.translate(_SHAPES)

    @cached_property
    def digits(self) -> int:
        """How many digits the text has."""
        return self.shape.count("0")

    @cached_property
    def words(self) -> Mapping[str, list[int]]:
        """Where each word of letters begins."""
        places: dict[str, list[int]] = {}
        for match in _WORD.finditer(self.shape):
            start, end = match.span()
            cuts = [cut.start() for cut in _JOINED.finditer(self.shape, start, end)]
            for first, last in {(start, end), *zip([start, *cuts], [*cuts, end], strict=True)}:
                places.setdefault(self.folded[first:last], []).append(first)
        return places

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text as given behind ``folded[start:end]``, which is not empty."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


# "HuyCMT" are two words that a lost line break has joined.
_JOINED = re.compile(r"(?<=a)A")
_WORD = re.compile(r"[Aa]+")


class _Folded(dict[int, str]):
    """What each character is folded to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


class _Shapes(dict[int, str]):
    """The shape of each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = _FOLDED[code]
        if not plain.isalnum():
            shape = plain
        else:
            shape = "0" if plain.isdecimal() else "A" if char.isupper() else "a"
        self[code] = shape
        return shape


def _fold(char: str) -> str:
    kind = category(char)
    if kind == "Nd":
        return str(decimal(char))
    # Blanks of every width, and the marks that keycaps and hidden joins put between digits.
    if kind in ("Zs", "Cf", "Mn", "Me") or char == "\t":
        return " "
    if kind == "Pd" or char == "\u2212":
        return "-"
    base = normalize("NFKD", char)[0].lower()
    return "d" if base == "đ" else base if len(base) == 1 else char


_FOLDED = _Folded()
_SHAPES = _Shapes()


def read(text: str) -> Reading:
    """The text as the finders read it.

    >>> read("Số 12").folded, read("Số 12").shape
    ('so 12', 'Aa 00')
    """
    if is_normalized("NFC", text):
        return Reading(text, text.translate(_FOLDED))
    composed, starts, ends = _composed(text)
    return Reading(composed, composed.translate(_FOLDED), tuple(starts), tuple(ends))


def _composed(text: str) -> tuple[str, list[int], list[int]]:
    """The text composed, letter by letter with its marks, and where each character begins and ends in it."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    first, length = 0, len(text)
    while first < length:
        last = first + 1
        while last < length and combining(text[last]):
            last += 1
        piece = normalize("NFC", text[first:last])
        pieces.append(piece)
        starts += [first] * len(piece)
        ends += [last] * len(piece)
        first = last
    return "".join(pieces), starts, ends
