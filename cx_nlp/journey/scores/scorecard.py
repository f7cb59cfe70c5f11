"""Counts, shares and 95 % intervals per touchpoint, factor, stage, period, channel, segment and team.

Shares are over comments: a comment counts once in a cell however many mentions it has there, so that
the intervals are over units that are independent as far as the table can tell. A comment that is both
praised and blamed in a cell counts on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cx_nlp.journey.period import start_of
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

LEVEL = 0.95

# With twenty comments a 95 % Wilson interval is never wider than 40 points; with fewer a colour would mislead.
ENOUGH = 20

NEGATIVE_COMMENTS = ("negative", "mixed")
POSITIVE_COMMENTS = ("positive", "mixed")


def wilson(
    successes: ArrayLike, trials: ArrayLike, *, level: float = LEVEL
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Lower and upper limit of the score interval of a share, 0 and 1 where there were no trials.

    Closed formula of E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212, without continuity correction.

    >>> low, high = wilson(8, 10)
    >>> round(float(low), 3), round(float(high), 3)
    (0.49, 0.943)
    """
    hits, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    z2 = NormalDist().inv_cdf(0.5 + level / 2) ** 2
    seen = np.maximum(n, 1.0)
    share = hits / seen
    centre = (share + z2 / (2 * seen)) / (1 + z2 / seen)
    half = np.sqrt(z2 * (share * (1 - share) / seen + z2 / (4 * seen**2))) / (1 + z2 / seen)
    low, high = np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
    # The formula gives exactly 0 and 1 at the edges; rounding of the root does not.
    low, high = np.where(hits <= 0, 0.0, low), np.where(hits >= n, 1.0, high)
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def mention_cells(scored: Scored, by: Sequence[str], *, level: float = LEVEL) -> pd.DataFrame:
    """One row for each combination of `by` that has a mention.

    Parameters
    ----------
    by
        Columns of the mentions (touchpoint, factor, stage) or of the comments (channel, segment, rating, ...);
        "journey_stage" is the export's own stage column.

    Returns
    -------
    pd.DataFrame
        Indexed by `by`: mentions, comments, negative and positive (comments with such a mention there), their
        shares with limits, net (share positive less share negative) and enough (at least `ENOUGH` comments).
    """
    keys = list(by)
    table = pd.DataFrame({key: _key(scored, key) for key in keys})
    sentiment = scored.mentions["sentiment"]
    table["comment"] = scored.comment_rows
    table["mentions"] = 1
    table["negative"] = (sentiment == "negative").to_numpy(dtype="int8")
    table["positive"] = (sentiment == "positive").to_numpy(dtype="int8")
    once = table.groupby([*keys, "comment"], observed=True, sort=False).agg(
        {"mentions": "sum", "negative": "max", "positive": "max"}
    )
    once["comments"] = 1
    cells = once.groupby(level=keys, observed=True)[["mentions", "comments", "negative", "positive"]].sum()
    return with_shares(cells.astype("int64"), level=level)


def comment_cells(scored: Scored, by: str, *, level: float = LEVEL) -> pd.DataFrame:
    """One row for each value of a column of the comments, over the comments' own sentiment.

    A mixed comment counts as negative and as positive, as in `mention_cells`.
    """
    return _comment_cells(
        scored.comments["sentiment"], scored.comments[_comment_column(by)].rename(by), level
    )


def period_cells(scored: Scored, unit: str, *, level: float = LEVEL) -> pd.DataFrame:
    """One row for each period (its first day) that has a comment; `unit` as in `cx_nlp.journey.period`."""
    starts = start_of(scored.comments["time"], unit).rename("period")
    return _comment_cells(scored.comments["sentiment"], starts, level)


def touchpoints(scored: Scored, *, level: float = LEVEL) -> pd.DataFrame:
    """Touchpoints by weight: the share of all comments that hold a negative mention there.

    Adds to `mention_cells` the columns weight, weight_low and weight_high, and is sorted by weight_low.
    """
    cells = mention_cells(scored, ["touchpoint"], level=level)
    total = len(scored.comments)
    cells["weight"] = cells["negative"] / max(total, 1)
    cells["weight_low"], cells["weight_high"] = wilson(
        cells["negative"], np.full(len(cells), total), level=level
    )
    order = ["weight_low", "negative_low", "comments"]
    ranked: pd.DataFrame = cells.sort_values(order, ascending=False, kind="stable")
    return ranked


