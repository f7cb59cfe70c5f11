"""Orders and money touched by complaints, where the export has a value; what is touched is not said to be lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cx_nlp.journey.drivers.complaints import Complaints, complaints
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored

COLUMNS = ("touchpoint", "customers", "orders", "money")

REPEATING = 0.9
"""Share of customers with several values, all the same, from which a value looks like the customer's and not the order's."""
SEVERAL = 20
"""Customers with several values that are needed to tell."""


def touched(scored: Scored, found: Complaints | None = None) -> Found:
    """For each touchpoint the customers, orders and money of the comments that complain there.

    An order is a comment with a value. One order counts at each touchpoint that its comment blames, so the rows must not be
    added up. Nothing is said of what would have been earned without the complaint.

    Parameters
    ----------
    found
        The complaints of `scored`, where they are known already.

    Returns
    -------
    Found
        `COLUMNS`, a row for each touchpoint with a complaint: customers known by an id who complained there in a comment with
        a value (NaN where the table knows no customer), the number of these comments, and the sum of their values.
    """
    if "value" not in scored.comments:
        return nothing(COLUMNS, Limit("causes", "no_value"))
    value = scored.comments["value"].to_numpy(float)
    known = np.isfinite(value)
    if not known.any():
        return nothing(COLUMNS, Limit("causes", "no_value"))
    found = complaints(scored) if found is None else found
    width = len(found.touchpoints)
    unit, at = found.distinct_units(known)
    customers = np.bincount(at[unit < found.customers], minlength=width).astype(float)
    valued = known[found.comment]
    where, amount = found.touchpoint[valued], value[found.comment[valued]]
    table = pd.DataFrame(
        {
            "touchpoint": list(found.touchpoints),
            "customers": customers if found.customers else np.nan,
            "orders": np.bincount(where, minlength=width),
            "money": np.bincount(where, weights=amount, minlength=width),
        }
    )
    return Found(table, _limits(value, known, found))


def _limits(value: np.ndarray, known: np.ndarray, found: Complaints) -> tuple[Limit, ...]:
    limits = []
    if not known.all():
        limits.append(
            Limit("causes", "some_values_unknown", {"comments": int((~known).sum()), "of": len(known)})
        )
    several, same = _repeating(value, known & (found.unit < found.customers), found)
    if several >= SEVERAL and same >= REPEATING * several:
        limits.append(Limit("causes", "value_of_customer", {"customers": several, "same": same}))
    return tuple(limits)


def _repeating(value: np.ndarray, known: np.ndarray, found: Complaints) -> tuple[int, int]:
    """Customers with several values, and those of them whose values are all the same."""
    by = pd.Series(value[known]).groupby(found.unit[known]).agg(["size", "min", "max"])
    several = by[by["size"] > 1]
    return len(several), int((several["min"] == several["max"]).sum())
