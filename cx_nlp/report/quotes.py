"""Quotes for a touchpoint: sure, short, different from each other, each in its comment."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.table import Scored
from cx_nlp.report.plain import clean
from cx_nlp.report.ratings import scale
from cx_nlp.report.wording import Wording
from cx_nlp.taxonomy import NO_FACTOR

QUOTES = 3
# So many of the surest mentions of a touchpoint are looked through for different ones.
CANDIDATES = 300
# Characters of the comment kept on each side of the quote, and of the quote itself.
AROUND = 110
LONGEST = 240
ALIKE = 0.5
# A short quote says little, a long one is skipped by the eye; within these lengths confidence decides.
FITTING = (15, 120)
# From here up a rating is a good one: 4 of 1 to 5, 8 of 0 to 10.
GOOD_RATING = 0.75


@dataclass(frozen=True)
class Excerpt:
    """A quote in its comment: what stands before, the marked words, what follows; why, when and where it was said."""

    before: str
    marked: str
    after: str
    factor: str
    source: str

    @property
    def empty(self) -> bool:
        """Whether nothing of the comment is known."""
        return not (self.before or self.marked or self.after)


def quotes(scored: Scored, touchpoints: Sequence[str], words: Wording) -> dict[str, tuple[Excerpt, ...]]:
    """Up to three negative quotes for each of these touchpoints."""
    if "quote" not in scored.mentions:
        return dict.fromkeys(touchpoints, ())
    picked = {id: pick(scored, id) for id in touchpoints}
    texts = scored.texts({str(id) for rows in picked.values() for id in rows["comment_id"]})
    return {
        id: tuple(excerpt(scored, words, row, texts) for _, row in rows.iterrows())
        for id, rows in picked.items()
    }


def pick(scored: Scored, touchpoint: str) -> pd.DataFrame:
    """Rows of the mentions to quote: negative ones of the touchpoint, surest first, none alike.

    Those from a comment that is positive or rated well come after all others: there the model is likelier wrong.
    """
    rows = candidates(scored, touchpoint)
    rows = rows[rows["quote"].str.strip() != ""].head(CANDIDATES)
    picked: pd.DataFrame = rows.iloc[different(rows)]
    return picked


def candidates(scored: Scored, touchpoint: str) -> pd.DataFrame:
    """Negative mentions of the touchpoint in the order in which they are worth showing.

    Columns as in the mentions, besides the comment's row, whether it is `pleased`, and whether the quote `fits` a line.
    """
    mentions = scored.mentions
    here = (mentions["touchpoint"] == touchpoint) & (mentions["sentiment"] == "negative")
    rows = mentions[here].assign(comment=scored.comment_rows[here.to_numpy()])
    # A column of its own type: an empty or missing quote is "", whatever the table's columns are.
    rows["quote"] = rows["quote"].astype(object).fillna("").astype(str) if "quote" in rows else ""
    sure = rows["confidence"].fillna(0) if "confidence" in rows else 1.0
    length = rows["quote"].str.len().astype("int64")
    pleased = _pleased(scored)[rows["comment"].to_numpy()]
    rows = rows.assign(pleased=pleased, fits=length.between(*FITTING), sure=sure, length=length)
    order = {"pleased": True, "fits": False, "sure": False, "length": True}
    ordered: pd.DataFrame = rows.sort_values(list(order), ascending=list(order.values()), kind="stable")
    return ordered


def _pleased(scored: Scored) -> NDArray[np.bool_]:
    """For each comment, whether it is positive or its rating a good one."""
    positive = (scored.comments["sentiment"].astype(str) == "positive").to_numpy(dtype=bool)
    if "rating" not in scored.comments or scored.comments["rating"].isna().all():
        return positive
    ratings = scored.comments["rating"].to_numpy(dtype=float)
    kind, low, high = scale(scored, ratings[~np.isnan(ratings)])
    # Much effort is bad on some scales of effort and good on others; equal ratings tell nothing apart.
    if kind == "ces" or low >= high:
        return positive
    rated_well: NDArray[np.bool_] = ratings >= low + GOOD_RATING * (high - low)
    return positive | rated_well


def different(rows: pd.DataFrame) -> list[int]:
    """Places of up to three quotes from different comments, no two alike, other factors before the same again.

    The pleased ones have their turn when the others are used up.
    """
    pleased = rows["pleased"].to_numpy(dtype=bool)
    chosen: list[int] = []
    said = [_words(quote) for quote in rows["quote"]]
    comments, factors = rows["comment"].to_numpy(), rows["factor"].astype(str).to_numpy()
    for of_pleased, new_factor in product((False, True), (True, False)):
        for at in np.flatnonzero(pleased == of_pleased).tolist():
            if len(chosen) == QUOTES:
                return sorted(chosen)
            seen = [comments[at] == comments[other] or _alike(said[at], said[other]) for other in chosen]
            same_factor = new_factor and factors[at] in {factors[other] for other in chosen}
            if at not in chosen and not any(seen) and not same_factor:
                chosen.append(at)
    return sorted(chosen)


def _words(text: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKD", str(text)[:LONGEST].casefold())
    return frozenset(re.findall(r"\w+", "".join(char for char in folded if not unicodedata.combining(char))))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * max(1, len(one | other))


def excerpt(scored: Scored, words: Wording, mention: pd.Series[Any], texts: Mapping[str, str]) -> Excerpt:
    """A mention's quote in its comment; without a quote the comment's beginning."""
    quote = str(mention["quote"])
    text = texts.get(str(mention["comment_id"]), quote)
    start = _start(text, quote, mention.get("start"))
    before, after = ("", "") if start < 0 else (text[:start], text[start + len(quote) :])
    longest = AROUND if quote else LONGEST
    return Excerpt(
        before=_end_of(clean(before[-4 * AROUND :]), cut=len(before) > 4 * AROUND),
        marked=_begin_of(clean(quote[: 4 * LONGEST]), LONGEST, cut=len(quote) > 4 * LONGEST),
        after=_begin_of(clean(after[: 4 * longest]), longest, cut=len(after) > 4 * longest),
        factor=words.factor(str(mention["factor"])) if mention["factor"] not in ("", NO_FACTOR) else "",
        source=" · ".join(_source(scored.comments.iloc[int(mention["comment"])], words)),
    )


def _start(text: str, quote: str, start: float | None) -> int:
    """Where the quote begins; -1 where the comment does not hold it, as a table made elsewhere may say anything."""
    if start is not None and not np.isnan(start) and start >= 0 and text.startswith(quote, int(start)):
        return int(start)
    return text.find(quote)


def _source(comment: pd.Series[Any], words: Wording) -> Iterator[str]:
    if pd.notna(comment.get("time")):
        yield words.day(pd.Timestamp(comment["time"]))
    if pd.notna(comment.get("channel")):
        yield clean(str(comment["channel"]), longest=40)
    if pd.notna(comment.get("rating")):
        yield words.text("touchpoints.rating", rating=words.plain(comment["rating"]))


def _begin_of(text: str, longest: int, *, cut: bool) -> str:
    if len(text) <= longest:
        return f"{text}…" if cut else text
    return re.sub(r"\s+\S{0,20}$", "", text[:longest]) + "…"


def _end_of(text: str, *, cut: bool) -> str:
    if len(text) <= AROUND:
        return f"…{text}" if cut else text
    return "…" + re.sub(r"^\S{0,20}\s+", "", text[-AROUND:])
