"""Which part of a split label a mention belongs to: by a model that knows the parts, or by their keywords, or undecided."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from cx_nlp.errors import InputError
from cx_nlp.migration.form import KINDS, Migration, Part
from cx_nlp.tagger.mention import Mention, TaggedComment
from cx_nlp.taxonomy import Taxonomy
from cx_nlp.text.accents import fold_accents

SAME, RENAMED, MERGED = "same", "rename", "merge"
BY_MODEL, BY_KEYWORD, UNSPLIT, ASIDE = "split_model", "split_keyword", "unsplit", "set_aside"
"""How a label became the new one: unchanged, renamed, merged; split by the model or by keyword; of which no part was told, under a
label of its own (history) or as it was, the comment set aside for a person (labelled data)."""


class Tagger(Protocol):
    """A model that knows the new labels."""

    taxonomy: Taxonomy | None

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        """The tags of each text, in order."""


def unsplit(id: str) -> str:
    """The label of mentions of a split label of which no part could be told."""
    return f"{id}_unsplit"


def check_model(model: Tagger, migration: Migration) -> None:
    """Refuse, with InputError, a model that does not know the parts of every split."""
    known = {"touchpoint": (), "factor": ()} if model.taxonomy is None else {
        "touchpoint": model.taxonomy.touchpoint_ids, "factor": model.taxonomy.factor_ids,
    }  # fmt: skip
    for kind in KINDS:
        for old, parts in migration.splits[kind].items():
            lacking = [part.id for part in parts if part.id not in known[kind]]
            if lacking:
                raise InputError(
                    f"the model {getattr(model, 'model_id', '')} does not know the {kind} {lacking[0]!r} that {old!r} is split into: "
                    "give a model trained on the new taxonomy, or leave --model out"
                )


@dataclass(frozen=True)
class Placed:
    """A label after the migration, and how it came there; None where no part could be told."""

    id: str | None
    how: str


def placed(
    migration: Migration, kind: str, mention: Mapping[str, Any], text: str, tagged: TaggedComment | None
) -> Placed:
    """The new label of a mention's touchpoint or factor.

    Parameters
    ----------
    kind
        "touchpoint" or "factor".
    mention
        With `touchpoint`, `factor`, `sentiment` and perhaps `quote`, `start` and `end`.
    text
        The comment.
    tagged
        What a model of the new taxonomy says of it; without one, keywords alone decide.
    """
    old = str(mention[kind])
    parts = migration.splits[kind].get(old)
    if parts is None:
        new = migration.moved[kind].get(old, old)
        return Placed(new, MERGED if old in migration.merged[kind] else SAME if new == old else RENAMED)
    if tagged is not None and (found := _said(kind, parts, mention, text, tagged)) is not None:
        return Placed(found, BY_MODEL)
    quote = mention.get("quote")
    found = _by_keyword(parts, quote if isinstance(quote, str) and quote.strip() else text)
    return Placed(found, BY_KEYWORD if found else UNSPLIT)


def _said(
    kind: str, parts: Sequence[Part], mention: Mapping[str, Any], text: str, tagged: TaggedComment
) -> str | None:
    """The part that the model tells at the mention's words; of several the one of its sentiment, then the surest."""
    ids = {part.id for part in parts}
    start, end = _span(mention, text)
    other = "factor" if kind == "touchpoint" else "touchpoint"
    found = [
        m
        for m in tagged.mentions
        if getattr(m, kind) in ids and (start is None or (m.end > start and m.start < end))
    ]
    if not found:
        return None

    def likeness(m: Mention) -> tuple[bool, bool, float]:
        return m.sentiment == mention["sentiment"], getattr(m, other) == mention[other], m.confidence

    return str(getattr(max(found, key=likeness), kind))


def _span(mention: Mapping[str, Any], text: str) -> tuple[int | None, int]:
    start, end, quote = mention.get("start"), mention.get("end"), mention.get("quote")
    if isinstance(start, int) and isinstance(end, int):
        return start, end
    at = text.find(quote) if isinstance(quote, str) and quote else -1
    return (at, at + len(quote)) if at >= 0 and isinstance(quote, str) else (None, 0)


def _by_keyword(parts: Sequence[Part], text: str) -> str | None:
    """The one part whose words stand in the text; None where none or several do."""
    found = [part.id for part in parts if part.keywords and _pattern(part.keywords).search(_folded(text))]
    if not found and text.isascii():
        # Vietnamese without its marks.
        bare = fold_accents(_folded(text))
        found = [p.id for p in parts if p.keywords and _pattern(p.keywords, bare=True).search(bare)]
    return found[0] if len(found) == 1 else None


@cache
def _pattern(keywords: tuple[str, ...], *, bare: bool = False) -> re.Pattern[str]:
    words = [fold_accents(_folded(word)) if bare else _folded(word) for word in keywords]
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
