"""Which words a model knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cx_nlp.encoder.pieces import BLANK
from cx_nlp.segment import segment
from cx_nlp.tagger import (
    Cascade,
    ClassifierPair,
    CommentClassifier,
    ContextualClassifier,
    ContextualTagger,
    MentionTagger,
)
from cx_nlp.text import PLACEHOLDERS, fold_accents, normalize

READ = 4000
"""Characters of a comment that are looked at."""
ELSEWHERE = 2
"""Other comments a word must stand in for a model that learnt from its comment, too, to know it."""
Words = Sequence[str]


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """The words of every text as the models read them: those that begin with a letter, and what stands for emoji."""
    found = segment(normalize(text[:READ]).text for text in texts)
    return [[word for word in one.words if word[0].isalpha()] for one in found]


@dataclass(frozen=True)
class Known:
    """The words of a vocabulary, each looked up in the form that `form` gives it."""

    vocabulary: Container[str]
    form: Callable[[str], str]

    def unknown(self, words: Words) -> list[str]:
        """Those of a comment's words that are not known."""
        return [word for word in words if word not in PLACEHOLDERS and self.form(word) not in self.vocabulary]


@dataclass(frozen=True)
class Everywhere(Known):
    """The same for comments that the vocabulary was learnt from: what only their own comment taught counts as unknown."""

    comments: Mapping[str, int]
    """How many of these comments hold each word."""

    @classmethod
    def of(cls, known: Known, texts: Iterable[str]) -> Everywhere:
        """What is known of the words of these texts without the text that a word stands in."""
        comments = Counter(form for words in words_of([*texts]) for form in {*map(known.form, words)})
        return cls(known.vocabulary, known.form, comments)

    def unknown(self, words: Words) -> list[str]:
        """Those of a comment's words that are not known, or from too few other comments."""
        return [
            word
            for word in words
            if word not in PLACEHOLDERS
            and ((form := self.form(word)) not in self.vocabulary or self.comments[form] <= ELSEWHERE)
        ]


def known_words(model: object) -> Known | None:
    """The words a model knows; None for an estimator of somebody else's.

    A linear model knows those of its vocabulary, accents aside; an encoder those that are one piece for it, as it reads the others
    in parts; two models heard together those of the fast one.
    """
    if isinstance(model, (Cascade, ClassifierPair)):
        return known_words(model.fast)
    if isinstance(model, MentionTagger):
        return Known(model.clause_model_.features.channels_["folded"].vocabulary, fold_accents)
    if isinstance(model, CommentClassifier):
        return Known(model.features_.channels_["comment_words"].vocabulary, str)
    if isinstance(model, (ContextualTagger, ContextualClassifier)):
        return Known(frozenset(model.encoder_.vocabulary.pieces), BLANK.__add__)
    return None
