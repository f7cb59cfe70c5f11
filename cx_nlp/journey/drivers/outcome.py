"""What a model explains: the rating, or where there is none what became of the customer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored

ROWS = 100
"""Comments with a known outcome that are needed."""
LEAST = 20
"""Comments that must have another outcome than the commonest, and that a theme needs."""
DOMINANT = 0.2
"""Share of the comments from which on one customer is set aside: clustered errors need many customers, none of which
prevails (J. G. MacKinnon and M. D. Webb, Journal of Applied Econometrics 32, 2017, 233-254)."""
BAD = {"churned": 1.0, "not_repurchased": 1.0, "retained": 0.0, "repurchased": 0.0}


class Outcome(NamedTuple):
    """What is explained, for the comments that have it: values observed, positions of the comments, numbers of their customers."""

    observed: NDArray[np.float64]
    rows: NDArray[np.int64]
    clusters: NDArray[np.int64]
    kind: str
    limits: tuple[Limit, ...]


def outcome_of(scored: Scored, *, least: int = LEAST) -> Outcome | Limit:
    """What there is to explain, or why there is nothing.

    Reasons: "no_rating" (neither column), "few_ratings" (values: n, needed), "rating_hardly_varies" (n, other: comments with
    another value than the commonest, needed).
    """
    limits = [_usable(scored, name, least) for name in ("rating", "outcome")]
    for one in limits:
        if isinstance(one, Outcome):
            return one
    said = [one for one in limits if isinstance(one, Limit)]
    return next((one for one in said if one.reason != "no_rating"), Limit("drivers", "no_rating"))


def _usable(scored: Scored, kind: str, least: int) -> Outcome | Limit:
    if kind not in scored.comments:
        return Limit("drivers", "no_rating")
    column = scored.comments[kind]
    column = column.astype(object).map(BAD) if kind == "outcome" else column
    values = pd.to_numeric(column, errors="coerce").to_numpy(float)
    rows = np.flatnonzero(np.isfinite(values)).astype(np.int64)
    if not rows.size:
        return Limit("drivers", "no_rating")
    clusters = _customers(scored, rows)
    apart = _prevailing(clusters)
    limits = (Limit("drivers", "customers_set_aside", _of(clusters, apart)),) if apart.any() else ()
    rows, values = rows[~apart], values[rows[~apart]]
    if len(rows) < ROWS:
        return Limit("drivers", "few_ratings", {"column": kind, "n": len(rows), "needed": ROWS})
    other = len(rows) - int(np.unique(values, return_counts=True)[1].max())
    if other < least:
        about = {"column": kind, "n": len(rows), "other": other, "needed": least}
        return Limit("drivers", "rating_hardly_varies", about)
    return Outcome(values, rows, np.unique(clusters[~apart], return_inverse=True)[1], kind, limits)


def _customers(scored: Scored, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if "customer_id" not in scored.comments:
        return np.arange(len(rows))
    codes = pd.factorize(scored.comments["customer_id"].to_numpy()[rows])[0].astype(np.int64)
    return np.where(codes < 0, len(rows) + np.arange(len(rows)), codes)


def _prevailing(clusters: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Comments of customers who wrote more than `DOMINANT` of those that are left when the greater ones are set aside."""
    of, counts = np.unique(clusters, return_inverse=True, return_counts=True)[1:]
    order = np.argsort(-counts, kind="stable")
    left = counts[order][::-1].cumsum()[::-1]
    big = (counts[order] > DOMINANT * left) & (counts[order] > 1)
    apart = np.zeros(len(counts), bool)
    apart[order[: int(np.argmin(big)) if not big.all() else len(big)]] = True
    found: NDArray[np.bool_] = apart[of]
    return found


def _of(clusters: NDArray[np.int64], apart: NDArray[np.bool_]) -> dict[str, int]:
    return {"customers": len(np.unique(clusters[apart])), "comments": int(apart.sum()), "of": len(clusters)}
