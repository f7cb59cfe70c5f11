"""What changed between the last period and the one before, and whether at the touchpoint itself or upstream of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm
from scipy.stats import t as student

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends.parts import parts_of, upstream_states
from cx_nlp.journey.trends.two_periods import TwoPeriods, two_periods
from cx_nlp.taxonomy import Taxonomy

ALPHA = 0.05
LEVEL = 0.95
FEW = 10
"""Complaints in both periods together, below which a touchpoint is not tested."""
WORTH, LEAST = 0.4, 0.01
"""Change worth finding: that part of the share before (10 % to 6 %), and one point of all comments at least."""
STRONG = 2.0
"""Odds ratio from which an earlier stage's touchpoint is taken for upstream where no links are given."""

COLUMNS = (
    "touchpoint", "before_period", "after_period", "n_before", "n_after", "share_before", "share_after", "difference", "low", "high",
    "own", "own_low", "own_high", "carried", "q", "verdict",
)  # fmt: skip

_ALL = (*COLUMNS[:14], "carried_low", "carried_high", "complaints", "p")

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Parents = dict[int, dict[int, float]]
"""For a touchpoint, those upstream of it, each with its odds ratio, NaN where it is not known."""


@dataclass(frozen=True)
class _Compared:
    """The comments of both periods: who complains where, what was upstream of it, which are the later, and whose they are."""

    found: TwoPeriods
    y: Flags
    states: Flags
    after: Flags
    customer: NDArray[np.int64]


def period_change(scored: Scored, taxonomy: Taxonomy, links: pd.DataFrame | None = None) -> Found:
    """Which touchpoints got worse or better from the period before to the last one, of themselves or through others.

    Shares are of all comments of a period. What upstream touchpoints bring is told apart as in
    `cx_nlp.journey.trends.parts.parts_of`: customers who had a bad experience upstream, in the same comment or earlier in the
    period, complain more often here, and there are more or fewer of them. Standard errors join what comes of sampling
    customers and what single weeks differ by without any cause (`cx_nlp.journey.trends.two_periods`).

    Parameters
    ----------
    links
        Those with verdict "supported" say what lies upstream. Without links, touchpoints of an earlier stage do whose complaints
        go with this one's at an odds ratio of `STRONG` or more: crude, as a common mood also makes complaints go together.

    Returns
    -------
    Found
        `COLUMNS`, a row for each touchpoint: `own` (with interval) and `carried` sum to `difference`; q (Benjamini and Hochberg
        1995) of no change; verdict "own" or "carried" by the larger part where it is surely not none, "no change" where one worth
        finding (`WORTH`) is surely absent, else "not enough data". Where nothing is known to lie upstream all is own.
    """
    names, complaints = _complaints(scored, taxonomy)
    found = two_periods(scored, complaints)
    if isinstance(found, Limit):
        return nothing(COLUMNS, found)
    inside = found.of >= 0
    y, period = complaints[inside], found.of[inside]
    time = naive(scored.comments["time"])[inside].to_numpy("datetime64[ns]").astype(np.int64)
    customer = np.unique(scored.customers[0][inside], return_inverse=True)[1].astype(np.int64)
    compared = _Compared(found, y, upstream_states(y, customer, time, period), period == 1, customer)
    parents = _screened(names, compared, taxonomy) if links is None else _linked(links, names)
    rows = [[name, *_row(compared, k, parents.get(k, {}))] for k, name in enumerate(names) if y[:, k].any()]
    return Found(_judged(pd.DataFrame(rows, columns=list(_ALL))), tuple(_limits(scored, found, links)))


def _complaints(scored: Scored, taxonomy: Taxonomy) -> tuple[list[str], Flags]:
    """Touchpoints that are complained about, in the taxonomy's order, and who complains where."""
    negative = (scored.mentions["sentiment"] == "negative").to_numpy()
    touchpoint = scored.mentions["touchpoint"].astype(str)[negative]
    there = {*touchpoint}
    names = [name for name in taxonomy.touchpoint_ids if name in there]
    names += sorted(there - {*names})
    complaints = np.zeros((len(scored.comments), len(names)), bool)
    complaints[scored.comment_rows[negative], pd.Index(names).get_indexer(pd.Index(touchpoint))] = True
    return names, complaints


def _linked(links: pd.DataFrame, names: Sequence[str]) -> Parents:
    place = {name: k for k, name in enumerate(names)}
    parents: Parents = {}
    for link in links[links["verdict"] == "supported"].itertuples():
        cause, effect = place.get(str(link.cause_touchpoint)), place.get(str(link.effect_touchpoint))
        if cause is not None and effect is not None and cause != effect:
            parents.setdefault(effect, {})[cause] = float(getattr(link, "odds_ratio", np.nan))
    return parents


