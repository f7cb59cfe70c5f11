"""Parts of the data that figures are given for one by one: by language, diacritics, length, or any key."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from cx_nlp.metrics.labels import Record
from cx_nlp.text.language import detect

Slicer = Callable[[Record], str | None]
"""Which part a gold record belongs to; None for none."""

LENGTHS = ((5, "1-5 words"), (20, "6-20 words"), (60, "21-60 words"))


def by_key(key: str) -> Slicer:
    """Parts by the value a record has under `key`."""

    def part(record: Record) -> str | None:
        value = record.get(key)
        return None if value is None or value == "" else str(value)

    return part


def by_language(record: Record) -> str:
    """Parts by the language the record names under `lang`, else by the language of its text."""
    named = record.get("lang")
    return str(named) if named else detect(unicodedata.normalize("NFC", _text(record))).code


def by_diacritics(record: Record) -> str | None:
    """Vietnamese comments by whether any letter has a mark, "đ" included; no part for other languages."""
    if by_language(record) != "vi":
        return None
    text = unicodedata.normalize("NFD", _text(record))
    marked = any(unicodedata.combining(sign) or sign in "đĐ" for sign in text)
    return "vi with diacritics" if marked else "vi without diacritics"


def by_length(record: Record) -> str:
    """Parts by the number of words of the text."""
    words = len(_text(record).split())
    return next((name for most, name in LENGTHS if words <= most), "over 60 words")


DEFAULT_SLICES: Mapping[str, Slicer] = {
    "language": by_language,
    "diacritics": by_diacritics,
    "length": by_length,
    "industry": by_key("industry"),
}


def rows_of(records: Sequence[Record], slicers: Mapping[str, Slicer]) -> dict[str, dict[str, list[int]]]:
    """The row numbers of each part of each slicer, parts in order of their names."""
    found: dict[str, dict[str, list[int]]] = {name: {} for name in slicers}
    for row, record in enumerate(records):
        for name, slicer in slicers.items():
            part = slicer(record)
            if part is not None:
                found[name].setdefault(part, []).append(row)
    return {name: dict(sorted(parts.items())) for name, parts in found.items() if parts}


def _text(record: Record) -> str:
    return str(record.get("text", ""))
