"""Spans of personal data in a text as it was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cx_nlp.personal.accounts import account_spans, iban_spans
from cx_nlp.personal.addresses import address_spans
from cx_nlp.personal.cards import card_spans
from cx_nlp.personal.emails import email_spans
from cx_nlp.personal.identities import identity_spans
from cx_nlp.personal.orders import carrier_spans, order_spans
from cx_nlp.personal.phones import phone_spans, told_phone_spans
from cx_nlp.personal.plates import plate_spans
from cx_nlp.personal.reading import Reading, read

KINDS = ("phone", "email", "national_id", "card", "account", "plate", "address", "order")
"""The kinds of personal data that are looked for."""

# Where two finders claim the same characters, the earlier has them: a checksum before a form, a word that says what a number is before
# the number's length.
_FINDERS: tuple[tuple[str, Callable[[Reading], Iterator[tuple[int, int]]]], ...] = (
    ("email", email_spans),
    ("account", iban_spans),
    ("card", card_spans),
    ("national_id", identity_spans),
    ("account", account_spans),
    ("order", order_spans),
    ("phone", phone_spans),
    ("plate", plate_spans),
    ("order", carrier_spans),
    ("address", address_spans),
    ("phone", told_phone_spans),
)
# What every span holds or stands beside; a comment without any of it, as most are, is not looked at further.
_HINT = re.compile(
    r"\d|@|\ba ?-?(?:cong|moc)\b|[(\[]at[)\]]| at \w+ dot |gmail|yahoo|hotmail|outlook|icloud"
    r"|\b(?:khong|zero|oh?)[ ,.-]+(?:khong|mot|hai|ba|bon|nam|sau|bay|tam|chin|zero|oh|one|two|three|four|five|six|seven|eight|nine)\b"
    r"|\bpnr\b|\bma dat|\bbooking|\bconfirmation|\b(?:ap|thon|xom|buon) \w"
)


class Span(NamedTuple):
    """Personal data in a text.

    Attributes
    ----------
    start, end : int
        Character offsets into the text as given.
    kind : str
        One of `KINDS`.
    """

    start: int
    end: int
    kind: str


def find_personal(text: str) -> list[Span]:
    """Personal data in a text, in order, none overlapping another.

    Parameters
    ----------
    text : str
        In any normal form; Vietnamese with or without diacritics, English. The time taken grows linearly with its length.

    Examples
    --------
    >>> find_personal("Gọi mình số 0912 000 678 nhé, đơn 350.000đ")
    [Span(start=12, end=24, kind='phone')]
    """
    reading = read(text)
    if not _HINT.search(reading.folded):
        return []
    taken = bytearray(len(reading.folded))
    found = []
    for kind, finder in _FINDERS:
        for start, end in finder(reading):
            if start < end and not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append((start, end, kind))
    return [Span(*reading.source(start, end), kind) for start, end, kind in sorted(found)]
