"""Papers that name a person: identity cards, passports, social security, insurance and tax numbers, driving licences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.cues import Cues
from cx_nlp.personal.reading import Reading

_TOLD = (
    (Cues("""
        cccd
        cmnd
        cmtnd
        cmt
        can cuoc
        chung minh
        so dinh danh
        id card, number, no
        national id
        citizen id
        identity card, number
    """), re.compile(r"[^\d\n]{0,30}?(\d(?:[ .\-]?\d){11}|\d(?:[ .\-]?\d){8})(?!\d)")),
    (Cues("id number, no"), re.compile(r"[^\d\n]{0,15}?(\b[a-z]{1,2}\d{6,8}[a-z]?)(?!\w)")),
    (Cues("ssn \n social security"), re.compile(r"[^\d\n]{0,25}?(\d{3}[ \-]?\d{2}[ \-]?\d{4})(?!\d)")),
    (Cues("passport \n ho chieu"), re.compile(r"[^\d\n]{0,25}?(\b[a-z]{0,2}\d{6,9})(?!\w)")),
    (Cues("mst \n ma so thue \n tax code, id"), re.compile(r"[^\d\n]{0,25}?(\d{10}(?:-?\d{3})?)(?!\d)")),
    (Cues("bhyt \n bhxh \n bao hiem y te, hiem xa hoi"), re.compile(r"[^\d\n]{0,15}?(\b[a-z]{0,2} ?\d(?: ?\d){9,12})(?!\d)")),
    (Cues("gplx \n bang lai \n giay phep lai xe \n driver's license, licence \n drivers license, licence \n driving license, licence"),
     re.compile(r"[^\d\n]{0,15}?(\b[a-z]{0,5}\d{6,12}[a-z]{0,2})(?!\w)")),
    (Cues("ni number, no \n nino \n national insurance"), re.compile(r"[^\d\n]{0,15}?(\b[a-z]{2} ?\d\d ?\d\d ?\d\d ?[a-d])(?!\w)")),
)  # fmt: skip
_SSN = re.compile(r"(?<![\w.\-])\d{3}-\d{2}-\d{4}(?![\w\-])")
_HEALTH = re.compile(r"(?<!\w)[a-z]{2}[1-5]\d{12}(?!\w)")
_NINO = re.compile(r"(?<!\w)AA 00 00 00 A(?!\w)")
_CITIZEN = re.compile(r"(?<![\w.\-])0\d{2}([ .]?)[0-3]\d{2}\1\d{3}\1\d{3}(?![\w\-])")
LEAST = 6
"""Digits of the shortest of these numbers."""
FIRST, LAST = 1, 96
"""Codes of provinces in citizens' numbers (Circular 59/2021/TT-BCA, annex 1)."""
_BORN = {"0": 1900, "1": 1900, "2": 2000, "3": 2000}
YEARS = (1915, 2030)
"""Years of birth that a citizen's number without a word before it may say."""


def identity_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Numbers after the paper's name; a citizen's number of twelve digits, an American and a British one also alone."""
    text = reading.folded
    if reading.digits < LEAST:
        return
    for cues, form in _TOLD:
        for match in cues.behind(reading, form):
            yield match.span(1)
    for match in _CITIZEN.finditer(text):
        if is_citizen_number("".join(char for char in match[0] if char.isdecimal())):
            yield match.span()
    for match in (*_SSN.finditer(text), *_HEALTH.finditer(text)):
        yield match.span()
    for match in _NINO.finditer(reading.shape):
        yield match.span()


def is_citizen_number(digits: str) -> bool:
    """Whether twelve digits can be a Vietnamese citizen's number: province, century and sex, year of birth, six more.

    >>> is_citizen_number("001099000123"), is_citizen_number("999099000123")
    (True, False)
    """
    if len(digits) != 12 or not FIRST <= int(digits[:3]) <= LAST or digits[3] not in _BORN:
        return False
    return YEARS[0] <= _BORN[digits[3]] + int(digits[4:6]) <= YEARS[1]
