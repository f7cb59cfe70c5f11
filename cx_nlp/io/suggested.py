"""A comment picked for labelling, with what a model suggests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

UNCERTAIN, RARE_CAUSE, RANDOM = "uncertain", "rare cause", "random"
PICKED_FOR = (UNCERTAIN, RARE_CAUSE, RANDOM)
"""Why a comment was picked; those picked at random stand for the whole export."""


@dataclass(frozen=True, slots=True)
class SuggestedMention:
    """A mention as a model tells it; ``text[start:end] == quote``, `confidence` from 0 to 1."""

    touchpoint: str
    factor: str
    sentiment: str
    confidence: float
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A comment to label.

    Attributes
    ----------
    comment_id, text : str
    picked_for : str
        One of `PICKED_FOR`.
    language : str
        "vi", "en" or "und".
    source : str or None
        The channel, where the export has one.
    sentiment : str
        The comment's, as the model tells it, with its `confidence` (0 to 1).
    mentions : tuple of SuggestedMention
    """

    comment_id: str
    text: str
    picked_for: str
    language: str
    source: str | None
    sentiment: str
    confidence: float
    mentions: tuple[SuggestedMention, ...]

    def fields(self) -> dict[str, str]:
        """What is told of the comment beside its text."""
        told = {"comment_id": self.comment_id, "picked_for": self.picked_for, "language": self.language}
        return told if self.source is None else told | {"source": self.source}

    def record(self) -> dict[str, Any]:
        """The comment as an object of JSON lines, its labels still to be written under `sentiment` and `mentions`."""
        mentions = [asdict(mention) for mention in self.mentions]
        return {
            **self.fields(),
            "text": self.text,
            "suggested_sentiment": self.sentiment,
            "suggested_mentions": mentions,
        }

    def in_words(self) -> str:
        """What the model suggests, in one line."""
        said = [f"{m.touchpoint}#{m.factor}#{m.sentiment} {m.confidence:.0%}" for m in self.mentions]
        return "; ".join([f"{self.sentiment} {self.confidence:.0%}", *said])
