"""What stands out, in words: the causes that weigh most, or where none is known the touchpoints with the most complaints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.journey.scores.scorecard import ENOUGH, leads
from cx_nlp.journey.scores.scorecard import touchpoints as rank_touchpoints
from cx_nlp.journey.table import Scored
from cx_nlp.report.wording import Wording, known

NAMED = 3
# With more than three level at the top nothing stands out; how many more does not matter.
COMPARED = 5


@dataclass(frozen=True)
class Headline:
    """A headline and the sentences under it."""

    title: str
    sentences: tuple[str, ...] = ()


def headline(found: Findings, words: Wording) -> Headline:
    """The few causes in words; where there is no list, the few touchpoints with the most negative weight."""
    listed = found.causes[found.causes["listed"].astype(bool)].sort_values("rank", kind="stable")
    if len(found.scored.comments) < ENOUGH or listed.empty:
        return _of_complaints(found.scored, words)
    names = [words.short_touchpoint(str(id)) for id in listed["touchpoint"]]
    sentence = words.text(
        "headline.listed",
        n=len(names),
        total=words.number(len(found.scored.comments)),
        names=_listed(words, names),
    )
    return Headline(_cause_title(words, names, listed.iloc[0]), (sentence, words.text("headline.associated")))


def _cause_title(words: Wording, names: list[str], first: pd.Series[Any]) -> str:
    """The first cause and where it starts, where customers' journeys bear that out; else the first two."""
    start = known(first.get("starts_at"))
    if start and pd.notna(first["starts_odds_ratio"]):
        return words.text("headline.cause_starts", first=names[0], start=words.short_touchpoint(start))
    if len(names) > 1:
        return words.text("headline.cause_two", first=names[0], second=names[1])
    return words.text("headline.cause", first=names[0])


def _listed(words: Wording, names: list[str]) -> str:
    return _joined(words, [", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _of_complaints(scored: Scored, words: Wording) -> Headline:
    total = len(scored.comments)
    if total == 0:
        return Headline(words.text("headline.nothing"))
    if total < ENOUGH:
        return Headline(words.text("headline.too_few", n=total))
    if scored.mentions.empty:
        return Headline(words.text("headline.no_mentions"))
    ranked = rank_touchpoints(scored)
    blamed = ranked[ranked["negative"] > 0]
    if blamed.empty:
        return Headline(words.text("headline.no_negative"))
    top = [str(id) for id in blamed.index[:NAMED]]
    level = _level_with_first(scored, [str(id) for id in blamed.index[:COMPARED]])
    sentences = [
        *_weights(words, blamed.loc[top], total),
        *_sure(words, top, level),
        *_worst(words, ranked, top),
    ]
    return Headline(_title(words, top, level), tuple(sentences))


def _level_with_first(scored: Scored, ranked: list[str]) -> int:
    """How many of the touchpoints, the first included, chance alone could have put first."""
    behind = (at for at, other in enumerate(ranked[1:], start=1) if leads(scored, ranked[0], other))
    return next(behind, len(ranked))


def _title(words: Wording, top: list[str], level: int) -> str:
    names = [words.short_touchpoint(id) for id in top]
    if len(names) == 1:
        return words.text("headline.single", first=names[0])
    if level > NAMED:
        return words.text("headline.spread")
    if level == 1:
        return words.text("headline.leads", first=names[0], rest=_joined(words, names[1:]))
    if level == 2:
        return words.text("headline.tie", first=names[0], second=names[1])
    return words.text("headline.tie_three", first=names[0], second=names[1], third=names[2])


def _weights(words: Wording, cells: pd.DataFrame, total: int) -> list[str]:
    rows = [(_said(words, str(id), cell), int(cell["negative"])) for id, cell in cells.iterrows()]
    first, n = rows[0]
    said = [words.text("headline.weight", n=n, total=words.number(total), **first)]
    rest = [words.text("headline.next_name", n=n, **row) for row, n in rows[1:]]
    return [*said, words.text("headline.next", names=_joined(words, rest))] if rest else said


def _said(words: Wording, id: str, cell: pd.Series[Any]) -> dict[str, str]:
    share, interval = words.percent(cell["weight"]), words.interval(cell["weight_low"], cell["weight_high"])
    return {"name": words.short_touchpoint(id), "share": share, "interval": interval}


def _joined(words: Wording, names: list[str]) -> str:
    return names[0] if len(names) == 1 else words.text("headline.and", first=names[0], second=names[1])


def _sure(words: Wording, top: list[str], level: int) -> list[str]:
    if len(top) == 1:
        return []
    key = "headline.sure" if level == 1 else "headline.unsure_two"
    return [words.text(key, first=words.short_touchpoint(top[0]), second=words.short_touchpoint(top[1]))]


def _worst(words: Wording, ranked: pd.DataFrame, top: list[str]) -> list[str]:
    """The touchpoint that disappoints most of those who speak of it, where that is not the first already named."""
    sure = ranked[ranked["enough"] & (ranked["negative_low"] > 0.5)]
    if sure.empty or sure["negative_low"].idxmax() == top[0]:
        return []
    worst = sure.loc[sure["negative_low"].idxmax()]
    return [
        words.text(
            "headline.worst",
            n=int(worst["comments"]),
            name=words.short_touchpoint(str(worst.name)),
            negative=words.number(worst["negative"]),
            share=words.percent(worst["share_negative"]),
            interval=words.interval(worst["negative_low"], worst["negative_high"]),
        )
    ]
