"""Codes of letters and digits that stand after the word that says what they are."""

from __future__ import annotations

import re

from cx_nlp.personal.numbers import digits_of, is_amount
from cx_nlp.personal.reading import Reading

CODE = r"(?<![\w#])#?(?=[a-z\-/_.]{0,12}\d)[a-z\d][a-z\d\-/_]{2,38}"
"""A code in folded text: a word with a digit in it, of three characters or more."""
_DATE = re.compile(
    r"\d{1,4}[\-/]\d{1,2}(?:[\-/]\d{1,4})?|\d{1,2}[\-/]\d{4}|[0-3]\d[01]\d20[0-3]\d|\d{1,2}(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:\d\d){0,2}"
)
_QUANTITY = re.compile(r"\d+(?:tr|k|m|ty)\d*$|\d+[a-z]{1,4}$|\d{1,2}[a-z]\d{0,2}$")


def is_code(
    reading: Reading, start: int, end: int, *, digits: int, letter: bool = False
) -> tuple[int, int] | None:
    """The span of the code without loose signs at its end, None where it is an amount, a date or too short.

    Parameters
    ----------
    digits
        Digits needed at least.
    letter
        Whether a code of digits only must be long and no round number, as amounts are.
    """
    said = reading.folded[start:end].rstrip("-/_")
    end = start + len(said)
    number = digits_of(said)
    bare = said.lstrip("#")
    if len(number) < digits or len(bare) < 3 or _DATE.fullmatch(bare) or _QUANTITY.fullmatch(bare):
        return None
    if bare.isdecimal() and is_amount(reading, start, end):
        return None
    if letter:
        if bare.isdecimal() and not said.startswith("#") and (len(number) < 6 or number.endswith("000")):
            return None
        # A word with digits in it is a code where it is written as one.
        if not bare.isdecimal() and (len(bare) < 6 or "a" in reading.shape[start:end]):
            return None
    return start, end
