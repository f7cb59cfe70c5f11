"""What customers say behind each cause: a few quotes for the card, and up to two hundred comments to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cx_nlp.journey.table import Scored
from cx_nlp.report.cube import Cube
from cx_nlp.report.quotes import Excerpt, candidates, different, excerpt
from cx_nlp.report.wording import Wording

MOST = 200
"""Comments of one cause that the page holds; the workbook has all of them."""


@dataclass(frozen=True)
class Comment:
    """A comment with the words that complain marked, and its numbers in the cube, by which filters find it."""

    excerpt: Excerpt
    segment: int
    period: int
    stage: int


@dataclass(frozen=True)
class Said:
    """What is shown for one cause."""

    quotes: tuple[Excerpt, ...] = ()
    comments: tuple[Comment, ...] = ()


def voices(scored: Scored, words: Wording, cube: Cube, about: Sequence[tuple[str, str]]) -> dict[str, Said]:
    """What is said at each (touchpoint, main factor); the texts of all are fetched together."""
    picked = {touchpoint: _picked(scored, touchpoint, factor) for touchpoint, factor in about}
    texts = scored.texts({str(id) for rows in picked.values() for id in rows["comment_id"]})
    return {touchpoint: _said(scored, words, cube, rows, texts) for touchpoint, rows in picked.items()}


def _said(scored: Scored, words: Wording, cube: Cube, rows: pd.DataFrame, texts: Mapping[str, str]) -> Said:
    made = [excerpt(scored, words, row, texts) for _, row in rows.iterrows()]
    at = rows["comment"].to_numpy()
    numbers = np.column_stack([cube.segment_of[at], cube.period_of[at], cube.stage_of_comment[at]]).tolist()
    comments = tuple(Comment(one, *of) for one, of in zip(made, numbers, strict=True) if not one.empty)
    return Said(tuple(made[place] for place in different(rows) if not made[place].empty), comments)


def _picked(scored: Scored, touchpoint: str, factor: str) -> pd.DataFrame:
    rows = candidates(scored, touchpoint)
    # The main factor is what the cause is about; the sort is stable and keeps the surest first.
    rows = rows.assign(other=rows["factor"].astype(str) != factor)
    rows = rows.sort_values(["pleased", "other"], kind="stable")
    picked: pd.DataFrame = rows.drop_duplicates("comment").head(MOST)
    return picked
