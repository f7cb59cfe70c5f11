"""Vietnamese or English, with or without diacritics, told from the shape of the syllables."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import NamedTuple

from cx_nlp.text.accents import lower
from cx_nlp.text.syllables import FOLDED, is_syllable

_LATIN_WORD = re.compile(r"\b[a-z\u00c0-\u024f\u1e00-\u1eff]+")
_VIETNAMESE_LETTER = re.compile("[ăđơưạ-ỹ]")
_SHARED_LETTER = re.compile("[àáâãèéêìíòóôõùúýĩũ]")
STRAY = -3
"""Evidence of a word that is neither: slightly English, since every Vietnamese syllable is known."""
MARK = 15
"""Evidence of a letter that only Vietnamese writes."""
_NO_EVIDENCE = 0.25


class Language(NamedTuple):
    """The language of a comment.

    Attributes
    ----------
    code : str
        ``"vi"``, ``"en"``, or ``"und"`` where the words do not tell.
    diacritics : bool
        Whether the text has letters that only Vietnamese writes.
    share : float
        How one-sided the evidence is per word, from 0 (none) to 1.
    """

    code: str
    diacritics: bool
    share: float


@cache
def _weights() -> dict[str, int]:
    """Tenths of evidence of a word without diacritics: above zero for Vietnamese, below for English."""
    weights = dict.fromkeys(FOLDED, 10)
    table = files("cx_nlp.text").joinpath("words.tsv").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            weight, words = line.split("\t")
            weights.update(dict.fromkeys(words.split(), round(10 * float(weight))))
    return weights


def evidence(words: Iterable[str], marks: int = 0) -> int:
    """Evidence for Vietnamese (above zero) or English (below) of lower-case words and a count of marked letters.

    In whole tenths, so that the evidence of the parts of a text adds up to that of the text.
    """
    return sum(map(_weights().get, words, repeat(STRAY))) + MARK * marks


def text_evidence(words: Iterable[str], lowered: str) -> int:
    """The evidence of a lower-case text, which has these words."""
    return evidence(words, 0 if lowered.isascii() else len(_VIETNAMESE_LETTER.findall(lowered)))


def is_english(found: int) -> bool:
    """Whether evidence speaks for English rather than Vietnamese."""
    return found < STRAY


def _shared_marks(lowered: str, words: list[str], own: int) -> int:
    """Marked letters that French or Spanish write too: evidence beside Vietnamese ones or inside a syllable."""
    if own:
        return len(_SHARED_LETTER.findall(lowered))
    return sum(not word.isascii() and is_syllable(word) for word in words)


def detect(text: str) -> Language:
    """The language of a short NFC text.

    Examples
    --------
    >>> detect("Giao hang cham qua").code
    'vi'
    >>> detect("The app is easy to use").code
    'en'
    """
    lowered = lower(text)
    words = _LATIN_WORD.findall(lowered)
    if not words:
        return Language("und", False, 0.0)
    own = 0 if lowered.isascii() else len(_VIETNAMESE_LETTER.findall(lowered))
    marks = own + (0 if lowered.isascii() else _shared_marks(lowered, words, own))
    total = evidence(words, marks) / 10
    code = "und" if abs(total) < _NO_EVIDENCE + 0.05 * len(words) else "vi" if total > 0 else "en"
    return Language(code, own > 0, min(1.0, abs(total) / len(words)))
