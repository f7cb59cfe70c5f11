"""The scorecard: every figure of a touchpoint, factor, stage, channel, segment or team in one row, with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.scores.cells import Cells, comment_cells_of, mention_cells_of
from cx_nlp.journey.scores.clusters import design_effects, overall_effect
from cx_nlp.journey.scores.corrected import corrected_weights
from cx_nlp.journey.scores.differences import net_sentiment
from cx_nlp.journey.scores.scorecard import ENOUGH, wilson
from cx_nlp.journey.scores.shrinkage import shrunk_shares
from cx_nlp.journey.scores.slopes import FEWEST
from cx_nlp.journey.scores.weeks import Weeks, cell_slopes, weeks_of
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

BY = ("all", "touchpoint", "factor", "touchpoint_factor", "stage", "channel", "segment", "owner")
COLUMNS = (
    "by", "touchpoint", "factor", "group", "mentions", "comments", "customers", "negative", "positive",
    "share_negative", "negative_low", "negative_high", "share_positive", "positive_low", "positive_high",
    "net", "net_low", "net_high", "shrunk_negative", "shrunk_low", "shrunk_high",
    "weight", "weight_low", "weight_high", "corrected_weight", "corrected_low", "corrected_high", "correction",
    "trend", "trend_low", "trend_high", "trend_p", "enough",
)  # fmt: skip
ONE_CUSTOMER = 0.1
"""Share of the comments from which on one customer's voice is named as a limit."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Whole:
    """What all rows share: the customer of every comment (the first `known` numbers are known ones), and the weeks."""

    scored: Scored
    customer: NDArray[np.int64]
    known: int
    weeks: Weeks

    @property
    def comments(self) -> int:
        return len(self.scored.comments)


def scorecard(scored: Scored, taxonomy: Taxonomy, *, audit: Audit | None = None) -> Found:
    """One row for all comments and for each touchpoint, factor, pair of both, stage, channel, segment and team.

    Parameters
    ----------
    audit
        The user's own, of `read_audit`; its error rates stand before those of the model's held-out comments.

    Returns
    -------
    Found
        The table has the columns `COLUMNS`, rows of one `by` by weight. A comment counts once in a row however many mentions it
        has there, and on both sides where it is praised and blamed. Rows of touchpoint, factor, stage and owner are of the
        comments with a mention there; those of all, channel and segment are of all their comments. The method, with all
        formulas, stands in docs/methods/scorecard.md.
    """
    if scored.comments.empty:
        return nothing(COLUMNS, Limit("scorecard", "no_comments"))
    whole = _Whole(scored, *scored.customers, weeks_of(scored))
    frames = []
    for by in BY:
        of_comments = by in ("all", "channel", "segment")
        cells = comment_cells_of(scored, by) if of_comments else mention_cells_of(scored, taxonomy, by)
        if len(cells.keys):
            frames.append(_rows(by, cells, whole, audit))
    table = pd.concat(frames, ignore_index=True)[list(COLUMNS)]
    return Found(table, tuple(_limits(table, whole, audit)))


def _rows(by: str, cells: Cells, whole: _Whole, audit: Audit | None) -> pd.DataFrame:
    table = cells.keys.assign(by=by)
    table["mentions"] = cells.sums(cells.mentions).astype("int64")
    table["comments"] = cells.sums(np.ones(len(cells.cell))).astype("int64")
    table["customers"] = _customers(cells, whole)
    table["negative"], table["positive"] = (
        cells.sums(side).astype("int64") for side in (cells.negative, cells.positive)
    )
    worth = _shares(table, cells, whole)
    _weights(table, cells, whole)
    corrected_weights(by, table, whole.scored.manifest, audit, whole.comments)
    # Worth that many independent comments a 95 % interval is never wider than 40 points.
    table["enough"] = worth >= ENOUGH
    order = ["weight_low", "negative_low", "comments"]
    ranked: pd.DataFrame = _trends(table, cells, whole).sort_values(order, ascending=False, kind="stable")
    return ranked


