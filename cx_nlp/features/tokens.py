"""All tokens of a batch of comments, end to end, with their clauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from cx_nlp.features.channel import Ints
from cx_nlp.features.clauses import Flags, clause_bounds
from cx_nlp.features.growing import ragged
from cx_nlp.features.lexicon import Lexicon
from cx_nlp.features.words import NEGATION_REACH
from cx_nlp.segment import Segmented


@dataclass(frozen=True)
class Tokens:
    """All tokens of a batch, end to end, and the clauses as token ranges."""

    lexicon: Lexicon
    number: Ints
    """The numbers of the words in the lexicon."""
    comment: Ints
    first: Ints
    """The first token of every clause."""
    after: Ints
    """The token after the last of every clause."""
    comment_of: Ints
    """The comment of every clause."""
    n_comments: int

    @classmethod
    def of(cls, comments: Sequence[Segmented], lexicon: Lexicon) -> Tokens:
        """The tokens of segmented comments."""
        number = lexicon.numbers(chain.from_iterable(comment.words for comment in comments))
        sizes = np.array([len(comment.words) for comment in comments], np.intp)
        clauses = np.array([len(comment.clauses) for comment in comments], np.intp)
        bounds = np.array([ab for c in comments for ab in c.clauses], np.intp).reshape(-1, 2)
        bounds += np.repeat(np.cumsum(sizes) - sizes, clauses)[:, None]
        first, after = bounds.T
        places = np.arange(len(comments))
        return cls(
            lexicon, number, np.repeat(places, sizes), first, after, np.repeat(places, clauses), len(comments)
        )

    @classmethod
    def read(cls, lexicon: Lexicon, number: Ints, comment: Ints, n_comments: int) -> Tokens:
        """The tokens of comments whose clauses are to be found."""
        sizes = np.bincount(comment, minlength=n_comments)
        bounds = clause_bounds(lexicon.opening(number), lexicon.flag("mark", number), sizes)
        return cls(lexicon, number, comment, *bounds, n_comments)

    @cached_property
    def clause(self) -> Ints:
        """The clause each token stands in, -1 for none."""
        found = np.full(len(self.number), -1, np.intp)
        lengths = self.after - self.first
        found[ragged(self.first, lengths)] = np.repeat(np.arange(len(lengths)), lengths)
        return found

    @cached_property
    def negated(self) -> Flags:
        """Which tokens a negation reaches."""
        flag = self.lexicon.flag
        return reached(flag("negation", self.number), flag("stop", self.number), self.comment)


def reached(negation: Flags, stop: Flags, comment: Ints) -> Flags:
    """Which tokens a negation reaches: the few after it, up to the next mark, in the same comment."""
    n = len(negation)
    position = np.arange(n)
    last = np.maximum.accumulate(np.where(negation, position, -n))
    barrier = np.maximum.accumulate(np.where(stop, position, -n))
    first = np.searchsorted(comment, comment) if n else position
    return ~negation & ~stop & (position - last <= NEGATION_REACH) & (last > barrier) & (last >= first)
