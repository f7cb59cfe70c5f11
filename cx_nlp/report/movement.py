"""What moved: alarms with their evidence, what changed since the last period, and channels that do not agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.report.plain import clean
from cx_nlp.report.quotes import Excerpt, candidates, excerpt
from cx_nlp.report.trends import series_name
from cx_nlp.report.wording import Wording, known

MAX_ALARMS = 12
QUOTES = 3
MAX_WORDS = 8


@dataclass(frozen=True)
class Alarm:
    """Something out of the ordinary: what, how much, whose, which words rise, and comments that show it."""

    name: str
    worse: bool
    sentence: str
    owner: str
    words: tuple[str, ...]
    season: str
    quotes: tuple[Excerpt, ...]


@dataclass(frozen=True)
class ChangeRow:
    """A touchpoint between two periods: its share of complaints, and what of the change is its own."""

    name: str
    before: str
    after: str
    difference: str
    interval: str
    own: str
    own_interval: str
    carried: str
    verdict: str
    few: bool


@dataclass(frozen=True)
class Changes:
    """The two periods compared and their rows."""

    periods: str
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class ChannelRow:
    """A touchpoint and how far its channels differ for like customers."""

    name: str
    spread: str
    interval: str
    worst: str
    best: str
    channels: str
    comments: str
    tagged: str
    verdict: str
    few: bool


def alarms(found: Findings, words: Wording) -> tuple[Alarm, ...]:
    """The alarms, those for the worse first, the surest first."""
    table = found.alarms.assign(good=found.alarms["direction"] != "worse")
    table = table.sort_values(["good", "q"], kind="stable").head(MAX_ALARMS)
    ids = {str(id) for of in table["evidence"] for id in _listed(of)[:QUOTES]}
    texts = found.scored.texts(ids)
    return tuple(_alarm(row, found, words, texts) for _, row in table.iterrows())


def _alarm(row: pd.Series[Any], found: Findings, words: Wording, texts: Mapping[str, str]) -> Alarm:
    unit = _unit(row, found)
    worse = row["direction"] == "worse"
    period = words.when(pd.Timestamp(row["period"]), unit)
    said = {name: words.percent(row[name]) for name in ("share", "expected", "before", "after")}
    kind = "level" if row["kind"] == "level" else "latest"
    sentence = words.text(f"alarms.{kind}_{'worse' if worse else 'better'}", period=period, **said)
    ids = [str(id) for id in _listed(row["evidence"])][:QUOTES]
    return Alarm(
        name=series_name(str(row["touchpoint"]), known(row["factor"]), words),
        worse=worse,
        sentence=sentence,
        owner=words.owner(str(row["touchpoint"])),
        words=tuple(clean(str(word), longest=40) for word in _listed(row["rising_words"])[:MAX_WORDS]),
        season=_season(row, words),
        quotes=_quotes(found, str(row["touchpoint"]), ids, words, texts) if ids else (),
    )


def _season(row: pd.Series[Any], words: Wording) -> str:
    """What was done about the time of year and holidays."""
    given = [name.strip() for name in known(row["season"]).split(",") if name.strip()]
    keys = [(f"season.{name}", name) for name in given]
    said = [words.text(key) if key in words.strings else clean(name, longest=60) for key, name in keys]
    return words.text("alarms.season", season="; ".join(said)) if said else ""


def _unit(row: pd.Series[Any], found: Findings) -> str:
    units = found.trends.loc[found.trends["touchpoint"].astype(str) == str(row["touchpoint"]), "unit"]
    return str(units.iloc[0]) if len(units) else "week"


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - a cell that holds a list, or nothing
    return list(value) if isinstance(value, (list, tuple)) else []


def _quotes(
    found: Findings, touchpoint: str, ids: list[str], words: Wording, texts: Mapping[str, str]
) -> tuple[Excerpt, ...]:
    """The evidence in the order given, each with its complaint at the touchpoint marked."""
    rows = candidates(found.scored, touchpoint)
    rows = (
        rows[rows["comment_id"].isin(ids)].drop_duplicates("comment_id").set_index("comment_id", drop=False)
    )
    shown = [rows.loc[id] for id in ids if id in rows.index]
    made = (excerpt(found.scored, words, row, texts) for row in shown)
    return tuple(one for one in made if not one.empty)


def changes(found: Findings, words: Wording) -> Changes | None:
    """The last period against the one before; None where there is nothing to compare."""
    table = found.changes
    if table.empty:
        return None
    order = {"own": 0, "carried": 1, "no change": 2, "not enough data": 3}
    ordered = table.assign(order=table["verdict"].map(order)).sort_values("order", kind="stable")
    return Changes(
        _periods(ordered.iloc[0], words), tuple(_change(row, words) for _, row in ordered.iterrows())
    )


def _periods(row: pd.Series[Any], words: Wording) -> str:
    """The two periods by their names: months, quarters, or by their first days."""
    before, after = (pd.Timestamp(str(row[name])) for name in ("before_period", "after_period"))
    whole = before.day == after.day == 1
    unit = {1: "month", 3: "quarter"}.get((after.year - before.year) * 12 + after.month - before.month, "day")
    named = [words.period(start, unit if whole else "day") for start in (before, after)]
    return words.text("changes.periods", before=named[0], after=named[1])


def _change(row: pd.Series[Any], words: Wording) -> ChangeRow:
    return ChangeRow(
        name=words.touchpoint(str(row["touchpoint"])),
        before=words.percent(row["share_before"]),
        after=words.percent(row["share_after"]),
        difference=words.signed(100 * row["difference"], 1),
        interval=words.range(100 * row["low"], 100 * row["high"], 1),
        own=words.signed(100 * row["own"], 1),
        own_interval=words.range(100 * row["own_low"], 100 * row["own_high"], 1),
        carried=words.signed(100 * row["carried"], 1),
        verdict=words.text(f"verdict.{str(row['verdict']).replace(' ', '_')}"),
        few=row["verdict"] == "not enough data",
    )


def channels(table: pd.DataFrame, words: Wording) -> tuple[ChannelRow, ...]:
    """Touchpoints whose channels differ first."""
    order = {"inconsistent": 0, "consistent": 1, "not enough data": 2}
    ordered = table.assign(order=table["verdict"].map(order)).sort_values("order", kind="stable")
    return tuple(_channel(row, words) for _, row in ordered.iterrows())


def _channel(row: pd.Series[Any], words: Wording) -> ChannelRow:
    few = row["verdict"] == "not enough data"
    return ChannelRow(
        name=words.touchpoint(str(row["touchpoint"])),
        spread=words.number(100 * row["spread"], 1),
        interval=words.range(100 * row["low"], 100 * row["high"], 1),
        worst="–" if pd.isna(row["worst"]) else clean(str(row["worst"]), longest=60),
        best="–" if pd.isna(row["best"]) else clean(str(row["best"]), longest=60),
        channels=words.number(row["channels"]),
        comments=words.number(row["comments"]),
        tagged=words.number(row["tagged"]),
        verdict=words.text(f"verdict.{str(row['verdict']).replace(' ', '_')}"),
        few=few,
    )
