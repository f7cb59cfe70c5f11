"""Texts as tokens: what `text.normalize` and `segment.segment` give, with every piece of text gone through only once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast
from weakref import WeakMethod

import numpy as np

from cx_nlp.features.channel import Ints
from cx_nlp.features.clauses import Flags
from cx_nlp.features.lexicon import Lexicon
from cx_nlp.features.piece_store import PieceStore, Row
from cx_nlp.features.piece_tokens import Found, tokens_of_pieces
from cx_nlp.features.tokens import Tokens
from cx_nlp.segment import segment
from cx_nlp.text import Normalized, normalize
from cx_nlp.text.offsets import extends
from cx_nlp.text.pieces import LONGEST, Piece, is_plain, piece_of, settled, settled_alone

REMEMBERED = 100_000
"""Distinct pieces and words remembered between batches."""
_BREAK = "\x01"
"""Stands for a line break in a text whose pieces are set off by blanks alone."""
_ODD = "\x00"
"""Stands before a text that is not parted: no piece with this character is clear."""
_BREAKS = re.compile(r"[\n\t\r]")
_NOTHING, _BLANK, _BREAK_BLANK = range(3)
_HANGS, _UNCLEAR = -1, -2


@dataclass(frozen=True)
class Reading:
    """The tokens of a batch of texts, and where each stands in its text as given."""

    tokens: Tokens
    starts: Ints
    ends: Ints


class _Numbers(dict[str, int]):
    """Numbers by piece; a piece not met before is learnt by a method of the reader, which is not kept alive by it."""

    def __init__(self, learn: Callable[[str], int]) -> None:
        super().__init__()
        self._learn = WeakMethod(learn)

    def __missing__(self, raw: str) -> int:
        number = cast("Callable[[str], int]", self._learn())(raw)
        if len(raw) <= LONGEST:
            self[raw] = number
        return number


class Reader:
    """Reads texts, and remembers the blank-separated pieces it has met as arrays of tokens."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._numbers = _Numbers(self._learnt)
        self._pieces: dict[str, Piece] = {}
        self._number_of: dict[Piece, int] = {}
        self._fresh: list[Normalized] = []
        self._store = PieceStore()
        blank = lexicon.number(" ")
        self._store.add([([], [], [], 0), ([blank], [0], [1], 1), ([blank], [0], [0], 0)])
        self._next = len(self._store)
        for number, raw in ((_BLANK, ""), (_BREAK_BLANK, _BREAK)):
            nothing = Normalized("", "")
            self._pieces[raw] = piece = Piece(nothing, nothing)
            self._numbers[raw] = self._number_of[piece] = number

    def __len__(self) -> int:
        return max(len(self.lexicon), len(self._store))

    def read(self, texts: Sequence[str]) -> Reading:
        """The tokens of the texts."""
        parts = [*map(_parts, texts)]
        sizes = np.fromiter(map(len, parts), np.intp, len(parts))
        pieces = np.fromiter(map(self._numbers.__getitem__, chain.from_iterable(parts)), np.intp, sizes.sum())
        ends = np.cumsum(sizes)
        for i in _rows_of(pieces == _HANGS, ends):
            pieces[ends[i] - sizes[i] : ends[i]] = self._together(parts[i])
        self._learn()
        for i in _rows_of((pieces < 0) | self._store.unclear[pieces], ends):
            pieces[ends[i] - sizes[i] : ends[i]] = _NOTHING
            pieces[ends[i] - sizes[i]] = self._whole(texts[i])
        self.lexicon.learn()
        # The blank at the end belongs to the word before it.
        pieces[ends[pieces[ends - 1] == _BLANK] - 1] = _NOTHING
        return self._reading(pieces, sizes)

    def _reading(self, pieces: Ints, sizes: Ints) -> Reading:
        words, starts, ends, piece = self._store.tokens(pieces, sizes)
        comment = np.repeat(np.arange(len(sizes)), sizes)[piece]
        blank = self.lexicon.flag("blank", words)
        again = np.zeros(len(words), bool)
        again[1:] = blank[1:] & blank[:-1] & (comment[1:] == comment[:-1])
        if again.any():
            words, comment, starts, ends = (values[~again] for values in (words, comment, starts, ends))
        return Reading(Tokens.read(self.lexicon, words, comment, len(sizes)), starts, ends)

    def _learnt(self, raw: str) -> int:
        if len(raw) <= LONGEST and is_plain(raw):
            return self._numbered(Normalized(raw, raw))
        piece = piece_of(Normalized(raw, raw))
        if piece is None:
            return _UNCLEAR
        self._pieces[raw] = piece
        alone = settled_alone(piece)
        return self._number(alone) if alone else _HANGS

    def _number(self, piece: Piece) -> int:
        if piece not in self._number_of:
            self._number_of[piece] = self._numbered(piece.normal)
        return self._number_of[piece]

    def _numbered(self, normal: Normalized) -> int:
        self._fresh.append(normal)
        self._next += 1
        return self._next - 1

    def _together(self, parts: Sequence[str]) -> list[int] | int:
        """The numbers of the pieces of one comment, some of which hang on the others."""
        pieces = [self._pieces.get(raw) or self._plain_piece(raw) for raw in parts]
        found = None if None in pieces else settled(cast("list[Piece]", pieces))
        if not found:
            return _UNCLEAR
        number_of = self._number_of
        return [number_of[piece] if piece in number_of else self._number(piece) for piece in found]

    def _plain_piece(self, raw: str) -> Piece | None:
        """The piece made for one that was plain at a glance."""
        number = self._numbers[raw]
        if number < 0:
            return None
        normal = Normalized(raw, raw)
        self._pieces[raw] = piece = Piece(normal, normal)
        self._number_of[piece] = number
        return piece

    def _learn(self) -> None:
        """Take in the pieces that are new."""
        fresh, self._fresh = self._fresh, []
        self._store.add([*map(self._row, fresh, tokens_of_pieces([found.text for found in fresh]))])

    def _whole(self, text: str) -> int:
        """The number of a comment that is read as one piece, which is not met again."""
        normal = normalize(text)
        (found,) = segment([normal.text])
        self._store.add([self._row(normal, (found.words, found.starts, found.ends))])
        self._next += 1
        return self._next - 1

    def _row(self, normal: Normalized, tokens: Found | None) -> Row | None:
        if tokens is None:
            return None
        words, starts, ends = tokens
        if normal.changed or (
            len(words) > 1 and not normal.text.isascii() and any(map(extends, normal.text))
        ):
            starts, ends = [*map(normal.source_start, starts)], [*map(normal.source_end, ends)]
        return [*map(self.lexicon.number, words)], starts, ends, len(normal.source) + 1


def _rows_of(found: Flags, ends: Ints) -> list[int]:
    """The comments of which a piece is marked; `ends` says where the pieces of each end."""
    rows: list[int] = np.unique(np.searchsorted(ends, np.flatnonzero(found), side="right")).tolist()
    return rows


def _parts(text: str) -> list[str]:
    """The pieces of a text between its blanks; `_BREAK` for a line break, which takes the place of a blank."""
    if not text.isprintable():
        marked = _BREAKS.sub(f" {_BREAK} ", text)
        if _BREAK in text or not marked.replace(_BREAK, "").isprintable():
            return [_ODD + text]
        text = marked
    return text.split(" ")
