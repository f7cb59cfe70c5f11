"""Short forms and teencode of Vietnamese comments, written out."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from cx_nlp.text.syllables import is_syllable

_NUMBER = "#"


class Rule(NamedTuple):
    """One reading of a short form, and where it holds.

    Attributes
    ----------
    expansion : str
    vietnamese : bool
        Holds only where the comment is not English.
    lower, upper : bool
        Holds only for the form in lower case, only in upper case.
    after, before, not_after, not_before : frozenset of str
        Neighbouring words that must, or must not, stand there; ``#`` is any number, ``^`` no word at all.
    """

    expansion: str
    vietnamese: bool = False
    lower: bool = False
    upper: bool = False
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()
    not_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()

    @property
    def unconditional(self) -> bool:
        """Whether the reading holds everywhere."""
        return self[1:] == Rule("")[1:]

    @property
    def needs_neighbours(self) -> bool:
        """Whether the reading hangs on the words beside it."""
        return any(self[4:])

    def holds(self, written: str, previous: str, following: str) -> bool:
        """Whether the form as written and its neighbours (lower case, empty at either end) allow this reading."""
        if (self.lower and not written[0].islower()) or (self.upper and not written.isupper()):
            return False
        left, right = _kind(previous), _kind(following)
        return (
            (not self.after or left in self.after)
            and (not self.before or right in self.before)
            and left not in self.not_after
            and right not in self.not_before
        )


def _kind(word: str) -> str:
    if not word:
        return "^"
    return _NUMBER if word[0].isdigit() else word


def _parse_rule(expansion: str, conditions: str) -> Rule:
    """A reading from its row: flags, and ``name:word,word`` for the neighbours."""
    given = dict(condition.partition(":")[::2] for condition in conditions.split())
    words = {name: frozenset(listed.split(",")) for name, listed in given.items() if listed}
    nothing: frozenset[str] = frozenset()
    return Rule(
        expansion,
        vietnamese="vi" in given,
        lower="lower" in given,
        upper="upper" in given,
        after=words.get("after", nothing),
        before=words.get("before", nothing),
        not_after=words.get("!after", nothing),
        not_before=words.get("!before", nothing),
    )


@cache
def rules() -> Mapping[str, Sequence[Rule]]:
    """The readings of every short form in the table, in the order in which they are tried."""
    table: dict[str, list[Rule]] = {}
    for line in files("cx_nlp.text").joinpath("teencode.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            forms, expansion, conditions = (*line.split("\t"), "")[:3]
            for form in forms.split():
                table.setdefault(form, []).append(_parse_rule(expansion, conditions))
    return table


_RESPELLINGS = (
    (re.compile(r"(?<!n)g$"), "ng"),
    (re.compile(r"(?<![nc])h$"), "nh"),
    (re.compile(r"j"), "i"),
    (re.compile(r"^f"), "ph"),
    (re.compile(r"^(?:w|q(?!u))"), "qu"),
    (re.compile(r"^k(?=[aàáảãạăằắẳẵặâầấẩẫậoòóỏõọôồốổỗộơờớởỡợưừứửữự])"), "c"),
    (re.compile(r"^dz"), "d"),
    (re.compile(r"q$"), "ng"),
)


def respell(word: str) -> str:
    """A lower-case word with diacritics, its playful spelling made plain: ``tiếg`` gives ``tiếng``, ``wán`` ``quán``.

    A word that is a syllable already, or that no rule makes one, comes back as it is.
    """
    if word.isascii() or is_syllable(word):
        return word
    for pattern, plain in _RESPELLINGS:
        spelled, count = pattern.subn(plain, word)
        if count and is_syllable(spelled):
            return spelled
    return word
