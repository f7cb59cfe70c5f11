"""Profiles counted as comments come by, in constant memory."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cx_nlp.shift.known_words import READ, Known, known_words, words_of
from cx_nlp.shift.profile import Profile, Spread, binned
from cx_nlp.tagger.tag_table import MENTION, tag_table
from cx_nlp.text import PLACEHOLDERS, fold_accents
from cx_nlp.text.emoji import TOKENS
from cx_nlp.text.language import detect

SAMPLE = 10_000
"""Comments of an export that are looked at, evenly spread; more would tell nothing that matters."""
_PICTURES = frozenset(TOKENS.values())
_REMEMBERED = 20_000
"""Unknown words remembered at once."""


class ProfileCounter:
    """Counts comments with a model's tags.

    Parameters
    ----------
    known : Known or None
        The words that the model knows.
    every : int
        Of the comments only each one after so many is taken.
    """

    def __init__(self, known: Known | None, *, every: int = 1) -> None:
        self._known = known
        self._every = every
        self._seen = 0
        self._comments = 0
        self._exclusive: dict[str, Counter[str]] = {}
        self._held: dict[str, Counter[str]] = {}
        self._shares: dict[str, tuple[int, int]] = {}
        self._words = (0, 0)
        self._spreads: dict[str, Spread] = {}
        self.unknown: Counter[str] = Counter()
        """Comments that hold each unknown word, roughly: of very many words the rare ones are forgotten."""

    def add(self, texts: Sequence[str], tags: pa.Table) -> None:
        """Takes in texts with their tags, a row of the table `tag_table.TAGS` each."""
        rows = self._rows(len(texts))
        tags = tags.take(pa.array(rows))
        said = tags["mentions"].combine_chunks()
        parents = pc.list_parent_indices(said).to_numpy(zero_copy_only=False)
        mentions = dict(zip(MENTION.names, said.flatten().flatten(), strict=True))
        least = tags["confidence"].to_numpy(zero_copy_only=False).astype(float)
        np.minimum.at(least, parents, mentions["confidence"].to_numpy(zero_copy_only=False))
        for name in ("touchpoint", "factor"):
            pairs = {*zip(parents.tolist(), mentions[name].to_pylist(), strict=True)}
            self._held.setdefault(name, Counter()).update(label for _, label in pairs)
        self._share("none", len(rows) - len(np.unique(parents)), len(rows))
        self._count("sentiment", tags["sentiment"].to_pylist())
        self._read([texts[row] for row in rows], least)

    def add_labels(
        self, texts: Sequence[str], labels: Sequence[str], confidence: npt.NDArray[np.float64]
    ) -> None:
        """Takes in texts with the one label of each and how sure it is."""
        rows = self._rows(len(texts))
        self._count("label", [labels[row] for row in rows])
        self._read([texts[row] for row in rows], confidence[rows])

    def profile(self, about: str) -> Profile:
        """What was counted; `about` says which comments these are."""
        return Profile(
            self._comments, about, {name: dict(one) for name, one in self._exclusive.items()},
            {name: dict(one) for name, one in self._held.items()}, dict(self._shares), self._words, dict(self._spreads),
        )  # fmt: skip

    def _rows(self, n: int) -> npt.NDArray[np.intp]:
        """Which of the next n comments are taken."""
        first = -self._seen % self._every
        self._seen += n
        return np.arange(first, n, self._every)

    def _read(self, texts: Sequence[str], confidence: npt.NDArray[np.float64]) -> None:
        self._comments += len(texts)
        self._spread("confidence", confidence)
        self._spread("length", np.array([len(text.split()) for text in texts], float))
        normal = [unicodedata.normalize("NFC", text[:READ]) for text in texts]
        languages = [detect(text).code for text in normal]
        self._count("language", languages)
        vietnamese = [text for text, code in zip(normal, languages, strict=True) if code == "vi"]
        self._share(
            "without_diacritics", sum(fold_accents(text) == text for text in vietnamese), len(vietnamese)
        )
        words = words_of(texts)
        self._share("emoji", sum(not _PICTURES.isdisjoint(one) for one in words), len(texts))
        if self._known is not None:
            self._look_up(words, self._known)

    def _look_up(self, words: Sequence[Sequence[str]], known: Known) -> None:
        unknown = [known.unknown(one) for one in words]
        self._share("unknown_words", sum(map(bool, unknown)), len(words))
        of = sum(word not in PLACEHOLDERS for one in words for word in one)
        self._words = (self._words[0] + sum(map(len, unknown)), self._words[1] + of)
        for one in unknown:
            self.unknown.update({*one})
        if len(self.unknown) > _REMEMBERED:
            # Lossy counting: what came once so far makes room.
            self.unknown = Counter({word: n for word, n in self.unknown.items() if n > 1})

    def _count(self, name: str, labels: Sequence[str]) -> None:
        self._exclusive.setdefault(name, Counter()).update(labels)

    def _share(self, name: str, part: int, whole: int) -> None:
        before = self._shares.get(name, (0, 0))
        self._shares[name] = before[0] + part, before[1] + whole

    def _spread(self, name: str, values: npt.NDArray[np.float64]) -> None:
        new = Spread(tuple(binned(values, name).tolist()), float(values.sum()), float((values**2).sum()))
        old = self._spreads.get(name, Spread((0,) * len(new.counts), 0.0, 0.0))
        counts = tuple(a + b for a, b in zip(old.counts, new.counts, strict=True))
        self._spreads[name] = Spread(counts, old.total + new.total, old.squares + new.squares)


def counted(
    model: Any,  # noqa: ANN401 - any model with tag_many, or with predict_proba and classes_
    texts: Sequence[str],
    about: str,
    *,
    counter: ProfileCounter | None = None,
) -> Profile:
    """The profile of texts as a model tags them.

    Parameters
    ----------
    about
        Which texts these are, a part of a sentence.
    counter
        Goes on with the counts that it has.
    """
    counter = counter or ProfileCounter(known_words(model))
    if hasattr(model, "tag_many"):
        counter.add(texts, tag_table(model, texts))
    else:
        likely = model.predict_proba(texts)
        if hasattr(model, "choose"):
            counter.add_labels(texts, *model.choose(likely))
        else:
            labels = [str(model.classes_[k]) for k in likely.argmax(axis=1)]
            counter.add_labels(texts, labels, likely.max(axis=1))
    return counter.profile(about)
