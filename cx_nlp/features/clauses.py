"""The clauses of a whole batch at once: what `segment.clause_ranges` finds, comment by comment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from cx_nlp.features.channel import Ints
from cx_nlp.features.grams import GramTable
from cx_nlp.segment import CONTRAST, HOLDS, JOIN, MAX_CLAUSE, MIN_TURN, TURN

Flags = npt.NDArray[np.bool_]
_MIN_CONTRAST = 2
"""A clause is cut at a word of contrast when it already holds this many words."""
_MIN_JOINED = 2
"""Words that must follow a joining one."""


@dataclass(frozen=True)
class Openers:
    """The phrases that open clauses, as word n-grams, and which of the tables of `segment` hold each of them."""

    table: GramTable
    contrast: Flags
    join: Flags
    turn: Flags
    first: Flags
    """For every word of the table, and at the end for all others, whether a phrase starts with it."""
    holds: Flags
    """Likewise, whether no turn comes after it."""


@cache
def openers() -> Openers:
    """The phrases of `segment`."""
    found = [
        {" ".join(words) for kept in table.values() for words in kept} for table in (CONTRAST, JOIN, TURN)
    ]
    phrases = sorted(HOLDS.union(*found))
    table = GramTable.of(phrases)
    contrast, join, turn = (np.array([phrase in kept for phrase in phrases]) for kept in found)
    starting = {*CONTRAST, *JOIN, *TURN}
    first, holds = (
        np.array([*(word in kept for word in table.word_index), False]) for kept in (starting, HOLDS)
    )
    return Openers(table, contrast, join, turn, first, holds)


def clause_bounds(words: Ints, mark: Flags, sizes: Ints) -> tuple[Ints, Ints, Ints]:
    """First token, token after the last, and comment of every clause of a batch.

    Parameters
    ----------
    words
        The tokens of all comments, end to end, as words of the table of `openers`, -1 for other words.
    mark
        Which tokens are marks.
    sizes
        The number of tokens of every comment.
    """
    spoken = np.flatnonzero(~mark)
    comment = np.repeat(np.arange(len(sizes)), sizes)[spoken]
    # No clause runs across a mark or into another comment.
    fresh = np.ones(len(spoken), bool)
    fresh[1:] = (np.diff(spoken) > 1) | (np.diff(comment) > 0)
    needed = _words_needed(words, np.repeat(np.cumsum(sizes), sizes))[spoken]
    starts = _cuts(fresh, needed)
    after = np.append(starts[1:], len(spoken))[: len(starts)]
    return spoken[starts], spoken[after - 1] + 1, comment[starts]


def _words_needed(words: Ints, comment_end: Ints) -> Ints:
    """How many words a clause must hold to end before each token; where no phrase opens one, `MAX_CLAUSE`."""
    known = openers()
    needed = np.full(len(words), MAX_CLAUSE, np.intp)
    at = np.flatnonzero(known.first[words])
    contrast, turn, joined = np.zeros(len(at), bool), np.zeros(len(at), bool), np.zeros(len(at), np.intp)
    room = comment_end[at] - at
    padded = np.append(words, np.full(known.table.longest, -1))
    for length in range(1, known.table.longest + 1):
        column = known.table.columns(*(padded[at + k] for k in range(length)))
        fits = (column >= 0) & (room >= length)
        contrast |= fits & known.contrast[column]
        turn |= fits & known.turn[column]
        joined[fits & known.join[column]] = length
    opens = np.where(joined > 0, room - joined >= _MIN_JOINED, turn & ~known.holds[padded[at - 1]])
    needed[at[opens]] = MIN_TURN
    needed[at[contrast]] = _MIN_CONTRAST
    return needed


def _cuts(fresh: Flags, needed: Ints) -> Ints:
    """The words that clauses start with: the fresh ones, and those before which enough words stand."""
    events = np.flatnonzero(fresh | (needed < MAX_CLAUSE))
    found: list[int] = []
    start = 0
    for word, new, least in zip(
        events.tolist(), fresh[events].tolist(), needed[events].tolist(), strict=True
    ):
        if word - start > MAX_CLAUSE:
            found += range(start + MAX_CLAUSE, word, MAX_CLAUSE)
            start = found[-1]
        if new or word - start >= least:
            found.append(word)
            start = word
    found += range(start + MAX_CLAUSE, len(fresh), MAX_CLAUSE)
    return np.array(found, np.intp)
