"""Who complained where: each comment once at each touchpoint that it blames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.table import Scored

Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Complaints:
    """Comments and the touchpoints they blame; make one with `complaints`.

    Attributes
    ----------
    touchpoints : tuple of str
        Those that some comment blames, by name.
    comment, touchpoint : ndarray of int
        Row of the comment and position of the touchpoint, one pair for each touchpoint a comment blames.
    unit : ndarray of int, shape (comments,)
        Who wrote each comment: a customer, or where none is known somebody of their own.
    customers : int
        Customers known by an id; their units come first.
    """

    touchpoints: tuple[str, ...]
    comment: Codes
    touchpoint: Codes
    unit: Codes
    customers: int

    @property
    def units(self) -> int:
        """All who wrote."""
        return int(self.unit.max()) + 1 if len(self.unit) else 0

    def distinct_units(self, chosen: NDArray[np.bool_] | None = None) -> tuple[Codes, Codes]:
        """Unit and touchpoint, each pair once; of the `chosen` comments only, where given."""
        kept = slice(None) if chosen is None else chosen[self.comment]
        width = max(len(self.touchpoints), 1)
        pairs = np.unique(self.unit[self.comment[kept]] * width + self.touchpoint[kept])
        return pairs // width, pairs % width


def complaints(scored: Scored) -> Complaints:
    """The complaints of a scored table."""
    blamed = (scored.mentions["sentiment"] == "negative").to_numpy(bool)
    names = pd.Categorical(scored.mentions["touchpoint"].astype(str)[blamed])
    width = max(len(names.categories), 1)
    pairs = np.unique(scored.comment_rows[blamed] * width + names.codes)
    unit, customers = scored.customers
    return Complaints(
        tuple(str(name) for name in names.categories), pairs // width, pairs % width, unit, customers
    )
