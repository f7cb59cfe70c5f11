"""Payment cards: thirteen to nineteen digits with an issuer's prefix and a right check digit; security codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.cues import Cues
from cx_nlp.personal.numbers import digits_of, luhn
from cx_nlp.personal.reading import Reading

_RUN = re.compile(r"(?<![\w])\d(?:[ .\-]?\d){12,18}(?!\w)")
# Prefixes of ISO/IEC 7812 that schemes publish: Visa, Mastercard, American Express, Discover, JCB, UnionPay, Diners, Napas (9704).
_ISSUER = re.compile(
    r"4|5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)|3[47]|6(?:011|4[4-9]|5)|35(?:2[89]|[3-8])|62|3(?:0[0-5]|[689])|9704"
)
_NAMED = re.compile(
    r"\b(?:so the|the (?:visa|master|tin dung|atm|ghi no|noi dia|jcb|napas)|(?:credit |debit |bank )?card|visa|mastercard|amex|jcb|napas)\b[^\d\n]{0,15}$"
)
_CODES = Cues("cvv \n cvc")
_CODE = re.compile(r"[^\d\n]{0,12}?(\d{3,4})(?!\d)")


def card_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Numbers of cards, with a wrong check digit where a word names the card; security codes after their name."""
    text = reading.folded
    for match in _RUN.finditer(text) if reading.digits >= 13 else ():
        start, end = match.span()
        digits = digits_of(match[0])
        if _ISSUER.match(digits) and (luhn(digits) or _NAMED.search(text[max(0, start - 40) : start])):
            yield start, end
    for match in _CODES.behind(reading, _CODE):
        yield match.span(1)