def owners(scored: Scored, taxonomy: Taxonomy, *, level: float = LEVEL) -> pd.DataFrame:
    """Owner teams as `mention_cells`; a touchpoint the taxonomy does not know has no owner and is left out."""
    teams = {touchpoint.id: touchpoint.owner for touchpoint in taxonomy.touchpoints}
    owner = scored.mentions["touchpoint"].map(teams)
    with_owner = Scored(scored.comments, scored.mentions.assign(owner=owner))
    return mention_cells(with_owner, ["owner"], level=level)


def with_shares(cells: pd.DataFrame, *, level: float = LEVEL) -> pd.DataFrame:
    """`cells` (comments, negative, positive) with shares, limits, net and enough."""
    out: pd.DataFrame = cells.copy()
    for side in ("negative", "positive"):
        out[f"share_{side}"] = out[side] / out["comments"].where(out["comments"] > 0)
        out[f"{side}_low"], out[f"{side}_high"] = wilson(out[side], out["comments"], level=level)
    out["net"] = out["share_positive"] - out["share_negative"]
    out["enough"] = out["comments"] >= ENOUGH
    return out


def leads(scored: Scored, first: str, second: str, *, level: float = LEVEL) -> bool:
    """Whether more comments blame touchpoint `first` than `second`, beyond chance.

    The two counts come from the same comments, so only those that blame one and not the other tell them apart
    (Q. McNemar, Psychometrika 12, 1947): the Wilson interval of their share must lie above one half.
    """
    negative = (scored.mentions["sentiment"] == "negative").to_numpy()
    touchpoint = scored.mentions["touchpoint"]
    here, there = (
        np.unique(scored.comment_rows[negative & (touchpoint == name).to_numpy()]) for name in (first, second)
    )
    only_here, only_there = np.setdiff1d(here, there).size, np.setdiff1d(there, here).size
    low, _ = wilson(only_here, only_here + only_there, level=level)
    return bool(low > 0.5)


@dataclass(frozen=True)
class Repeats:
    """How many customers wrote, and how many of the comments come from one who wrote more than once."""

    customers: int
    comments: int
    repeated: int


def repeats(scored: Scored) -> Repeats | None:
    """Count of customers who wrote more than once; None where no customer is known."""
    if "customer_id" not in scored.comments:
        return None
    per_customer = scored.comments["customer_id"].dropna().astype(str).value_counts()
    if per_customer.empty:
        return None
    return Repeats(len(per_customer), int(per_customer.sum()), int(per_customer[per_customer > 1].sum()))


def _key(scored: Scored, name: str) -> pd.Categorical[Any]:
    if name in scored.mentions and name != "journey_stage":
        return pd.Categorical(scored.mentions[name])
    column = pd.Categorical(scored.comments[_comment_column(name)])
    return pd.Categorical.from_codes(column.codes[scored.comment_rows], dtype=column.dtype)


def _comment_column(name: str) -> str:
    return "stage" if name == "journey_stage" else name


def _comment_cells(sentiment: pd.Series[Any], key: pd.Series[Any], level: float) -> pd.DataFrame:
    names = sentiment.astype(str)
    counts = pd.crosstab(key, names) if len(key) else pd.DataFrame(index=key)
    counts = counts.reindex(columns=["positive", "negative", "neutral", "mixed"], fill_value=0)
    cells = pd.DataFrame(
        {
            "comments": counts.sum(axis=1),
            "negative": counts[list(NEGATIVE_COMMENTS)].sum(axis=1),
            "positive": counts[list(POSITIVE_COMMENTS)].sum(axis=1),
            "mixed": counts["mixed"],
            "neutral": counts["neutral"],
        }
    )
    return with_shares(cells.astype("int64"), level=level)
