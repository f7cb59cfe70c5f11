"""What a complaint costs: how much lower the rating is, or how much likelier churn, at each touchpoint and for each draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.drivers.complaints import Complaints
from cx_nlp.journey.drivers.design import Design
from cx_nlp.journey.drivers.draws import Draws, slopes
from cx_nlp.journey.drivers.outcome import outcome_of
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored

LEAST = 20
"""Customers (where none is known, comments) who complain at a touchpoint: with fewer nothing is said of its loss."""
SMALL = 0.25
"""Share of the first one's lower bound below which a touchpoint is not one of the few that matter. What a tagger that misses
every fifth complaint leaves to be blamed on a harmless neighbour stays below it (benchmarks/critical.py)."""
DIFFERS = 1.96
"""Standard errors from which on losses within customers differ from those over all comments."""

Array = NDArray[np.float64]


class Loss(NamedTuple):
    """Loss per complaint, NaN where not known: a row for the sample and each draw, a column for each touchpoint."""

    drawn: Array
    measure: str
    limits: tuple[Limit, ...] = ()


def losses(scored: Scored, model: Design | None, found: Complaints, share: Array, made: Draws) -> Loss:
    """Minus the coefficient of the complaint in a linear regression on all touchpoints by polarity, with controls.

    For an outcome it is the coefficient itself (linear probability model). Who is in a bad mood complains more and rates lower
    wherever they are, so that harmless touchpoints seem to cost. Where enough customers rated several comments, the losses
    are estimated within customers, too (each column less its customer's mean), and taken from there if the two differ beyond
    chance, summed over touchpoints by the `share` of customers: the test of J. A. Hausman (Econometrica 46, 1978, 1251-1271)
    in one direction, with the bootstrap's error of the difference (A. C. Cameron and P. K. Trivedi, Microeconometrics, 2005,
    section 21.4.3).

    Parameters
    ----------
    model
        The design by touchpoint of this table.
    share : ndarray of shape (1 + resamples, touchpoints)
        Share of customers affected in each draw.
    """
    unknown = np.full(share.shape, np.nan)
    if model is None:
        why = outcome_of(scored)
        said = (Limit("causes", f"reach_{why.reason}", why.values),) if isinstance(why, Limit) else ()
        return Loss(unknown, "reach", said)
    unit = found.unit[model.rows]
    places = _places(model, found, np.ones(len(unit), bool))
    if not places.any():
        return Loss(unknown, "reach", (Limit("causes", "reach_few_complaints", {"needed": LEAST}),))
    names = [*map(str, model.predictors)]
    x = np.column_stack([model.predictors.to_numpy(float), model.controls.to_numpy(float)])
    column = {k: names.index(f"{found.touchpoints[k]}|negative") for k in np.flatnonzero(places)}
    sign = -1 if model.kind == "rating" else 1
    unknown[:, places] = sign * slopes(made, x, model.outcome, unit)[:, [*column.values()]]
    inside = places & _places(model, found, np.bincount(unit)[unit] > 1)
    # What became of a customer is the same in all their comments.
    if model.kind != "rating" or not inside.any() or (_mattering(share * unknown) & ~inside).any():
        return Loss(unknown, model.kind)
    x, y = _less_mean(x, unit), _less_mean(model.outcome[:, None], unit)[:, 0]
    within = np.full(share.shape, np.nan)
    within[:, inside] = -slopes(made, x, y, unit)[:, [column[k] for k in np.flatnonzero(inside)]]
    return _chosen(unknown, within, inside, share)


def _chosen(over_all: Array, within: Array, inside: NDArray[np.bool_], share: Array) -> Loss:
    """The losses within customers where all together differ from those over all comments."""
    sums = [(share[0] * drawn)[:, inside].sum(axis=1) for drawn in (over_all, within)]
    apart = sums[0] - sums[1]
    if not abs(apart[0]) > DIFFERS * apart[1:].std():
        return Loss(over_all, "rating")
    values = {"over_all": float(sums[0][0]), "within": float(sums[1][0])}
    return Loss(within, "rating", (Limit("causes", "within_customers", values),))


def _mattering(total: Array) -> NDArray[np.bool_]:
    """Touchpoints whose lower bound is large enough for the list."""
    bound = np.nan_to_num(np.quantile(total[1:], 0.025, axis=0))
    found: NDArray[np.bool_] = np.logical_and(bound > 0, bound >= SMALL * bound.max())
    return found


def _places(model: Design, found: Complaints, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which touchpoints the model can tell from the chosen of its rows."""
    rated = np.zeros(len(found.unit), bool)
    rated[model.rows[chosen]] = True
    _, at = found.distinct_units(rated)
    enough = np.bincount(at, minlength=len(found.touchpoints)) >= LEAST
    known = [f"{name}|negative" in model.predictors for name in found.touchpoints]
    places: NDArray[np.bool_] = enough & np.array(known, bool)
    return places


def _less_mean(columns: Array, unit: NDArray[np.intp]) -> Array:
    """Columns less the mean of each customer."""
    order = np.argsort(unit, kind="stable")
    first = np.flatnonzero(np.diff(unit[order], prepend=-1))
    rows = np.diff(np.append(first, len(unit)))
    mean = np.add.reduceat(columns[order], first, axis=0) / rows[:, None]
    found = np.empty_like(columns)
    found[order] = columns[order] - np.repeat(mean, rows, axis=0)
    return found
