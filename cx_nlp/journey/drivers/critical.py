"""Critical touchpoints: the few where complaints cost most, over all customers and as far as the data are sure of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm

from cx_nlp.journey.drivers.complaints import Complaints, complaints
from cx_nlp.journey.drivers.design import Designs
from cx_nlp.journey.drivers.draws import draws, shares
from cx_nlp.journey.drivers.losses import LEAST, SMALL, Loss, losses
from cx_nlp.journey.drivers.reach import reach
from cx_nlp.journey.drivers.themes import OVERALL
from cx_nlp.journey.drivers.value import touched
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "rank", "touchpoint", "factor", "factor_share", "stage", "owner", "listed", "why_not", "comments", "customers",
    "share_affected", "share_low", "share_high", "loss", "loss_low", "loss_high", "total", "total_low", "total_high", "p_top3",
    "value_customers", "value_orders", "value_money", "measure",
)  # fmt: skip

WHY_NOT = ("verdict", "too_few", "not_told", "not_sure", "too_small", "enough_listed")
"""Why a touchpoint is not on the list: of several the first."""
AT_MOST = 5
"""Length of the list, unless told."""
ALPHA = 0.05
TOP = 3
"""Places that `p_top3` asks for."""

Array = NDArray[np.float64]


def critical(
    scored: Scored,
    taxonomy: Taxonomy,
    *,
    at_most: int = AT_MOST,
    resamples: int = 400,
    seed: int = 0,
    designs: Designs | None = None,
) -> Found:
    """Touchpoints by the lower bound of what their complaints cost: loss per affected customer x share of customers affected.

    The loss is how much lower the rating is in a comment that complains there, or how much likelier churn (see `losses`).
    Intervals are percentiles of a bootstrap over customers (see `draws`). Without rating and outcome the share of customers
    affected ranks alone, and losses are NaN. Figures are associations: they do not say what a fix would bring.

    A touchpoint is listed if it is among the first `at_most` whose lower bound is above zero, also in view of how many
    touchpoints were looked at (false-discovery rate 5 %), and at least a quarter (`SMALL`) of the first one's. `why_not` tells
    of the others: "too_few" (fewer than 20 customers complain there), "not_told" (enough do, but what goes with it cannot be
    told: too few of them have a rating or outcome, or the complaint always comes with others), "not_sure" (not surely above
    zero), "too_small", "enough_listed", and "verdict" (judgements of the whole experience).

    Returns
    -------
    Found
        `COLUMNS`, a row for each touchpoint with a complaint. `factor` is the one most often named in complaints there and
        `factor_share` the share of the complaining comments that name it; p_top3 the share of draws in which the
        touchpoint is among the three that cost most; values as in `touched`.

    Raises
    ------
    ValueError
        `at_most` or `resamples` is less than one.
    """
    if at_most < 1 or resamples < 1:
        raise ValueError(f"at_most and resamples must be at least 1, not {at_most} and {resamples}")
    found = complaints(scored)
    if not found.touchpoints:
        return nothing(COLUMNS, Limit("causes", "no_complaints", {"comments": len(scored.comments)}))
    made = draws(found.units, resamples=resamples, seed=seed)
    unit, at = found.distinct_units()
    share = shares(made, unit, at, len(found.touchpoints))
    loss = losses(scored, (designs or Designs(scored, taxonomy)).touchpoint, found, share, made)
    values = touched(scored, found)
    about = reach(scored, taxonomy, found)
    worth = values.table.drop(columns="touchpoint").add_prefix("value_").reindex(about.index).astype(float)
    table = _listed(pd.concat([about, _measured(share, loss, found), worth], axis=1), at_most)
    ordered: pd.DataFrame = table[list(COLUMNS)]
    return Found(ordered, (*loss.limits, *_limits(table, found), *values.limits))


def _measured(share: Array, loss: Loss, found: Complaints) -> pd.DataFrame:
    """Loss per affected customer, over all customers, whether it is sure, and how often it is among the three largest."""
    total = share * loss.drawn
    table: pd.DataFrame = pd.DataFrame({"measure": [loss.measure] * len(found.touchpoints)})
    for name, drawn in (("loss", loss.drawn), ("total", total)):
        low, high = np.quantile(drawn[1:], [0.025, 0.975], axis=0)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = drawn[0], low, high
    if loss.measure == "reach":
        total = np.where(np.array(found.touchpoints) == OVERALL, np.nan, share)
    table["sure"] = (loss.measure == "reach") | _sure(total)
    table["p_top3"] = _among_the_first(total[1:])
    return table


def _sure(total: Array) -> NDArray[np.bool_]:
    """Which totals are above zero with a false-discovery rate of `ALPHA` (Benjamini and Hochberg 1995) over touchpoints."""
    known = ~np.isnan(total[0])
    found = np.zeros(len(known), bool)
    if known.any():
        spread = np.maximum(total[1:, known].std(axis=0), 1e-300)
        q = false_discovery_control(2 * norm.sf(np.abs(total[0, known]) / spread))
        found[known] = (q < ALPHA) & (total[0, known] > 0)
    return found


def _among_the_first(drawn: Array) -> Array:
    """How often each column is one of the `TOP` largest of its row and above zero; NaN where it is not known."""
    known = ~np.isnan(drawn[0])
    values = np.where(known, drawn, -np.inf)
    place = np.argsort(np.argsort(-values, axis=1, kind="stable"), axis=1, kind="stable")
    often = ((place < TOP) & (values > 0)).mean(axis=0)
    return np.where(known, often, np.nan)


def _listed(table: pd.DataFrame, at_most: int) -> pd.DataFrame:
    """The rows in their order, each with whether it is listed and why not."""
    bound = table["share_low"].where(table["measure"] == "reach", table["total_low"])
    verdict = table["touchpoint"] == OVERALL
    known = bound.where(~verdict & (table["units"] >= LEAST))
    sure = table["sure"] & (known > 0)
    # What is not sure follows what is; then those without a bound, and the judgements of the whole last.
    table = table.assign(bound=known, sure=sure, verdict=verdict, p_top3=table["p_top3"].where(known.notna()))
    order = ["verdict", "sure", "bound", "share_low", "touchpoint"]
    table = table.sort_values(order, ascending=[True, False, False, False, True]).reset_index(drop=True)
    place, bound, sure = np.arange(len(table)), table["bound"].to_numpy(float), table["sure"].to_numpy(bool)
    least = SMALL * bound[0]
    few = (table["units"] < LEAST).to_numpy()
    reasons = [table["verdict"].to_numpy(), few, np.isnan(bound), ~sure, bound < least, place >= at_most]
    table["why_not"] = np.select(reasons, WHY_NOT, "")
    ordered: pd.DataFrame = table.assign(rank=place + 1, listed=table["why_not"] == "")
    return ordered


def _limits(table: pd.DataFrame, found: Complaints) -> tuple[Limit, ...]:
    """What was assumed of who wrote, and how many more customers it would take to say more."""
    limits = []
    if found.units > found.customers:
        values = {"comments": found.units - found.customers, "of": len(found.unit)}
        limits.append(Limit("causes", "customers_unknown", values))
    few = table[table["why_not"] == "too_few"]
    if missing := _by_name(few, LEAST - few["units"]):
        limits.append(Limit("causes", "too_few", {"needed": LEAST, "more": missing}))
    unsure = table[(table["why_not"] == "not_sure") & (table["total"] > 0)]
    if len(unsure):
        # Intervals narrow with the root of the number of customers; so far that one among all looked at would still be sure.
        strict = norm.isf(ALPHA / 2 / table["total"].count()) / norm.isf(ALPHA / 2)
        times = ((unsure["total"] - unsure["total_low"]) * strict / unsure["total"]) ** 2
        more = np.ceil((times - 1).clip(lower=0) * found.units)
        limits.append(Limit("causes", "not_sure", {"more": _by_name(unsure, more)}))
    return tuple(limits)


def _by_name(table: pd.DataFrame, numbers: pd.Series[Any]) -> dict[str, int]:
    return {str(name): int(n) for name, n in zip(table["touchpoint"], numbers, strict=True) if n > 0}
