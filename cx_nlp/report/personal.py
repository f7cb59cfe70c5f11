"""The scored table as reports show it: personal data in comments, quotes and customers' ids masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from cx_nlp.journey.table import Scored
from cx_nlp.personal import LABELS, Span, find_personal, hide, mask_slice

Part = Callable[[str, int, int, Sequence[Span]], str]
"""What stands for ``text[start:end]``, given the spans of the whole text."""


@dataclass(frozen=True)
class Personal:
    """What was found in a scored table, and the table without it; make one with `personal_in`.

    Attributes
    ----------
    scored : Scored
        The table as it is.
    texts : Mapping
        Text and spans of each comment that holds personal data, by its id.
    quotes : Mapping
        Spans of quotes that hold personal data on their own, for those that their comment's text does not hold.
    customers : Mapping
        Kind and running number of each customer id that is itself a telephone number, an address or the like.
    kept : bool
        Whether nothing was looked for, as the user asked.
    """

    scored: Scored
    texts: Mapping[str, tuple[str, Sequence[Span]]] = field(default_factory=dict)
    quotes: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    customers: Mapping[object, tuple[str, int]] = field(default_factory=dict)
    kept: bool = False

    def record(self) -> dict[str, Any]:
        """How many were found, for the manifest."""
        if self.kept:
            return {"masked": False}
        kinds = Counter(span.kind for _, spans in self.texts.values() for span in spans)
        return {
            "masked": True,
            "comments": len(self.texts),
            "kinds": dict(kinds.most_common()),
            "customer_ids": len(self.customers),
        }

    @cached_property
    def hidden(self) -> Scored:
        """The table to look for findings in: characters of personal data are bullets, every place stays the same."""
        return self._table(lambda text, start, end, spans: hide(text, spans)[start:end])

    def shown(self, lang: str) -> Scored:
        """The table to show: a word in that language in place of each."""
        labels = LABELS[lang].__getitem__
        return self._table(lambda text, start, end, spans: mask_slice(text, start, end, spans, labels=labels))

    def _table(self, part: Part) -> Scored:
        manifest = self.scored.manifest
        manifest = manifest and {**manifest, "personal_data": self.record()}
        if self.kept:
            return replace(self.scored, manifest=manifest)
        texts = {id: part(text, 0, len(text), spans) for id, (text, spans) in self.texts.items()}
        comments = self.scored.comments
        if "text" in comments and texts:
            kept = zip(comments["comment_id"], comments["text"], strict=True)
            comments = comments.assign(text=[texts.get(id, text) for id, text in kept])
        if self.customers:
            names = {id: f"[{kind} {n}]" for id, (kind, n) in self.customers.items()}
            ids = comments["customer_id"].astype(object)
            comments = comments.assign(customer_id=ids.map(lambda id: names.get(id, id)))
        source = self.scored.text_source
        return replace(
            self.scored,
            comments=comments,
            mentions=self._mentions(part),
            text_source=source and (lambda: _replaced(source(), texts)),
            manifest=manifest,
        )

    def _mentions(self, part: Part) -> pd.DataFrame:
        """The mentions with quotes as they stand in the masked texts, and their places there."""
        mentions = self.scored.mentions
        if "quote" not in mentions:
            return mentions
        quotes = mentions["quote"].astype(object).tolist()
        places = {name: mentions[name].tolist() for name in ("start", "end") if name in mentions}
        for row, (id, quote) in enumerate(zip(mentions["comment_id"].tolist(), quotes, strict=True)):
            if not isinstance(quote, str) or not (id in self.texts or quote in self.quotes):
                continue
            text, spans = self.texts.get(id, ("", ()))
            start = _start(text, quote, places["start"][row] if "start" in places else None)
            if start < 0:
                quotes[row] = part(quote, 0, len(quote), self.quotes.get(quote, ()))
                continue
            quotes[row] = part(text, start, start + len(quote), spans)
            if len(places) == 2 and not pd.isna(places["start"][row]):
                places["start"][row] = len(part(text, 0, start, spans))
                places["end"][row] = places["start"][row] + len(quotes[row])
        new = {
            name: pd.Series(values, mentions.index, mentions[name].dtype) for name, values in places.items()
        }
        masked: pd.DataFrame = mentions.assign(quote=pd.Series(quotes, mentions.index, object), **new)
        return masked


def personal_in(scored: Scored, *, keep: bool = False) -> Personal:
    """The personal data in the comments of a scored table.

    Parameters
    ----------
    keep
        Whether to look for none, so that everything is shown as it is.
    """
    if keep:
        return Personal(scored, kept=True)
    found: dict[str, tuple[str, Sequence[Span]]] = {}
    for ids, texts in scored.text_batches():
        for id, text in zip(ids, texts, strict=True):
            if isinstance(text, str) and (spans := find_personal(text)):
                found[str(id)] = text, spans
    return Personal(scored, found, _quotes(scored), _customers(scored))


def _quotes(scored: Scored) -> dict[str, Sequence[Span]]:
    if "quote" not in scored.mentions:
        return {}
    quotes = scored.mentions["quote"].dropna().astype(str).unique()
    return {quote: spans for quote in quotes if (spans := find_personal(quote))}


def _customers(scored: Scored) -> dict[object, tuple[str, int]]:
    """Customer ids that are personal data as a whole, with their kind and a running number."""
    if "customer_id" not in scored.comments:
        return {}
    found: dict[object, tuple[str, int]] = {}
    for id in scored.comments["customer_id"].dropna().unique():
        said = str(id).strip()
        spans = find_personal(said)
        if len(spans) == 1 and spans[0].end - spans[0].start == len(said):
            found[id] = spans[0].kind, len(found) + 1
    return found


def _replaced(
    batches: Any,  # noqa: ANN401
    texts: Mapping[str, str],
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    for ids, batch in batches:
        yield ids, [texts.get(id, text) for id, text in zip(ids, batch, strict=True)]


def _start(text: str, quote: str, start: float | None) -> int:
    if start is not None and not pd.isna(start) and start >= 0 and text.startswith(quote, int(start)):
        return int(start)
    return text.find(quote)
