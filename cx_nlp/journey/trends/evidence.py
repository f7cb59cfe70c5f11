"""The complaints behind an alarm: which they are, what they say, and which of their words are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.period import naive
from cx_nlp.journey.table import Scored
from cx_nlp.journey.trends.counts import Cause, Counts, places
from cx_nlp.journey.trends.rising import rising_words

READ = 2000
"""Complaints at most, the newest, whose words are read on either side."""


@dataclass(frozen=True)
class Complaints:
    """Positions of a cause's negative mentions, newest comment first, and the position of each one's period."""

    mentions: NDArray[np.intp]
    period: NDArray[np.intp]

    def since(self, period: int) -> NDArray[np.intp]:
        """Mentions of that period and later."""
        return self.mentions[self.period >= period]

    def until(self, period: int) -> NDArray[np.intp]:
        """Mentions of earlier periods."""
        return self.mentions[self.period < period]


def complaints_of(scored: Scored, counts: Counts, causes: Sequence[Cause]) -> dict[Cause, Complaints]:
    """The complaints of each of these causes, in periods that are over."""
    rows = scored.comment_rows
    place = places(scored, counts)[rows]
    newest = np.argsort(
        -naive(scored.comments["time"]).to_numpy().astype("datetime64[ns]").view("int64"), kind="stable"
    )
    rank = np.empty(len(newest), np.intp)
    rank[newest] = np.arange(len(newest))
    mentions = scored.mentions
    told = (mentions["sentiment"] == "negative").to_numpy() & (place >= 0) & (place < counts.judged)
    touchpoint, factor = (mentions[name].astype(object).to_numpy() for name in ("touchpoint", "factor"))
    found = {}
    for cause in causes:
        mine = np.flatnonzero(told & (touchpoint == cause[0]) & ((factor == cause[1]) | (cause[1] == "")))
        mine = mine[np.argsort(rank[rows[mine]], kind="stable")]
        found[cause] = Complaints(mine, place[mine])
    return found


def comment_ids(scored: Scored, mentions: NDArray[np.intp], most: int) -> list[str]:
    """Ids of the comments of these mentions, each once, in their order."""
    ids = scored.comments["comment_id"].to_numpy()
    return [str(id) for id in ids[pd.unique(scored.comment_rows[mentions])[:most]]]


def largest_customer(scored: Scored, mentions: NDArray[np.intp]) -> tuple[int, int]:
    """Complaints of the customer who wrote most of these, and all of them; 0 of them where no customer is known."""
    rows = pd.unique(scored.comment_rows[mentions])
    if "customer_id" not in scored.comments:
        return 0, len(rows)
    each = scored.comments["customer_id"].iloc[rows].value_counts()
    return int(each.max()) if len(each) else 0, len(rows)


def words_of_each(
    scored: Scored, pairs: Sequence[tuple[NDArray[np.intp], NDArray[np.intp]]]
) -> list[list[str]]:
    """For each pair of newer and earlier mentions the words that rise; texts are fetched once for all."""
    sides = [tuple(_per_comment(scored, side) for side in pair) for pair in pairs]
    bare = {id for pair in sides for side in pair for id, quote in side.items() if not quote}
    texts = scored.texts(bare) if bare else {}
    said = [[[quote or texts.get(id, "") for id, quote in side.items()] for side in pair] for pair in sides]
    return [rising_words(newest, earlier) for newest, earlier in said]


def _per_comment(scored: Scored, mentions: NDArray[np.intp]) -> dict[str, str]:
    """The comments of these mentions, `READ` at most, with what is quoted of them there."""
    mentions = mentions[:READ]
    ids = scored.comments["comment_id"].to_numpy()[scored.comment_rows[mentions]]
    if "quote" not in scored.mentions:
        return dict.fromkeys(map(str, ids), "")
    quotes = scored.mentions["quote"].to_numpy(dtype=object)[mentions]
    found: dict[str, str] = {}
    for id, quote in zip(ids, quotes, strict=True):
        told = quote if isinstance(quote, str) else ""
        found[str(id)] = f"{found[str(id)]}. {told}" if found.get(str(id)) else told
    return found
