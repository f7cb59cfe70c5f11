"""Batch look-up of words and n-grams: integers instead of strings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cx_nlp.features.channel import Ints, counts_of
from cx_nlp.features.words import NEGATED, NEGATIONS, characters, is_spoken, stops_negation
from cx_nlp.text import fold_accents

LEXICON_WORDS = 200_000
"""Distinct words remembered between batches."""


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


class Lexicon:
    """What is known of every distinct word met so far, looked up once a word instead of once an occurrence."""

    def __init__(
        self,
        tables: Mapping[str, GramTable],
        characters: Mapping[str, Mapping[str, int]],
        *,
        folded: Collection[str],
    ) -> None:
        self._folded = folded
        self._index_of = {name: table.word_index for name, table in tables.items()}
        self._vocabularies = characters
        self._forget()

    def _forget(self) -> None:
        self._entries: dict[str, int] = {}
        self._fresh: list[str] = []
        self._words = {name: np.zeros(0, np.intp) for name in self._index_of}
        self._flags = {name: np.zeros(0, bool) for name in ("spoken", "negation", "mark")}
        self._rows = {
            name: sp.csr_matrix((0, len(known)), dtype=np.float32)
            for name, known in self._vocabularies.items()
        }

    def entries(self, words: Iterable[str]) -> Ints:
        """The positions of the words in this lexicon; new ones are added."""
        if len(self._entries) > LEXICON_WORDS:
            self._forget()
        known = self._entries
        found = []
        for word in words:
            entry = known.get(word)
            if entry is None:
                entry = known[word] = len(known)
                self._fresh.append(word)
            found.append(entry)
        self._learn()
        return np.array(found, np.intp)

    def _learn(self) -> None:
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        folded = [fold_accents(word) for word in fresh]
        for name, index in self._index_of.items():
            forms = folded if name in self._folded else fresh
            self._words[name] = np.append(
                self._words[name], np.array([index.get(w, -1) for w in forms], np.intp)
            )
        for name, tells in (
            ("spoken", is_spoken),
            ("negation", NEGATIONS.__contains__),
            ("mark", stops_negation),
        ):
            self._flags[name] = np.append(self._flags[name], np.array([tells(word) for word in fresh], bool))
        grams = [characters((word,)) for word in folded]
        for name, vocabulary in self._vocabularies.items():
            columns = [[i for i in map(vocabulary.get, found) if i is not None] for found in grams]
            ends = np.cumsum([0, *map(len, columns)])
            rows = counts_of(list(chain.from_iterable(columns)), ends, len(vocabulary))
            self._rows[name] = sp.vstack([self._rows[name], rows], format="csr")

    def words(self, channel: str, entries: Ints) -> Ints:
        """The words' positions in a channel's table, -1 for words it does not know."""
        return self._words[channel][entries]

    def flag(self, name: str, entries: Ints) -> npt.NDArray[np.bool_]:
        """Whether each word is `spoken` (no mere punctuation), a `negation`, or a `mark` that ends its reach."""
        return self._flags[name][entries]

    def characters(self, channel: str, entries: Ints) -> sp.csr_matrix:
        """The character counts of the words, one row each."""
        return self._rows[channel][entries]
