"""What is known of every distinct word met so far, looked up once a word instead of once an occurrence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain, repeat
from threading import Lock

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from cx_nlp.features.channel import Floats, Ints, counts_of
from cx_nlp.features.clauses import openers
from cx_nlp.features.grams import GramTable
from cx_nlp.features.growing import Growing
from cx_nlp.features.steps import Weights, times
from cx_nlp.features.words import NEGATIONS, characters, is_spoken, stops_negation
from cx_nlp.segment import is_mark
from cx_nlp.text import fold_accents

_OPENING = "opening"
_FLAGS: Mapping[str, Callable[[str], bool]] = {
    "spoken": is_spoken,
    "negation": NEGATIONS.__contains__,
    "stop": stops_negation,
    "mark": is_mark,
    "blank": str.isspace,
}


class Lexicon:
    """Numbers the distinct words of all batches; what it tells of them, it tells by their numbers.

    Parameters
    ----------
    tables
        Word n-grams by channel.
    characters
        Vocabularies of character n-grams by channel.
    folded
        The channels that know words without their accents only.
    """

    def __init__(
        self,
        tables: Mapping[str, GramTable],
        characters: Mapping[str, Mapping[str, int]],
        *,
        folded: Collection[str],
    ) -> None:
        self._folded = folded
        self._index_of = {name: table.word_index for name, table in tables.items()}
        self._index_of[_OPENING] = openers().table.word_index
        self._vocabularies = characters
        self._lock = Lock()
        self._numbers: dict[str, int] = {}
        self._fresh: list[str] = []
        self._known = 0
        self._words = {name: Growing(np.intp) for name in self._index_of}
        self._flags = {name: Growing(np.bool_) for name in _FLAGS}
        self._rows = {name: _Rows(len(known)) for name, known in characters.items()}

    def __len__(self) -> int:
        return self._known

    def number(self, word: str) -> int:
        """The number of a word; call `learn` before anything else is asked of it."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self._numbers)
            self._fresh.append(word)
        return found

    def numbers(self, words: Iterable[str]) -> Ints:
        """The numbers of words."""
        found = np.fromiter(map(self.number, words), np.intp)
        self.learn()
        return found

    def learn(self) -> None:
        """Take in the words that are new."""
        fresh, self._fresh = self._fresh, []
        if fresh:
            with self._lock:
                self._take_in(fresh)
                self._known += len(fresh)

    def _take_in(self, fresh: Sequence[str]) -> None:
        folded = [fold_accents(word) for word in fresh]
        for name, index in self._index_of.items():
            self._words[name].add([index.get(w, -1) for w in (folded if name in self._folded else fresh)])
        for name, tells in _FLAGS.items():
            self._flags[name].add([tells(word) for word in fresh])
        grams = [characters((word,)) for word in folded]
        sizes = np.fromiter(map(len, grams), np.intp, len(grams))
        flat = [*chain.from_iterable(grams)]
        for name, vocabulary in self._vocabularies.items():
            columns = np.fromiter(map(vocabulary.get, flat, repeat(-1)), np.intp, len(flat))
            self._rows[name].add(columns, sizes)

    def words(self, channel: str, numbers: Ints) -> Ints:
        """The words' positions in a channel's table, -1 for words it does not know."""
        return self._words[channel].values[numbers]

    def among(self, words: Collection[str], numbers: Ints) -> npt.NDArray[np.bool_]:
        """Which of the words are among some words."""
        return np.isin(numbers, [number for word in words if (number := self._numbers.get(word)) is not None])

    def opening(self, numbers: Ints) -> Ints:
        """The words' positions in the table of `clauses.openers`, -1 for words it does not know."""
        return self.words(_OPENING, numbers)

    def flag(self, name: str, numbers: Ints) -> npt.NDArray[np.bool_]:
        """Which of the words are `spoken` (no mere punctuation), a `negation`, a `stop` to it, a `mark`, or `blank`."""
        return self._flags[name].values[numbers]

    def characters(self, channel: str, n: int) -> sp.csr_matrix:
        """The character counts of the first n words, a row a word."""
        with self._lock:
            return self._rows[channel].matrix(0, n)

    def word_scores(self, channel: str, idf: Floats, weights: Weights) -> Floats:
        """The character counts of all words, each column times its idf, times the weights; remembered for the latest weights."""
        with self._lock:
            return self._rows[channel].scored(idf, weights)


class _Rows:
    """The rows of a sparse matrix of counts, to which rows are added."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._columns: Growing[np.int32] = Growing(np.int32)
        self._counts: Growing[np.float32] = Growing(np.float32)
        self._ends: Growing[np.int32] = Growing(np.int32)
        self._ends.add([0])
        self._weights: Weights | None = None
        self._scores: Growing[np.float32] = Growing(np.float32)

    def add(self, columns: Ints, sizes: Ints) -> None:
        """Add rows from their columns end to end, which may recur; -1 is none."""
        known = columns >= 0
        ends = np.concatenate([[0], np.cumsum(known)])[np.concatenate([[0], np.cumsum(sizes)])]
        added = counts_of(columns[known], ends, self._width)
        self._ends.add(added.indptr[1:] + len(self._columns))
        self._columns.add(added.indices)
        self._counts.add(added.data)

    def matrix(self, first: int, after: int) -> sp.csr_matrix:
        """Some of the rows."""
        ends = self._ends.values[first : after + 1]
        cut = slice(ends[0], ends[-1])
        parts = (self._counts.values[cut], self._columns.values[cut], ends - ends[0] if first else ends)
        return sp.csr_matrix(parts, shape=(len(ends) - 1, self._width))

    def scored(self, idf: Floats, weights: Weights) -> Floats:
        """All rows, each column times its idf, times the weights."""
        if self._weights is not weights:
            self._weights, self._scores = weights, Growing(np.float32)
        width = weights.shape[1]
        known = len(self._scores) // width
        rows = self.matrix(known, len(self._ends) - 1)
        if rows.shape[0]:
            rows = sp.csr_matrix((rows.data * idf[rows.indices], rows.indices, rows.indptr), shape=rows.shape)
            self._scores.add(times(rows, weights).ravel())
        return self._scores.values.reshape(-1, width)
