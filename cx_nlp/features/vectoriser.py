"""From segmented comments to features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import scipy.sparse as sp

from cx_nlp.features.batch import Features, neighbours, place
from cx_nlp.features.channel import Channel, Ints, counts_of
from cx_nlp.features.characters import CharacterRows
from cx_nlp.features.grams import GramTable
from cx_nlp.features.lexicon import Lexicon
from cx_nlp.features.reading import REMEMBERED, Reader, Reading
from cx_nlp.features.tokens import Tokens
from cx_nlp.features.words import characters, grams, marked, negated_flags, spoken
from cx_nlp.segment import Segmented
from cx_nlp.text import fold_accents

CLAUSE_BLOCKS: Mapping[str, float] = {
    "words": 1.0, "folded": 0.7, "chars": 1.0, "before": 0.4, "after": 0.3, "comment": 0.4, "place": 0.3,
}  # fmt: skip
"""Blocks of a clause's features and the weight each enters with."""
COMMENT_BLOCKS: Mapping[str, float] = {"comment_words": 1.0, "comment_chars": 0.5}
Flagged = tuple[list[str], list[bool]]
"""Words, and which of them a negation reaches."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a channel counts: n-grams of up to `longest` words (0: characters), in clauses or in whole comments."""

    of_clauses: bool
    longest: int
    folded: bool = True
    rarest: int = 0
    """How many more texts than the vectoriser's `min_df` a term needs."""


RECIPES: Mapping[str, Recipe] = {
    "words": Recipe(of_clauses=True, longest=3, folded=False),
    "folded": Recipe(of_clauses=True, longest=2),
    "chars": Recipe(of_clauses=True, longest=0, rarest=1),
    "comment": Recipe(of_clauses=False, longest=1, rarest=1),
    "comment_words": Recipe(of_clauses=False, longest=3, folded=False),
    "comment_chars": Recipe(of_clauses=False, longest=0, rarest=1),
}


