"""What the tagger gives for a comment, and what it learns from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cx_nlp.tagger.display import Mark, marked
from cx_nlp.tagger.texts import each_text


@dataclass(frozen=True, slots=True)
class Mention:
    """One judgement in a comment: which touchpoint, which factor, how it is felt, and the words that say so.

    `start` and `end` are character offsets into the text as given: `text[start:end] == quote`.
    `confidence` is the calibrated probability (0 to 1) that the comment holds this touchpoint, factor and sentiment.
    """

    touchpoint: str
    factor: str
    sentiment: str
    confidence: float
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class TaggedComment:
    """A comment with its mentions, its overall sentiment and how sure that is (0 to 1)."""

    text: str
    sentiment: str
    confidence: float
    needs_review: bool
    mentions: tuple[Mention, ...]
    truncated: bool = False
    """True when the text was longer than the tagger reads and only its beginning was tagged."""

    def to_dict(self) -> dict[str, Any]:
        """The comment as plain types, ready for JSON."""
        return {**asdict(self), "mentions": [asdict(mention) for mention in self.mentions]}

    def _repr_html_(self) -> str:
        """How Jupyter shows the comment: its mentions coloured by sentiment and named."""
        review = ", needs review" if self.needs_review else ""
        return marked(
            self.text,
            [
                Mark(
                    m.start,
                    m.end,
                    m.sentiment,
                    f"{m.touchpoint} · {m.factor} · {m.sentiment} {m.confidence:.0%}",
                )
                for m in self.mentions
            ],
            heading=f"{self.sentiment} {self.confidence:.0%}{review}",
        )


@dataclass(frozen=True, slots=True)
class Target:
    """One labelled mention; `start` and `end` are None where the data do not say which words carry it."""

    touchpoint: str
    factor: str
    sentiment: str
    start: int | None = None
    end: int | None = None

    @property
    def category(self) -> tuple[str, str]:
        """Touchpoint and factor."""
        return self.touchpoint, self.factor


@dataclass(frozen=True, slots=True)
class Annotation:
    """The labels of one comment, as training and evaluation use them."""

    sentiment: str
    targets: tuple[Target, ...]


def category_name(touchpoint: str, factor: str) -> str:
    """The entity#attribute form of a touchpoint and a factor."""
    return f"{touchpoint}#{factor}"


def annotation(text: str, record: Mapping[str, Any]) -> Annotation:
    """The labels of a record with `mentions` (each with `quote`, or `start` and `end`, or neither) and `sentiment`.

    Without a `sentiment` the comment's is derived from its mentions.
    """
    targets = tuple(_target(text, mention) for mention in record.get("mentions", ()))
    return Annotation(record.get("sentiment") or overall_sentiment([t.sentiment for t in targets]), targets)


def _target(text: str, mention: Mapping[str, Any]) -> Target:
    start, end = mention.get("start"), mention.get("end")
    quote = mention.get("quote")
    if start is None and quote and (found := text.find(quote)) >= 0:
        start, end = found, found + len(quote)
    return Target(mention["touchpoint"], mention["factor"], mention["sentiment"], start, end)


def overall_sentiment(sentiments: Sequence[str]) -> str:
    """The comment sentiment that the mentions' sentiments give: mixed when both poles occur, neutral when none does."""
    positive, negative = "positive" in sentiments, "negative" in sentiments
    if positive and negative:
        return "mixed"
    return "positive" if positive else "negative" if negative else "neutral"


def checked(
    texts: Sequence[str], labels: Sequence[Mapping[str, Any] | Annotation]
) -> tuple[list[str], list[Annotation]]:
    """Texts and their labels, one to one.

    Raises
    ------
    ValueError
        They differ in number, or a text is none (see `cx_nlp.tagger.texts`).
    """
    found = [*each_text(texts)]
    if len(found) != len(labels):
        raise ValueError(
            f"X holds {len(found)} comments and y {len(labels)} records: they must match one to one"
        )
    return found, [
        y if isinstance(y, Annotation) else annotation(text, y) for text, y in zip(found, labels, strict=True)
    ]
