"""Character n-grams of a batch: words times the characters of every word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from cx_nlp.features.channel import Channel, Floats
from cx_nlp.features.lexicon import Lexicon
from cx_nlp.features.steps import Weights, times


@dataclass(frozen=True)
class CharacterRows:
    """Sublinear tf-idf rows of unit length of characters, kept as counts of words."""

    name: str
    channel: Channel
    lexicon: Lexicon
    words: sp.csr_matrix
    """How often every word of the lexicon stands in a row."""

    @cached_property
    def counts(self) -> sp.csr_matrix:
        """Counts of the characters."""
        return (self.words @ self.lexicon.characters(self.name, self.words.shape[1])).tocsr()

    def matrix(self) -> sp.csr_matrix:
        """The rows."""
        return self.channel.weigh(self.counts)

    def product(self, weights: Weights) -> Floats:
        """`matrix() @ weights`.

        What a word adds to a row is known before, but for characters that recur in the row: they count less than in full.
        """
        counts, idf = self.counts, self.channel.idf
        squares = np.square(idf)[counts.indices]
        again = np.flatnonzero(counts.data > 1)
        often, columns = counts.data[again], counts.indices[again]
        sublinear = np.log(often) + 1
        squares[again] *= np.square(sublinear)
        kept = np.searchsorted(again, counts.indptr)
        excess = sp.csr_matrix(((sublinear - often) * idf[columns], columns, kept), shape=counts.shape)
        total: Floats = np.asarray(
            self.words @ self.lexicon.word_scores(self.name, idf, weights)[: self.words.shape[1]]
        )
        total += times(excess, weights)
        total /= _lengths(squares, counts.indptr)[:, None]
        return total


def _lengths(squares: Floats, ends: np.ndarray) -> Floats:
    """The length of every row from its squares; 1 for empty rows."""
    filled = np.flatnonzero(np.diff(ends) > 0)
    found = np.ones(len(ends) - 1, np.float32)
    if len(filled):
        found[filled] = np.sqrt(np.add.reduceat(squares, ends[filled], dtype=np.float64))
    return found
