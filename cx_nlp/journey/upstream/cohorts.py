"""Where no customer is known: whether complaints at two touchpoints rise and fall together over periods and segments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, norm

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.period import choose_unit, core_span, start_of
from cx_nlp.journey.table import Scored
from cx_nlp.journey.upstream.graph import Graph, default_graph
from cx_nlp.taxonomy import Taxonomy

COLUMNS = (
    "cause_touchpoint", "effect_touchpoint", "unit", "cohorts", "comments", "correlation", "low", "high", "p", "q", "verdict",
)  # fmt: skip
ECOLOGICAL = "ecological"
"""The verdict of every pair: what holds for groups may not hold for any customer (Robinson 1950)."""
LEAST, FEWEST = 20, 12
"""Comments a cohort needs, and cohorts that are needed."""

Array = NDArray[np.float64]


def cohort_links(scored: Scored, taxonomy: Taxonomy, *, graph: Graph | None = None) -> Found:
    """Pairs of touchpoints whose shares of complaints go together over cohorts, the comments of one period and segment.

    Of each share the log odds are taken (a half added, Haldane 1956). What segments, a steady trend and the complaints at all
    other touchpoints explain is taken away from both, and the rest correlated, cohorts weighed by their comments; interval by
    Fisher's z. This is an association of groups, not of customers: it can point to where to look, and is never "supported".

    Returns
    -------
    Found
        A table of `COLUMNS`, by p, its verdict always "ecological"; empty with a limit where times or cohorts are too few.
    """
    cells = _cohorts(scored)
    if cells is None:
        return nothing(COLUMNS, Limit("cohorts", "no_time", {"comments": len(scored.comments)}))
    period, segment, unit, comments, complaints = cells
    values: dict[str, Any] = {"cohorts": len(comments), "needed": FEWEST, "unit": unit}
    if len(comments) < FEWEST:
        return nothing(COLUMNS, Limit("cohorts", "too_few", values))
    names = [str(name) for name in complaints.columns]
    allowed = default_graph(taxonomy, also=names) if graph is None else graph
    hits = complaints.to_numpy(float)
    log_odds = np.log((hits + 0.5) / (comments[:, None] - hits + 0.5))
    explained = np.column_stack([pd.get_dummies(segment).to_numpy(float), _scaled(period)])
    rows = [
        (
            a,
            b,
            unit,
            len(comments),
            int(comments.sum()),
            *_partial(log_odds, names.index(a), names.index(b), explained, comments),
        )
        for a, b in sorted(allowed.pairs)
        if a in names and b in names
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS[:9])).dropna(subset=["p"]).sort_values("p", kind="stable")
    table["q"] = false_discovery_control(table["p"].to_numpy(float)) if len(table) else np.nan
    table["verdict"] = ECOLOGICAL
    return Found(table[list(COLUMNS)].reset_index(drop=True), (Limit("cohorts", ECOLOGICAL, values),))


def _cohorts(
    scored: Scored,
) -> tuple[Array, NDArray[Any], str, Array, pd.DataFrame] | None:
    """Period, segment, unit, number of comments and complaints at each touchpoint of every cohort large enough."""
    span = core_span(scored.comments["time"]) if "time" in scored.comments else None
    if span is None:
        return None
    unit = choose_unit(*span)
    starts = start_of(scored.comments["time"], unit)
    segment = scored.comments["segment"].astype(object).fillna("") if "segment" in scored.comments else ""
    keys = pd.DataFrame({"period": starts, "segment": segment})
    keys = keys[keys["period"].between(span[0] - pd.Timedelta(days=100), span[1])]
    cohort = keys.groupby(["period", "segment"], sort=True).ngroup().reindex(scored.comments.index)
    sizes = cohort.value_counts()
    kept = sizes[sizes >= LEAST].sort_index()
    said = pd.DataFrame(
        {
            "cohort": cohort.to_numpy()[scored.comment_rows],
            "comment": scored.comment_rows,
            "touchpoint": scored.mentions["touchpoint"].astype(str).to_numpy(),
        }
    )[(scored.mentions["sentiment"] == "negative").to_numpy()]
    said = said.drop_duplicates()
    complaints = pd.crosstab(said["cohort"], said["touchpoint"]).reindex(kept.index, fill_value=0)
    first = (
        keys.assign(cohort=cohort)
        .dropna(subset=["cohort"])
        .drop_duplicates("cohort")
        .set_index("cohort")
        .loc[kept.index]
    )
    days = (first["period"] - span[0]) / pd.Timedelta(days=1)
    return days.to_numpy(float), first["segment"].to_numpy(), unit, kept.to_numpy(float), complaints


def _scaled(values: Array) -> Array:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread else np.zeros(len(values))


def _partial(
    log_odds: Array, first: int, second: int, explained: Array, weights: Array
) -> tuple[float, float, float, float]:
    """Weighted partial correlation of two columns with its interval and two-sided p."""
    others = np.delete(log_odds, [first, second], axis=1)
    known = np.column_stack([explained, others.mean(axis=1)]) if others.shape[1] else explained
    root = np.sqrt(weights / weights.mean())[:, None]
    both = log_odds[:, [first, second]] * root
    fit, _, rank, _ = np.linalg.lstsq(known * root, both, rcond=None)
    left = both - (known * root) @ fit
    free = len(weights) - int(rank) - 2
    size = np.sqrt((left**2).sum(axis=0))
    if free < 3 or size.min() < 1e-9:
        return (np.nan,) * 4
    correlation = float(np.clip(left[:, 0] @ left[:, 1] / size.prod(), -1 + 1e-12, 1 - 1e-12))
    error = 1 / np.sqrt(free - 1)
    low, high = np.tanh(np.arctanh(correlation) + np.array([-1.96, 1.96]) * error).tolist()
    return correlation, low, high, float(2 * norm.sf(abs(np.arctanh(correlation)) / error))
