"""E-mail addresses, also with the sign spelt out: "an.vidu (at) example chấm com", "an.vidu a còng gmail.com"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.reading import Reading

_LOCAL = r"(?<![\w.+\-])[\w.+\-]{1,64}"
_PROVIDER = r"(?:gmail|yahoo|hotmail|outlook|icloud|live|proton(?:mail)?)"
_DOT = r"(?: ?[(\[]dot[)\]] ?| dot | cham |\.)"
_SPELT_DOT = r"(?: ?[(\[]dot[)\]] ?| dot | cham )"
_SPELT_AT = r"(?: ?[(\[{] ?(?:at|a ?-?(?:cong|moc)) ?[)\]}] ?| a ?-?(?:cong|moc) )"
_DOMAIN = rf"[\w\-]{{1,63}}(?:{_DOT}[\w\-]{{1,63}}){{1,4}}"
_FORMS = (
    re.compile(rf"{_LOCAL}@[\w\-]{{1,63}}(?:\.[\w\-]{{1,63}}){{1,6}}"),
    re.compile(rf"{_LOCAL} ?@ ?{_PROVIDER}(?:{_DOT}[a-z]{{2,3}}){{0,2}}\b"),
    re.compile(rf"{_LOCAL}(?:(?: cham | dot )[\w\-]{{1,20}}){{0,2}}{_SPELT_AT}{_DOMAIN}"),
    re.compile(rf"{_LOCAL} at [\w\-]{{1,63}}(?:{_SPELT_DOT}[\w\-]{{2,24}}){{1,3}}"),
    re.compile(rf"(?<![\w.+\-])(?=[a-z+\-]{{0,40}}[\d._])[\w.+\-]{{2,64}} (?:at )?{_PROVIDER}{_DOT}[a-z]{{2,3}}(?:\.vn)?\b"),
)  # fmt: skip
# Each form only where a text holds what it needs.
_NEEDS = (
    re.compile("@"),
    re.compile(rf"@ ?{_PROVIDER}"),
    re.compile(_SPELT_AT),
    re.compile(r" at [\w\-]+(?: ?[(\[]dot| dot | cham )"),
    re.compile(_PROVIDER),
)


def email_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Addresses with a sign, with the sign spelt out, and of the large providers without any."""
    text = reading.folded
    for form, needed in zip(_FORMS, _NEEDS, strict=True):
        if needed.search(text):
            for match in form.finditer(text):
                yield match.start(), match.start() + len(match[0].rstrip(".-"))
