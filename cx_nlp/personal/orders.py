"""Codes of orders, parcels, bookings, tickets and cases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.codes import CODE, is_code
from cx_nlp.personal.cues import Cues
from cx_nlp.personal.reading import Reading

_STRONG = Cues("""
    ma don hang, don, van don, dat cho, dat phong, dat hang, dat ve, dat ban, giao dich, gd, ho so, tra cuu, bao hanh, phieu, kien, buu gui, buu pham, ve, booking, order
    don so, hang so, ma, hang ma, id, khieu nai so
    so ve, don hang, don, van don, phieu, hoa don
    order number, num, no, id, ref, reference, code
    tracking number, num, no, id, code
    booking ref, reference, code, number, no, id
    reservation number, no, code, id
    confirmation number, code, no, id
    record locator
    pnr
    case number, no, id, ref
    ticket number, no, id
    reference *, number, no, code
    ref number, no
    transaction id, number, no, code
    claim number, no, id, ref
    incident number, no
    file number, no, reference, ref
    refund request
    tag number, no
    invoice *, number, no
    e-ticket *, number, no
    eticket *, number, no
    rma
""")
_STRONG_FORM = re.compile(rf"[^\d\n]{{0,25}}?(?P<code>{CODE})")
_WEAK = Cues("""
    don *, hang
    order
    van don
    kien *, hang
    buu pham, gui, kien
    goi hang
    parcel
    shipment
    package
    tracking
    booking
    reservation
    ticket
    case
    return
    claim
    conf
    incident
    phieu
""")
_WEAK_FORM = re.compile(rf"[^\d\n]{{0,15}}?(?P<code>{CODE})")
_LOCATOR = Cues("""
    pnr
    ma dat cho, dat ve
    booking ref, reference, code
    confirmation code, number
    record locator
""")
_LOCATOR_FORM = re.compile(r"(?<!\w)(?=[^\W_]*A)[A0]{6}(?!\w)")
_MARKED = re.compile(r"(?<!\w)#\d{6,20}(?!\w)")
_CARRIERS = re.compile(
    # Parcel codes of carriers in Vietnam, UPS, the form of the world's posts (UPU standard S10), Shopee's and Amazon's orders.
    r"(?<!\w)(?:(?:spx|ghn|ghtk|lex|nvvn|njv|vtp|jtvn|lmp|nlvn)[a-z]{0,4}\d{7,18}[a-z\d]{0,6}|1z[a-z\d]{16}|\d{3}-\d{7}-\d{7})(?!\w)"
)
_POST = re.compile(r"(?<!\w)AA0{9}AA(?!\w)")
_SHOPEE = re.compile(r"(?<!\w)2\d(?:0[1-9]|1[0-2])[0-3]\d(?=\d*[a-z])[a-z\d]{8}(?!\w)")
_CARRIED = Cues("""
    j&t
    viettel post
    ghn
    ghtk
    giao hang nhanh, hang tiet kiem
    ninja van
    spx
    vnpost
    ems
    dhl
    fedex
    ups
    usps
""")
_CARRIED_FORM = re.compile(r"[^\d\n]{0,8}?(\d{9,22})(?!\w)")


def order_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Codes after a word that names one, and those of carriers and shops that are told by their form."""
    text = reading.folded
    yield from _located(reading)
    for match in _STRONG.behind(reading, _STRONG_FORM):
        if (span := is_code(reading, *match.span("code"), digits=3)) is not None:
            yield span
    if reading.digits < 4:
        return
    for match in (*_CARRIERS.finditer(text), *_POST.finditer(reading.shape), *_MARKED.finditer(text)):
        yield match.span()
    for match in _SHOPEE.finditer(text):
        if "a" not in reading.shape[match.start() : match.end()]:
            yield match.span()


def carrier_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Codes that only a loose word stands before, so that a telephone number has gone before them."""
    for match in _CARRIED.behind(reading, _CARRIED_FORM):
        yield match.span(1)
    for match in _WEAK.behind(reading, _WEAK_FORM):
        if (span := is_code(reading, *match.span("code"), digits=3, letter=True)) is not None:
            yield span


def _located(reading: Reading) -> Iterator[tuple[int, int]]:
    """Booking codes of six capitals and digits, which may have no digit at all."""
    for end in _LOCATOR.ends(reading):
        found = _LOCATOR_FORM.search(reading.shape, end, end + 30)
        if found:
            yield found.span()
