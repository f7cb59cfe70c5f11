"""The tags of a batch of comments as arrays of positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]
Array = npt.NDArray[np.float64]


class Found(NamedTuple):
    """A mention of one comment, as positions."""

    category: int
    polarity: int
    clause: int
    confidence: float


class Mentions(NamedTuple):
    """Mentions as positions: of their comment, their category, their polarity and their clause in the batch."""

    comment: Ints
    category: Ints
    polarity: Ints
    clause: Ints
    confidence: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[int, Found]]) -> Mentions:
        """Mentions from their comments and what was found there."""
        comment = np.array([comment for comment, _ in rows], np.intp)
        category, polarity, clause = np.array([found[:3] for _, found in rows], np.intp).reshape(-1, 3).T
        return cls(
            comment, category, polarity, clause, np.array([found.confidence for _, found in rows], float)
        )

    def at(self, rows: Ints | npt.NDArray[np.bool_]) -> Mentions:
        """Some of the mentions."""
        return Mentions._make(values[rows] for values in self)

    def joined(self, others: Mentions) -> Mentions:
        """These mentions and others, ordered by comment, those of one comment in the order they had."""
        both = Mentions._make(map(np.concatenate, zip(self, others, strict=True)))
        return both.at(np.argsort(both.comment, kind="stable"))

    def found(self) -> dict[int, list[Found]]:
        """What each comment holds."""
        by_comment: dict[int, list[Found]] = {}
        for comment, *values in zip(*(column.tolist() for column in self), strict=True):
            by_comment.setdefault(comment, []).append(Found._make(values))
        return by_comment


@dataclass(frozen=True)
class Tags:
    """The tags of a batch: of every comment its sentiment, and all mentions, ordered by comment."""

    sentiment: Ints
    confidence: Array
    needs_review: npt.NDArray[np.bool_]
    mentions: Mentions
