"""Which of a comment's complaints a causal word joins, and which of the two it calls the cause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cx_nlp.journey.upstream.connectives import AFTER, BEFORE, Said, connectives_in

NEAR = 24
"""Characters between a connective and what it joins, at most: further on something else is spoken of."""
BETWEEN = 14
"""Characters between a complaint and a connective after it, at most."""
APART = 60
"""Characters between two complaints that could be joined, at most."""
INSIDE = 5
"""Characters on either side from which on a connective lies inside a mention and joins its own parts."""

_SENTENCE_END = re.compile(r"[.!?…;]+(?=\s|$)|[!?…]+|\n+|(?<=[^\W\d_])\.(?=[^\W\d_]{2})")
_BREAK = re.compile(
    r"[,:(]|(?<!\w)(?:nhưng|tuy|còn|mặc dù|và|rồi|xong|nhung|but|however|although|though|while|whereas|yet|and|then|or|hoặc)(?!\w)",
    re.IGNORECASE,
)
_NEW = re.compile(
    rf"{_BREAK.pattern}|(?<!\w)(?:mua|chọn|chon|bought|joined|chose|took|went)(?!\w)", re.IGNORECASE
)
_TURN = re.compile(r",|(?<!\w)(?:nên|thì|so|nen|thi)(?!\w)", re.IGNORECASE)
_ADDED = re.compile(r"(?:^|\W)(?:and|và|va)\s*$", re.IGNORECASE)


class Place(NamedTuple):
    """A stretch of a text in which touchpoints are judged; `bad` are those complained about, none where one is praised."""

    start: int
    end: int
    bad: tuple[str, ...]


class Pair(NamedTuple):
    """Two complaints that follow each other; `cause` is `BEFORE` or `AFTER`, or "" where no word joins them."""

    first: str
    second: str
    cause: str


def pairs_in(text: str, places: list[Place], code: str) -> list[Pair]:
    """Neighbouring complaints at different touchpoints, near enough to be joined, and what the text says of them.

    Parameters
    ----------
    text : str
        NFC.
    places : list of Place
        In the order of the text; they do not overlap.
    code : str
        The language, as `language` tells it.
    """
    close = [k for k in range(len(places) - 1) if _close(text, places[k], places[k + 1])]
    if not close:
        return []
    joined = {k: cause for one in connectives_in(text, code) for k, cause in _joined(text, places, one)}
    return [
        Pair(first, second, joined.get(k, ""))
        for k in close
        for first in places[k].bad
        for second in places[k + 1].bad
        if first not in places[k + 1].bad and second not in places[k].bad
    ]


def _close(text: str, first: Place, second: Place) -> bool:
    between = text[first.end : second.start]
    return (
        bool(first.bad and second.bad) and len(between) <= APART and len(_SENTENCE_END.findall(between)) < 2
    )


def _joined(text: str, places: list[Place], one: Said) -> Iterator[tuple[int, str]]:
    """The position of the first of the two places that a connective joins, and which is the cause."""
    if any(place.start + INSIDE <= one.start and one.end + INSIDE <= place.end for place in places):
        return
    right = next(
        (k for k, place in enumerate(places) if place.start + place.end > one.start + one.end), len(places)
    )
    if right == len(places) or not _runs_on(text[one.end : places[right].start]):
        return
    sentence = max((match.end() for match in _SENTENCE_END.finditer(text, 0, one.start)), default=0)
    said_before = text[sentence : one.start].strip(" \"'“(-*•,")
    if one.cause == AFTER and (not said_before or _ADDED.search(said_before)):
        later = places[right + 1] if right + 1 < len(places) else None
        if one.opens and later and _turns(text[places[right].end : later.start]):
            yield right, BEFORE
    elif right and (places[right - 1].end > sentence or not said_before):
        if _leads_up(text[places[right - 1].end : one.start].rstrip(" ,.!?…;\n")):
            yield right - 1, one.cause


def _runs_on(between: str) -> bool:
    return (
        len(between) <= NEAR and not _SENTENCE_END.search(between) and not _BREAK.search(between.lstrip(" ,"))
    )


def _leads_up(between: str) -> bool:
    """Whether what stands between a complaint and the connective says nothing new."""
    return len(between.strip()) <= BETWEEN and not _SENTENCE_END.search(between) and not _NEW.search(between)


def _turns(between: str) -> bool:
    return len(between) <= NEAR and not _SENTENCE_END.search(between) and bool(_TURN.search(between))


def places_of(mentions: Iterable[tuple[int, int, str, str]]) -> list[Place]:
    """Mentions (start, end, touchpoint, sentiment) as places; those that overlap are one."""
    found: list[tuple[int, int, set[str], bool]] = []
    for start, end, touchpoint, sentiment in sorted(mentions):
        bad = sentiment == "negative"
        if found and start < found[-1][1]:
            last = found.pop()
            found.append((last[0], max(end, last[1]), last[2] | {touchpoint}, last[3] and bad))
        else:
            found.append((start, end, {touchpoint}, bad))
    return [Place(start, end, tuple(sorted(names)) if bad else ()) for start, end, names, bad in found]
