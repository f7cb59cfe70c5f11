"""What must hold of every tagged comment."""

from __future__ import annotations

from cx_nlp.tagger import TaggedComment


def spans_hold(tagged: TaggedComment, text: str) -> None:
    """Quotes stand in the text where they say."""
    assert tagged.text == text
    for mention in tagged.mentions:
        assert text[mention.start : mention.end] == mention.quote
        assert mention.quote.strip()
        assert 0 <= mention.confidence <= 1
    assert [m.start for m in tagged.mentions] == sorted(m.start for m in tagged.mentions)


def sentiment_agrees(tagged: TaggedComment) -> None:
    """A comment's sentiment has the mentions it needs."""
    found = {mention.sentiment for mention in tagged.mentions}
    if tagged.sentiment in ("positive", "negative"):
        assert tagged.sentiment in found
    if tagged.sentiment == "mixed":
        assert {"positive", "negative"} <= found
    if not found:
        assert tagged.sentiment == "neutral"
