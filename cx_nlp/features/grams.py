"""Vocabularies of word n-grams as integers, looked up a batch at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cx_nlp.features.channel import Ints
from cx_nlp.features.words import NEGATED

_ROOM = 2
"""Places of a hash table for each key."""
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ over the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4)."""
_FREE = -1


class KeyTable:
    """A hash table from whole numbers (not negative) to columns, for many look-ups at once; open addressing."""

    def __init__(self, keys: npt.NDArray[np.int64], columns: Ints) -> None:
        bits = max(int(len(keys) * _ROOM).bit_length(), 1)
        self._shift, self._last = np.uint64(64 - bits), (1 << bits) - 1
        self._keys = np.full(1 << bits, _FREE, np.int64)
        self._columns = np.full(1 << bits, -1, np.int32)
        places = self._places(keys)
        while len(keys):
            # Of the keys that want one free place the last stays; all others try the next place.
            free = self._keys[places] == _FREE
            self._keys[places[free]] = keys[free]
            stays = self._keys[places] == keys
            self._columns[places[stays]] = columns[stays]
            keys, columns, places = keys[~stays], columns[~stays], (places[~stays] + 1) & self._last

    def _places(self, keys: npt.NDArray[np.int64]) -> Ints:
        return np.asarray((keys.astype(np.uint64) * _FACTOR) >> self._shift, np.intp)

    def get(self, keys: npt.NDArray[np.int64]) -> Ints:
        """The columns of the keys, -1 for unknown ones."""
        found = np.full(len(keys), -1, np.intp)
        places, left = self._places(keys), np.arange(len(keys))
        while len(left):
            there = self._keys[places]
            hit = there == keys[left]
            found[left[hit]] = self._columns[places[hit]]
            # Behind another key the one that is looked for may stand.
            further = np.flatnonzero(~hit & (there != _FREE))
            left, places = left[further], (places[further] + 1) & self._last
        return found


@dataclass(frozen=True)
class GramTable:
    """A vocabulary of word n-grams, so that a whole batch is looked up at once."""

    word_index: dict[str, int]
    single: Ints
    """For every word its column, and at the end -1; -1 where the word alone is no term."""
    longer: tuple[KeyTable, ...]
    """The n-grams of two, three and more words."""
    negated: Ints | None
    """Like `single` for the negated forms of words."""

    @property
    def longest(self) -> int:
        """Words in the longest n-gram."""
        return len(self.longer) + 1

    @classmethod
    def of(cls, vocabulary: Iterable[str]) -> GramTable:
        """The table of a channel's vocabulary, whose terms have the columns from 0 on."""
        terms = [*vocabulary]
        plain = [(term, column) for column, term in enumerate(terms) if term[0] != NEGATED]
        words = " ".join([term for term, _ in plain]).split(" ") if plain else []
        # Made anew side by side: those of the terms lie scattered, and would keep the memory of all of them.
        index = {word: i for i, word in enumerate(" ".join(sorted(set(words))).split(" "))} if words else {}
        ids = np.fromiter(map(index.__getitem__, words), np.int64, len(words))
        columns = np.array([column for _, column in plain], np.intp)
        lengths = np.array([term.count(" ") + 1 for term, _ in plain], np.intp)
        starts = np.cumsum(lengths) - lengths
        single = np.full(len(index) + 1, -1, np.intp)
        single[ids[starts[lengths == 1]]] = columns[lengths == 1]
        longer = []
        for n in range(2, int(lengths.max(initial=1)) + 1):
            chosen = np.flatnonzero(lengths == n)
            key = _key(*(ids[starts[chosen] + k] for k in range(n)), size=len(index))
            longer.append(KeyTable(key, columns[chosen]))
        marked = [
            (term[1:], column)
            for column, term in enumerate(terms)
            if term[0] == NEGATED and term[1:] in index
        ]
        negated = np.full(len(index) + 1, -1, np.intp)
        negated[[index[word] for word, _ in marked]] = [column for _, column in marked]
        return cls(index, single, tuple(longer), negated if marked else None)

    def columns(self, *words: Ints) -> Ints:
        """The columns of the n-grams whose n words are given position by position, -1 for unknown ones."""
        if len(words) == 1:
            return self.single[words[0]]
        found = np.full(len(words[0]), -1, np.intp)
        known = np.flatnonzero(np.logical_and.reduce([word >= 0 for word in words]))
        key = _key(*(word[known] for word in words), size=len(self.word_index))
        found[known] = self.longer[len(words) - 2].get(key)
        return found


def _key(*words: Ints, size: int) -> npt.NDArray[np.int64]:
    key = words[0].astype(np.int64)
    for word in words[1:]:
        key *= size
        key += word
    return key
