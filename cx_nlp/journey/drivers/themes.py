"""Which comments have which touchpoint or factor, complained of or praised."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.drivers.outcome import Outcome
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import NO_FACTOR, Taxonomy

POLARITIES = ("negative", "positive")
OVERALL = "brand"
"""The touchpoint that stands for the experience as a whole: "thất vọng", "never again"."""

Array = NDArray[np.float64]


class Themes(NamedTuple):
    """Which row has which predictor, each pair once."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    names: tuple[str, ...]


def themes(scored: Scored, taxonomy: Taxonomy, by: str, rows: NDArray[np.int64]) -> Themes:
    """Themes in the taxonomy's order, others after them, each with its two polarities."""
    labels = scored.mentions[by].astype(str)
    there = np.ones(len(labels), bool)
    if by == "factor":
        labels = labels.replace("", NO_FACTOR)
        there = (scored.mentions["touchpoint"] != OVERALL).to_numpy(copy=True)
    known = taxonomy.touchpoint_ids if by == "touchpoint" else taxonomy.factor_ids
    seen = {*labels[there].unique()}
    if by == "factor" and seen <= {NO_FACTOR}:
        seen = set()
    names = (*(name for name in known if name in seen), *sorted(seen - {*known}))
    place = np.full(len(scored.comments), -1)
    place[rows] = np.arange(len(rows))
    row = place[scored.comment_rows]
    side = pd.Index(POLARITIES).get_indexer(pd.Index(scored.mentions["sentiment"].astype(str)))
    theme = pd.Index(names, dtype=object).get_indexer(pd.Index(labels))
    there &= (row >= 0) & (side >= 0) & (theme >= 0)
    column = theme * len(POLARITIES) + side
    width = max(len(names) * len(POLARITIES), 1)
    once = np.unique(row[there].astype(np.int64) * width + column[there])
    return Themes(
        once // width, once % width, tuple(f"{name}|{side}" for name in names for side in POLARITIES)
    )


def counted(scored: Scored, said: Themes, found: Outcome) -> pd.DataFrame:
    """For each predictor its comments (n), its known customers, and how many of equal weight (worth)."""
    size = len(said.names)
    customer = found.clusters[said.row]
    known = np.zeros(len(said.row), bool)
    if "customer_id" in scored.comments:
        known = scored.comments["customer_id"].notna().to_numpy()[found.rows][said.row]
    counts: pd.DataFrame = pd.DataFrame(
        {
            "n": np.bincount(said.column, minlength=size),
            "customers": _distinct(said.column[known], customer[known], size),
            "worth": effective_customers(said.column, customer, size),
        },
        index=pd.Index(said.names, dtype=object),
    )
    return counts


def _distinct(group: NDArray[np.int64], customer: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    width = int(customer.max(initial=0)) + 1
    return np.bincount(np.unique(group * width + customer) // width, minlength=groups)


def effective_customers(group: NDArray[np.int64], customer: NDArray[np.int64], groups: int) -> Array:
    """For each group, how many customers of equal weight its comments are worth: the squared sum over the sum of squares."""
    width = int(customer.max(initial=0)) + 1
    pair, n = np.unique(group * width + customer, return_counts=True)
    total, squares = (np.bincount(pair // width, n.astype(float) ** power, groups) for power in (1, 2))
    worth: Array = total**2 / np.maximum(squares, 1)
    return worth
