"""The few causes as cards: where they show and start, how far they reach, what they cost, how sure that is, and quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.report.comments import Comment, Said, voices
from cx_nlp.report.cube import Cube
from cx_nlp.report.evidence import facts, told_by
from cx_nlp.report.quotes import Excerpt
from cx_nlp.report.wording import Wording, known
from cx_nlp.taxonomy import NO_FACTOR

UNLISTED = 8


@dataclass(frozen=True)
class Card:
    """One cause.

    Attributes
    ----------
    shows, starts, owner : str
        Names; `starts` is empty where it is not known.
    by : str
        Who says where it starts: "customers", "texts" or "".
    facts : tuple
        Label and sentences of each fact.
    quotes, comments : tuple
        Quotes for the card and the comments behind it, at most so many as the page holds.
    read : str
        What the button that opens them says.
    """

    rank: str
    id: str
    shows: str
    reason: str
    starts: str
    by: str
    owner: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    quotes: tuple[Excerpt, ...]
    comments: tuple[Comment, ...]
    read: str


@dataclass(frozen=True)
class NextCause:
    """A touchpoint with complaints that is not on the list, and why."""

    name: str
    reach: str
    reach_interval: str
    loss: str
    loss_interval: str
    comments: str
    why: str


@dataclass(frozen=True)
class Causes:
    """The list, the sentence on why it ends, and what comes after."""

    measure: str
    cards: tuple[Card, ...]
    end: str
    others: tuple[NextCause, ...]
    left_out: int


def causes(found: Findings, words: Wording, counts: Cube) -> Causes:
    """The causes on the list with their evidence, and those that are not on it."""
    table = found.causes.sort_values("rank", kind="stable")
    listed = table["listed"].astype(bool)
    shown, rest = table[listed], table[~listed]
    about = list(zip(shown["touchpoint"].astype(str), shown["factor"].astype(str), strict=True))
    said = voices(found.scored, words, counts, about)
    cards = tuple(_card(row, found, words, said[str(row["touchpoint"])]) for _, row in shown.iterrows())
    others = tuple(_next(row, words) for _, row in rest.head(UNLISTED).iterrows())
    measure = str(table["measure"].iloc[0]) if len(table) else ""
    return Causes(measure, cards, _end(rest, words), others, max(len(rest) - UNLISTED, 0))


def _card(row: pd.Series[Any], found: Findings, words: Wording, said: Said) -> Card:
    id = str(row["touchpoint"])
    factor = str(row["factor"])
    start = known(row.get("starts_at"))
    return Card(
        rank=words.number(row["rank"]),
        id=id,
        shows=words.touchpoint(id),
        reason=words.factor(factor) if factor not in ("", NO_FACTOR) else "",
        starts=words.touchpoint(start) if start else "",
        by=told_by(row),
        owner=words.owner(id),
        facts=facts(row, found, words),
        quotes=said.quotes,
        comments=said.comments,
        read=words.text("causes.read", n=int(row["comments"]), shown=words.number(len(said.comments))),
    )


def _end(rest: pd.DataFrame, words: Wording) -> str:
    if rest.empty:
        return ""
    # A verdict on the whole experience was never meant for the list: the first that might have been tells more.
    places = rest[rest["why_not"] != "verdict"]
    first = (places if len(places) else rest).iloc[0]
    name = words.touchpoint(str(first["touchpoint"]))
    return words.text("causes.end", name=name, why=_why(first, words))


def _why(row: pd.Series[Any], words: Wording) -> str:
    why = known(row["why_not"])
    key = f"causes.why_{why}"
    return words.text(key) if key in words.strings else why


def _next(row: pd.Series[Any], words: Wording) -> NextCause:
    measured = str(row["measure"]) != "reach" and pd.notna(row["loss"])
    return NextCause(
        name=words.touchpoint(str(row["touchpoint"])),
        reach=words.percent(row["share_affected"]),
        reach_interval=words.interval(row["share_low"], row["share_high"]),
        loss=words.number(row["loss"], 2) if measured else "–",
        loss_interval=words.range(row["loss_low"], row["loss_high"], 2) if measured else "",
        comments=words.number(row["comments"]),
        why=_why(row, words),
    )
