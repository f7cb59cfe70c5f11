"""Sparse features of clauses and whole comments: word n-grams with negation, accent-free words, characters, neighbours.

Characters are counted once per distinct word and multiplied in as a sparse product, which gives the counts of
scikit-learn's `char_wb` at several times its speed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.preprocessing import normalize as unit_rows

from cx_nlp.segment import Segmented
from cx_nlp.text import fold_accents

Floats = npt.NDArray[np.float32]

NEGATIONS = frozenset(
    "không ko chẳng chả chưa đừng đéo đâu kém thiếu khong chang chua dung no not never cannot without neither nor hardly barely "
    "don't didn't doesn't isn't wasn't aren't weren't can't won't couldn't wouldn't haven't hasn't hadn't shouldn't "
    "dont didnt doesnt isnt wasnt arent cant wont couldnt wouldnt havent hasnt n't".split()
)
NEGATION_REACH = 3
"""Words after a negation that are also counted as negated, up to the next mark."""

CHAR_SIZES = (2, 3, 4, 5)
CLAUSE_BLOCKS: Mapping[str, float] = {
    "words": 1.0, "folded": 0.7, "chars": 1.0, "before": 0.4, "after": 0.3, "comment": 0.4, "place": 0.3,
}  # fmt: skip
"""Blocks of a clause's features and the weight each enters with."""
COMMENT_BLOCKS: Mapping[str, float] = {"comment_words": 1.0, "comment_chars": 1.0}

_CACHED_WORDS = 200_000


@dataclass(frozen=True)
class Features:
    """Feature blocks of a batch: one row per clause, or per comment for the `comment…` blocks."""

    blocks: dict[str, sp.csr_matrix]
    comment_of: npt.NDArray[np.intp]
    """For every clause the position of its comment in the batch."""
    before: npt.NDArray[np.intp]
    """For every clause the row of the clause before it in the same comment, -1 for the first."""
    after: npt.NDArray[np.intp]
    n_comments: int

    def matrix(self, names: Mapping[str, float]) -> sp.csr_matrix:
        """The blocks side by side, each times its weight: what a linear model is fitted on."""
        return sp.hstack(
            [weight * self.rows(name) for name, weight in names.items()], format="csr", dtype=np.float32
        )

    def rows(self, name: str) -> sp.csr_matrix:
        """One block; `before`, `after` and `comment` taken at the rows they stand for."""
        if name in ("before", "after"):
            return _taken(self.blocks["folded"], getattr(self, name))
        if name == "comment":
            return self.blocks[name][self.comment_of]
        return self.blocks[name]

    def product(self, name: str, weights: Floats) -> Floats:
        """`rows(name) @ weights`, without building the shifted rows."""
        if name in ("before", "after"):
            at = getattr(self, name)
            found: Floats = np.asarray(self.blocks["folded"] @ weights)[at]
            found[at < 0] = 0
            return found
        found = np.asarray(self.blocks[name] @ weights)
        return found[self.comment_of] if name == "comment" else found


def _taken(block: sp.csr_matrix, at: npt.NDArray[np.intp]) -> sp.csr_matrix:
    chosen = sp.csr_matrix(
        ((at >= 0).astype(np.float32), np.maximum(at, 0), np.arange(len(at) + 1)),
        shape=(len(at), block.shape[0]),
    )
    return (chosen @ block).tocsr()


