"""The figures at a glance: comments, mentions, complaint and praise, and what needs a second look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cx_nlp.journey.scores.scorecard import NEGATIVE_COMMENTS, POSITIVE_COMMENTS
from cx_nlp.journey.table import Scored
from cx_nlp.report.source import Source
from cx_nlp.report.wording import Wording


@dataclass(frozen=True)
class Tile:
    """A number of the summary with what it counts and a remark."""

    value: str
    label: str
    note: str


def glance(scored: Scored, file: Source, words: Wording) -> tuple[Tile, ...]:
    """The tiles, in the order in which they stand."""
    return tuple(_tiles(scored, file, words))


def _tiles(scored: Scored, file: Source, words: Wording) -> Iterator[Tile]:
    total, mentions = len(scored.comments), len(scored.mentions)
    set_aside = (
        words.text("glance.rejected", n=file.rejected)
        if file.rejected
        else words.text("glance.rejected_none")
    )
    yield Tile(words.number(total), words.text("glance.comments", n=total), set_aside if file.known else "")
    spoke = int(scored.mentions["comment_id"].nunique())
    yield Tile(
        words.number(mentions),
        words.text("glance.mentions", n=mentions),
        words.text("glance.with_mentions", n=spoke),
    )
    sentiment = scored.comments["sentiment"].astype(str)
    for side, counted in (("negative", NEGATIVE_COMMENTS), ("positive", POSITIVE_COMMENTS)):
        n = int(sentiment.isin(counted).sum())
        share = words.percent(n / total) if total else "–"
        yield Tile(share, words.text(f"glance.{side}"), words.text("glance.whole", n=n))
    yield _review_tile(scored, words)


def _review_tile(scored: Scored, words: Wording) -> Tile:
    label = words.text("glance.review")
    if "needs_review" not in scored.comments or scored.comments.empty:
        return Tile("–", label, words.text("glance.review_unknown"))
    n = int(scored.comments["needs_review"].sum())
    return Tile(words.percent(n / len(scored.comments)), label, words.text("glance.review_note", n=n))
