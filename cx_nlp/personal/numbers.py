"""What a number can be told by: its checksum, its grouping, the unit behind it."""

from __future__ import annotations

import re

from cx_nlp.personal.reading import Reading

_DATE = re.compile(
    r"\d{1,2}[.\-/]\d{1,2}[.\-/](?:19|20)\d{2}(?!\d)|(?:19|20)\d{2}[.\-/]\d{1,2}[.\-/]\d{1,2}(?!\d)"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+(?:[.,]\d{1,2})?")
_UNIT = re.compile(
    r" ?(?:%|\$|₫|€|£|(?:d|dong|vnd|vnđ|k|tr|trieu|ty|nghin|ngan|usd|eur|gbp|dollars?|pounds?|euros?|cents?|points?|diem|kim cuong|coins?|xu|gems"
    r"|km|m|cm|mm|kg|g|gr|gram|ml|lit|l|mah|wh|kwh|w|v|gb|mb|tb|mbps|fps|hz|btu|dpi|px|inch|nguoi|cai|chiec|don vi|danh gia|luot"
    r"|reviews?|ratings?|people|users|times|lan|phut|gio|ngay|thang|nam|minutes?|hours?|days?|months?|years?)\b)"
)


def digits_of(text: str) -> str:
    """The digits of a text."""
    return "".join(char for char in text if "0" <= char <= "9")


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812-1, annex B.

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return bool(digits) and (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def mod97(code: str) -> bool:
    """Whether the check digits of an IBAN are right (ISO 13616, ISO/IEC 7064 MOD 97-10); `code` in lower case, without blanks.

    >>> mod97("gb82west12345698765432")
    True
    """
    return int("".join(str(int(char, 36)) for char in code[4:] + code[:4])) % 97 == 1


def is_amount(reading: Reading, start: int, end: int) -> bool:
    """Whether the number is grouped as an amount, is a date, or has a unit behind it."""
    text = reading.folded
    said = text[start:end]
    if _THOUSANDS.fullmatch(said) or _DATE.match(said):
        return True
    unit = _UNIT.match(text, end)
    # A unit is the whole word: "k" of "20k", not of "không".
    return unit is not None and not (unit.end() < len(text) and text[unit.end()].isalnum())


def inside_number(text: str, start: int) -> bool:
    """Whether a number goes on to the left of `start`, as in "12.0912"."""
    return start >= 2 and text[start - 1] in "./" and text[start - 2].isdecimal()