@dataclass
class Channel:
    """One vocabulary with its inverse document frequencies; counts become sublinear tf-idf rows of unit length."""

    vocabulary: dict[str, int] = field(default_factory=dict)
    idf: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    def fit(self, documents: Sequence[Iterable[str]], *, min_df: int) -> Channel:
        """Learn which terms stand in at least `min_df` of the documents, and their idf as scikit-learn smooths it."""
        frequency = Counter(chain.from_iterable(map(set, documents)))
        kept = sorted(term for term, n in frequency.items() if n >= min_df)
        self.vocabulary = {term: i for i, term in enumerate(kept)}
        counts = np.array([frequency[term] for term in kept], float)
        self.idf = (np.log((1 + len(documents)) / (1 + counts)) + 1).astype(np.float32)
        return self

    def count(self, documents: Iterable[Iterable[str]]) -> sp.csr_matrix:
        """Counts of the known terms, one row a document."""
        get = self.vocabulary.get
        columns: list[int] = []
        ends = [0]
        for document in documents:
            columns.extend([i for i in map(get, document) if i is not None])
            ends.append(len(columns))
        return _counts(columns, ends, len(self.vocabulary))

    def weigh(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        """Counts as sublinear tf-idf, rows of unit length."""
        weighted = counts.astype(np.float32)
        weighted.data = (1 + np.log(weighted.data)) * self.idf[weighted.indices]
        return unit_rows(weighted, copy=False)


def _counts(columns: npt.ArrayLike, ends: npt.ArrayLike, width: int) -> sp.csr_matrix:
    matrix = sp.csr_matrix(
        (np.ones(np.size(columns), np.float32), np.asarray(columns, np.int32), np.asarray(ends, np.int32)),
        shape=(np.size(ends) - 1, width),
    )
    matrix.sum_duplicates()
    return matrix


class TextFeatures:
    """Vectoriser of segmented comments; `fit` learns the vocabularies, `transform` gives `Features`."""

    CHANNELS = ("words", "folded", "chars", "comment", "comment_words", "comment_chars")

    def __init__(self, *, min_df: int = 2) -> None:
        self.min_df = min_df

    def fit(self, comments: Sequence[Segmented]) -> TextFeatures:
        """Learn the vocabularies and document frequencies."""
        self._folded: dict[str, str] = {}
        parts = [self._terms(comment) for comment in comments]
        clauses = [clause for part in parts for clause in part.clauses]
        folded = [self._folded_words(words) for words in (p.all_words for p in parts)]
        folded_clauses = [self._folded_words(words) for words, _ in clauses]
        self.channels_ = {
            "words": Channel().fit([terms for _, terms in clauses], min_df=self.min_df),
            "folded": Channel().fit([_grams(words, 2) for words in folded_clauses], min_df=self.min_df),
            "chars": Channel().fit([_characters(words) for words in folded_clauses], min_df=self.min_df + 1),
            "comment": Channel().fit(folded, min_df=self.min_df + 1),
            "comment_words": Channel().fit([p.all_terms for p in parts], min_df=self.min_df),
            "comment_chars": Channel().fit([_characters(words) for words in folded], min_df=self.min_df + 1),
        }
        self._character_rows: dict[str, dict[str, npt.NDArray[np.int32]]] = {}
        return self

    @classmethod
    def from_channels(cls, channels: Mapping[str, Channel]) -> TextFeatures:
        """A fitted vectoriser from stored vocabularies."""
        made = cls()
        made.channels_ = dict(channels)
        made._folded = {}
        made._character_rows = {}
        return made

    def transform(self, comments: Sequence[Segmented]) -> Features:
        """Feature blocks of the comments and their clauses."""
        channels = self.channels_
        parts = [self._terms(comment) for comment in comments]
        clauses = [clause for part in parts for clause in part.clauses]
        folded = [self._folded_words(part.all_words) for part in parts]
        folded_clauses = [self._folded_words(words) for words, _ in clauses]
        sizes = np.array([len(part.clauses) for part in parts], np.intp)
        blocks = {
            "words": _weighed(channels["words"], (terms for _, terms in clauses)),
            "folded": _weighed(channels["folded"], (_grams(words, 2) for words in folded_clauses)),
            "chars": self._weighed_characters("chars", folded_clauses),
            "comment": _weighed(channels["comment"], folded),
            "comment_words": _weighed(channels["comment_words"], (part.all_terms for part in parts)),
            "comment_chars": self._weighed_characters("comment_chars", folded),
            "place": _place(sizes, [len(words) for words, _ in clauses]),
        }
        return Features(blocks, *_neighbours(sizes), n_comments=len(comments))

    def _terms(self, comment: Segmented) -> _Terms:
        negated = _negated(comment.words)
        clauses = [
            (
                words := comment.words[a:b],
                [*_grams(words, 3), *("¬" + comment.words[i] for i in range(a, b) if negated[i])],
            )
            for a, b in comment.clauses
        ]
        spoken = [word for word in comment.words if word[0].isalnum() or len(word) > 1 or word in "!?"]
        marked = ["¬" + word for word, flag in zip(comment.words, negated, strict=True) if flag]
        return _Terms(clauses, spoken, [*_grams(spoken, 3), *marked])

    def _folded_words(self, words: Iterable[str]) -> list[str]:
        if len(self._folded) > _CACHED_WORDS:
            self._folded.clear()
        known = self._folded
        return [
            known[word] if word in known else known.setdefault(word, fold_accents(word)) for word in words
        ]

    def _weighed_characters(self, name: str, documents: Sequence[Sequence[str]]) -> sp.csr_matrix:
        channel = self.channels_[name]
        rows = self._character_rows.setdefault(name, {})
        if len(rows) > _CACHED_WORDS:
            rows.clear()
        position: dict[str, int] = {}
        columns: list[int] = []
        ends = [0]
        for document in documents:
            columns.extend([position.setdefault(word, len(position)) for word in document])
            ends.append(len(columns))
        get = channel.vocabulary.get
        for word in position:
            if word not in rows:
                found = [i for i in map(get, _characters((word,))) if i is not None]
                rows[word] = np.asarray(found, np.int32)
        width = len(channel.vocabulary)
        parts = [rows[word] for word in position]
        per_word = _counts(
            np.concatenate(parts) if parts else np.zeros(0, np.int32),
            np.cumsum([0, *map(len, parts)]),
            width,
        )
        return channel.weigh((_counts(columns, ends, len(position)) @ per_word).tocsr())


@dataclass(frozen=True, slots=True)
class _Terms:
    clauses: list[tuple[list[str], list[str]]]
    all_words: list[str]
    all_terms: list[str]


def _weighed(channel: Channel, documents: Iterable[Iterable[str]]) -> sp.csr_matrix:
    return channel.weigh(channel.count(documents))


def _grams(words: Sequence[str], longest: int) -> list[str]:
    found = list(words)
    if longest >= 2:
        found += map(" ".join, pairwise(words))
    if longest >= 3:
        found += map(" ".join, zip(words, words[1:], words[2:], strict=False))
    return found


def _characters(words: Iterable[str]) -> list[str]:
    """The character n-grams of every word with a blank at each end, as scikit-learn's `char_wb` gives them."""
    found = []
    for word in words:
        padded = f" {word} "
        length = len(padded)
        for size in CHAR_SIZES:
            if size >= length:
                found.append(padded)
                break
            found += [padded[i : i + size] for i in range(length - size + 1)]
    return found


def _negated(words: Sequence[str]) -> list[bool]:
    left = 0
    flags = []
    for word in words:
        if word in NEGATIONS:
            left = NEGATION_REACH
            flags.append(False)
            continue
        if not word[0].isalnum():
            left = 0
        flags.append(left > 0)
        left -= left > 0
    return flags


def _place(sizes: npt.NDArray[np.intp], lengths: Sequence[int]) -> sp.csr_matrix:
    """Where the clause stands and how long it is: first, last, alone, at most two words, at most four words."""
    n = len(lengths)
    first = np.zeros(n, bool)
    last = np.zeros(n, bool)
    ends = np.cumsum(sizes)
    filled = sizes > 0
    first[(ends - sizes)[filled]] = True
    last[ends[filled] - 1] = True
    words = np.asarray(lengths)
    columns = [first, last, first & last, words <= 2, words <= 4]
    return (
        sp.csr_matrix(np.stack(columns, axis=1).astype(np.float32))
        if n
        else sp.csr_matrix((0, 5), dtype=np.float32)
    )


def _neighbours(
    sizes: npt.NDArray[np.intp],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    comment_of = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(len(comment_of))
    same = comment_of[1:] == comment_of[:-1]
    before = np.where(np.r_[False, same], rows - 1, -1)[: len(rows)]
    after = np.where(np.r_[same, False], rows + 1, -1)[: len(rows)]
    return comment_of, before, after
