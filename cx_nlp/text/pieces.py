"""The blank-separated pieces of a comment, each brought to its normal form on its own, so that it can be remembered.

`normalize` says what the normal form of a comment is. A piece is independent of its comment, but for words whose
reading hangs on their neighbours or on the language (`Piece.hangs`): these go through the rounds of `normalize` in the
company of the other pieces (`settled`). Pieces of which that cannot be said are left to `normalize` (`UNCLEAR`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from operator import attrgetter, is_
from typing import cast

from cx_nlp.text.emoji import emoji_edits
from cx_nlp.text.language import is_english
from cx_nlp.text.markup import url_edits
from cx_nlp.text.normalise import ROUNDS, STAGES, apply
from cx_nlp.text.offsets import Edits, Normalized, extends
from cx_nlp.text.teencode import rules
from cx_nlp.text.words import Context, edits_to, has_forms, outlook, plain_words

LONGEST = 100
"""Longer pieces are not remembered, so that memory stays small."""
_REACHES_OUT = re.compile(r"<|^(?:\)\)|\(\()|:-?[v3]$")
"""Signs whose meaning hangs on what stands beyond the blank: tags and hearts, brackets at the start, ":3"."""
_PLAIN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*[.,!?]?")
"""A word, where no sign is to be looked for."""
_BROADER = frozenset([url_edits, emoji_edits])
"""Stages that may make edits where they were not said to apply."""
_FIRST_SYMBOL = "\u2000"
_OTHER = "·"
"""Stands for a neighbour that no rule names."""


class Piece:
    """A piece at the beginning of a round of normalisation.

    Attributes
    ----------
    normal : Normalized
        What has become of the piece so far.
    hangs : bool
        Whether what becomes of it in this round hangs on the comment around it.
    after : Piece or None
        What becomes of it in this round, itself where it does not change; None where that hangs or is not known yet.
    evidence, first, last
        What the other pieces see of it, see `Outlook`.
    """

    __slots__ = ("_signed", "_steps", "after", "evidence", "first", "hangs", "last", "normal")

    def __init__(self, normal: Normalized, signed: Normalized) -> None:
        self.normal = normal
        self.evidence, self.first, self.last, self.hangs, settled = outlook(signed.text)
        self._signed = signed
        self.after: Piece | None = self if settled and signed is normal else None
        self._steps: dict[Context, tuple[Piece | None, str]] = {}

    def among(self, context: Context) -> tuple[Piece | None, str]:
        """The piece after a round, None where that cannot be told, and its last word as the word after it sees it."""
        if context not in self._steps:
            self._steps[context] = self._step(context)
        return self._steps[context]

    def alone(self) -> Piece | None:
        """The piece after a round, None where that hangs on its comment."""
        if self.after is None and not self.hangs:
            self.after = self._step(_ALONE)[0]
        return self.after

    def _step(self, context: Context) -> tuple[Piece | None, str]:
        signed = self._signed
        stages = [*signed.stages]
        plain = plain_words(signed.text, context)
        text = apply(signed.text, edits_to(signed.text, plain), stages)
        last = plain[-1][2].rsplit(" ", 1)[-1] if plain else self.last
        if len(stages) == len(self.normal.stages):
            return self, last
        return piece_of(Normalized(signed.source, text, tuple(stages))), last


_ALONE = Context(english=False)


def piece_of(normal: Normalized) -> Piece | None:
    """The piece, None where its normal form cannot be told apart from its comment's."""
    signed = _without_signs(normal)
    return Piece(normal, signed) if signed else None


def _without_signs(normal: Normalized) -> Normalized | None:
    """The piece after all stages but that of the words."""
    text = normal.text
    if _has_no_signs(text):
        return normal
    if _is_unclear(text):
        return None
    stages: list[Edits] = [*normal.stages]
    for applies, edits_of in STAGES:
        if applies(text):
            text = apply(text, edits_of(text), stages)
            if _is_unclear(text):
                return None
        elif edits_of in _BROADER and any(edits_of(text)):
            # Elsewhere in the comment there may be what makes the stage apply.
            return None
    return Normalized(normal.source, text, tuple(stages)) if len(stages) > len(normal.stages) else normal


def is_plain(text: str) -> bool:
    """Whether a piece is known at a glance to be in its normal form."""
    return _has_no_signs(text) and not has_forms(text)


def _has_no_signs(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and (
        text.isascii() or (max(text) < _FIRST_SYMBOL and unicodedata.is_normalized("NFC", text))
    )


def _is_unclear(text: str) -> bool:
    return (
        not (text and text.isprintable())
        or len(text) > LONGEST
        or text[0] == " "
        or text[-1] == " "
        or extends(text[0])
        or _REACHES_OUT.search(text) is not None
    )


def settled_alone(piece: Piece) -> Piece | None:
    """The piece after all rounds, None where that hangs on its comment."""
    for _ in range(ROUNDS):
        after = piece.alone()
        if after is None or after is piece:
            return after
        piece = after
    return None


def settled(pieces: Sequence[Piece]) -> Sequence[Piece] | None:
    """The pieces of a comment after all rounds, None where `normalize` has to be asked."""
    for _ in range(ROUNDS):
        after = _next_round(pieces)
        if after is None or all(map(is_, after, pieces)):
            return after
        pieces = after
    return pieces


_after, _evidence = attrgetter("after"), attrgetter("evidence")


def _next_round(pieces: Sequence[Piece]) -> list[Piece] | None:
    found: list[Piece | None] = [*map(_after, pieces)]
    if None not in found:
        return cast("list[Piece]", found)
    english = is_english(sum(map(_evidence, pieces)))
    lasts: dict[int, str] = {}
    for i in [i for i, after in enumerate(found) if after is None]:
        if pieces[i].hangs:
            before = next((last for j in range(i - 1, -1, -1) if (last := lasts.get(j, pieces[j].last))), "")
            after = next((other.first for other in pieces[i + 1 :] if other.first), "")
            found[i], lasts[i] = pieces[i].among(Context(_named(before), _named(after), english))
        else:
            found[i] = pieces[i].alone()
    return None if None in found else cast("list[Piece]", found)


def _named(word: str) -> str:
    """The word as far as the rules of short forms tell it from others, so that few contexts are remembered."""
    if not word or word in _neighbours():
        return word
    return "0" if word[0].isdigit() else _OTHER


@cache
def _neighbours() -> frozenset[str]:
    return frozenset(
        word
        for readings in rules().values()
        for rule in readings
        for words in (rule.after, rule.before, rule.not_after, rule.not_before)
        for word in words
    )