def _customers(cells: Cells, whole: _Whole) -> Floats:
    if not whole.known:
        return np.full(len(cells.keys), np.nan)
    customer = whole.customer[cells.comment]
    here = customer < whole.known
    pairs = np.unique(cells.cell[here] * whole.known + customer[here])
    return np.bincount(pairs // whole.known, minlength=len(cells.keys)).astype(float)


def _shares(table: pd.DataFrame, cells: Cells, whole: _Whole) -> Floats:
    """Adds the shares, net and shrunk columns; gives how many independent comments each row is worth."""
    customer, count = whole.customer[cells.comment], len(table)
    n = table["comments"].to_numpy(dtype=float)
    sides = {"negative": cells.negative.astype(float), "positive": cells.positive.astype(float)}
    worth = {name: n / design_effects(cells.cell, customer, side, count) for name, side in sides.items()}
    for name in sides:
        share = table[name].to_numpy(dtype=float) / n
        table[f"share_{name}"] = share
        table[f"{name}_low"], table[f"{name}_high"] = wilson(share * worth[name], worth[name])
    table["net"], table["net_low"], table["net_high"] = net_sentiment(cells, whole.customer)
    drawn = shrunk_shares(table["share_negative"].to_numpy() * worth["negative"], worth["negative"])
    table["shrunk_negative"], table["shrunk_low"], table["shrunk_high"] = drawn.value, drawn.low, drawn.high
    return worth["negative"]


def _weights(table: pd.DataFrame, cells: Cells, whole: _Whole) -> None:
    """Adds weight and its limits, and worth: how many independent comments the table is worth for it."""
    effect = overall_effect(
        cells.cell, whole.customer[cells.comment], cells.negative, whole.customer, len(table)
    )
    table["worth"] = whole.comments / effect
    table["weight"] = table["negative"] / whole.comments
    table["weight_low"], table["weight_high"] = wilson(table["weight"] * table["worth"], table["worth"])


def _trends(table: pd.DataFrame, cells: Cells, whole: _Whole) -> pd.DataFrame:
    """With the trend columns, NaN for rows without enough comments."""
    rows = np.flatnonzero(table["enough"].to_numpy())
    found = cell_slopes(cells, rows, whole.weeks)
    columns = {"trend": found.value, "trend_low": found.low, "trend_high": found.high, "trend_p": found.p}
    trends = pd.DataFrame(columns, index=table.index[rows]).reindex(table.index)
    joined: pd.DataFrame = table.join(trends)
    return joined


def _limits(table: pd.DataFrame, whole: _Whole, audit: Audit | None) -> Iterator[Limit]:
    scored = whole.scored
    if scored.mentions.empty:
        yield Limit("scorecard", "no_mentions", {"comments": whole.comments})
    if not whole.known:
        yield Limit("scorecard", "no_customers")
    else:
        wrote = np.bincount(whole.customer[whole.customer < whole.known])
        if wrote.max() > max(1, ONE_CUSTOMER * whole.comments):
            yield Limit(
                "scorecard",
                "one_customer",
                {"n": int(wrote.max()), "share": float(wrote.max() / whole.comments)},
            )
    if (weeks := int(np.count_nonzero(whole.weeks.comments))) < FEWEST:
        yield Limit("scorecard", "few_weeks", {"weeks": weeks, "needed": FEWEST})
    yield from audit.limits if audit else ()
    yield from _correction_limits(table, audit)


def _correction_limits(table: pd.DataFrame, audit: Audit | None) -> Iterator[Limit]:
    complained = table[table["negative"] > 0]
    counts: dict[str, Any] = complained["correction"].value_counts().to_dict()
    values = {"rows": len(complained), "corrected": len(complained) - counts.get("", 0)}
    if counts.get("assumed"):
        yield Limit(
            "scorecard",
            "assumed_errors",
            {**values, "assumed": counts["assumed"], "audited": audit is not None},
        )
    elif len(complained) and not values["corrected"]:
        yield Limit("scorecard", "no_error_rates", values)
