"""Normalisation of a comment, with the way back to the text as given."""

import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from cx_nlp.text.emoji import emoji_edits, has_heap, has_symbols, heap_edits
from cx_nlp.text.markup import (
    address_edits,
    composition_edits,
    entity_edits,
    tag_edits,
    unseen_edits,
    url_edits,
)
from cx_nlp.text.offsets import Edit, Edits, Normalized, rewrite
from cx_nlp.text.words import has_forms, word_edits

ROUNDS = 8
"""A text is gone over until nothing changes, and no more often than this."""
_LONGEST = 1000
"""Texts beyond this length skip the memory of seen pieces, so that it stays small."""


def _has_entity(text: str) -> bool:
    return "&" in text and ";" in text


def _is_unseen(text: str) -> bool:
    return not text.isprintable()


def _is_decomposed(text: str) -> bool:
    return not (text.isascii() or unicodedata.is_normalized("NFC", text))


def _has_tag(text: str) -> bool:
    return "<" in text and ">" in text


def _has_url(text: str) -> bool:
    return "://" in text or "www." in text or "WWW." in text


def _has_address(text: str) -> bool:
    return "@" in text


STAGES: tuple[tuple[Callable[[str], bool], Callable[[str], Iterable[Edit]]], ...] = (
    (_has_entity, entity_edits),
    (_is_unseen, unseen_edits),
    (_is_decomposed, composition_edits),
    (_has_tag, tag_edits),
    (_has_url, url_edits),
    (_has_address, address_edits),
    (has_symbols, emoji_edits),
    (has_heap, heap_edits),
)
"""What is done to signs, stage by stage: whether a text may have any (too often, never too seldom), and the edits."""


_NOTHING, _WORDS, _ALL = range(3)


@lru_cache(maxsize=1 << 15)
def _piece_need(piece: str) -> int:
    """Which stages may change a piece of text that has no blanks."""
    if any(applies(piece) for applies, _ in STAGES):
        return _ALL
    return _WORDS if has_forms(piece) else _NOTHING


def _need(text: str) -> int:
    """Which stages may change the text: a quick look that may name too many, never too few."""
    if len(text) > _LONGEST or not text.isprintable():
        return _ALL
    return max(map(_piece_need, text.split(" ")))


def normalize(text: str) -> Normalized:
    """The comment in one plain form, its case kept.

    Composed Latin letters (NFC); HTML entities and tags, invisible characters and odd blanks gone; web addresses,
    mail addresses and handles as tokens; emoji and emoticons as ``emo_pos``, ``emo_neg``, ``emo_neu``;
    repeated letters and marks reduced; tone marks in one place; teencode written out.

    Examples
    --------
    >>> comment = normalize("Nv dễ thươnggg, hoà nhã 😍")
    >>> comment.text
    'Nhân viên dễ thương, hòa nhã emo_pos'
    >>> comment.span(0, 9)
    (0, 2)
    """
    stages: list[Edits] = []
    settled = text
    for _ in range(ROUNDS):
        need, done = _need(settled), len(stages)
        if need == _ALL:
            settled = _without_signs(settled, stages)
        if need != _NOTHING:
            settled = apply(settled, word_edits(settled), stages)
        if len(stages) == done:
            break
    return Normalized(text, settled, tuple(stages))


def _without_signs(text: str, stages: list[Edits]) -> str:
    """The text after all stages but that of the words; the edits of those that changed it join `stages`."""
    for applies, edits_of in STAGES:
        if applies(text):
            text = apply(text, edits_of(text), stages)
    return text


def apply(text: str, edits: Iterable[Edit], stages: list[Edits]) -> str:
    """The text with the edits made; they join `stages` where there are any."""
    made = [*edits]
    if made:
        text, stage = rewrite(text, made)
        stages.append(stage)
    return text
