"""Where complaints start: the arrows of the journey map, and the pairs that were tested as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.journey.upstream.links import VIA
from cx_nlp.report.wording import Wording, known

SUPPORTED = "supported"
MAX_ROWS = 25


@dataclass(frozen=True)
class Arrow:
    """A step from where it starts to where it shows, and who says so: "customers" or "texts"."""

    cause: str
    effect: str
    by: str
    tip: str


@dataclass(frozen=True)
class LinkRow:
    """A pair of touchpoints in the table, in the page's words."""

    cause: str
    effect: str
    said: str
    verdict: str
    supported: bool
    odds: str = "–"
    interval: str = ""
    share: str = "–"
    share_interval: str = ""
    customers: str = "–"


@dataclass(frozen=True)
class Upstream:
    """All that is known of where complaints start."""

    arrows: tuple[Arrow, ...]
    rows: tuple[LinkRow, ...]
    left_out: int
    sentence: str


def upstream(found: Findings, words: Wording) -> Upstream:
    """Supported links, pairs that only the texts name, then the others tested, those with most customers first."""
    links = found.links.copy()
    order = {"supported": 0, "not supported": 1, "not enough data": 2}
    links["order"] = links["verdict"].map(order).astype(float)
    links = links.sort_values(["order", "exposed"], ascending=[True, False], kind="stable")
    said = _pairs(found.witness)
    rows = [_row(row, said, words) for _, row in links.iterrows()]
    linked = {(str(row["cause_touchpoint"]), str(row["effect_touchpoint"])) for _, row in links.iterrows()}
    alone = [_said_row(row, words) for pair, row in said.items() if pair not in linked]
    rows = sorted([*alone, *rows], key=lambda row: not row.supported)
    arrows = tuple(_arrows(links, said, words))
    return Upstream(arrows, tuple(rows[:MAX_ROWS]), max(len(rows) - MAX_ROWS, 0), _sentence(links, words))


def _pairs(witness: pd.DataFrame) -> dict[tuple[str, str], pd.Series[Any]]:
    return {
        (str(row["cause_touchpoint"]), str(row["effect_touchpoint"])): row for _, row in witness.iterrows()
    }


def _arrows(
    links: pd.DataFrame, said: dict[tuple[str, str], pd.Series[Any]], words: Wording
) -> Iterator[Arrow]:
    drawn = set()
    for _, row in links[links["verdict"] == SUPPORTED].iterrows():
        pair = (str(row["cause_touchpoint"]), str(row["effect_touchpoint"]))
        drawn.add(pair)
        yield Arrow(*pair, "customers", _tip(row, pair, words))
    for pair, row in said.items():
        if row["verdict"] == SUPPORTED and pair not in drawn:
            names = dict(zip(("cause", "effect"), map(words.touchpoint, pair), strict=True))
            yield Arrow(*pair, "texts", words.text("journey.said_tip", n=int(row["comments"]), **names))


def _tip(row: pd.Series[Any], pair: tuple[str, str], words: Wording) -> str:
    names = dict(zip(("cause", "effect"), map(words.touchpoint, pair), strict=True))
    interval = words.range(row["low"], row["high"], 1)
    return words.text("journey.link_tip", odds=words.number(row["odds_ratio"], 1), interval=interval, **names)


def _row(row: pd.Series[Any], said: dict[tuple[str, str], pd.Series[Any]], words: Wording) -> LinkRow:
    pair = (str(row["cause_touchpoint"]), str(row["effect_touchpoint"]))
    told, verdict = pd.notna(row["odds_ratio"]), str(row["verdict"])
    factor = known(row.get("cause_factor"))
    cause = words.touchpoint(pair[0])
    share = row["attributable"] if verdict == SUPPORTED else float("nan")
    limits = (
        (row["attributable_low"], row["attributable_high"]) if verdict == SUPPORTED else (float("nan"),) * 2
    )
    return LinkRow(
        cause=words.text("causes.start_factor", start=cause, factor=words.factor(factor))
        if factor
        else cause,
        effect=words.touchpoint(pair[1]),
        odds=words.number(row["odds_ratio"], 1) if told else "–",
        interval=words.range(row["low"], row["high"], 1) if told else "",
        share=words.percent(share),
        share_interval=words.interval(*limits),
        customers=words.text("journey.of_customers", exposed=words.number(row["exposed"]), n=int(row["n"])),
        said=words.number(said[pair]["comments"]) if pair in said else "–",
        verdict=_verdict(row, words),
        supported=verdict == SUPPORTED,
    )


def _verdict(row: pd.Series[Any], words: Wording) -> str:
    verdict = words.text(f"verdict.{str(row['verdict']).replace(' ', '_')}")
    needed = row.get("customers_needed")
    if str(row["verdict"]) == "not enough data" and pd.notna(needed) and needed > 0:
        return " ".join([verdict, words.text("journey.needed", n=int(needed))])
    via = known(row.get("carried_via"))
    if str(row["verdict"]) == SUPPORTED and via:
        way = VIA.join(map(words.touchpoint, via.split(VIA)))
        return verdict + words.text("journey.via", name=way)
    return verdict


def _said_row(row: pd.Series[Any], words: Wording) -> LinkRow:
    supported = row["verdict"] == SUPPORTED
    key = "texts" if supported else str(row["verdict"]).replace(" ", "_")
    return LinkRow(
        cause=words.touchpoint(str(row["cause_touchpoint"])),
        effect=words.touchpoint(str(row["effect_touchpoint"])),
        said=words.number(row["comments"]),
        verdict=words.text(f"verdict.{key}"),
        supported=supported,
    )


def _sentence(links: pd.DataFrame, words: Wording) -> str:
    """How many pairs were tested and how many stand; empty where none could be (a limit says why)."""
    tested = links["verdict"].isin(["supported", "not supported"])
    if not tested.any():
        return ""
    return words.text(
        "journey.tested",
        n=int(tested.sum()),
        supported=words.number((links["verdict"] == SUPPORTED).sum()),
        few=words.number((links["verdict"] == "not enough data").sum()),
    )