def _screened(names: Sequence[str], compared: _Compared, taxonomy: Taxonomy) -> Parents:
    """Touchpoints of earlier stages whose complaints strongly go with a touchpoint's own."""
    stage = {one.id: taxonomy.stage_ids.index(one.stage) for one in taxonomy.touchpoints if one.stage}
    known = np.array([stage.get(name, -1) for name in names])
    causes, effects = np.nonzero((known[:, None] < known) & (known[:, None] >= 0))
    if not len(causes):
        return {}
    y, states = compared.y.astype(float), compared.states.astype(float)
    both = (states.T @ y)[causes, effects]
    alone, without = states.sum(axis=0)[causes] - both, y.sum(axis=0)[effects] - both
    # Half a comment added to each cell (Haldane 1956).
    cells = np.array([both, alone, without, len(y) - both - alone - without]) + 0.5
    logs, errors = np.log(cells[0] * cells[3] / cells[1] / cells[2]), np.sqrt((1 / cells).sum(axis=0))
    q = false_discovery_control(np.clip(2 * norm.sf(np.abs(logs / errors)), 0, 1))
    parents: Parents = {}
    for at in np.flatnonzero((q < ALPHA) & (logs >= np.log(STRONG))):
        parents.setdefault(int(effects[at]), {})[int(causes[at])] = float("nan")
    return parents


def _row(compared: _Compared, at: int, parents: Mapping[int, float]) -> list[object]:
    """Everything of `_ALL` after the touchpoint."""
    found, y, upstream = compared.found, compared.y[:, at], compared.states[:, [*parents]]
    parts = parts_of(y, upstream, compared.after, compared.customer, np.array([*parents.values()], float))
    # A week's shock moves a share by its slope; shocks of several upstream touchpoints may come together.
    noise = float(_slope(y) ** 2 * found.shocks[at])
    brought = float(np.abs(parts.effects) @ (_slope(upstream) * np.sqrt(found.shocks[[*parents]]))) ** 2
    *whole, p = _with_interval(parts.difference, parts.variance, noise, compared)
    *own, _ = _with_interval(parts.own, parts.own_variance, noise, compared)
    *carried, _ = _with_interval(parts.carried, parts.carried_variance, brought, compared)
    shares = [y[~compared.after].mean(), y[compared.after].mean()]
    return [found.before, found.after, *found.counts, *shares, *whole, *own, *carried, int(y.sum()), p]


def _slope(complaints: Flags) -> Array:
    share = complaints.mean(axis=0)
    slope: Array = np.asarray(share * (1 - share), float)
    return slope


def _with_interval(
    value: float, variance: float, noise: float, compared: _Compared
) -> tuple[float, float, float, float]:
    """A value, its interval and the p of none; degrees of freedom after Satterthwaite (1946)."""
    total = variance + noise
    if total <= 0:
        return value, value, value, 1.0 if value == 0 else 0.0
    customers, weeks = int(compared.customer.max()) + 1, compared.found.weeks
    degrees = total**2 / (variance**2 / max(customers - 1, 1) + noise**2 / max(weeks - 2, 1))
    half = float(student.ppf(0.5 + LEVEL / 2, degrees) * np.sqrt(total))
    return value, value - half, value + half, float(2 * student.sf(abs(value) / np.sqrt(total), degrees))


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    tested = table["complaints"] >= FEW
    table["q"] = np.nan
    if tested.any():
        table.loc[tested, "q"] = false_discovery_control(table.loc[tested, "p"].to_numpy(float))
    changed = table["q"] < ALPHA
    upstream = table["carried"] / table["difference"].where(table["difference"] != 0, np.nan)
    brought = changed & (upstream >= 0.5) & (table["carried_low"] * table["carried_high"] > 0)
    itself = changed & ~(upstream >= 0.5) & (table["own_low"] * table["own_high"] > 0)
    worth = np.maximum(WORTH * table["share_before"], LEAST)
    unmoved = tested & ~changed & (table["low"] > -worth) & (table["high"] < worth)
    table["verdict"] = np.select(
        [brought, itself, unmoved], ["carried", "own", "no change"], "not enough data"
    )
    ordered: pd.DataFrame = table.sort_values(
        ["q", "difference"], ascending=[True, False], kind="stable", ignore_index=True
    )
    kept: pd.DataFrame = ordered[list(COLUMNS)]
    return kept


def _limits(scored: Scored, found: TwoPeriods, links: pd.DataFrame | None) -> Iterator[Limit]:
    yield Limit(
        "changes",
        "periods",
        {
            "unit": found.unit,
            "weeks": found.weeks,
            "shock": round(float(np.sqrt(found.noise.variance[0])), 3),
        },
    )
    if not scored.knows_customers:
        yield Limit("changes", "no_customer")
    if links is None:
        yield Limit("changes", "screened")
    elif not (links["verdict"] == "supported").any():
        yield Limit("changes", "no_links")
