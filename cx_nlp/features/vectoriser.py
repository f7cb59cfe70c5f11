"""From segmented comments to features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp

from cx_nlp.features.batch import Features, Tokens, neighbours, place
from cx_nlp.features.channel import Channel, Ints, matrix_of
from cx_nlp.features.lexicon import GramTable, Lexicon
from cx_nlp.features.words import characters, grams, marked, negated_flags, spoken
from cx_nlp.segment import Segmented
from cx_nlp.text import fold_accents

CLAUSE_BLOCKS: Mapping[str, float] = {
    "words": 1.0, "folded": 0.7, "chars": 1.0, "before": 0.4, "after": 0.3, "comment": 0.4, "place": 0.3,
}  # fmt: skip
"""Blocks of a clause's features and the weight each enters with."""
COMMENT_BLOCKS: Mapping[str, float] = {"comment_words": 1.0, "comment_chars": 1.0}
GRAM_CHANNELS = ("words", "folded", "comment", "comment_words")
CHARACTER_CHANNELS = ("chars", "comment_chars")


class TextFeatures:
    """Vectoriser of segmented comments; `fit` learns the vocabularies, `transform` gives `Features`."""

    def __init__(self, *, min_df: int = 2) -> None:
        self.min_df = min_df

    def fit(self, comments: Sequence[Segmented]) -> TextFeatures:
        """Learn the vocabularies and document frequencies."""
        clauses = [
            (comment.words[a:b], negated_flags(comment.words)[a:b])
            for comment in comments
            for a, b in comment.clauses
        ]
        told = [spoken(comment.words) for comment in comments]
        folded = [[fold_accents(word) for word in words] for words, _ in clauses]
        whole = [[fold_accents(word) for word in words] for words, _ in told]
        few, more = self.min_df, self.min_df + 1
        channels = {
            "words": Channel().fit([[*grams(w, 3), *marked(w, n)] for w, n in clauses], min_df=few),
            "folded": Channel().fit([grams(words, 2) for words in folded], min_df=few),
            "chars": Channel().fit([characters(words) for words in folded], min_df=more),
            "comment": Channel().fit(whole, min_df=more),
            "comment_words": Channel().fit([[*grams(w, 3), *marked(w, n)] for w, n in told], min_df=few),
            "comment_chars": Channel().fit([characters(words) for words in whole], min_df=more),
        }
        self._use(channels)
        return self

    @classmethod
    def from_channels(cls, channels: Mapping[str, Channel]) -> TextFeatures:
        """A fitted vectoriser from stored vocabularies."""
        made = cls()
        made._use(channels)
        return made

    def _use(self, channels: Mapping[str, Channel]) -> None:
        self.channels_ = dict(channels)
        self._tables = {name: GramTable.of(self.channels_[name].vocabulary) for name in GRAM_CHANNELS}
        self._lexicon = Lexicon(
            self._tables, {name: self.channels_[name].vocabulary for name in CHARACTER_CHANNELS}
        )

    def transform(self, comments: Sequence[Segmented]) -> Features:
        """Feature blocks of the comments and their clauses."""
        tokens = Tokens.of(comments, self._lexicon)
        clauses, whole = len(tokens.clause_lengths), len(comments)
        in_clause = np.flatnonzero(tokens.clause >= 0)
        aloud = np.flatnonzero(self._lexicon.flag("spoken", tokens.entry))
        counts = {
            "words": self._grams("words", tokens, in_clause, tokens.clause, clauses),
            "folded": self._grams("folded", tokens, in_clause, tokens.clause, clauses),
            "comment": self._grams("comment", tokens, aloud, tokens.comment, whole),
            "comment_words": self._grams("comment_words", tokens, aloud, tokens.comment, whole),
            "chars": self._characters("chars", tokens, in_clause, tokens.clause, clauses),
            "comment_chars": self._characters("comment_chars", tokens, aloud, tokens.comment, whole),
        }
        blocks = {name: self.channels_[name].weigh(found) for name, found in counts.items()}
        sizes = np.array([len(comment.clauses) for comment in comments], np.intp)
        blocks["place"] = place(sizes, tokens.clause_lengths)
        return Features(blocks, *neighbours(sizes), n_comments=whole)

    def _grams(self, name: str, tokens: Tokens, chosen: Ints, row_of: Ints, n_rows: int) -> sp.csr_matrix:
        """Counts of the n-grams of neighbouring chosen tokens that share a row."""
        table = self._tables[name]
        words, rows = self._lexicon.words(name, tokens.entry[chosen]), row_of[chosen]
        found = [table.columns(words[: len(words) - n + 1], *(words[k : len(words) - n + 1 + k] for k in range(1, n)))
                 for n in range(1, table.longest + 1)]  # fmt: skip
        columns, at = [], []
        for n, hits in enumerate(found):
            kept = (hits >= 0) & (rows[: len(hits)] == rows[n : n + len(hits)])
            columns.append(hits[kept])
            at.append(rows[: len(hits)][kept])
        if table.negated is not None:
            marked = table.negated[words]
            kept = tokens.negated[chosen] & (words >= 0) & (marked >= 0)
            columns.append(marked[kept])
            at.append(rows[kept])
        return matrix_of(
            np.concatenate(at), np.concatenate(columns), n_rows, len(self.channels_[name].vocabulary)
        )

    def _characters(
        self, name: str, tokens: Tokens, chosen: Ints, row_of: Ints, n_rows: int
    ) -> sp.csr_matrix:
        """Character counts: how often every distinct word stands in a row, times the characters of the word."""
        distinct, at = np.unique(tokens.entry[chosen], return_inverse=True)
        words = matrix_of(row_of[chosen], at, n_rows, len(distinct))
        return (words @ self._lexicon.characters(name, distinct)).tocsr()
