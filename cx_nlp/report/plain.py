"""Text from elsewhere made fit to stand on a page, which escapes it besides."""

from __future__ import annotations

import re
import unicodedata

# Characters that turn the direction of what follows: no text may reorder the page around it.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_ACCENT = "[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_ACCENT}{{3}}){_ACCENT}+")


def clean(text: str, *, longest: int | None = None) -> str:
    r"""The text in one line without control or direction characters, at most three accents on a letter.

    >>> clean("two\nlines\u202e"), clean("a long name", longest=7)
    ('two lines', 'a long…')
    """
    text = re.sub(r"\s+", " ", text if longest is None else text[: 4 * longest])
    text = "".join(
        char for char in text if unicodedata.category(char) not in ("Cc", "Cs") and char not in _TURNS
    )
    text = _STACKED.sub(r"\1", text).strip() if longest else _STACKED.sub(r"\1", text)
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"
