"""The words, n-grams and characters of a token list, and how far a negation reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

NEGATIONS = frozenset(
    "không ko chẳng chả chưa đừng đéo đâu kém thiếu khong chang chua dung no not never cannot without neither nor hardly barely "
    "don't didn't doesn't isn't wasn't aren't weren't can't won't couldn't wouldn't haven't hasn't hadn't shouldn't "
    "dont didnt doesnt isnt wasnt arent cant wont couldnt wouldnt havent hasnt n't".split()
)
NEGATION_REACH = 3
"""Words after a negation that are also counted as negated, up to the next mark."""

CHARACTER_SIZES = (2, 3, 4, 5)
NEGATED = "¬"
"""Stands before a word that a negation reaches."""


def spoken(words: Sequence[str]) -> tuple[list[str], list[bool]]:
    """The words without mere punctuation, and which of them are negated."""
    kept = [(word, flag) for word, flag in zip(words, negated_flags(words), strict=True) if is_spoken(word)]
    return [word for word, _ in kept], [flag for _, flag in kept]


def is_spoken(word: str) -> bool:
    """Whether a token is more than a punctuation mark; "!" and "?" count as words."""
    return not word.isspace() and (word[0].isalnum() or len(word) > 1 or word in "!?")


def stops_negation(word: str) -> bool:
    """Whether a negation reaches no further than this token."""
    return not word[0].isalnum() and word not in NEGATIONS


def marked(words: Sequence[str], negated: Sequence[bool]) -> list[str]:
    """The negated words in their marked form."""
    return [NEGATED + word for word, flag in zip(words, negated, strict=True) if flag]


def grams(words: Sequence[str], longest: int) -> list[str]:
    """The word n-grams of one to `longest` (at most 3) words."""
    found = list(words)
    if longest >= 2:
        found += map(" ".join, pairwise(words))
    if longest >= 3:
        found += map(" ".join, zip(words, words[1:], words[2:], strict=False))
    return found


def characters(words: Iterable[str]) -> list[str]:
    """The character n-grams of every word with a blank at each end, as scikit-learn's `char_wb` gives them."""
    found = []
    for word in words:
        padded = f" {word} "
        length = len(padded)
        for size in CHARACTER_SIZES:
            if size >= length:
                found.append(padded)
                break
            found += [padded[i : i + size] for i in range(length - size + 1)]
    return found


def negated_flags(words: Sequence[str]) -> list[bool]:
    """Which words a negation reaches: the few after it, up to the next mark."""
    left = 0
    flags = []
    for word in words:
        if word in NEGATIONS:
            left = NEGATION_REACH
            flags.append(False)
            continue
        if stops_negation(word):
            left = 0
        flags.append(left > 0)
        left -= left > 0
    return flags
