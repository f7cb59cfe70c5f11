"""How well predicted spans cover the gold quotes, over the mentions whose labels are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cx_nlp.metrics.labels import VIEWS, Array, Record, share

Span = tuple[int, int]


@dataclass(frozen=True)
class SpanCounts:
    """One row a comment: character F1 summed over its rightly labelled gold mentions, and their number."""

    counts: Array

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """The mean character F1 over rightly labelled mentions; 0 where there is none."""
        overlap, hits = sums.T
        return {"span": share(overlap, hits, empty=0.0)}


def span_counts(gold: Sequence[Record], predicted: Sequence[Record]) -> SpanCounts | None:
    """The span overlaps of all comments; None where no gold mention has a span or a quote."""
    rows = [_overlap(one, other) for one, other in zip(gold, predicted, strict=True)]
    if not any(_has_span(mention) for record in gold for mention in record.get("mentions", ())):
        return None
    return SpanCounts(np.array(rows, dtype=float).reshape(-1, 2))


def character_f1(one: Span, other: Span) -> float:
    """The share of characters two spans have in common: 2 x common / (length + length)."""
    common = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    length = one[1] - one[0] + other[1] - other[0]
    return 2 * common / length if length else 0.0


def _overlap(gold: Record, predicted: Record) -> tuple[float, int]:
    first: dict[tuple[str, ...], Record] = {}
    for mention in predicted.get("mentions", ()):
        first.setdefault(_triple(mention), mention)
    pairs = [
        (mention, first[_triple(mention)])
        for mention in gold.get("mentions", ())
        if _triple(mention) in first
    ]
    text = str(gold.get("text", ""))
    spans = [(_span(mention, text), _span(found, text)) for mention, found in pairs]
    return sum(character_f1(one, other) for one, other in spans if one and other), len(pairs)


def _triple(mention: Record) -> tuple[str, ...]:
    return tuple(mention[part] for part in VIEWS["triple"])


def _has_span(mention: Record) -> bool:
    return mention.get("start") is not None or mention.get("quote") is not None


def _span(mention: Record, text: str) -> Span | None:
    if mention.get("start") is not None:
        return mention["start"], mention["end"]
    quote = mention.get("quote")
    at = -1 if quote is None else text.find(quote)
    return (at, at + len(quote)) if at >= 0 and quote is not None else None
