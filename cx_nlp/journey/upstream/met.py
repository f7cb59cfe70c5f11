"""Steps in long form: one row for each customer and touchpoint met, with what came before it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.upstream.steps import COMPLAINED, NOT_MET, Steps

Array = NDArray[np.float64]


class Met(NamedTuple):
    """One row for each customer (pattern) and touchpoint met; a customer's rows stand together."""

    row: NDArray[np.intp]
    touchpoint: NDArray[np.intp]
    complained: Array
    bad_before: NDArray[np.bool_]
    """For every touchpoint: whether the customer complained there before."""
    not_before: NDArray[np.bool_]
    """For every touchpoint: whether it was not met before."""
    first: NDArray[np.intp]
    """Where each customer's rows begin."""


def met(found: Steps) -> Met:
    """The long form of steps."""
    customer, touchpoint = np.nonzero(found.state != NOT_MET)
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    state, place = found.state[customer], found.place[customer]
    before = (state != NOT_MET) & (place < place[np.arange(len(customer)), touchpoint][:, None])
    row = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(customer))))
    complained = (found.state[customer, touchpoint] == COMPLAINED).astype(float)
    return Met(row, touchpoint, complained, (state == COMPLAINED) & before, ~before, first)
