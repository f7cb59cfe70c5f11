"""How many a complaint reaches, what it is mostly about, and whose it is to mend."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.drivers.complaints import Complaints
from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import NO_FACTOR, Taxonomy


def reach(scored: Scored, taxonomy: Taxonomy, found: Complaints) -> pd.DataFrame:
    """One row for each touchpoint with a complaint.

    Returns
    -------
    pandas.DataFrame
        touchpoint; factor, the one that most complaining comments name there ("" where none names one), and factor_share, the
        share of them that name it; stage and owner ("" where the taxonomy knows none); comments, customers known by an id (NaN
        where none is), and `units`: customers, and comments without one; share_affected, the share of all units, with Wilson
        limits.
    """
    width = len(found.touchpoints)
    comments = np.bincount(found.touchpoint, minlength=width)
    units, named = _who(found)
    low, high = wilson(units, np.full(width, found.units))
    known = {one.id: one for one in taxonomy.touchpoints}
    factors = _factors(scored, taxonomy).reindex(list(found.touchpoints))
    table: pd.DataFrame = pd.DataFrame(
        {
            "touchpoint": list(found.touchpoints),
            "factor": [name if isinstance(name, str) else "" for name in factors["factor"]],
            "factor_share": factors["comments"].to_numpy(float) / comments,
            "stage": [(known[name].stage or "") if name in known else "" for name in found.touchpoints],
            "owner": [(known[name].owner or "") if name in known else "" for name in found.touchpoints],
            "comments": comments,
            "customers": named if found.customers else np.nan,
            "units": units,
            "share_affected": units / found.units,
            "share_low": low,
            "share_high": high,
        }
    )
    return table


def _who(found: Complaints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Units, and of these the customers known by an id."""
    unit, at = found.distinct_units()
    width = len(found.touchpoints)
    return np.bincount(at, minlength=width), np.bincount(at[unit < found.customers], minlength=width)


def _factors(scored: Scored, taxonomy: Taxonomy) -> pd.DataFrame:
    """Factor and number of comments for each touchpoint where complaints name any; of equals the first of the taxonomy."""
    blamed = (scored.mentions["sentiment"] == "negative").to_numpy(bool)
    table = scored.mentions.loc[blamed, ["touchpoint", "factor"]].astype(object).fillna("").astype(str)
    table["comment"] = scored.comment_rows[blamed]
    table = table[~table["factor"].isin(["", NO_FACTOR])].drop_duplicates()
    counts = table.groupby(["touchpoint", "factor"]).size().rename("comments").reset_index()
    order = {name: place for place, name in enumerate(taxonomy.factor_ids)}
    counts["place"] = counts["factor"].map(order).fillna(len(order))
    first = counts.sort_values(["comments", "place", "factor"], ascending=[False, True, True])
    found: pd.DataFrame = first.drop_duplicates("touchpoint").set_index("touchpoint")
    return found
