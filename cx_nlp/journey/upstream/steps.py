"""Who met which touchpoint, in which order, and whether they complained there: the table that upstream causes are read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FINE, COMPLAINED, NOT_MET = 0, 1, -1


@dataclass(frozen=True)
class Steps:
    """Customers with the same experiences in the same order are one row; make one with `steps`.

    Attributes
    ----------
    touchpoints : tuple of str
        The columns.
    state : ndarray of int8, shape (rows, touchpoints)
        `COMPLAINED` where a customer complained, `FINE` where they met the touchpoint and did not, else `NOT_MET`.
    place : ndarray of int, shape (rows, touchpoints)
        When it was met among those met by the same customer, 0 for the first; equal where the order is not known.
    customers : ndarray of float, shape (rows,)
        How many customers the row stands for.
    """

    touchpoints: tuple[str, ...]
    state: NDArray[np.int8]
    place: NDArray[np.int16]
    customers: NDArray[np.float64]


def steps(touchpoints: tuple[str, ...], state: ArrayLike, when: ArrayLike | None = None) -> Steps:
    """The steps of customers, one row a customer.

    Parameters
    ----------
    state : array of shape (customers, touchpoints)
        As in `Steps`.
    when : array of shape (customers, touchpoints), optional
        Any number that grows with time; only its order within a customer counts. Without it touchpoints are met in the order
        of the columns.

    Raises
    ------
    ValueError
        The shapes do not fit each other or the touchpoints, or `state` holds something else.

    Examples
    --------
    >>> found = steps(("delivery", "hotline"), [[1, 1], [1, 1], [0, -1]])
    >>> found.state.tolist(), found.customers.tolist()
    ([[0, -1], [1, 1]], [1.0, 2.0])
    """
    states: NDArray[Any] = np.asarray(state)
    if states.ndim != 2 or states.shape[1] != len(touchpoints):
        raise ValueError(
            f"state must have a row for each customer and {len(touchpoints)} columns, not the shape {states.shape}"
        )
    order: NDArray[Any] = (
        np.broadcast_to(np.arange(float(len(touchpoints))), states.shape)
        if when is None
        else np.asarray(when, float)
    )
    if order.shape != states.shape:
        raise ValueError(f"when must have the shape of state, {states.shape}, not {order.shape}")
    if not np.isin(states, (FINE, COMPLAINED, NOT_MET)).all():
        raise ValueError(f"state must hold {FINE}, {COMPLAINED} and {NOT_MET} only")
    places = _places(np.where(states == NOT_MET, np.inf, order))
    both = np.concatenate([states.astype(np.int16), places], axis=1)
    rows, customers = np.unique(both, axis=0, return_counts=True)
    width = len(touchpoints)
    return Steps(touchpoints, rows[:, :width].astype(np.int8), rows[:, width:], customers.astype(float))


def _places(when: NDArray[Any]) -> NDArray[np.int16]:
    """The place of every value within its row, equal values in one place."""
    order = np.argsort(when, axis=1, kind="stable")
    ordered = np.take_along_axis(when, order, axis=1)
    later = ordered[:, 1:] > ordered[:, :-1]
    place = np.zeros(when.shape, np.int16)
    place[:, 1:] = later.cumsum(axis=1)
    found = np.empty_like(place)
    np.put_along_axis(found, order, place, axis=1)
    return found
