"""Vietnamese marks put back where a comment was written without any ("giao hang cham" to "giao hàng chậm")."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np

from cx_nlp.text.accents import fold_accents

BEGIN = ""
"""Stands before the first word of a comment."""
DISCOUNT = 0.75
"""Taken from the count of every pair that was met, and given to pairs that were not."""
_LEAST = 0.1
"""Count of a word that was never met."""


def has_marks(words: Iterable[str]) -> bool:
    """Whether any word has a mark."""
    return any(fold_accents(word) != word for word in words)


class Marks:
    """The likeliest marked words for words without marks.

    A bigram model with absolute discounting that falls back to single words (Ney, Essen and Kneser 1994); the words of a
    comment are chosen together, with the algorithm of Viterbi (1967).

    Parameters
    ----------
    pairs : mapping of (str, str) to int
        How often a word in small letters was met after another, or after `BEGIN`, in text with marks.
    """

    def __init__(self, pairs: Mapping[tuple[str, str], int]) -> None:
        self.pairs = pairs
        words, after, kinds = Counter[str](), Counter[str](), Counter[str]()
        for (first, second), count in pairs.items():
            words[second] += count
            after[first] += count
            kinds[first] += 1
        self._total = words.total() + _LEAST * (len(words) + 1)
        self._words = words
        self._after = after
        self._unmet = {first: DISCOUNT * kinds[first] / after[first] for first in after}
        self._marked: dict[str, list[str]] = defaultdict(list)
        for word in words:
            self._marked[fold_accents(word)].append(word)

    @classmethod
    def learn(cls, comments: Iterable[Sequence[str]]) -> Marks:
        """Count the words of comments; those without any mark teach nothing and are passed over."""
        pairs = Counter[tuple[str, str]]()
        for words in comments:
            if has_marks(words):
                pairs.update(zip([BEGIN, *words[:-1]], words, strict=True))
        return cls(pairs)

    def restore(
        self, words: Sequence[str], *, rng: np.random.Generator | None = None, doubt: float = 1.0
    ) -> list[str]:
        """The words, in small letters and without marks, each in its likeliest form; one that was never met stays as it is.

        With `rng`, a likely form in place of the likeliest, and so with mistakes as they are made on comments that were not
        counted: each logarithm is moved by Gumbel noise of the scale `doubt` (perturb-and-MAP; Papandreou and Yuille 2011).
        """
        best = {BEGIN: 0.0}
        steps: list[dict[str, str]] = []
        for word in words:
            scores, step = {}, {}
            for form in self._marked.get(word, [word]):
                score, step[form] = max(
                    (score + self._log(before, form), before) for before, score in best.items()
                )
                scores[form] = score + (doubt * float(rng.gumbel()) if rng else 0.0)
            steps.append(step)
            best = scores
        form = max(best, key=best.__getitem__)
        found = []
        for step in reversed(steps):
            found.append(form)
            form = step[form]
        return found[::-1]

    def _log(self, before: str, word: str) -> float:
        """Logarithm of the probability of a word after another."""
        alone = (self._words[word] + _LEAST) / self._total
        if before not in self._after:
            return math.log(alone)
        met = max(self.pairs.get((before, word), 0) - DISCOUNT, 0.0) / self._after[before]
        return math.log(met + self._unmet[before] * alone)

    def to_bytes(self) -> bytes:
        """The counts as a file; the same counts give the same bytes."""
        words = sorted({word for pair in self.pairs for word in pair})
        place = {word: k for k, word in enumerate(words)}
        rows = np.array(
            sorted((place[a], place[b], min(n, 65535)) for (a, b), n in self.pairs.items()), np.uint16
        )
        out = BytesIO()
        letters = np.frombuffer("\0".join(words).encode("utf-8"), np.uint8)
        np.savez_compressed(out, words=letters, first=rows[:, 0], second=rows[:, 1], count=rows[:, 2])
        return out.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Marks:
        """What `to_bytes` wrote."""
        with np.load(BytesIO(data), allow_pickle=False) as found:
            words = found["words"].tobytes().decode("utf-8").split("\0")
            rows = zip(*(found[name].tolist() for name in ("first", "second", "count")), strict=True)
            return cls({(words[a], words[b]): n for a, b, n in rows})


@cache
def known_marks() -> Marks:
    """The counts that come with this package: of the Vietnamese comments written for it (see `cx_nlp.training.marks`)."""
    return Marks.from_bytes((files("cx_nlp.text") / "marks.npz").read_bytes())
