"""Forgiveness: whether a good word for staff goes with a smaller loss from a flaw elsewhere, and where it does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control

from cx_nlp.journey.drivers.complaints import Complaints, complaints
from cx_nlp.journey.drivers.design import Design, Designs
from cx_nlp.journey.drivers.interaction import interactions
from cx_nlp.journey.drivers.outcome import outcome_of
from cx_nlp.journey.drivers.praise import STAFF, staff_praise
from cx_nlp.journey.drivers.themes import OVERALL, effective_customers
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "touchpoint", "n", "n_with_staff_praise", "loss_alone", "loss_alone_low", "loss_alone_high", "loss_with",
    "loss_with_low", "loss_with_high", "softened", "low", "high", "q", "verdict", "when",
)  # fmt: skip
LEAST = 20
"""Comments with the flaw that must have praise of staff, and that must lack it."""
CUSTOMERS = 10
"""Customers of equal weight that those with both must be worth."""
ALPHA = 0.05
"""False-discovery rate over the touchpoints."""
WORTH = 0.5
"""Share of the loss: praise that surely goes with less than that taken back leaves a touchpoint critical."""
Z = 1.96
ESTIMATED = (
    "loss_alone", "loss_alone_low", "loss_alone_high", "loss_with", "loss_with_low", "loss_with_high", "softened", "low",
    "high", "p", "odds_loss", "odds_softened", "odds_error",
)  # fmt: skip
SAME, EARLIER, EITHER = "same comment", "earlier", "either"

Flags = NDArray[np.bool_]


def forgiveness(scored: Scored, taxonomy: Taxonomy, *, designs: Designs | None = None) -> Found:
    """Losses of rating from a flaw at each touchpoint, alone and where staff are praised elsewhere, and their difference.

    Staff are praised by a positive mention with touchpoint staff or factor attitude_expertise at another touchpoint than the
    flaw: in the same comment, earlier by the same customer (only comments with a known earlier one, and without praise of staff
    themselves), or either. The difference is the interaction of flaw and praise in a linear regression with the predictors
    and controls of `design` and praise itself, errors clustered by customer (`regression.fit`).

    Ratings end. Praise cannot lift five stars, but it can lift a rating that a flaw has lowered, which looks like forgiveness
    and is none: with ratings near the top the linear interaction finds it where there is nothing. A touchpoint is "softened"
    only if the log odds of a good rating say so, too, a scale without ends (`logodds`): p is the larger of both (an
    intersection-union test: R. L. Berger, Technometrics 24, 1982, 295-300), q by Benjamini and Hochberg (1995) over the
    touchpoints. "not softened" are those where the log odds rule out that half of the loss (`WORTH`) is taken back: the
    critical ones. Else, and where no loss is sure or a cell has fewer than 20 comments, "not enough data".

    Returns
    -------
    Found
        `COLUMNS`, losses in rating points (of an outcome: probability of churn) as seen, with 95 % intervals.
    """
    of = (designs or Designs(scored, taxonomy)).touchpoint
    if of is None:
        why = outcome_of(scored)
        said = (Limit("forgiveness", why.reason, why.values),) if isinstance(why, Limit) else ()
        return nothing(COLUMNS, *said)
    found = complaints(scored)
    names = tuple(name for name in found.touchpoints if name not in (STAFF, OVERALL))
    flaw = _flaws(found, names)[of.rows]
    if not flaw.any():
        return nothing(COLUMNS, Limit("forgiveness", "no_complaints", {"comments": len(of.rows)}))
    praise = staff_praise(scored, names)
    same, earlier, followed = (part[of.rows] for part in (praise.same, praise.earlier, praise.followed))
    if not same.any() and not earlier.any():
        return nothing(COLUMNS, Limit("forgiveness", "no_staff_praise", {"comments": len(of.rows)}))
    everyone = np.ones(len(flaw), bool)
    parts = [_part(of, names, flaw, same, everyone, SAME)]
    if followed.any():
        alone: Flags = followed & ~same.any(axis=1)
        parts.append(_part(of, names, flaw, earlier, alone, EARLIER))
        parts.append(_part(of, names, flaw, same | earlier, everyone, EITHER))
    limits = [] if followed.any() else [Limit("forgiveness", "no_earlier_comments")]
    table = pd.concat([one.table for one in parts], ignore_index=True)
    return Found(table, (*(limit for one in parts for limit in one.limits), *limits))


def _flaws(found: Complaints, names: tuple[str, ...]) -> Flags:
    place = pd.Index(names).get_indexer(pd.Index(found.touchpoints))[found.touchpoint]
    there = np.zeros((len(found.unit), len(names)), bool)
    there[found.comment[place >= 0], place[place >= 0]] = True
    return there


def _part(of: Design, names: tuple[str, ...], flaw: Flags, praise: Flags, chosen: Flags, when: str) -> Found:
    """The rows of one `when`, from the chosen comments."""
    flaw, praise = flaw[chosen], praise[chosen]
    both = flaw & praise
    n, n_with = flaw.sum(axis=0), both.sum(axis=0)
    row, column = np.nonzero(both)
    worth = effective_customers(column, of.clusters[chosen][row], len(names))
    enough = (n_with >= LEAST) & (n - n_with >= LEAST) & (worth >= CUSTOMERS)
    told = [k for k, name in enumerate(names) if enough[k] and f"{name}|negative" in of.predictors]
    found = interactions(of, {names[k]: both[:, k] for k in told}, np.asarray(praise.any(axis=1)), chosen)
    table = pd.DataFrame({"touchpoint": list(names), "n": n, "n_with_staff_praise": n_with, "when": when})
    table = table.join(found.reindex(columns=list(ESTIMATED)).astype(float), on="touchpoint")
    table = _judged(table)
    ordered: pd.DataFrame = table[list(COLUMNS)]
    return Found(ordered, _limits(table, when))


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    """The table with q and verdict."""
    there = table["p"].notna()
    table["q"] = np.nan
    if there.any():
        table.loc[there, "q"] = false_discovery_control(table.loc[there, "p"].to_numpy(float))
    costs = table["loss_alone_low"] > 0
    softened = costs & (table["q"] < ALPHA)
    most = table["odds_softened"] + Z * table["odds_error"]
    critical = costs & (table["odds_loss"] > 0) & (most < WORTH * table["odds_loss"])
    verdicts = ["softened", "not softened"]
    table["verdict"] = np.select([softened, critical], verdicts, "not enough data")
    return table


def _limits(table: pd.DataFrame, when: str) -> tuple[Limit, ...]:
    """How many more comments with flaw and praise it would take, and where no loss is sure."""
    few = table[table["p"].isna() & (table["n_with_staff_praise"] < LEAST)]
    needed = _by_name(few, LEAST - few["n_with_staff_praise"])
    costs = (table["loss_alone_low"] > 0) & (table["odds_loss"] > 0)
    unsure = table[costs & (table["verdict"] == "not enough data")]
    # Far enough from none, or from half of the loss, whichever is nearer to be told; errors fall with the root of n.
    gained = unsure["odds_softened"]
    apart = np.maximum(gained, WORTH * unsure["odds_loss"] - gained)
    times = np.maximum((Z * unsure["odds_error"] / apart) ** 2 - 1, 0)
    needed |= _by_name(unsure, np.ceil(times * unsure["n_with_staff_praise"]))
    limits = [Limit("forgiveness", "few_with_praise", {"when": when, "more": needed})] if needed else []
    lossless = table["touchpoint"][table["p"].notna() & ~(table["loss_alone_low"] > 0)]
    if len(lossless):
        limits.append(Limit("forgiveness", "no_loss", {"when": when, "touchpoints": [*map(str, lossless)]}))
    return tuple(limits)


def _by_name(table: pd.DataFrame, more: pd.Series[Any]) -> dict[str, int]:
    return {str(name): int(n) for name, n in zip(table["touchpoint"], more, strict=True) if n > 0}