class TextFeatures:
    """Vectoriser of segmented comments; `fit` learns the vocabularies, `transform` gives `Features`.

    Parameters
    ----------
    channels : sequence of str
        Which of `RECIPES` to learn and count.
    min_df : int
        Clauses or comments a term must stand in.
    """

    def __init__(self, *, channels: Sequence[str] = tuple(RECIPES), min_df: int = 2) -> None:
        self.channels = channels
        self.min_df = min_df

    def fit(self, comments: Sequence[Segmented]) -> TextFeatures:
        """Learn the vocabularies and document frequencies."""
        clauses = [
            (comment.words[a:b], negated_flags(comment.words)[a:b])
            for comment in comments
            for a, b in comment.clauses
        ]
        whole = [spoken(comment.words) for comment in comments]
        self._use({name: self._learnt(RECIPES[name], clauses, whole) for name in self.channels})
        return self

    def _learnt(self, recipe: Recipe, clauses: Sequence[Flagged], whole: Sequence[Flagged]) -> Channel:
        texts = clauses if recipe.of_clauses else whole
        documents = [_terms(recipe, words, negated) for words, negated in texts]
        return Channel().fit(documents, min_df=self.min_df + recipe.rarest)

    @classmethod
    def from_channels(cls, channels: Mapping[str, Channel]) -> TextFeatures:
        """A fitted vectoriser from stored vocabularies."""
        made = cls(channels=tuple(channels))
        made._use(channels)
        return made

    def __getstate__(self) -> dict[str, Any]:
        # The look-up tables follow from the channels; a process that gets this model builds its own.
        return {"channels": self.channels, "min_df": self.min_df, "channels_": self.channels_}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.channels, self.min_df = state["channels"], state["min_df"]
        self._use(state["channels_"])

    def _use(self, channels: Mapping[str, Channel]) -> None:
        self.channels_ = dict(channels)
        self._lock = Lock()
        vocabularies = {name: channel.vocabulary for name, channel in self.channels_.items()}
        self._tables = {
            name: GramTable.of(known) for name, known in vocabularies.items() if RECIPES[name].longest
        }
        self._forget()

    def _forget(self) -> None:
        vocabularies = {name: channel.vocabulary for name, channel in self.channels_.items()}
        self._reader = Reader(
            Lexicon(
                self._tables,
                {name: known for name, known in vocabularies.items() if not RECIPES[name].longest},
                folded={name for name in vocabularies if RECIPES[name].folded},
            )
        )

    def read(self, texts: Sequence[str]) -> Reading:
        """The tokens and clauses of texts as given; safe to call from several threads."""
        with self._lock:
            if len(self._reader) > REMEMBERED:
                self._forget()
            return self._reader.read(texts)

    def transform(self, comments: Sequence[Segmented]) -> Features:
        """Feature blocks of the comments and their clauses; safe to call from several threads."""
        with self._lock:
            if len(self._reader) > REMEMBERED:
                self._forget()
            tokens = Tokens.of(comments, self._reader.lexicon)
        return self.features(tokens)

    def features(self, tokens: Tokens) -> Features:
        """Feature blocks of comments as read."""
        in_clause = np.flatnonzero(tokens.clause >= 0)
        aloud = np.flatnonzero(tokens.lexicon.flag("spoken", tokens.number))
        blocks, of_characters = {}, {}
        for name, channel in self.channels_.items():
            recipe = RECIPES[name]
            rows = (
                (in_clause, tokens.clause, len(tokens.first))
                if recipe.of_clauses
                else (aloud, tokens.comment, tokens.n_comments)
            )
            if recipe.longest:
                blocks[name] = channel.weigh(self._grams(name, tokens, *rows))
            else:
                of_characters[name] = self._characters(name, tokens, *rows)
        sizes = np.bincount(tokens.comment_of, minlength=tokens.n_comments)
        blocks["place"] = place(sizes, tokens.after - tokens.first)
        return Features(blocks, of_characters, *neighbours(sizes), n_comments=tokens.n_comments)

    def _grams(self, name: str, tokens: Tokens, chosen: Ints, row_of: Ints, n_rows: int) -> sp.csr_matrix:
        """Counts of the n-grams of neighbouring chosen tokens that share a row; the rows ascend."""
        table = self._tables[name]
        words, rows = tokens.lexicon.words(name, tokens.number[chosen]), row_of[chosen]
        n = len(words)
        found = np.full((n, table.longest + 1), -1, np.intp)
        found[:, 0] = table.columns(words)
        # Where the n-gram that begins at a word stays in one row, and all of its words are known.
        begins = np.flatnonzero(words >= 0)
        for k in range(1, table.longest):
            begins = begins[begins < n - k]
            begins = begins[(words[begins + k] >= 0) & (rows[begins + k] == rows[begins])]
            found[begins, k] = table.columns(*(words[begins + i] for i in range(k + 1)))
        if table.negated is not None:
            found[:, -1] = np.where(tokens.negated[chosen], table.negated[words], -1)
        known = found >= 0
        ends = np.concatenate([[0], np.cumsum(np.bincount(rows, known.sum(axis=1), n_rows))])
        return counts_of(found[known], ends, len(self.channels_[name].vocabulary))

    def _characters(
        self, name: str, tokens: Tokens, chosen: Ints, row_of: Ints, n_rows: int
    ) -> CharacterRows:
        numbers, lexicon = tokens.number[chosen], tokens.lexicon
        ends = np.concatenate([[0], np.cumsum(np.bincount(row_of[chosen], minlength=n_rows))])
        parts = (np.ones(len(chosen), np.float32), numbers.astype(np.int32), ends.astype(np.int32))
        words = sp.csr_matrix(parts, shape=(n_rows, len(lexicon)))
        return CharacterRows(name, self.channels_[name], lexicon, words)


def _terms(recipe: Recipe, words: Sequence[str], negated: Sequence[bool]) -> list[str]:
    """The terms of one text, word by word: what a batch is counted by at once."""
    if recipe.folded:
        plain = [fold_accents(word) for word in words]
        return grams(plain, recipe.longest) if recipe.longest else characters(plain)
    return [*grams(words, recipe.longest), *marked(words, negated)]
