"""Where complaints start, over the whole scored table: every pair of touchpoints that the journey graph allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored
from cx_nlp.journey.upstream.carried import effects
from cx_nlp.journey.upstream.customers import CustomerSteps, customer_steps, factors_blamed
from cx_nlp.journey.upstream.events import Journey, events
from cx_nlp.journey.upstream.graph import Graph, default_graph
from cx_nlp.journey.upstream.mood import Link
from cx_nlp.journey.upstream.needed import customers_needed
from cx_nlp.journey.upstream.pairs import ALPHA, SUPPORTED, UNKNOWN, Pairs, upstream_pairs
from cx_nlp.journey.upstream.shares import attributable_share
from cx_nlp.journey.upstream.steps import COMPLAINED, NOT_MET, Steps
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "cause_touchpoint", "cause_factor", "effect_touchpoint", "n", "exposed", "complaints", "odds_ratio", "low", "high", "p",
    "q", "detectable", "attributable", "attributable_low", "attributable_high", "direct", "carried", "carried_via",
    "customers_needed", "verdict",
)  # fmt: skip
VIA = " > "
"""Between touchpoints that carry an effect on, in their order."""


def links(
    scored: Scored,
    taxonomy: Taxonomy,
    *,
    graph: Graph | None = None,
    journey: Journey | None = None,
    alpha: float = ALPHA,
) -> Found:
    """Every allowed pair that some customer met in that order, and whether complaints at the second go with one at the first.

    Parameters
    ----------
    graph
        Allowed pairs, by default `default_graph`.
    journey
        The customers' events, where they are at hand.

    Returns
    -------
    Found
        A table of `COLUMNS`, supported links first, then by q: odds ratio, p, q and verdict as in `upstream_pairs`;
        `cause_factor` as in `factors_blamed` ("" where unknown); for supported links the attributable share of all complaints
        at the second (`attributable_share`); odds ratios of the direct and the carried-over effect (`effects`), the latter
        missing and `carried_via` "" where no chain of supported links joins the two; `customers_needed` where data are too few.
        Through a tagger ("tagged") odds ratios and shares come out too small, as it misses and invents complaints.
    """
    way = journey if journey is not None else events(scored, taxonomy)
    if way.ecological:
        return nothing(COLUMNS, Limit("links", "no_customers", {"comments": len(scored.comments)}))
    found = customer_steps(way, taxonomy)
    allowed = default_graph(taxonomy, also=found.steps.touchpoints) if graph is None else graph
    tested = upstream_pairs(found.steps, pairs=_positions(found.steps, allowed), alpha=alpha)
    if tested.table.empty:
        return nothing(COLUMNS, Limit("links", "no_pairs", {"customers": way.customers}))
    table = tested.table.copy()
    blamed = factors_blamed(way, found)
    table["cause_factor"] = [blamed.get(pair, "") for pair in tested.pairs]
    table = pd.concat([table, _attributable(tested), _parts(tested, found.steps.touchpoints)], axis=1)
    table["customers_needed"] = _needed(found.steps, tested)
    table = table.assign(rest=table["verdict"] != SUPPORTED)
    table = table.sort_values(["rest", "q"], kind="stable", na_position="last")
    limits = [*_limits(found.steps, allowed, tested), *_single_comments(found, tested)]
    if "model" in (scored.manifest or {}):
        limits.append(Limit("links", "tagged"))
    return Found(table[list(COLUMNS)].reset_index(drop=True), tuple(limits))


def _positions(found: Steps, graph: Graph) -> list[Link]:
    at = {name: k for k, name in enumerate(found.touchpoints)}
    pairs = graph.pairs
    return sorted((at[a], at[b]) for a, b in pairs if a in at and b in at)


def _supported(tested: Pairs) -> list[Link]:
    return [
        pair
        for pair, verdict in zip(tested.pairs, tested.table["verdict"], strict=True)
        if verdict == SUPPORTED
    ]


def _attributable(tested: Pairs) -> pd.DataFrame:
    names = ["attributable", "attributable_low", "attributable_high"]
    kept = {*_supported(tested)}
    rows = [
        tuple(attributable_share(tested.model, pair)) if tested.model and pair in kept else (np.nan,) * 3
        for pair in tested.pairs
    ]
    table: pd.DataFrame = pd.DataFrame(rows, columns=names, index=tested.table.index)
    return table


def _parts(tested: Pairs, names: Sequence[str]) -> pd.DataFrame:
    """Direct and carried effect of every pair; without a chain all of the effect is direct."""
    kept, rows = _supported(tested), []
    for pair, ratio in zip(tested.pairs, tested.table["odds_ratio"].astype(float), strict=True):
        two = effects(tested.model, pair, ratio, kept) if tested.model and np.isfinite(ratio) else None
        via = VIA.join(names[k] for k in two.via) if two else ""
        rows.append((two.direct, two.carried, via) if two else (ratio, np.nan, ""))
    names_of_parts = ["direct", "carried", "carried_via"]
    table: pd.DataFrame = pd.DataFrame(rows, columns=names_of_parts, index=tested.table.index)
    return table


def _needed(found: Steps, tested: Pairs) -> list[float]:
    met = found.customers @ (found.state != NOT_MET)
    bad = found.customers @ (found.state == COMPLAINED)
    return [
        customers_needed(n, exposed, detectable, float(bad[later] / met[later]))
        if verdict == UNKNOWN
        else np.nan
        for (_, later), n, exposed, detectable, verdict in zip(
            tested.pairs,
            *(tested.table[name] for name in ("n", "exposed", "detectable", "verdict")),
            strict=True,
        )
    ]


def _limits(found: Steps, graph: Graph, tested: Pairs) -> list[Limit]:
    """What was not looked at, and for how many pairs the data are too few."""
    unknown = int((tested.table["verdict"] == UNKNOWN).sum())
    limits = [Limit("links", "too_few", {"pairs": unknown, "of": len(tested.table)})] if unknown else []
    outside = [name for name in found.touchpoints if name not in graph.touchpoints]
    return [
        *limits,
        *([Limit("links", "outside_graph", {"touchpoints": ", ".join(outside)})] if outside else []),
    ]


def _single_comments(found: CustomerSteps, tested: Pairs) -> list[Limit]:
    """Supported links of which most customers tell in one comment: their order is that of the stages, not of time."""
    limits = []
    for earlier, later in _supported(tested):
        both = found.complained[:, earlier] < found.complained[:, later]
        both &= np.isfinite(found.complained[:, later])
        one = int((both & (found.comment[:, earlier] == found.comment[:, later])).sum())
        if one > both.sum() / 2:
            cause, effect = (found.steps.touchpoints[k] for k in (earlier, later))
            values = {"cause": cause, "effect": effect, "customers": one, "of": int(both.sum())}
            limits.append(Limit("links", "one_comment", values))
    return limits
