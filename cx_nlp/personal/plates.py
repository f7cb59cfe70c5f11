"""Registration plates of vehicles: Vietnamese ones by their form, British and American ones after a word for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.cues import Cues
from cx_nlp.personal.numbers import is_amount
from cx_nlp.personal.reading import Reading

# Province, series (one or two letters, a digit on motorcycles), four or five digits (Circular 24/2023/TT-BCA).
_SERIES = r"[1-9]\d[ \-]?[abcdefghklmnprstuvxyz]{1,2}\d?"
_DOTTED = re.compile(rf"(?<![\w.\-]){_SERIES}[ \-]{{0,3}}\d{{3}}\.\d{{2}}(?!\d|[.,]\d)")
_PLAIN = re.compile(rf"(?<![\w.\-]){_SERIES}(?P<gap>[ \-]{{0,3}})(?P<number>\d{{4,5}})(?![\w.,]*\d)(?!\w)")
_VEHICLE = re.compile(
    r"\b(?:bien(?: so)?|bks|bsx|xe|o ?to|oto|taxi|grab|cab|van|truck|bike|shuttle|bus|vehicle|car|plate|reg|registration|biker?)\b[^\d\n]{0,20}$"
)
_PLATE = Cues("""
    license plate
    licence plate
    number plate
    plate *, number, no
    reg
    registration *, number, no
    bien so
""")
_FOREIGN = re.compile(r"(?<![\w.])(?:AA00 ?AAA|A0{1,3} ?AAA|0AAA0{3}|A{3}[ \-]?0{3,4}|0{3}[ \-]?A{3})(?!\w)")


def plate_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Vietnamese plates written with a dot or in capitals, any other after a word for a vehicle or a plate."""
    text, shape = reading.folded, reading.shape
    if reading.digits < 2:
        return
    for match in _DOTTED.finditer(text):
        start, end = match.span()
        if "a" not in shape[start:end] or "-" in match[0] or _named(text, start):
            yield start, end
    for match in _PLAIN.finditer(text):
        start, end = match.span()
        told = _named(text, start)
        written = "a" not in shape[start:end] and len(match["number"]) == 5 and match["gap"]
        if (told or written) and not is_amount(reading, start, end):
            yield start, end
    for end in _PLATE.ends(reading):
        found = _FOREIGN.search(shape, end, end + 35)
        if found:
            yield found.span()


def _named(text: str, start: int) -> bool:
    return bool(_VEHICLE.search(text[max(0, start - 40) : start]))
