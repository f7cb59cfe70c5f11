"""Praise of staff: in the same comment, or earlier by the same customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored

STAFF, ATTITUDE = "staff", "attitude_expertise"
"""A mention praises staff if it is positive and has this touchpoint or this factor."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Praise:
    """Whether staff are praised elsewhere than at each of some touchpoints; make one with `staff_praise`.

    Attributes
    ----------
    same, earlier : ndarray of bool, shape (comments, touchpoints)
        In the comment itself; in an earlier comment of its customer.
    followed : ndarray of bool, shape (comments,)
        An earlier comment of the customer is known.
    """

    same: Flags
    earlier: Flags
    followed: Flags


def staff_praise(scored: Scored, touchpoints: tuple[str, ...]) -> Praise:
    """Praise of staff; comments of one customer at the same time are neither earlier nor later than each other."""
    mentions, rows = scored.mentions, len(scored.comments)
    of_staff = (mentions["touchpoint"] == STAFF) | (mentions["factor"] == ATTITUDE)
    praised = (of_staff & (mentions["sentiment"] == "positive")).to_numpy(bool)
    at = pd.Index(touchpoints).get_indexer(pd.Index(mentions["touchpoint"].astype(str)))[praised]
    comment = scored.comment_rows[praised]
    # One more column for the touchpoints not asked for, and one that counts all comments.
    said = np.zeros((rows, len(touchpoints) + 2), np.int32)
    said[comment, np.where(at < 0, len(touchpoints), at)] = 1
    said[:, -1] = 1
    before = _before(scored, said)
    return Praise(_elsewhere(said), _elsewhere(before), before[:, -1] > 0)


def _elsewhere(said: NDArray[np.int32]) -> Flags:
    """Whether any column of praise but the own is above zero."""
    there = said[:, :-1] > 0
    found: Flags = (there.sum(axis=1)[:, None] - there)[:, :-1] > 0
    return found


def _before(scored: Scored, said: NDArray[np.int32]) -> NDArray[np.int32]:
    """The sum of the rows of the same customer at earlier times."""
    found = np.zeros_like(said)
    comments = scored.comments
    if "time" not in comments or "customer_id" not in comments or comments["time"].isna().all():
        return found
    time = naive(comments["time"])
    known = np.flatnonzero((time.notna() & comments["customer_id"].notna()).to_numpy())
    unit = scored.customers[0][known]
    moment = time.to_numpy()[known]
    order = np.lexsort((moment, unit))
    new = np.diff(unit[order], prepend=-1) != 0
    later = new | (moment[order] != np.roll(moment[order], 1))
    total = np.vstack(
        [np.zeros((1, said.shape[1]), np.int32), said[known[order]].cumsum(axis=0, dtype=np.int32)]
    )
    customer, together = (
        np.maximum.accumulate(np.where(one, np.arange(len(known)), 0)) for one in (new, later)
    )
    found[known[order]] = total[together] - total[customer]
    return found
