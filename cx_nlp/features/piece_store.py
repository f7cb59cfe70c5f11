"""The tokens of pieces of text as arrays, one row a piece."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from cx_nlp.features.channel import Ints
from cx_nlp.features.clauses import Flags
from cx_nlp.features.growing import Growing, ragged

Row = tuple[list[int], list[int], list[int], int]
"""The words of a piece by their numbers, their starts and ends in the piece, and its length with the blank after it."""
_UNKNOWN: Row = [], [], [], 0


class PieceStore:
    """The tokens of numbered pieces, to which pieces are added."""

    def __init__(self) -> None:
        self._first, self._count, self._width = Growing(np.intp), Growing(np.intp), Growing(np.intp)
        self._unclear = Growing(np.bool_)
        self._words, self._starts, self._ends = Growing(np.intp), Growing(np.intp), Growing(np.intp)

    def __len__(self) -> int:
        return len(self._first)

    def add(self, rows: Sequence[Row | None]) -> None:
        """Add pieces; None is one whose tokens hang on the text around it."""
        words, starts, ends, widths = (
            zip(*(row or _UNKNOWN for row in rows), strict=True) if rows else ([],) * 4
        )
        counts = np.fromiter(map(len, words), np.intp, len(rows))
        self._first.add(len(self._words) + np.cumsum(counts) - counts)
        self._count.add(counts)
        self._width.add(widths)
        self._unclear.add([row is None for row in rows])
        for kept, added in ((self._words, words), (self._starts, starts), (self._ends, ends)):
            kept.add([*chain.from_iterable(added)])

    @property
    def unclear(self) -> Flags:
        """For every piece whether its tokens hang on the text around it."""
        return self._unclear.values

    def tokens(self, pieces: Ints, sizes: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Word, start, end and piece of all tokens of texts; each text is made of the next `size` of the pieces."""
        width, count = self._width.values[pieces], self._count.values[pieces]
        begins = np.cumsum(width) - width
        begins -= np.repeat(begins[np.cumsum(sizes) - sizes], sizes)
        at, piece = ragged(self._first.values[pieces], count), np.repeat(np.arange(len(pieces)), count)
        begin = begins[piece]
        return self._words.values[at], self._starts.values[at] + begin, self._ends.values[at] + begin, piece
