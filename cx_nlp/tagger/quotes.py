"""The words of a clause that say it: the clause without the words that only join it to the one before."""

from __future__ import annotations

from cx_nlp.segment import Segmented
from cx_nlp.text import Normalized

JOINERS = frozenset(
    "và nhưng mà còn thì là nên rồi cũng với tuy nhiên được cái chỉ tội mỗi có điều nói chung ngoài ra thế vậy bù lại đổi "
    "and but also so then however although though plus because".split()
)
MIN_WORDS = 2
"""A quote is never shortened below this many words."""


def quote_span(parts: Segmented, normal: Normalized, clause: int) -> tuple[int, int]:
    """Offsets of a clause's quote in the text as given."""
    first, after = parts.clauses[clause]
    while after - first > MIN_WORDS and parts.words[first] in JOINERS:
        first += 1
    return normal.span(parts.starts[first], parts.ends[after - 1])
