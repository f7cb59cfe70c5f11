"""Training examples: comments as words with the labels that stand at them, and the noise that is put on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cx_nlp.text.accents import fold_accents
from cx_nlp.text.marks import has_marks, known_marks

SIGNS = ("😊", "😡", "🤔")
"""The pictures that stand for all glad, angry and other ones."""
UNKNOWN = -1
"""The sentiment of a comment of which none is known."""


@dataclass(frozen=True, slots=True)
class Example:
    """One comment: lower-case words, whether a blank stands before each, and labels as positions.

    `at` holds for every word the labels whose quote it belongs to; `loose` are labels of the comment without a quote.
    `clauses` are ranges of words. `kind` tells comments that may stand together (same language). Where it is not `located`,
    nothing is known of what single words say.
    """

    words: tuple[str, ...]
    blanks: tuple[bool, ...]
    at: tuple[tuple[int, ...], ...]
    loose: tuple[int, ...]
    sentiment: int
    clauses: tuple[tuple[int, int], ...]
    kind: str = ""
    located: bool = True

    @property
    def labels(self) -> frozenset[int]:
        """All labels of the comment."""
        return frozenset(label for word in self.at for label in word) | frozenset(self.loose)


DOUBT = 1.5
"""With it 87 % of the words get their own marks back, as on real comments without (0 gives 92 % on the comments counted)."""


@dataclass(frozen=True)
class Noise:
    """How often each change is made to a comment."""

    bare: float = 0.06
    """Diacritics dropped: seldom, for a comment that comes without gets them back before it is read."""
    guessed: float = 0.16
    """Diacritics dropped and put back with as many mistakes as are made on real comments."""
    typos: float = 0.15
    unmarked: float = 0.08
    """Punctuation dropped."""
    joined: float = 0.15
    """Another comment put behind it."""
    cropped: float = 0.12
    """Only a run of its clauses kept."""
    signed: float = 0.08
    """A picture put at its end, whatever it says."""


def noisy(
    example: Example, others: Sequence[Example], noise: Noise, felt: Felt, rng: np.random.Generator
) -> Example:
    """The comment with random changes; `others` are those that may be joined to it."""
    if others and rng.random() < noise.joined:
        example = joined(example, others[int(rng.integers(len(others)))], felt, rng)
    elif len(example.clauses) > 2 and rng.random() < noise.cropped:
        example = cropped(example, felt, rng)
    if rng.random() < noise.unmarked:
        example = unmarked(example)
    if rng.random() < noise.typos:
        example = mistyped(example, rng)
    if has_marks(example.words):
        if rng.random() < noise.bare:
            example = replace(example, words=_bare(example))
        elif rng.random() < noise.guessed:
            words = known_marks().restore(_bare(example), rng=rng, doubt=DOUBT)
            example = replace(example, words=tuple(words))
    if rng.random() < noise.signed:
        example = signed(example, rng)
    return example


def _bare(example: Example) -> tuple[str, ...]:
    return tuple(fold_accents(word) for word in example.words)


@dataclass(frozen=True)
class Felt:
    """How sentiments combine: the position of the neutral one, and for every label that of the sentiment it gives alone."""

    neutral: int
    of_label: tuple[int, ...]

    def together(self, first: int, second: int) -> int:
        """The sentiment of two comments in one: where they disagree it is not known."""
        if first == second or second == self.neutral:
            return first
        return second if first == self.neutral else UNKNOWN

    def of(self, labels: frozenset[int]) -> int:
        """The sentiment that labels of one polarity give."""
        told = {self.of_label[label] for label in labels}
        return max(told.pop(), UNKNOWN) if len(told) == 1 else UNKNOWN


_JOINTS: tuple[tuple[str, ...], ...] = ((), (".",), (".",), (",",), ("!",), ("...",))


def joined(first: Example, second: Example, felt: Felt, rng: np.random.Generator) -> Example:
    """Two comments as one."""
    marks = _JOINTS[rng.integers(len(_JOINTS))]
    if first.words and first.words[-1][-1] in ".!?,":
        marks = ()
    shift = len(first.words) + len(marks)
    return Example(
        (*first.words, *marks, *second.words),
        (*first.blanks, *(False for _ in marks), True, *second.blanks[1:]),
        (*first.at, *(() for _ in marks), *second.at),
        tuple({*first.loose, *second.loose}),
        felt.together(first.sentiment, second.sentiment),
        (*first.clauses, *((a + shift, b + shift) for a, b in second.clauses)),
        first.kind,
    )


def cropped(example: Example, felt: Felt, rng: np.random.Generator) -> Example:
    """A run of the comment's clauses with the labels whose quotes stand in it."""
    if example.loose:
        return example
    n = len(example.clauses)
    first = int(rng.integers(n))
    last = int(rng.integers(first, n))
    start = example.clauses[first][0]
    stop = example.clauses[last + 1][0] if last + 1 < n else len(example.words)
    whole = _counts(example.at)
    there = _counts(example.at[start:stop])
    # A quote cut in two says nothing for certain.
    if any(there[label] < whole[label] for label in there):
        return example
    clauses = tuple((a - start, b - start) for a, b in example.clauses[first : last + 1])
    at = example.at[start:stop]
    labels = frozenset(there)
    sentiment = felt.of(labels) if labels else UNKNOWN
    return Example(
        example.words[start:stop], example.blanks[start:stop], at, (), sentiment, clauses, example.kind
    )


def signed(example: Example, rng: np.random.Generator) -> Example:
    """The comment with one or two pictures at its end: people put them there for any reason."""
    signs = [SIGNS[rng.integers(len(SIGNS))]] * int(rng.integers(1, 3))
    clauses = example.clauses
    if clauses:
        start, stop = clauses[-1]
        clauses = (*clauses[:-1], (start, stop + len(signs)))
    return replace(
        example,
        words=(*example.words, *signs),
        blanks=(*example.blanks, *(True for _ in signs)),
        at=(*example.at, *(() for _ in signs)),
        clauses=clauses,
    )


def _counts(at: Sequence[tuple[int, ...]]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for word in at:
        for label in word:
            counts[label] = counts.get(label, 0) + 1
    return counts


def unmarked(example: Example) -> Example:
    """The comment without punctuation; words stay apart."""
    kept = [i for i, word in enumerate(example.words) if any(c.isalnum() for c in word)]
    if not kept:
        return example
    places = np.searchsorted(kept, np.arange(len(example.words) + 1))
    return replace(
        example,
        words=tuple(example.words[i] for i in kept),
        blanks=tuple(True for _ in kept),
        at=tuple(example.at[i] for i in kept),
        clauses=tuple((int(places[a]), int(places[b])) for a, b in example.clauses if places[a] < places[b]),
    )


def mistyped(example: Example, rng: np.random.Generator) -> Example:
    """One word in twelve, at least one, with a letter lost, doubled or swapped."""
    words = list(example.words)
    for _ in range(1 + len(words) // 12):
        i = int(rng.integers(len(words))) if words else 0
        if not words or len(words[i]) < 3 or not words[i].isalpha():
            continue
        k = int(rng.integers(1, len(words[i]) - 1))
        word = words[i]
        words[i] = (
            word[:k] + word[k + 1 :],
            word[:k] + word[k] + word[k:],
            word[:k] + word[k + 1] + word[k] + word[k + 2 :],
        )[rng.integers(3)]
    return replace(example, words=tuple(words))
