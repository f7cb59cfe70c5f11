"""The word pieces an encoder reads: its tokenizer, and the part of its vocabulary that feedback needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cx_nlp.encoder.pretrained import Floats

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
BEGIN, PADDING, END, UNKNOWN = range(4)
BLANK = "▁"
COMMON = 20_000
"""Likeliest pieces in Vietnamese or English letters that are kept whether or not the texts hold them."""
LETTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
)
REMEMBERED = 100_000
"""Words whose pieces are kept in memory."""


@dataclass(frozen=True)
class Vocabulary:
    """Word pieces with their log probabilities; the first four are `SPECIAL`."""

    pieces: tuple[str, ...]
    scores: Floats

    def tokenizer(self) -> Tokenizer:
        """The SentencePiece unigram tokenizer (Kudo 2018) of these pieces."""
        from tokenizers import Tokenizer

        table = [
            [piece, float(score)] for piece, score in zip(self.pieces, self.scores.tolist(), strict=True)
        ]
        model = {"type": "Unigram", "unk_id": UNKNOWN, "byte_fallback": False, "vocab": table}
        marked = {"type": "Metaspace", "replacement": BLANK, "prepend_scheme": "always", "split": True}
        # fmt: off
        whole: dict[str, object] = {
            "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": {"type": "NFKC"},
            "pre_tokenizer": marked, "post_processor": None, "decoder": marked, "model": model,
        }
        # fmt: on
        return Tokenizer.from_str(json.dumps(whole))

    def cut(self, kept: Sequence[int]) -> Vocabulary:
        """Only the pieces at these positions."""
        return Vocabulary(tuple(self.pieces[k] for k in kept), self.scores[list(kept)])


@dataclass(frozen=True, slots=True)
class Read:
    """Pieces between begin and end marks, and for each the position of its word (-1 at the marks)."""

    pieces: tuple[int, ...]
    owners: tuple[int, ...]


class PieceReader:
    """Words to pieces, remembering those it has met."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._tokenizer = vocabulary.tokenizer()
        self._position = {piece: k for k, piece in enumerate(vocabulary.pieces)}
        self._apart: dict[str, list[int]] = {}

    def word(self, word: str, *, after_blank: bool) -> list[int]:
        """Pieces of a word; one that follows without a blank, such as a comma, is one piece where there is such a piece."""
        if not after_blank and (whole := self._position.get(word)) is not None:
            return [whole]
        known = self._apart.get(word)
        if known is None:
            if len(self._apart) >= REMEMBERED:
                self._apart.clear()
            known = self._apart[word] = self._tokenizer.encode(word, add_special_tokens=False).ids
        return known

    def read(self, words: Sequence[str], after_blank: Sequence[bool], *, most: int) -> list[Read]:
        """A comment in windows of at most `most` pieces each, marks included; at least one window."""
        pieces, owners, windows = [BEGIN], [-1], []
        for i, (word, blank) in enumerate(zip(words, after_blank, strict=True)):
            found = self.word(word, after_blank=blank)[: most - 2]
            if len(pieces) + len(found) >= most:
                windows.append(Read((*pieces, END), (*owners, -1)))
                pieces, owners = [BEGIN], [-1]
            pieces += found
            owners += [i] * len(found)
        return [*windows, Read((*pieces, END), (*owners, -1))]

    def __getstate__(self) -> Vocabulary:
        return self.vocabulary

    def __setstate__(self, vocabulary: Vocabulary) -> None:
        self.__init__(vocabulary)  # type: ignore[misc]


def needed_pieces(vocabulary: Vocabulary, words: Iterable[str], *, common: int = COMMON) -> list[int]:
    """Positions of the pieces worth keeping, in order.

    Those are the special ones, single letters and signs of Latin scripts, the pieces that the words are made of, and
    the `common` likeliest ones in small Vietnamese or English letters.
    """
    tokenizer, pieces = vocabulary.tokenizer(), vocabulary.pieces
    kept = set(range(len(SPECIAL)))
    for found in tokenizer.encode_batch(sorted({*words}), add_special_tokens=False):
        kept.update(found.ids)
    signs = (k for k, piece in enumerate(pieces) if len(bare := piece.lstrip(BLANK)) <= 1 and bare < "\u2100")
    kept.update(signs)
    order = np.argsort(-vocabulary.scores, kind="stable").tolist()
    likely = (k for k in order if k >= len(SPECIAL) and LETTERS.issuperset(pieces[k].lstrip(BLANK)))
    kept.update(k for k, _ in zip(likely, range(common), strict=False))
    return sorted(kept)
