"""A text with its mentions as HTML: coloured spans, each followed by what it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import NamedTuple

INK = "#1c1b19"
"""Of all text on a coloured ground, in light and in dark notebooks."""
BACKGROUNDS = {"positive": "#c3dcf5", "negative": "#f9c78b", "neutral": "#e9e6df"}
"""Blue and orange, which people with any of the common colour vision deficiencies tell apart."""
OTHER = "#e4cfee"
"""Of any other sentiment, and of words that carry several."""


class Mark(NamedTuple):
    """Characters of a text, how they feel, and what is said of them."""

    start: int
    end: int
    sentiment: str
    label: str


def background(sentiment: str) -> str:
    """The colour behind the words of a sentiment."""
    return BACKGROUNDS.get(sentiment, OTHER)


def marked(text: str, marks: Sequence[Mark], *, heading: str) -> str:
    """The text under its heading as HTML that is safe whatever the text holds, with its marks coloured and named."""
    # Jupyter would set text between dollar signs as a formula, and show none that UTF-8 cannot carry.
    body = "".join(_pieces(text, marks))
    return (
        '<div class="cx-comment tex2jax_ignore mathjax_ignore" style="line-height:1.9;max-width:60em">'
        f'<div style="font-size:85%">{_safe(heading)}</div><div dir="auto" style="white-space:pre-wrap">{body}</div></div>'
    )


def _pieces(text: str, marks: Sequence[Mark]) -> Iterator[str]:
    cuts = sorted({0, len(text), *(at for mark in marks for at in (mark.start, mark.end))})
    for start, end in pairwise(cuts):
        felt = {mark.sentiment for mark in marks if mark.start <= start and end <= mark.end}
        yield _coloured(text[start:end], felt) if felt else _safe(text[start:end])
        yield from (_named(mark) for mark in marks if mark.end == end)


def _coloured(words: str, felt: set[str]) -> str:
    ground = background(*felt) if len(felt) == 1 else OTHER
    return f'<mark style="background:{ground};color:{INK};border-radius:3px;padding:1px 2px">{_safe(words)}</mark>'


def _named(mark: Mark) -> str:
    return (
        f'<small style="background:{background(mark.sentiment)};color:{INK};border-radius:3px;padding:1px 4px;margin:0 3px;'
        f'font-size:75%;white-space:nowrap;unicode-bidi:isolate">{_safe(mark.label)}</small>'
    )


def _safe(text: str) -> str:
    """Nothing in the text is taken for HTML or turns the direction of what stands around it."""
    return f"<bdi>{escape(text.encode('utf-8', errors='replace').decode('utf-8'))}</bdi>"
