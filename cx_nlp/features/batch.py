"""Feature blocks of a batch of comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from cx_nlp.features.channel import Floats, Ints, counts_of
from cx_nlp.features.characters import CharacterRows
from cx_nlp.features.steps import Weights, times


@dataclass(frozen=True)
class Features:
    """Feature blocks of a batch: one row per clause, or per comment for the `comment…` blocks."""

    blocks: dict[str, sp.csr_matrix]
    characters: dict[str, CharacterRows]
    """The blocks of characters."""
    comment_of: Ints
    """For every clause the position of its comment in the batch."""
    before: Ints
    """For every clause the row of the clause before it in the same comment, -1 for the first."""
    after: Ints
    n_comments: int

    def matrix(self, names: Mapping[str, float]) -> sp.csr_matrix:
        """The blocks side by side, each times its weight: what a linear model is fitted on."""
        return sp.hstack(
            [weight * self.rows(name) for name, weight in names.items()], format="csr", dtype=np.float32
        )

    def rows(self, name: str) -> sp.csr_matrix:
        """One block; `before`, `after` and `comment` taken at the rows they stand for."""
        if name in self.characters:
            return self.characters[name].matrix()
        if name in ("before", "after"):
            return _taken(self.blocks["folded"], getattr(self, name))
        if name == "comment":
            return self.blocks[name][self.comment_of]
        return self.blocks[name]

    def product(self, name: str, weights: Weights) -> Floats:
        """`rows(name) @ weights`, without building the shifted rows."""
        if name in self.characters:
            return self.characters[name].product(weights)
        if name in ("before", "after"):
            at = getattr(self, name)
            found: Floats = times(self.blocks["folded"], weights)[at]
            found[at < 0] = 0
            return found
        found = times(self.blocks[name], weights)
        return found[self.comment_of] if name == "comment" else found


def _taken(block: sp.csr_matrix, at: Ints) -> sp.csr_matrix:
    chosen = sp.csr_matrix(
        ((at >= 0).astype(np.float32), np.maximum(at, 0), np.arange(len(at) + 1)),
        shape=(len(at), block.shape[0]),
    )
    return (chosen @ block).tocsr()


def place(sizes: Ints, lengths: Ints) -> sp.csr_matrix:
    """Where the clause stands and how long it is: first, last, alone, at most two words, at most four words."""
    n = len(lengths)
    first = np.zeros(n, bool)
    last = np.zeros(n, bool)
    ends = np.cumsum(sizes)
    filled = sizes > 0
    first[(ends - sizes)[filled]] = True
    last[ends[filled] - 1] = True
    there = np.stack([first, last, first & last, lengths <= 2, lengths <= 4], axis=1)
    return counts_of(there.nonzero()[1], np.r_[0, np.cumsum(there.sum(axis=1))], there.shape[1])


def neighbours(
    sizes: Ints,
) -> tuple[Ints, Ints, Ints]:
    """For every clause its comment, and the clauses before and after it there (-1 for none)."""
    comment_of = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(len(comment_of))
    same = comment_of[1:] == comment_of[:-1]
    before = np.where(np.r_[False, same], rows - 1, -1)[: len(rows)]
    after = np.where(np.r_[same, False], rows + 1, -1)[: len(rows)]
    return comment_of, before, after
