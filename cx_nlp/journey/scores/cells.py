"""The comments behind each row of the scorecard: who is counted where, and who complains or praises there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

NEGATIVE_COMMENTS = ("negative", "mixed")
POSITIVE_COMMENTS = ("positive", "mixed")
KEYS = ("touchpoint", "factor", "group")

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Each comment once in each cell that it belongs to; all arrays but `keys` have one value for each such pair.

    Attributes
    ----------
    keys : DataFrame
        touchpoint, factor and group of each cell, "" where the cell has none.
    cell, comment : ndarray of int
        Row of `keys`, and row of the comments table.
    mentions : ndarray of int
        Mentions of the comment in the cell.
    negative, positive : ndarray of bool
        Whether one of them is.
    of_comments : bool
        Whether a cell holds whole comments (all, channel, segment) and not those with a mention there.
    """

    keys: pd.DataFrame
    cell: Ints
    comment: Ints
    mentions: Ints
    negative: Flags
    positive: Flags
    of_comments: bool = False

    def sums(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """The sum over each cell's comments."""
        total = np.bincount(self.cell, weights=values.astype(float), minlength=len(self.keys))
        return total.astype(float)


def mention_cells_of(scored: Scored, taxonomy: Taxonomy, by: str) -> Cells:
    """Cells of the comments that hold a mention there; `by` is touchpoint, factor, touchpoint_factor, stage or owner.

    A touchpoint's stage and owner are the taxonomy's; where it knows no stage, that of the mention, if there is one. What has
    none is left out.
    """
    columns = {name: _codes(column) for name, column in _mention_keys(scored, taxonomy, by).items()}
    code, known = np.zeros(len(scored.mentions), np.int64), np.ones(len(scored.mentions), bool)
    for codes, names in columns.values():
        code, known = code * max(len(names), 1) + codes, known & (codes >= 0)
    unique, cell = np.unique(code[known], return_inverse=True)
    keys = pd.DataFrame("", index=range(len(unique)), columns=list(KEYS), dtype=object)
    for name, (_, names) in reversed(columns.items()):
        unique, at = np.divmod(unique, max(len(names), 1))
        keys[name] = names[at] if len(names) else ""
    total = max(len(scored.comments), 1)
    pair, inverse = np.unique(cell * total + scored.comment_rows[known], return_inverse=True)
    said = scored.mentions["sentiment"].to_numpy()[known]
    negative, positive = (
        np.bincount(inverse, weights=said == side, minlength=len(pair)) > 0
        for side in ("negative", "positive")
    )
    mentions = np.bincount(inverse, minlength=len(pair))
    return Cells(keys, pair // total, pair % total, mentions, negative, positive)


def comment_cells_of(scored: Scored, by: str) -> Cells:
    """Cells of whole comments; `by` is all, channel or segment. A comment without channel or segment is left out.

    It complains where it holds a negative mention anywhere. Where a table has no mention at all, the comments' own sentiment
    stands for them, a mixed comment on both sides.
    """
    total = len(scored.comments)
    codes, names = np.zeros(total, np.int64), np.array([""], object)
    if by != "all":
        codes, names = _codes(scored.comments.get(by, pd.Series([None] * total)))
    used, cell = np.unique(codes[codes >= 0], return_inverse=True)
    keys = pd.DataFrame({"touchpoint": "", "factor": "", "group": names[used]}, dtype=object)
    comment = np.flatnonzero(codes >= 0)
    sides = (
        _sides(scored, side, mixed)
        for side, mixed in (("negative", NEGATIVE_COMMENTS), ("positive", POSITIVE_COMMENTS))
    )
    negative, positive = (side[comment] for side in sides)
    mentions = np.bincount(scored.comment_rows, minlength=total)[comment]
    return Cells(keys, cell, comment, mentions, negative, positive, of_comments=True)


def groups_of(touchpoints: pd.Series[Any], taxonomy: Taxonomy, by: str) -> pd.Series[Any]:
    """The stage or owner of each touchpoint as the taxonomy has it."""
    known = {one.id: one.stage if by == "stage" else one.owner for one in taxonomy.touchpoints}
    return touchpoints.astype(object).map(known)


def _mention_keys(scored: Scored, taxonomy: Taxonomy, by: str) -> dict[str, pd.Series[Any]]:
    mentions = scored.mentions
    if by in ("touchpoint", "factor", "touchpoint_factor"):
        return {name: mentions[name] for name in ("touchpoint", "factor") if name in by}
    groups = groups_of(mentions["touchpoint"], taxonomy, by)
    if by == "stage" and "stage" in mentions:
        groups = groups.where(groups.notna(), mentions["stage"].astype(object))
    return {"group": groups}


def _codes(column: pd.Series[Any]) -> tuple[Ints, NDArray[Any]]:
    """The place of each value among the different ones, -1 for none, and these as words."""
    words = pd.Categorical(column)
    names = words.categories.astype(str).astype(object).to_numpy()
    codes = words.codes.astype(np.int64)
    # "" is how a table without factors may say that it has none.
    codes[np.isin(codes, np.flatnonzero(names == ""))] = -1
    return codes, names


def _sides(scored: Scored, side: str, own: Sequence[str]) -> Flags:
    if scored.mentions.empty:
        return scored.comments["sentiment"].isin(own).to_numpy(dtype=bool)
    found = np.zeros(len(scored.comments), bool)
    found[scored.comment_rows[(scored.mentions["sentiment"] == side).to_numpy()]] = True
    return found
