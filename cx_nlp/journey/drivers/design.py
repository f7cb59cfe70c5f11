"""The table behind a regression: which comments, what is explained, by which themes, and what is allowed for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.drivers.controls import control_columns, independent
from cx_nlp.journey.drivers.outcome import LEAST, Outcome, outcome_of
from cx_nlp.journey.drivers.themes import OVERALL, POLARITIES, Themes, counted, effective_customers, themes
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

__all__ = ["VERDICT", "Design", "Designs", "design", "effective_customers"]

CUSTOMERS = 10
"""Customers who must carry a theme, as an effective number: who wrote often counts for less (L. Kish, 1965)."""
MOST = 120
"""Themes in one model, the most frequent first."""
ROWS_EACH = 10
"""Comments for each theme in the model (F. E. Harrell, "Regression Modeling Strategies", 2015, section 4.4)."""
ABSENT = "no comments"
VERDICT = "a verdict on the whole"

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """What a model of the rating is fitted to; one row is one comment whose outcome is known.

    Attributes
    ----------
    outcome : ndarray of shape (rows,)
        The rating, or 1 for churned / not repurchased and 0 for retained / repurchased.
    predictors : pd.DataFrame of shape (rows, predictors)
        Columns "NAME|negative" and "NAME|positive": 1 where the comment has such a mention, else 0.
    controls : pd.DataFrame of shape (rows, controls)
        Channel, segment, period and pooled rare themes, without constant; independent of one another.
    clusters : ndarray of shape (rows,)
        Number of the customer; a comment without one has a number of its own.
    rows : ndarray of shape (rows,)
        Positions in `scored.comments`.
    kind : str
        "rating" or "outcome".
    left_out : tuple of (predictor, why)
        Predictors that some comment has and the model does not.
    limits : tuple of Limit
    counts : pd.DataFrame
        For every predictor that some comment has, in the model or not: n comments, known customers, and how many customers of
        equal weight its comments are worth (`effective_customers`).
    """

    outcome: Array
    predictors: pd.DataFrame
    controls: pd.DataFrame
    clusters: NDArray[np.int64]
    rows: NDArray[np.int64]
    kind: str
    left_out: tuple[tuple[str, str], ...] = ()
    limits: tuple[Limit, ...] = ()
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)


def design(
    scored: Scored, taxonomy: Taxonomy, *, by: str = "touchpoint", least: int = LEAST
) -> Design | None:
    """The design of a model by touchpoint or factor; None where there is nothing to explain (`outcome_of` says why).

    The rating is taken where it is known for at least `ROWS` comments and varies, else the outcome column. Themes that fewer
    than `least` comments or too few customers have are pooled into one control for each polarity; of themes that fewer than half
    as many comments tell apart the more frequent stays. Verdicts on the whole (`OVERALL`) are the rating in words: they are in no
    model, as allowing for them would take from the others what they cost. A theme that goes with one outcome only stays: a linear
    model has no infinite odds.

    Parameters
    ----------
    by
        "touchpoint" or "factor"; never both in one model, as each mention has one of each.
    least
        Comments that must have a theme, and that must lack it.
    """
    found = outcome_of(scored, least=least)
    if not isinstance(found, Outcome):
        return None
    said = themes(scored, taxonomy, by, found.rows)
    counts = counted(scored, said, found)
    why = _left_out(counts, len(found.rows), least, by)
    controls = _controls(scored, said, why, found.rows, least)
    predictors = _columns(said, np.flatnonzero(why == ""), len(found.rows))
    aliased = _aliased(controls, predictors, least)
    left = {name: str(one) for name, one in zip(said.names, why, strict=True) if one not in ("", ABSENT)}
    nameless = by == "factor" and not said.names
    return Design(
        found.observed,
        predictors.drop(columns=list(aliased)),
        controls,
        found.clusters,
        found.rows,
        found.kind,
        tuple({**left, **aliased}.items()),
        (*found.limits, Limit("drivers", "no_factors")) if nameless else found.limits,
        counts[counts["n"] > 0],
    )


@dataclass(frozen=True)
class Designs:
    """The two designs of a table, each made when it is first asked for: what is found from the same model shares one.

    Attributes
    ----------
    touchpoint, factor : Design or None
        As `design` gives them.
    """

    scored: Scored
    taxonomy: Taxonomy

    @cached_property
    def touchpoint(self) -> Design | None:
        """The design by touchpoint."""
        return design(self.scored, self.taxonomy)

    @cached_property
    def factor(self) -> Design | None:
        """The design by factor."""
        return design(self.scored, self.taxonomy, by="factor")

    def __iter__(self) -> Iterator[tuple[str, Design | None]]:
        """Each with the name of what it is by; the second is not made before the first is done with."""
        yield "touchpoint", self.touchpoint
        yield "factor", self.factor


def _left_out(counts: pd.DataFrame, rows: int, least: int, by: str) -> NDArray[Any]:
    """Why each predictor is not in the model, "" where it is."""
    n = counts["n"].to_numpy()
    overall = np.array(
        [by == "touchpoint" and str(name).startswith(f"{OVERALL}|") for name in counts.index], bool
    )
    place = np.argsort(np.argsort(-n * ~overall, kind="stable"), kind="stable")
    most = min(MOST, rows // ROWS_EACH)
    return np.select(
        [n == 0, overall, n < least, n > rows - least, counts["worth"] < CUSTOMERS, place >= most],
        [
            ABSENT,
            VERDICT,
            "too few comments",
            "in nearly every comment",
            "too few customers",
            "too many themes",
        ],
        "",
    )


def _controls(
    scored: Scored, said: Themes, why: NDArray[Any], rows: NDArray[np.int64], least: int
) -> pd.DataFrame:
    """Channel, segment, period and length, and for each polarity whether the comment has one of the rare themes."""
    controls = control_columns(scored.comments.iloc[rows], scored.lengths[rows])
    rare = np.isin(why, ["too few comments", "too few customers", "too many themes"])
    for side, name in enumerate(POLARITIES):
        pooled = rare & (np.arange(len(why)) % len(POLARITIES) == side)
        there = np.zeros(len(rows))
        there[said.row[pooled[said.column]]] = 1
        if least <= there.sum() <= len(rows) - least:
            controls[f"other|{name}"] = there
    kept: pd.DataFrame = controls.loc[:, independent(controls.to_numpy(float))]
    return kept


def _columns(said: Themes, kept: NDArray[np.int64], rows: int) -> pd.DataFrame:
    place = np.full(max(len(said.names), 1), -1)
    place[kept] = np.arange(len(kept))
    there = place[said.column] >= 0
    values = np.zeros((rows, len(kept)))
    values[said.row[there], place[said.column[there]]] = 1
    columns: pd.DataFrame = pd.DataFrame(values, columns=[said.names[k] for k in kept])
    return columns


def _aliased(controls: pd.DataFrame, predictors: pd.DataFrame, least: int) -> dict[str, str]:
    """Predictors that the more frequent ones and the controls all but determine, and why."""
    order = predictors.columns[np.argsort(-predictors.to_numpy().sum(axis=0), kind="stable")]
    ordered = predictors[order].to_numpy()
    both = np.column_stack([controls.to_numpy(float), ordered])
    kept = independent(both, least / 2)[controls.shape[1] :]
    found = {}
    for k in np.flatnonzero(~kept):
        same = np.flatnonzero(kept & (ordered == ordered[:, [k]]).all(axis=0))
        found[str(order[k])] = f"always with {order[same[0]]}" if same.size else "not apart from the others"
    return found
