"""The words of a clause that say it: the clause without the words that only join it to the one before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cx_nlp.features import Reading

Ints = npt.NDArray[np.intp]
JOINERS = frozenset(
    "và nhưng mà còn thì là nên rồi cũng với tuy nhiên được cái chỉ tội mỗi có điều nói chung ngoài ra thế vậy bù lại đổi "
    "and but also so then however although though plus because".split()
)
MIN_WORDS = 2
"""A quote is never shortened below this many words."""


def quote_spans(reading: Reading, clauses: Ints) -> tuple[Ints, Ints]:
    """Starts and ends of the quotes of clauses, as offsets into the texts as given."""
    tokens = reading.tokens
    first, after = tokens.first[clauses], tokens.after[clauses]
    moving = np.arange(len(clauses))
    while len(moving):
        joins = tokens.lexicon.among(JOINERS, tokens.number[first[moving]])
        moving = moving[joins & (after[moving] - first[moving] > MIN_WORDS)]
        first[moving] += 1
    starts = reading.starts[first]
    return starts, np.maximum(starts, reading.ends[after - 1])
