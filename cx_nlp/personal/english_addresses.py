"""Addresses as they are written in English, in Vietnam as elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.reading import Reading

_ROADS = frozenset(
    (
        "street st road rd avenue ave lane ln drive dr court ct boulevard blvd way close crescent cres place pl terrace square sq gardens grove hill row "
        "mews highway hwy parkway pkwy walk"
    ).split()
)
_ROAD = rf"(?:{'|'.join(sorted(_ROADS))})\b\.?"
_UNIT = r"(?:flat|unit|apt|apartment|suite|ste|room|floor|block)\b\.? ?#?[a-z\d\-]{1,6}"
_NUMBERED = re.compile(
    rf"(?<![\w.,/$£€#])(?:{_UNIT},? )?(?P<number>\d{{1,5}}[a-z]?(?:[\-/]\d{{1,4}}[a-z]?){{0,2}}) (?P<name>(?:[^\W\d_][\w'’.\-]{{0,20}} ){{1,4}}?)(?P<road>{_ROAD})(?!\w)"
)
_BOX = re.compile(r"(?<!\w)p\.? ?o\.? box \d{1,6}(?!\w)")
_TAIL = re.compile(
    rf",? ?(?:{_UNIT}|(?:ward|district) \d{{1,2}})(?!\w)"
    r"|,? ?[a-z]{1,2}\d[a-z\d]? \d[a-z]{2}(?!\w)"
    r"|,? [a-z]{2} \d{5}(?:-\d{4})?(?!\w)"
)
_PLACE = re.compile(r", ?A[Aa]*(?: A[Aa]*){0,3}")
# Words with which a number of this form is a length of time or a class, not a house.
_NO_NAME = re.compile(
    r"\b(?:minutes?|hours?|miles?|stars?|days?|km|min|mins|meters?|metres?|people|times|of|the|a|an|and|in|to|from)\b"
)
_TOLD = re.compile(
    r"\b(?:address|live at|deliver(?:ed|y)? to|ship(?:ped)? to|home at|house at|moved to)\b[^\d\n]{0,15}$"
)
_SHOP = re.compile(
    r"\b(?:branch|store|shop|restaurant|cafe|hotel|office|showroom|outlet|mall|bank|clinic|hospital|gym|salon|depot|station)\b(?: (?:at|on|in|near|of|is|your|the))*[ ,:]{0,2}$"
)


def english_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """A number, a name and a word for a street, with what follows; boxes at a post office; not the places of shops."""
    text, shape = reading.folded, reading.shape
    if not reading.digits:
        return
    for match in _NUMBERED.finditer(text) if not _ROADS.isdisjoint(reading.words) else ():
        start = match.start()
        before = text[max(0, start - 45) : start]
        if _NO_NAME.search(match["name"]) or _SHOP.search(before):
            continue
        words = shape[match.start("name") : match.end("road")].split()
        if all(word[0] in "A0" for word in words) or _TOLD.search(before):
            yield start, _tail(reading, match.end())
    for match in _BOX.finditer(text) if "box" in reading.words else ():
        yield match.start(), _tail(reading, match.end())


def _tail(reading: Reading, end: int) -> int:
    text, shape = reading.folded, reading.shape
    for _ in range(5):
        if match := _TAIL.match(text, end) or _PLACE.match(shape, end):
            end = match.end()
        else:
            break
    return end - 1 if text[end - 1] == "." else end
