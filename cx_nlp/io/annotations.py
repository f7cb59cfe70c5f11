"""Mentions as people write them: a list of objects in JSON, or CATEGORY#polarity;CATEGORY#polarity in a cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cx_nlp.taxonomy import NO_FACTOR, Taxonomy, nearest

ASPECT_FORM = "CATEGORY#polarity, several parted by ';', as in FOOD#positive;ROOM#SIZE#negative"


class LabelFault(ValueError):
    """A label that cannot be used; `place` says where in the row it stands."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason)
        self.place = place


@dataclass(frozen=True, slots=True)
class LabelledMention:
    """One label of a comment; `text[start:end] == quote`, or start and end None where no such words are found."""

    touchpoint: str
    factor: str
    sentiment: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Its fields, without those that are None."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class LabelledComment:
    """A comment with its labels; `extra` holds the further keys of its record, `line` its place in the file."""

    text: str
    sentiment: str | None = None
    mentions: tuple[LabelledMention, ...] = ()
    label: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The record as the metrics take it: the extra keys, text, sentiment, mentions, and label if it has one."""
        mentions = [mention.to_dict() for mention in self.mentions]
        label = {} if self.label is None else {"label": self.label}
        return {**self.extra, "text": self.text, "sentiment": self.sentiment, "mentions": mentions, **label}


def aspects(cell: object, *, form: str = ASPECT_FORM) -> tuple[LabelledMention, ...]:
    """The mentions of an aspects cell: entity or entity#attribute, then the polarity; none for an empty cell.

    Errors say that `form` was expected.

    Raises
    ------
    LabelFault
        A part has no polarity, too many "#", or an empty name.

    Examples
    --------
    >>> [mention.to_dict() for mention in aspects("BATTERY#positive")]
    [{'touchpoint': 'BATTERY', 'factor': 'general', 'sentiment': 'positive'}]
    """
    if cell is not None and not isinstance(cell, str):
        raise LabelFault("", f"{cell!r} is not text; expected {form}")
    parts = [part.strip() for part in (cell or "").split(";")]
    return tuple(_aspect(part, form) for part in parts if part)


def mention_list(cell: object, text: str) -> tuple[LabelledMention, ...]:
    """The mentions of a JSON record, each with its exact span in `text` where its words are there.

    A quote in another Unicode form than the text is found too. A mention whose quote or offsets do not fit the
    text keeps its labels and its quote as written, without start and end.

    Raises
    ------
    LabelFault
        The cell is no list of objects, or an object lacks a key or has one of the wrong type.
    """
    if not isinstance(cell, list):
        raise LabelFault("", "expected a list of mentions, [] where there are none")
    return tuple(_mention(item, f"[{at}]", text) for at, item in enumerate(cell))


def check_known(mentions: Iterable[LabelledMention], taxonomy: Taxonomy) -> None:
    """Refuse labels that the taxonomy does not have.

    Raises
    ------
    LabelFault
        A touchpoint, factor or sentiment is unknown; the message names the nearest.
    """
    known = {
        "touchpoint": taxonomy.touchpoint_ids,
        "factor": taxonomy.factor_ids,
        "sentiment": taxonomy.sentiments,
    }
    for at, mention in enumerate(mentions):
        for key, labels in known.items():
            label = getattr(mention, key)
            if label not in labels:
                raise LabelFault(f"[{at}].{key}", f"unknown {key} {label!r}; {nearest(label, labels)}")


def quote_span(quote: str, text: str, *, near: int = 0) -> tuple[int, int] | None:
    """Where words that a person copied stand in the text: of several places the one nearest to `near`; None for none.

    Unicode form, upper and lower case and the kind of blanks do not count: programs change them on the way.

    Examples
    --------
    >>> quote_span("giao  NHANH", "Giao nhanh, rất thích")
    (0, 10)
    """
    found: list[tuple[int, int]] = []
    for form in ("NFC", "NFD"):
        words = unicodedata.normalize(form, quote).split()
        if words:
            pattern = r"\s+".join(map(re.escape, words))
            found += [match.span() for match in re.finditer(pattern, text, re.IGNORECASE)]
    return min(found, key=lambda span: (abs(span[0] - near), span), default=None)


def _aspect(part: str, form: str) -> LabelledMention:
    names = [name.strip() for name in part.split("#")]
    if not 2 <= len(names) <= 3 or not all(names):
        raise LabelFault("", f"{part!r} is not of the form {form}")
    *category, polarity = names
    return LabelledMention(category[0], category[1] if len(category) == 2 else NO_FACTOR, polarity)


def _mention(item: object, place: str, text: str) -> LabelledMention:
    if not isinstance(item, Mapping):
        raise LabelFault(place, f"expected an object with touchpoint, factor and sentiment, not {item!r}")
    for key in ("touchpoint", "factor", "sentiment"):
        if not isinstance(item.get(key), str):
            what = f"is {item[key]!r}, not text" if item.get(key) is not None else "is missing"
            raise LabelFault(f"{place}.{key}", f"{key} {what}")
    span = _span(item, place, text)
    labels = item["touchpoint"], item["factor"], item["sentiment"]
    return (
        LabelledMention(*labels, text[slice(*span)], *span)
        if span
        else LabelledMention(*labels, item.get("quote"))
    )


def _span(item: Mapping[str, Any], place: str, text: str) -> tuple[int, int] | None:
    quote, start, end = item.get("quote"), item.get("start"), item.get("end")
    if quote is not None and not isinstance(quote, str):
        raise LabelFault(f"{place}.quote", f"quote is {quote!r}, not text")
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text):
        if quote is None or text[start:end] == quote:
            return start, end
    return _found(quote, text) if quote else None


def _found(quote: str, text: str) -> tuple[int, int] | None:
    forms = dict.fromkeys([quote, *(unicodedata.normalize(form, quote) for form in ("NFC", "NFD"))])
    places = [(text.find(form), len(form)) for form in forms]
    return next(((at, at + length) for at, length in places if at >= 0), None)
