"""The same figures by owner team, by channel and by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.scores.scorecard import comment_cells, mention_cells, owners
from cx_nlp.journey.table import Scored
from cx_nlp.report.plain import clean
from cx_nlp.report.shares import percent_place
from cx_nlp.report.wording import Wording

MAX_ROWS = 12
COLUMNS = ("channel", "segment")


@dataclass(frozen=True)
class GroupRow:
    """One team, channel or segment."""

    name: str
    comments: str
    negative: str
    negative_interval: str
    positive: str
    positive_interval: str
    low: float
    at: float
    high: float
    most_blamed: str
    few: bool


@dataclass(frozen=True)
class Group:
    """A table of the section: `by` is owner, channel or segment."""

    by: str
    rows: tuple[GroupRow, ...]
    left_out: int


def groups(scored: Scored, words: Wording) -> tuple[Group, ...]:
    """Tables by owner team, channel and segment, those of them that are known."""
    found = [_owner_group(scored, words)] if words.taxonomy.teams and len(scored.mentions) else []
    for by in COLUMNS:
        if by in scored.comments and scored.comments[by].notna().any():
            blamed = _most_blamed(mention_cells(scored, [by, "touchpoint"]))
            found.append(_group(by, comment_cells(scored, by), blamed, words))
    return tuple(group for group in found if group.rows)


def _owner_group(scored: Scored, words: Wording) -> Group:
    cells = owners(scored, words.taxonomy)
    owner = {row.id: row.owner for row in words.taxonomy.touchpoints}
    touchpoints = mention_cells(scored, ["touchpoint"])
    touchpoints["owner"] = [owner.get(str(id)) for id in touchpoints.index]
    blamed = _most_blamed(touchpoints.set_index("owner", append=True).swaplevel())
    return _group("owner", cells, blamed, words)


def _most_blamed(cells: pd.DataFrame) -> dict[str, str]:
    """The touchpoint with the most complaints of each group that has any."""
    ranked = cells[cells["negative"] > 0].sort_values("negative", kind="stable")
    return {str(group): str(touchpoint) for group, touchpoint in ranked.index}


def _group(by: str, cells: pd.DataFrame, blamed: dict[str, str], words: Wording) -> Group:
    shown = cells.sort_values("comments", ascending=False, kind="stable").head(MAX_ROWS)
    rows = tuple(_row(by, str(id), cell, blamed.get(str(id)), words) for id, cell in shown.iterrows())
    return Group(by, rows, len(cells) - len(rows))


def _row(by: str, id: str, cell: pd.Series[Any], blamed: str | None, words: Wording) -> GroupRow:
    return GroupRow(
        name=words.team(id) if by == "owner" else clean(id, longest=80),
        comments=words.number(cell["comments"]),
        negative=words.percent(cell["share_negative"]),
        negative_interval=words.interval(cell["negative_low"], cell["negative_high"]),
        positive=words.percent(cell["share_positive"]),
        positive_interval=words.interval(cell["positive_low"], cell["positive_high"]),
        low=percent_place(cell["negative_low"]),
        at=percent_place(cell["share_negative"]),
        high=percent_place(cell["negative_high"]),
        most_blamed=words.touchpoint(blamed) if blamed else "–",
        few=not cell["enough"],
    )
