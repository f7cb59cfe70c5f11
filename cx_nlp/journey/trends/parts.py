"""How much of a change is a touchpoint's own, and how much is brought by those upstream of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Parts(NamedTuple):
    """A difference of two shares and its two parts, each with the variance that comes of sampling customers."""

    difference: float
    own: float
    carried: float
    variance: float
    own_variance: float
    carried_variance: float
    effects: Array
    """How much likelier a comment complains after each upstream complaint."""


def parts_of(
    complains: Flags,
    upstream: Flags,
    after: Flags,
    customer: NDArray[np.int64],
    odds_ratios: Array | None = None,
) -> Parts:
    """Two-period decomposition of a share of complaints.

    With x the upstream complaints of a comment's customer and b how much likelier a complaint is after each of them, the
    difference of two shares is b (mean x after - mean x before), brought by upstream touchpoints, and the rest, which is the
    touchpoint's own (E. M. Kitagawa, Journal of the American Statistical Association 50, 1955, 1168-1194; R. L. Oaxaca and A. S.
    Blinder 1973). b is estimated from both periods at once, each with a level of its own (B. Jann, Stata Journal 8, 2008,
    453-479). Variances are of the infinitesimal jackknife over customers (L. A. Jaeckel 1972; B. Efron 1982).

    Parameters
    ----------
    complains, after : arrays of shape (comments,)
    upstream : array of shape (comments, parents)
    customer : array of shape (comments,)
    odds_ratios : array of shape (parents,), optional
        What an upstream complaint does beyond the mood of those who complain everywhere. A raw effect holds this mood, too: it is
        made smaller to the difference of risks that the odds ratio stands for among those after such a complaint.
    """
    y, x = complains.astype(float), upstream.astype(float)
    weight = np.where(after, 1 / max(after.sum(), 1), -1 / max((~after).sum(), 1))
    centred_y, centred_x = _centred(y[:, None], after)[:, 0], _centred(x, after)
    inverse = np.linalg.pinv(centred_x.T @ centred_x, hermitian=True)
    raw = inverse @ (centred_x.T @ centred_y)
    shrink = np.ones(len(raw)) if odds_ratios is None else _beyond_mood(y, x, odds_ratios)
    effects = raw * shrink
    change = weight @ x
    difference, carried = float(weight @ y), float(change @ effects)
    residual = centred_y - centred_x @ raw
    of_change = weight * (centred_x @ effects)
    of_effects = (centred_x @ (inverse @ (change * shrink))) * residual
    of_difference = weight * centred_y
    influences = (of_difference, of_difference - of_change - of_effects, of_change + of_effects)
    whole, own, brought = (_variance(one, customer) for one in influences)
    return Parts(difference, difference - carried, carried, whole, own, brought, effects)


def _centred(values: Array, after: Flags) -> Array:
    centred = np.empty_like(values)
    for side in (after, ~after):
        centred[side] = values[side] - values[side].mean(axis=0) if side.any() else 0.0
    return centred


def _beyond_mood(y: Array, x: Array, odds_ratios: Array) -> Array:
    """The part of each raw difference of risks that its odds ratio accounts for."""
    n = x.sum(axis=0)
    exposed = (y @ x) / np.maximum(n, 1)
    rest = (y.sum() - y @ x) / np.maximum(len(y) - n, 1)
    seen = exposed - rest
    odds = exposed / np.maximum(1 - exposed, 1e-9) / np.maximum(odds_ratios, 1.0)
    meant = exposed - odds / (1 + odds)
    part: Array = np.clip(meant / np.where(seen > 0, seen, 1.0), 0.0, 1.0)
    return np.where(np.isfinite(part), part, 1.0)


def _variance(influence: Array, customer: NDArray[np.int64]) -> float:
    sums = np.bincount(customer, influence)
    customers = len(np.unique(customer))
    return float((sums**2).sum() * customers / max(customers - 1, 1))


def upstream_states(
    complaints: Flags, customer: NDArray[np.int64], time: NDArray[np.int64], period: NDArray[np.int8]
) -> Flags:
    """For every comment, whether its customer complained at each touchpoint in it or earlier in the same period.

    Both periods look back to their own beginning, so that the later one does not see more only for having more before it.

    Parameters
    ----------
    complaints : array of bool, shape (comments, touchpoints)
    customer, time, period : arrays of shape (comments,)
    """
    order = np.lexsort((time, customer, period))
    block = pd.DataFrame({"period": period[order], "customer": customer[order]})
    first = ~block.duplicated().to_numpy()
    # The running number of complaints, less what was there before the customer's first comment of the period.
    running = complaints[order].astype(np.int32).cumsum(axis=0)
    before = running - complaints[order]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    seen = running > before[start]
    # Comments of one moment are one.
    moment = (
        block.assign(time=time[order]).groupby(["period", "customer", "time"], sort=False).ngroup().to_numpy()
    )
    last = (
        np.append(np.flatnonzero(np.diff(moment)), len(moment) - 1) if len(moment) else np.empty(0, np.intp)
    )
    states = np.empty_like(complaints)
    states[order] = seen[last[moment]]
    return states
