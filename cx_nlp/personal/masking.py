"""Personal data replaced by the word for its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from unicodedata import normalize

from cx_nlp.personal.finding import Span, find_personal
from cx_nlp.text import detect

LABELS = {
    "vi": {
        "phone": "[số điện thoại]",
        "email": "[email]",
        "national_id": "[số giấy tờ]",
        "card": "[số thẻ]",
        "account": "[số tài khoản]",
        "plate": "[biển số xe]",
        "address": "[địa chỉ]",
        "order": "[mã đơn]",
    },
    "en": {
        "phone": "[phone]",
        "email": "[email]",
        "national_id": "[id number]",
        "card": "[card number]",
        "account": "[account number]",
        "plate": "[plate]",
        "address": "[address]",
        "order": "[order code]",
    },
}
"""What stands in place of each kind, by the language of the page."""


def mask(text: str, *, lang: str | None = None, spans: Sequence[Span] | None = None) -> str:
    """The text with its personal data replaced.

    Parameters
    ----------
    text : str
    lang
        "vi" or "en", the language of the words put in place; by default that of the text.
    spans
        As `find_personal` gives them for this text; by default they are looked for.

    Examples
    --------
    >>> mask("Gọi mình 0912 000 678 nhé", lang="vi")
    'Gọi mình [số điện thoại] nhé'
    """
    found = find_personal(text) if spans is None else spans
    if not found:
        return text
    labels = LABELS[lang].__getitem__ if lang else labels_for(text)
    return mask_slice(text, 0, len(text), found, labels=labels)


def labels_for(text: str) -> Callable[[str], str]:
    """What stands in place of each kind in a text, in the text's own language."""
    return LABELS["en" if detect(normalize("NFC", text)).code == "en" else "vi"].__getitem__


def mask_slice(
    text: str, start: int, end: int, spans: Sequence[Span], *, labels: Callable[[str], str]
) -> str:
    """``text[start:end]`` masked; a span that the slice cuts stands in the slice in which it begins.

    Parameters
    ----------
    spans
        As `find_personal` gives them for the whole text.
    labels
        What stands in place of a kind.
    """
    pieces: list[str] = []
    at = start
    for span in spans:
        if span.end <= start or span.start >= end:
            continue
        if span.start >= start:
            pieces += text[at : span.start], labels(span.kind)
        at = min(span.end, end)
    pieces.append(text[at:end])
    return "".join(pieces)


def hide(text: str, spans: Sequence[Span]) -> str:
    """The text with a bullet for each character of personal data: of the same length, and without its words."""
    pieces: list[str] = []
    at = 0
    for span in spans:
        pieces += text[at : span.start], "•" * (span.end - span.start)
        at = span.end
    return "".join([*pieces, text[at:]])
