"""Whether customers who are alike complain about the same touchpoint alike, whichever channel they write through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.period import core_span, start_of
from cx_nlp.journey.scores.between import between_groups
from cx_nlp.journey.scores.cells import Cells, mention_cells_of
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

ALPHA = 0.05
FEW = 30
"""Customers of a channel who speak of a touchpoint, below which the channel is left out there."""
WORTH = 0.05
"""Spread worth knowing of: two channels of equal size are then ten points apart. What is surely smaller is called consistent."""
MOST_SEGMENTS = 20
"""Segments told apart, the largest; all others are one."""
TAG = "channel_consistency"

COLUMNS = (
    "touchpoint", "channels", "customers", "comments", "spread", "low", "high", "worst", "best", "p", "q", "tagged", "verdict",
)  # fmt: skip

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Comments:
    """What is known of each comment: its channel and stratum (-1 for none), its customer; and the names of the channels."""

    channel: Ints
    names: tuple[str, ...]
    stratum: Ints
    customer: Ints
    unit: str


def channel_consistency(
    scored: Scored, taxonomy: Taxonomy, *, permutations: int = 999, seed: int = 0
) -> Found:
    """How far channels differ in the share of complaints at each touchpoint, among customers who are alike.

    Compared are customers who speak of the touchpoint, each once in a channel with the share of their comments there that
    complain. Alike are customers of one segment who first spoke of it in the same period (week, month or quarter), as far as
    the table knows these. `cx_nlp.journey.scores.between.between_groups` compares within such strata.

    Parameters
    ----------
    permutations
        Of the test.

    Returns
    -------
    Found
        `COLUMNS`, a row for each touchpoint: channels with at least `FEW` customers who speak of it, these customers and their
        comments; `spread`, the standard deviation between channels (0.05: two channels of equal size are ten points apart),
        with 95 % interval; the channels with most and fewest complaints where the verdict is "inconsistent"; p and q
        (Benjamini and Hochberg 1995); negative mentions there that are `tagged` channel_consistency, the customers' own word
        for it. "consistent" where the spread is surely below `WORTH`, "inconsistent" where q is below 0.05, else "not enough
        data".
    """
    if "channel" not in scored.comments or scored.comments["channel"].isna().all():
        return nothing(COLUMNS, Limit("channels", "no_channel"))
    comments = _comments(scored)
    if len(comments.names) < 2:
        return nothing(COLUMNS, Limit("channels", "one_channel", {"channel": comments.names[0]}))
    cells = mention_cells_of(scored, taxonomy, "touchpoint")
    rows = [
        _row(name, _units(cells, k, comments), comments, permutations, seed + k)
        for k, name in enumerate(cells.keys["touchpoint"])
    ]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("q", "tagged", "verdict")])
    table["tagged"] = _tagged(scored, table["touchpoint"])
    table = _judged(table)
    return Found(table, tuple(_limits(scored, table, comments)))


def _comments(scored: Scored) -> _Comments:
    channel = pd.Categorical(scored.comments["channel"]).remove_unused_categories()
    period, unit = _periods(scored)
    segment = np.zeros(len(period), np.int64)
    if "segment" in scored.comments:
        codes = pd.Categorical(scored.comments["segment"]).codes.astype(np.int64)
        largest = np.argsort(np.bincount(codes + 1)[1:])[::-1][:MOST_SEGMENTS]
        segment = np.where(np.isin(codes, largest), codes + 2, np.minimum(codes, 0) + 1)
    stratum = np.unique(segment * (period.max(initial=0) + 2) + period + 1, return_inverse=True)[1]
    names = tuple(map(str, channel.categories))
    return _Comments(channel.codes.astype(np.int64), names, stratum, scored.customers[0], unit)


def _periods(scored: Scored) -> tuple[Ints, str]:
    """A number for the period of each comment, and the unit; "" where no time is known."""
    span = core_span(scored.comments["time"]) if "time" in scored.comments else None
    if span is None:
        return np.zeros(len(scored.comments), np.int64), ""
    days = (span[1] - span[0]).days
    unit = "week" if days < 60 else "month" if days < 731 else "quarter"
    return pd.factorize(start_of(scored.comments["time"], unit), sort=True)[0].astype(np.int64), unit


def _units(cells: Cells, touchpoint: int, comments: _Comments) -> pd.DataFrame:
    """Customers who speak of the touchpoint, once a channel: their share of complaints, and the stratum of the first."""
    here = cells.cell == touchpoint
    of = cells.comment[here]
    table = pd.DataFrame(
        {
            "channel": comments.channel[of], "customer": comments.customer[of], "stratum": comments.stratum[of],
            "complains": cells.negative[here].astype(float), "comments": 1,
        }
    )  # fmt: skip
    known = table[table["channel"] >= 0].sort_values("stratum", kind="stable")
    grouped = known.groupby(["channel", "customer"], sort=True)
    units = grouped.agg({"stratum": "first", "complains": "mean", "comments": "sum"}).reset_index()
    kept: pd.DataFrame = units[units.groupby("channel")["customer"].transform("size") >= FEW]
    return kept


def _row(name: str, units: pd.DataFrame, comments: _Comments, permutations: int, seed: int) -> list[object]:
    used, group = np.unique(units["channel"].to_numpy(), return_inverse=True)
    counts = [len(used), units["customer"].nunique(), int(units["comments"].sum())]
    _, stratum = np.unique(units["stratum"].to_numpy(), return_inverse=True)
    values = units["complains"].to_numpy(float)
    found = (
        between_groups(values, stratum, group, permutations=permutations, seed=seed)
        if len(used) > 1
        else None
    )
    if found is None:
        return [name, *counts, np.nan, np.nan, np.nan, "", "", np.nan]
    ends = [comments.names[used[at]] for at in (found.effects.argmax(), found.effects.argmin())]
    return [name, *counts, found.spread, found.low, found.high, *ends, found.p]


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    there = table["p"].notna()
    table["q"] = np.nan
    if there.any():
        table.loc[there, "q"] = false_discovery_control(table.loc[there, "p"].to_numpy(float))
    small, differs = table["high"] < WORTH, table["q"] < ALPHA
    table["verdict"] = np.select([small, differs], ["consistent", "inconsistent"], "not enough data")
    # Of channels that do not differ, which is worst is chance.
    table.loc[table["verdict"] != "inconsistent", ["worst", "best"]] = ""
    ordered: pd.DataFrame = table.sort_values(
        ["q", "spread"], ascending=[True, False], kind="stable", ignore_index=True
    )
    found: pd.DataFrame = ordered[list(COLUMNS)]
    return found


def _tagged(scored: Scored, touchpoints: pd.Series[Any]) -> Ints:
    mentions = scored.mentions
    said = mentions[(mentions["factor"] == TAG) & (mentions["sentiment"] == "negative")]
    counts = said["touchpoint"].astype(str).value_counts()
    found: Ints = counts.reindex(touchpoints, fill_value=0).to_numpy(np.int64)
    return found


def _limits(scored: Scored, table: pd.DataFrame, comments: _Comments) -> Iterator[Limit]:
    """What alike means here, what was left out, and how many customers more an answer needs."""
    yield Limit("channels", "alike", {"segment": "segment" in scored.comments, "unit": comments.unit})
    unknown = int((comments.channel < 0).sum())
    if unknown:
        yield Limit("channels", "without_channel", {"comments": unknown})
    if not scored.knows_customers:
        yield Limit("channels", "no_customer")
    elif not _several(comments):
        yield Limit("channels", "one_channel_per_customer")
    customers = pd.DataFrame({"channel": comments.channel, "customer": comments.customer}).drop_duplicates()
    tiny = customers["channel"].value_counts()
    left_out = [comments.names[k] for k in sorted(tiny[tiny < FEW].index) if k >= 0]
    if left_out:
        yield Limit("channels", "few_customers", {"channels": left_out, "least": FEW})
    open_ = table[table["verdict"].eq("not enough data") & table["high"].notna()]
    if len(open_):
        needed = np.ceil(open_["customers"] * (open_["high"] / WORTH) ** 2).astype(int)
        yield Limit(
            "channels", "customers_needed", dict(zip(open_["touchpoint"], needed.tolist(), strict=True))
        )


def _several(comments: _Comments) -> bool:
    """Whether any customer wrote through two channels."""
    known = comments.channel >= 0
    pairs = np.unique(comments.customer[known] * len(comments.names) + comments.channel[known])
    return bool(len(np.unique(pairs // len(comments.names))) < len(pairs))
