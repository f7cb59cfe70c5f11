"""What to look at now: causes out of the ordinary, with their owner, their newest complaints and the words that rise in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends import control
from cx_nlp.journey.trends.background import Background, background
from cx_nlp.journey.trends.counts import Counts, count
from cx_nlp.journey.trends.detectable import SINCE, smallest_rise
from cx_nlp.journey.trends.evidence import (
    Complaints,
    comment_ids,
    complaints_of,
    largest_customer,
    words_of_each,
)
from cx_nlp.journey.trends.newest import RECENT
from cx_nlp.journey.trends.signals import RISE, Signal, judge
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "touchpoint", "factor", "period", "kind", "direction", "share", "expected", "before", "after", "p", "q", "season",
    "rising_words", "owner", "evidence",
)  # fmt: skip
ALPHA = 0.1
"""False-discovery rate over all causes and both kinds: of ten alarms one may be false."""
EVIDENCE = 20
FEW_VOICES = 4
"""Complaints from which on it is said that most come from one customer."""

Array = NDArray[np.float64]


def alarms(scored: Scored, taxonomy: Taxonomy, trends_table: pd.DataFrame) -> Found:
    """Causes that call for a look, each with the newest complaints and the team that owns it.

    Two kinds: "latest", the last period that is over has a share out of the ordinary (`control.surprise`); "level", the share has
    stayed higher or lower since a recent change point (`newest.newest_change`). The false-discovery rate is held at `ALPHA` over all causes and both kinds together (Benjamini and
    Hochberg, Journal of the Royal Statistical Society B 57, 1995, 289-300).

    Parameters
    ----------
    trends_table
        The table that `trends` gives for the same scored table.

    Returns
    -------
    Found
        `COLUMNS`, strongest first: `period` is the first day of the last period, or of the new level; `share` what was seen since,
        `expected` what was to be expected without a change; `before` and `after` the levels before and since, without the season
        (for "latest", `after` is the share itself); `season` what was done about the year's course and the holidays
        (`season.Season.words`, joined by commas); `rising_words` where it got worse; `evidence` at most `EVIDENCE` comment ids,
        newest first; `owner` "" where the taxonomy names none.
    """
    counts = count(scored).counts
    if counts is None or trends_table.empty:
        return nothing(COLUMNS, Limit("alarms", "no_trends"))
    if counts.judged <= control.FEWEST:
        few = {"periods": counts.judged, "needed": control.FEWEST + 1, "unit": counts.unit}
        return nothing(COLUMNS, Limit("alarms", "few_periods", few))
    counts, level, expected, changes = _read(counts, trends_table)
    found = background(counts)
    judged = judge(counts, found, level, expected, changes)
    raised = [signal for signal in judged if signal.q < ALPHA]
    raised.sort(key=lambda signal: (signal.q, signal.p, signal.kind, counts.causes[signal.cause]))
    said = _said(counts, found) + _detectable(counts, found, len(judged)) + _older(counts, changes)
    if not raised:
        return nothing(COLUMNS, *said)
    where = complaints_of(scored, counts, [counts.causes[signal.cause] for signal in raised])
    told = [where[counts.causes[signal.cause]] for signal in raised]
    said += _one_customer(scored, counts, raised, told)
    return Found(_table(scored, taxonomy, counts, ",".join(found.season.words), raised, told), said)


def _read(counts: Counts, table: pd.DataFrame) -> tuple[Counts, Array, Array, list[list[int]]]:
    """Level, expected share and change points from the table, and the counts of the causes that are in it."""
    table = table.assign(change_point=table["change_point"].astype(float))
    index = pd.MultiIndex.from_tuples(counts.causes)
    wide = {
        name: table.pivot_table(name, ["touchpoint", "factor"], "period")
        .reindex(index=index, columns=counts.periods)
        .to_numpy(float)
        for name in ("level", "expected", "change_point")
    }
    there = np.flatnonzero(~np.isnan(wide["expected"]).any(axis=1))
    kept = replace(
        counts, causes=tuple(counts.causes[at] for at in there), complaints=counts.complaints[there]
    )
    changes = [np.flatnonzero(row > 0).tolist() for row in wide["change_point"][there]]
    return kept, wide["level"][there], wide["expected"][there], changes


def _said(counts: Counts, found: Background) -> tuple[Limit, ...]:
    """Why the last period is not judged."""
    said: tuple[Limit, ...] = ()
    if not counts.complete:
        said += (
            Limit(
                "alarms", "latest_incomplete", {"period": str(counts.periods[-1].date()), "unit": counts.unit}
            ),
        )
    at = counts.judged - 1
    if found.season.left_out[at]:
        day = {
            "period": str(counts.periods[at].date()),
            "holiday": str(found.season.marks[at]),
            "unit": counts.unit,
        }
        said += (Limit("alarms", "latest_in_holiday", day),)
    return said


def _detectable(counts: Counts, found: Background, tests: int) -> tuple[Limit, ...]:
    """How large a rise an alarm needs, for the middle touchpoint and for the one most complained about."""
    whole = [k for k, (_, factor) in enumerate(counts.causes) if not factor]
    hits = np.sort(counts.complaints[whole][:, : counts.judged].sum(axis=1))
    total = int(counts.comments[: counts.judged].sum())
    if not len(whole) or hits[-1] in (0, total):
        return ()
    least = ALPHA * RISE / tests
    middle, most = (
        smallest_rise(counts, found, max(float(one), 0.5) / total, least)
        for one in (hits[len(hits) // 2], hits[-1])
    )
    if middle is None or most is None:
        return ()
    values = {
        "comments": int(np.median(counts.comments[found.usable])),
        "unit": counts.unit,
        "periods": SINCE[counts.unit],
        "middle_share": middle.before,
        "middle_share_after": middle.after,
        "most_share": most.before,
        "most_share_after": most.after,
        "points": round(100 * (most.after - most.before), 1),
    }
    return (Limit("alarms", "detectable", values),)


def _older(counts: Counts, changes: list[list[int]]) -> tuple[Limit, ...]:
    """Touchpoints whose last change of level is no news any more."""
    since = counts.judged - RECENT[counts.unit]
    old = [
        cause for cause, points in zip(counts.causes, changes, strict=True) if points and points[-1] < since
    ]
    if not old:
        return ()
    values = {
        "touchpoints": list(dict.fromkeys(touchpoint for touchpoint, _ in old)),
        "periods": RECENT[counts.unit],
        "unit": counts.unit,
    }
    return (Limit("alarms", "older", values),)


def _one_customer(
    scored: Scored, counts: Counts, raised: list[Signal], told: list[Complaints]
) -> tuple[Limit, ...]:
    """Alarms of which one customer wrote more than half the complaints."""
    said: tuple[Limit, ...] = ()
    for signal, mine in zip(raised, told, strict=True):
        most, complaints = largest_customer(scored, mine.since(signal.period))
        if most > complaints / 2 and complaints >= FEW_VOICES:
            touchpoint, factor = counts.causes[signal.cause]
            values = {"touchpoint": touchpoint, "factor": factor, "from_one": most, "complaints": complaints}
            said += (Limit("alarms", "one_customer", values),)
    return said


def _table(
    scored: Scored,
    taxonomy: Taxonomy,
    counts: Counts,
    season: str,
    raised: list[Signal],
    told: list[Complaints],
) -> pd.DataFrame:
    worse = [
        (mine.since(signal.period), mine.until(signal.period)) if signal.worse else (_NONE, _NONE)
        for signal, mine in zip(raised, told, strict=True)
    ]
    words = words_of_each(scored, worse)
    owners = {touchpoint.id: touchpoint.owner or "" for touchpoint in taxonomy.touchpoints}
    rows = [
        {
            **_row(scored, counts, signal, mine),
            "season": season,
            "rising_words": risen,
            "owner": owners.get(counts.causes[signal.cause][0], ""),
        }
        for signal, mine, risen in zip(raised, told, words, strict=True)
    ]
    table: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return table


_NONE = np.zeros(0, np.intp)


def _row(scored: Scored, counts: Counts, signal: Signal, mine: Complaints) -> dict[str, Any]:
    touchpoint, factor = counts.causes[signal.cause]
    return {
        "touchpoint": touchpoint,
        "factor": factor,
        "period": counts.periods[signal.period],
        "kind": signal.kind,
        "direction": "worse" if signal.worse else "better",
        "share": signal.share,
        "expected": signal.expected,
        "before": signal.before,
        "after": signal.after,
        "p": signal.p,
        "q": signal.q,
        "evidence": comment_ids(scored, mine.since(signal.period), EVIDENCE),
    }
