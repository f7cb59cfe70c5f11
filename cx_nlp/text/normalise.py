"""Normalisation of a comment, with the way back to the text as given."""

import unicodedata
from collections.abc import Callable, Iterable

from cx_nlp.text.emoji import emoji_edits, has_symbols
from cx_nlp.text.markup import (
    address_edits,
    composition_edits,
    entity_edits,
    tag_edits,
    unseen_edits,
    url_edits,
)
from cx_nlp.text.offsets import Edit, Edits, Normalized, rewrite
from cx_nlp.text.words import word_edits

_ROUNDS = 4


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


_STAGES: tuple[tuple[Callable[[str], bool], Callable[[str], Iterable[Edit]]], ...] = (
    (_has_entity, entity_edits),
    (_is_unseen, unseen_edits),
    (_is_decomposed, composition_edits),
    (_has_tag, tag_edits),
    (_has_url, url_edits),
    (_has_address, address_edits),
    (has_symbols, emoji_edits),
)


def normalize(text: str) -> Normalized:
    """The comment in one plain form, its case kept.

    Composed letters (NFC); HTML entities and tags, invisible characters and odd blanks gone; web addresses,
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
    changed = text
    for applies, edits_of in _STAGES:
        if applies(changed):
            changed = _apply(changed, edits_of(changed), stages)
    for _ in range(_ROUNDS):
        edits = word_edits(changed)
        if not edits:
            break
        changed = _apply(changed, edits, stages)
    return Normalized(text, changed, tuple(stages))


def _apply(text: str, edits: Iterable[Edit], stages: list[Edits]) -> str:
    changed, stage = rewrite(text, edits)
    if stage.starts:
        stages.append(stage)
    return changed
