"""From the scored table to each customer's way through the touchpoints."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored
from cx_nlp.journey.upstream.steps import COMPLAINED, FINE, NOT_MET, Steps, steps
from cx_nlp.taxonomy import Taxonomy


@dataclass(frozen=True)
class CustomerSteps:
    """The steps of the customers who are known, and what was assumed of their order.

    Attributes
    ----------
    steps : Steps
    customers : int
        Known customers with a mention.
    by_time : int
        Of these, who met several touchpoints and have a time for every comment: ordered by time, within one comment by the
        journey's stages.
    by_stage : int
        Who met several touchpoints and lack a time: ordered by the stages alone.
    without_customer : int
        Mentions of comments without a customer, left out.
    """

    steps: Steps
    customers: int
    by_time: int
    by_stage: int
    without_customer: int


def customer_steps(scored: Scored, taxonomy: Taxonomy) -> CustomerSteps | None:
    """Who met which touchpoint when, and complained there; None where the table knows no customer.

    A touchpoint is met at its first complaint, or where there is none at its first mention. Touchpoints that the taxonomy does
    not know come after the others, in no order among themselves.
    """
    if "customer_id" not in scored.comments or scored.comments["customer_id"].isna().all():
        return None
    table = _mentions(scored, taxonomy)
    known = table.dropna(subset=["customer"])
    first = known.sort_values(["complained", "time", "stage"], ascending=[False, True, True], kind="stable")
    first = first.drop_duplicates(["customer", "touchpoint"])
    names = tuple(name for name in taxonomy.touchpoint_ids if name in {*first["touchpoint"]})
    names += tuple(sorted({*first["touchpoint"]} - {*names}))
    rows, customers = pd.factorize(first["customer"])
    columns = pd.Index(names).get_indexer(pd.Index(first["touchpoint"]))
    state = np.full((len(customers), len(names)), NOT_MET)
    state[rows, columns] = np.where(first["complained"], COMPLAINED, FINE)
    when = np.zeros(state.shape)
    when[rows, columns] = first.groupby(["time", "stage"], sort=True).ngroup()
    several = np.bincount(rows, minlength=len(customers)) > 1
    timed = np.zeros(len(customers), bool)
    timed[rows] = first["timed"]
    return CustomerSteps(
        steps(names, state, when), len(customers), int((several & timed).sum()), int((several & ~timed).sum()),
        len(table) - len(known),
    )  # fmt: skip


def _mentions(scored: Scored, taxonomy: Taxonomy) -> pd.DataFrame:
    """Every mention with its customer, its time in seconds (0 where the customer lacks any), and the place of its stage."""
    place = {name: k for k, name in enumerate(taxonomy.stage_ids)}
    stages = {one.id: place.get(one.stage or "", len(place)) for one in taxonomy.touchpoints}
    comments = scored.comments.iloc[scored.comment_rows]
    touchpoint = scored.mentions["touchpoint"].astype(str)
    time = naive(comments["time"]) if "time" in comments else pd.Series(pd.NaT, index=comments.index)
    table: pd.DataFrame = pd.DataFrame(
        {
            "customer": comments["customer_id"].to_numpy(),
            "touchpoint": touchpoint.to_numpy(),
            "complained": (scored.mentions["sentiment"] == "negative").to_numpy(),
            "time": time.to_numpy(),
            "stage": [stages.get(name, len(place)) for name in touchpoint],
        }
    )
    table["timed"] = (
        table["time"].notna().groupby(table["customer"]).transform("all").fillna(False).astype(bool)
    )
    epoch = pd.Timestamp(0)
    table["time"] = ((table["time"] - epoch) / pd.Timedelta(seconds=1)).where(table["timed"], 0.0)
    return table
