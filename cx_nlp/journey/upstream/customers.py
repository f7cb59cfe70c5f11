"""From customers' events to their steps: each touchpoint once, with whether it drew a complaint and when it was met."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.upstream.events import Journey
from cx_nlp.journey.upstream.steps import COMPLAINED, FINE, NOT_MET, Steps, steps
from cx_nlp.taxonomy import NO_FACTOR, Taxonomy


@dataclass(frozen=True)
class CustomerSteps:
    """The steps of the customers who are known.

    Attributes
    ----------
    steps : Steps
        Customers alike are one row.
    ids : tuple of str
        The customers, in the order of `complained`.
    complained : ndarray of float, shape (customers, touchpoints)
        The place of the first complaint at each touchpoint, infinite where there is none.
    comment : ndarray of int, shape (customers, touchpoints)
        A number of the comment that tells of it, -1 where there is none.
    """

    steps: Steps
    ids: tuple[str, ...]
    complained: NDArray[np.float64]
    comment: NDArray[np.intp]


def customer_steps(journey: Journey, taxonomy: Taxonomy) -> CustomerSteps:
    """Who met which touchpoint when, and complained there.

    A touchpoint is met at its first complaint, or where there is none at its first mention. Touchpoints that the taxonomy does
    not know come after the others.
    """
    table = journey.events[["customer", "touchpoint", "place"]].copy()
    table["comment"] = pd.factorize(journey.events["comment_id"])[0]
    table["bad"] = (journey.events["sentiment"] == "negative").to_numpy()
    first = table.sort_values(["bad", "place"], ascending=[False, True], kind="stable")
    first = first.drop_duplicates(["customer", "touchpoint"])
    names = touchpoint_names(journey, taxonomy)
    rows, ids = pd.factorize(first["customer"], sort=True)
    columns = pd.Index(names, dtype=object).get_indexer(pd.Index(first["touchpoint"].astype(object)))
    shape = (len(ids), len(names))
    bad = first["bad"].to_numpy(bool)
    state, when, complained = np.full(shape, NOT_MET), np.zeros(shape), np.full(shape, np.inf)
    comment = np.full(shape, -1)
    state[rows, columns] = np.where(bad, COMPLAINED, FINE)
    when[rows, columns] = first["place"]
    complained[rows[bad], columns[bad]] = first["place"].to_numpy()[bad]
    comment[rows[bad], columns[bad]] = first["comment"].to_numpy()[bad]
    return CustomerSteps(steps(names, state, when), tuple(map(str, ids)), complained, comment)


def touchpoint_names(journey: Journey, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The touchpoints that somebody met, in the taxonomy's order, those it does not know last."""
    met = {str(name) for name in journey.events["touchpoint"].unique()}
    known = tuple(name for name in taxonomy.touchpoint_ids if name in met)
    return known + tuple(sorted(met - {*known}))


def factors_blamed(journey: Journey, found: CustomerSteps) -> dict[tuple[int, int], str]:
    """For each pair of touchpoints, by position: the factor blamed most often at the first by those who complained at both.

    Only complaints at the first before the second count, a customer once for each factor; a complaint that names no factor
    tells of none. Pairs for which nobody named one are left out.
    """
    names = found.steps.touchpoints
    blamed = journey.events[(journey.events["sentiment"] == "negative").to_numpy()]
    blamed = blamed[~blamed["factor"].isin(["", NO_FACTOR]).to_numpy()]
    factor, factors = pd.factorize(blamed["factor"].astype(str), sort=True)
    row = pd.Index(found.ids, dtype=object).get_indexer(
        pd.Index(blamed["customer"].astype(str).astype(object))
    )
    column = pd.Index(names, dtype=object).get_indexer(pd.Index(blamed["touchpoint"].astype(object)))
    out = {}
    for earlier in range(len(names)):
        here = column == earlier
        said = np.zeros((len(found.ids), len(factors)), bool)
        said[row[here], factor[here]] = True
        some = said.any(axis=1)
        both = found.complained[some, earlier][:, None] < found.complained[some]
        counts = (both & np.isfinite(found.complained[some])).T.astype(float) @ said[some].astype(float)
        for later in np.flatnonzero(counts.any(axis=1)):
            out[earlier, int(later)] = str(factors[int(counts[later].argmax())])
    return out
