"""Vocabularies of word n-grams as integers, looked up a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cx_nlp.features.channel import Ints
from cx_nlp.features.words import NEGATED


@dataclass(frozen=True)
class GramTable:
    """A vocabulary of word n-grams as sorted integer keys, so that a whole batch is looked up at once."""

    word_index: dict[str, int]
    keys: tuple[npt.NDArray[np.int64], ...]
    found: tuple[Ints, ...]
    negated: Ints | None
    """For every word the column of its negated form, -1 where there is none."""

    @property
    def longest(self) -> int:
        """Words in the longest n-gram."""
        return len(self.keys)

    @classmethod
    def of(cls, vocabulary: Mapping[str, int]) -> GramTable:
        """The table of a channel's vocabulary."""
        plain = [(term, column) for term, column in vocabulary.items() if term[0] != NEGATED]
        words = " ".join([term for term, _ in plain]).split(" ") if plain else []
        index = {word: i for i, word in enumerate(sorted(set(words)))}
        ids = np.fromiter(map(index.__getitem__, words), np.int64, len(words))
        columns = np.array([column for _, column in plain], np.intp)
        lengths = np.array([term.count(" ") + 1 for term, _ in plain], np.intp)
        starts = np.cumsum(lengths) - lengths
        keys, found = [], []
        for n in range(1, int(lengths.max(initial=1)) + 1):
            chosen = np.flatnonzero(lengths == n)
            key = _key(*(ids[starts[chosen] + k] for k in range(n)), size=len(index))
            order = np.argsort(key)
            keys.append(key[order])
            found.append(columns[chosen][order])
        marked = [
            (term[1:], column)
            for term, column in vocabulary.items()
            if term[0] == NEGATED and term[1:] in index
        ]
        negated = np.full(len(index) + 1, -1, np.intp)
        negated[[index[word] for word, _ in marked]] = [column for _, column in marked]
        return cls(index, tuple(keys), tuple(found), negated if marked else None)

    def columns(self, *words: Ints) -> Ints:
        """The columns of the n-grams whose n words are given position by position, -1 for unknown ones."""
        n = len(words)
        keys = self.keys[n - 1]
        if not len(keys):
            return np.full(len(words[0]), -1, np.intp)
        wanted = _key(*words, size=len(self.word_index))
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        known = (keys[at] == wanted) & np.logical_and.reduce([word >= 0 for word in words])
        return np.where(known, self.found[n - 1][at], -1)


def _key(*words: Ints, size: int) -> npt.NDArray[np.int64]:
    key = np.zeros(len(words[0]), np.int64)
    for word in words:
        key = key * size + word
    return key
