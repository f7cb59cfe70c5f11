"""One written date and time as numbers, its day and month still undecided where the text leaves them open."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from cx_nlp.io.cells import fold

# What is known of a moment's three numbers: year, month, day; two and a year of four digits; three of two digits;
# or nothing to decide, as `micros` counts from 1970.
YMD, YEAR_LAST, SHORT, EPOCH = range(4)


class Moment(NamedTuple):
    """Three numbers of a date in written order (year, month, day where `form` is YMD) and the microseconds after it."""

    form: int
    first: int
    second: int
    third: int
    micros: int


_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_DAYS = r"(?:thu (?:\d|hai|ba|tu|nam|sau|bay)|chu nhat|t\d|cn|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)"
_ZONE = r"(?:\s*(?:z|utc|gmt|ict)?\s*(?:[+-]\d{2}(?::?\d{2})?)?)"
_CLOCK = (
    rf"(\d{{1,2}})(?:[:h](\d{{2}})|h)(?:[:m](\d{{2}})s?(?:[.,](\d{{1,9}}))?)?p?\s*([ap]\.?m\.?|sa|ch)?{_ZONE}"
)
_GAP = r"(?:\s*[,|-]\s*|\s+(?:at|luc|vao)?\s*|t)"
_SLASHED = r"(\d{1,4})(?P<mark>[-/.])(\d{1,2})(?P=mark)(\d{1,4})"

_DATE_FIRST = re.compile(rf"{_SLASHED}(?:{_GAP}{_CLOCK})?")
_CLOCK_FIRST = re.compile(rf"{_CLOCK}{_GAP}(?:ngay\s+)?{_SLASHED}")
_DAY_NAMED = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th)?(?:\s*[-/.,]\s*|\s+(?:of )?){_MONTH}(?:\s*[-/.,]\s*|\s+)(\d{{4}}|\d{{2}})(?:{_GAP}{_CLOCK})?"
)
_MONTH_NAMED = re.compile(
    rf"{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?(?:\s*,\s*|\s+)(\d{{4}})(?:{_GAP}{_CLOCK})?"
)
_YEAR_LATE = re.compile(rf"{_MONTH}\s+(\d{{1,2}})\s+{_CLOCK}\s+(\d{{4}})")
_VIETNAMESE = re.compile(
    rf"(?:{_CLOCK}{_GAP})?(?:ngay )?(\d{{1,2}}) (?:thang|thg) (\d{{1,2}})(?:,| nam|, nam)? (\d{{4}})(?:{_GAP}{_CLOCK})?"
)
_WEEKDAY = re.compile(rf"{_DAYS}\.?,?\s+")
_PLAIN_NUMBER = re.compile(r"\d+(?:\.\d+)?")

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
# Day 25569 of Excel's calendar is 1970-01-01; five digits cover 1954 to 2119.
_EXCEL_1970, _EXCEL_DAYS = 25_569, range(20_000, 80_000)


def read_moment(text: str) -> Moment | None:
    """The moment a stripped text writes out, None where it is relative, no date, or no time of day that exists.

    >>> read_moment("24/2/2015 11:35 PM")
    Moment(form=1, first=24, second=2, third=2015, micros=84900000000)
    """
    # The patterns are slow on long text, and no date is long.
    if len(text) > 60:
        return None
    lowered = text.lower()
    if match := _DATE_FIRST.fullmatch(lowered):
        first, _, second, third, *clock = match.groups()
        return _slashed(first, second, third, clock)
    if _PLAIN_NUMBER.fullmatch(lowered):
        return _from_number(lowered)
    return _read_words(_WEEKDAY.sub("", fold(lowered), count=1) or lowered)


def _read_words(folded: str) -> Moment | None:
    if match := _DATE_FIRST.fullmatch(folded):
        first, _, second, third, *clock = match.groups()
        return _slashed(first, second, third, clock)
    if match := _CLOCK_FIRST.fullmatch(folded):
        *clock, first, _, second, third = match.groups()
        return _slashed(first, second, third, clock)
    if match := _DAY_NAMED.fullmatch(folded):
        day, month, year, *clock = match.groups()
        return _moment(year, _MONTHS[month], day, clock)
    if match := _MONTH_NAMED.fullmatch(folded):
        month, day, year, *clock = match.groups()
        return _moment(year, _MONTHS[month], day, clock)
    if match := _YEAR_LATE.fullmatch(folded):
        month, day, *clock, year = match.groups()
        return _moment(year, _MONTHS[month], day, clock)
    if match := _VIETNAMESE.fullmatch(folded):
        before, (day, month, year), after = match.groups()[:5], match.groups()[5:8], match.groups()[8:]
        return _moment(year, month, day, before if before[0] else after)
    return None


def _slashed(first: str, second: str, third: str, clock: Sequence[str | None]) -> Moment | None:
    micros = _micros(clock)
    if micros is None:
        return None
    numbers = (int(first), int(second), int(third))
    if len(first) == 4:
        return Moment(YMD, *numbers, micros) if len(third) <= 2 else None
    if len(first) > 2 or len(third) not in (2, 4):
        return Moment(SHORT, *numbers, micros) if len(first) == 2 and len(third) == 1 else None
    return Moment(YEAR_LAST if len(third) == 4 else SHORT, *numbers, micros)


def _moment(year: str, month: str | int, day: str, clock: Sequence[str | None]) -> Moment | None:
    micros = _micros(clock)
    full = int(year) if len(year) == 4 else century(int(year))
    return None if micros is None else Moment(YMD, full, int(month), int(day), micros)


def century(year: int) -> int:
    """A year of two digits in full, 1970 to 2069."""
    return year + (2000 if year < 70 else 1900)


def _micros(clock: Sequence[str | None]) -> int | None:
    """Microseconds after midnight of hour, minute, second, fraction and half of the day; None where none such is."""
    hour, minute, second, fraction, half = clock
    if hour is None:
        return 0
    hours, minutes, seconds = int(hour), int(minute or 0), int(second or 0)
    if hours > 23 or minutes > 59 or seconds > 59:
        return None
    if half and hours <= 12:
        hours = hours % 12 + (12 if half[0] in "pc" else 0)
    small = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    return ((hours * 60 + minutes) * 60 + seconds) * _SECOND + small


def _from_number(digits: str) -> Moment | None:
    """Excel's day numbers, seconds to nanoseconds since 1970, 20240131 and 20240131235959."""
    whole, _, _ = digits.partition(".")
    if len(whole) == 5 and int(whole) in _EXCEL_DAYS:
        return _epoch(round((float(digits) - _EXCEL_1970) * 86_400) * _SECOND)
    if len(whole) in (8, 12, 14) and whole == digits and whole[:2] in ("19", "20") and int(whole[4:6]) <= 12:
        clock = (whole[8:10] or None, whole[10:12], whole[12:14], None, None)
        return _moment(whole[:4], whole[4:6], whole[6:8], clock)
    if len(whole) in (9, 10):
        return _epoch(round(float(digits) * _SECOND))
    if len(whole) in (12, 13, 15, 16, 18, 19):
        return _epoch(int(whole) * _SECOND // 10 ** ((len(whole) - 9) // 3 * 3))
    return None


def _epoch(micros: int) -> Moment:
    return Moment(EPOCH, 0, 0, 0, micros)
