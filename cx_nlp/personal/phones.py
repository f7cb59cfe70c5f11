"""Telephone numbers of people: Vietnamese, British and American ones by their form, others by a plus or a word before them.

Numbers of companies that anyone may know are none of them: 1800 and 1900 in Vietnam, 0800, 03, 084 and 087 in Britain, 800, 888, 877,
866, 855, 844 and 833 in North America, and short numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.cues import Cues
from cx_nlp.personal.numbers import digits_of, inside_number, is_amount
from cx_nlp.personal.reading import Reading

_GAP = r"[ .\-]{0,2}"
_FORMS = (
    # Vietnamese mobile numbers, nine digits after 0 or +84 (Decision 880/QD-BTTTT of 2018: 03, 05, 07, 08, 09).
    rf"(?:\(?\+? ?84\)?{_GAP}(?:\(0\))?{_GAP}|0084{_GAP}|[0o]{_GAP})(?:[35789]{_GAP}[1-9]|[79]{_GAP}[0o])(?:{_GAP}[\do]){{7}}(?!\d)",
    # Vietnamese land lines and British numbers, ten digits after 0; the mobile numbers of before 2018.
    rf"\(?0{_GAP}[127](?:[ .\-)]{{0,2}}\d){{9}}(?!\d)",
    rf"\(?\+? ?84\)?{_GAP}2(?:{_GAP}\d){{9}}(?!\d)",
    # North America.
    r"(?:\+?1[ .\-]{1,2})?(?:(?:\([2-9]\d\d\) ?|[2-9]\d\d[.\-] ?)[2-9]\d\d[ .\-]|[2-9]\d\d [2-9]\d[1-9] )\d{4}(?!\d| \d)",
    # Anywhere else, with its country code.
    r"\(?\+ ?[1-9](?:[ .\-()]{0,3}\d){6,13}(?!\d)",
    rf"00[1-9](?:{_GAP}\d){{8,12}}(?!\d)",
)
_ANY_FORM = re.compile(r"(?<![\d+])(?:" + "|".join(_FORMS) + ")")
_SPELT = "khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|zero|oh|one|two|three|four|five|six|seven|eight|nine|double"
_SPELT_OUT = re.compile(rf"\b(?:khong|zero|oh|o)(?:[ ,.\-]{{1,3}}(?:{_SPELT})\b){{8,13}}")
_CUES = Cues("""
    sdt
    so dien thoai, dt, phone, di dong, may, zalo, cua minh, cua em, cua toi, cua anh, cua chi, moi, cu, nay
    dien thoai
    dt
    d.t
    phone
    tel
    tell
    telephone
    mobile
    cell
    zalo
    whatsapp
    viber
    goi
    alo
    lien he
    lh
    call
    called
    calling
    calls
    ring
    rang
    text
    texted
    dial
    dialled
    dialling
    reach me
    contact
    number
""")
_TOLD = re.compile(r"(?:[^\d\n]{0,19}?[^\w\n])??(\(?\+?\d(?:[ .\-()]{0,2}\d){6,12})(?![\d\-/]|[a-z]\w*\d)")
_SPELT_FIRST = frozenset(("khong", "zero", "oh", "o"))
LEAST = 7
"""Digits of the shortest number that is told by its form or by a word."""
_BEFORE = re.compile(r"(?:sdt|dt|so|zalo|lh|tel|phone|goi|call|no|o)$")
_PUBLIC = re.compile(
    r"1[89]00|080|0(?:84[2-5]|87[0-3]|3[0347]\d)\d{7}$|1?(?:800|888|877|866|855|844|833)\d{7}$|44(?:80|84|87|3)\d{8}$"
)
_DATE = re.compile(r"\(?\d{1,2}[.\-]\d{1,2}[.\-](?:19|20)\d\d(?!\d)")
# Years, or two round amounts: "2018-2023", "15000-35000".
_RANGE = re.compile(r"(?:19|20)\d\d ?- ?(?:19|20)\d\d$|[1-9]\d*00 ?- ?\d+00$")


def phone_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Numbers that are told by their form."""
    text = reading.folded
    for match in _ANY_FORM.finditer(text) if reading.digits >= LEAST else ():
        start, end = _trimmed(text, *match.span())
        if _stands_alone(text, start) and not _no_phone(reading, start, end):
            yield start, end
    if not _SPELT_FIRST.isdisjoint(reading.words):
        for match in _SPELT_OUT.finditer(text):
            yield match.span()


def told_phone_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Numbers of seven digits and more after a word that speaks of telephones."""
    text = reading.folded
    for match in _CUES.behind(reading, _TOLD):
        start, end = _trimmed(text, *match.span(1))
        if not _no_phone(reading, start, end) and not _RANGE.match(text[start:end]):
            yield start, end


def _no_phone(reading: Reading, start: int, end: int) -> bool:
    said = reading.folded[start:end]
    if _PUBLIC.match(digits_of(said)) and not said.startswith(("+84", "0084")):
        return True
    grouped = not said.startswith(("0", "(", "+", "o")) and is_amount(reading, start, end)
    return grouped or bool(_DATE.match(said))


def _stands_alone(text: str, start: int) -> bool:
    """Whether the number is no part of a longer code; "sdt0912…" is a number after a word."""
    if start and text[start - 1].isalpha():
        return bool(_BEFORE.search(text[max(0, start - 6) : start]))
    return not inside_number(text, start)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without an opening bracket that nothing closes."""
    if text[start] == "(" and ")" not in text[start:end]:
        start += 1
    return start, end
