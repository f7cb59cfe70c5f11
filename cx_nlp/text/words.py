"""The words of a comment: elongation, tone marks, playful spelling, teencode."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from cx_nlp.text.accents import fold_accents, lower
from cx_nlp.text.language import evidence, is_english, text_evidence
from cx_nlp.text.offsets import Edit
from cx_nlp.text.syllables import is_syllable, place_tone
from cx_nlp.text.teencode import Rule, respell, rules

WORD = re.compile(r"[\w\u0300-\u036f]+")
_ELONGATED = re.compile(r"([^\W\d_])\1\1+")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_DIGIT = re.compile(r"\d")
_LONGEST = 40
_GLUED = frozenset("'’.@&#/\\-+_")


class _Form(NamedTuple):
    """What becomes of a word: its plain form, and the conditional readings of it."""

    plain: str
    rules: tuple[Rule, ...] = ()


def _shortened(word: str) -> str:
    """The word with every run of one letter, whatever its accents, as a single letter, the accented one first."""
    folded = fold_accents(word)
    pieces = []
    for run in re.finditer(r"(.)\1*", folded):
        letters = word[run.start() : run.end()]
        pieces.append(next((letter for letter in letters if letter != run[1]), letters[0]))
    return "".join(pieces)


def _is_english(word: str) -> bool:
    return is_english(evidence((word,)))


def squeeze(word: str) -> str:
    """A lower-case word without elongation: ``đẹpppp`` gives ``đẹp``, ``goooood`` gives ``good``."""
    if not _ELONGATED.search(word) or _DIGIT.search(word):
        return word if word.isascii() or is_syllable(word) else _undoubled(word)
    single, double = _ELONGATED.sub(r"\1", word), _ELONGATED.sub(r"\1\1", word)
    if len(single) > 1 and (is_syllable(single) or single in rules()):
        return single
    if _is_english(double):
        return double
    return single if _is_english(single) else _undoubled(double)


def _undoubled(word: str) -> str:
    """The word with doubled letters made single, if that makes a Vietnamese syllable."""
    for candidate in (_DOUBLED.sub(r"\1", word), _shortened(word)):
        if is_syllable(candidate):
            return candidate
    return word


@lru_cache(maxsize=1 << 15)
def _form(word: str) -> _Form | None:
    """What becomes of a lower-case word; None if nothing does."""
    plain, readings = word, rules().get(word, ())
    if not readings:
        plain = squeeze(word)
        plain = plain if plain.isascii() else place_tone(respell(plain))
        readings = rules().get(plain, ())
    if readings and readings[0].unconditional:
        return _Form(readings[0].expansion)
    return _Form(plain, tuple(readings)) if readings or plain != word else None


def _forms(words: list[str]) -> list[_Form | None]:
    """The form of every word; where one is very long, nothing is remembered, so that memory stays small."""
    form = _form if max(map(len, words), default=0) <= _LONGEST else _form.__wrapped__
    return [*map(form, words)]


def _cased(plain: str, original: str) -> str:
    """`plain` in the case of the original: upper, capitalised or lower."""
    if original.islower():
        return plain
    if original.isupper() and len(original) > 1:
        return plain.upper() if len(plain.upper()) == len(plain) else plain
    if len(plain) == len(original):
        return "".join(
            b.upper() if a.isupper() and len(b.upper()) == 1 else b
            for a, b in zip(original, plain, strict=True)
        )
    return plain[0].upper() + plain[1:] if original[0].isupper() else plain


def has_forms(text: str) -> bool:
    """Whether any word of the text may have a plain form other than its own."""
    return any(_forms(WORD.findall(lower(text))))


class Context(NamedTuple):
    """What stands beside a part of a comment: the words before and after it, and whether the comment is English."""

    before: str = ""
    after: str = ""
    english: bool | None = None
    """None where the part is the comment."""


_NO_CONTEXT = Context()


def plain_words(text: str, context: Context = _NO_CONTEXT) -> list[tuple[int, int, str]]:
    """Start, end and plain form of every word; nothing where every word is as plain as can be."""
    lowered = lower(text)
    words = WORD.findall(lowered)
    forms = _forms(words)
    if not any(forms):
        return []
    english = context.english
    if english is None and any(form.rules for form in forms if form):
        english = is_english(text_evidence(words, lowered))
    found: list[tuple[int, int, str]] = []
    previous = context.before
    for index, match in enumerate(WORD.finditer(lowered)):
        plain, form = words[index], forms[index]
        start, end = match.span()
        if form:
            plain = form.plain
            if form.rules and not _is_glued(text, start, end):
                following = _following(forms, words, index) or context.after
                plain = _reading(form, text[start:end], previous, following, english=bool(english))
        found.append((start, end, plain))
        previous = plain.rsplit(" ", 1)[-1]
    return found


def word_edits(text: str) -> list[Edit]:
    """Edits that put the plain form of every word that has another one."""
    return edits_to(text, plain_words(text))


def edits_to(text: str, plain: Sequence[tuple[int, int, str]]) -> list[Edit]:
    """Edits that put the plain forms of words, as `plain_words` gives them, in the case of the words."""
    lowered = lower(text)
    return [
        (start, end, _cased(word, text[start:end]))
        for start, end, word in plain
        if word != lowered[start:end]
    ]


class Outlook(NamedTuple):
    """What a part of a comment shows to the words around it."""

    evidence: int
    """For the language of the comment, see `text_evidence`."""
    first: str
    """The first word as the word before it sees it, empty where there is none."""
    last: str
    """The last word, plain where that does not hang on words around it."""
    hangs: bool
    """Whether the plain form of any word hangs on the comment around it."""
    plain: bool
    """Whether no word has another form."""


def outlook(text: str) -> Outlook:
    """What a part of a comment shows to the words around it."""
    lowered = lower(text)
    words = WORD.findall(lowered)
    forms = _forms(words)
    found = text_evidence(words, lowered)
    if not any(forms):
        first, last = (words[0], words[-1]) if words else ("", "")
        return Outlook(found, first, last, hangs=False, plain=True)
    hangs = any(
        form and form.rules and not _is_glued(text, *match.span())
        for form, match in zip(forms, WORD.finditer(lowered), strict=True)
    )
    plain = forms[-1].plain if forms[-1] else words[-1]
    return Outlook(found, _following(forms, words, -1), plain.rsplit(" ", 1)[-1], hangs, plain=False)


def _is_glued(text: str, start: int, end: int) -> bool:
    """Whether a lone letter is tied to a neighbour, as in ``don't``, ``A.k`` or ``k/h``."""
    if end - start > 1:
        return False
    return (start > 0 and text[start - 1] in _GLUED) or (
        end + 1 < len(text) and text[end] in _GLUED and not text[end + 1].isspace()
    )


def _following(forms: list[_Form | None], words: list[str], index: int) -> str:
    """The next word, in its plain form where that does not hang on neighbours of its own."""
    if index + 1 == len(words):
        return ""
    form = forms[index + 1]
    if not form:
        return words[index + 1]
    settled = form.rules and not form.rules[0].needs_neighbours
    return (form.rules[0].expansion if settled else form.plain).split(" ", 1)[0]


def _reading(form: _Form, written: str, previous: str, following: str, *, english: bool) -> str:
    """The first reading of a word that its writing, its neighbours and the language allow."""
    for rule in form.rules:
        if not (rule.vietnamese and english) and rule.holds(written, previous, following):
            return rule.expansion
    return form.plain
