"""Complaints over time, one series for each touchpoint or cause: the share, what is expected, its limits and its levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.report.cube import Cube
from cx_nlp.report.wording import Wording, known
from cx_nlp.taxonomy import NO_FACTOR

MOST = 24


@dataclass(frozen=True)
class TrendRow:
    """A period in the table under the chart."""

    period: str
    comments: str
    complaints: str
    share: str
    interval: str
    expected: str
    change: bool


@dataclass(frozen=True)
class Trend:
    """A series: its name, how it moved in a sentence, the rows of its table, and the numbers its chart is drawn from."""

    name: str
    sentence: str
    rows: tuple[TrendRow, ...]
    drawn: Mapping[str, Any]


def trends(found: Findings, words: Wording, cube: Cube) -> tuple[Trend, ...]:
    """Series with an alarm first, then those of the listed causes, then by complaints."""
    table = found.trends
    if table.empty:
        return ()
    table = table.assign(
        factor=table["factor"].astype(object).fillna("").astype(str),
        touchpoint=table["touchpoint"].astype(str),
    )
    series = [
        ((str(touchpoint), str(factor)), rows)
        for (touchpoint, factor), rows in table.groupby(["touchpoint", "factor"], sort=False)
    ]
    ordered = sorted(series, key=lambda one: _order(one[0], one[1], found))
    return tuple(_trend(key, rows, words, cube) for key, rows in ordered[:MOST])


def _order(key: tuple[str, str], rows: pd.DataFrame, found: Findings) -> tuple[int, bool, float]:
    """Place among the alarms (those for the worse first), then whether it is a listed cause, then complaints."""
    alarms = found.alarms.assign(better=found.alarms["direction"] != "worse").sort_values(
        ["better", "q"], kind="stable"
    )
    rung = [
        (str(touchpoint), known(factor))
        for touchpoint, factor in zip(alarms["touchpoint"], alarms["factor"], strict=True)
    ]
    listed = found.causes[found.causes["listed"].astype(bool)]["touchpoint"].astype(str)
    place = rung.index(key) if key in rung else len(rung)
    return place, key[0] not in set(listed), -float(rows["complaints"].sum())


def series_name(touchpoint: str, factor: str, words: Wording) -> str:
    """Name of a touchpoint, with the factor where it is about one."""
    name = words.touchpoint(touchpoint)
    if factor in ("", NO_FACTOR):
        return name
    return words.text("causes.start_factor", start=name, factor=words.factor(factor))


def _trend(key: tuple[str, str], rows: pd.DataFrame, words: Wording, cube: Cube) -> Trend:
    rows = rows.assign(period=pd.to_datetime(rows["period"])).sort_values("period", kind="stable")
    unit = str(rows["unit"].iloc[0])
    touchpoint, factor = key
    place = {name: at for at, name in enumerate(cube.touchpoints, start=1)}
    factors = {name: at for at, name in enumerate(cube.factors, start=1)}
    numbers = (
        "comments",
        "complaints",
        "share",
        "low",
        "high",
        "expected",
        "limit_low",
        "limit_high",
        "level",
    )
    one_year = rows["period"].iloc[0].year == rows["period"].iloc[-1].year
    drawn = {
        "touchpoint": place.get(touchpoint, 0),
        "factor": factors.get(factor, 0),
        "names": [words.period(start, unit) for start in rows["period"]],
        "short": [words.period(start, unit, short=one_year) for start in rows["period"]],
        **{name: rows[name].astype(float).round(5).tolist() for name in numbers},
        "change": rows["change_point"].fillna(False).astype(bool).tolist(),
    }
    made = tuple(_row(row, unit, words) for _, row in rows.iterrows())
    return Trend(series_name(touchpoint, factor, words), " ".join(_moves(rows, unit, words)), made, drawn)


def _row(row: pd.Series[Any], unit: str, words: Wording) -> TrendRow:
    return TrendRow(
        period=words.period(row["period"], unit),
        comments=words.number(row["comments"]),
        complaints=words.number(row["complaints"]),
        share=words.percent(row["share"]),
        interval=words.interval(row["low"], row["high"]),
        expected=words.percent(row["expected"]),
        change=bool(row["change_point"]),
    )


def _moves(rows: pd.DataFrame, unit: str, words: Wording) -> Iterator[str]:
    """Each change of level in words; or that there is none."""
    before = rows["level"].shift()
    changed = rows[rows["change_point"].fillna(False).astype(bool)]
    for at, row in changed.iterrows():
        told = pd.notna(before.loc[at]) and pd.notna(row["level"])
        levels = {
            "before": words.percent(before.loc[at]) if told else "–",
            "after": words.percent(row["level"]),
        }
        yield words.text("trends.changed", period=words.when(row["period"], unit), **levels)
    if changed.empty:
        yield words.text("trends.unchanged")
