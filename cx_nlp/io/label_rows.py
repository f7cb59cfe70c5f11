"""Rows of a filled-in table of labels as labelled comments, or the reasons why a row cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cx_nlp.io.annotations import LabelFault, LabelledComment, LabelledMention, quote_span
from cx_nlp.io.cells import cell_text
from cx_nlp.io.export import CONTENT_CHARS, Rejected
from cx_nlp.io.formulas import as_written
from cx_nlp.io.label_layout import (
    DONE,
    DONE_WORDS,
    SKIPPED,
    SKIPPED_WORDS,
    LabelLayout,
    chosen,
    names_of,
)
from cx_nlp.personal import mask
from cx_nlp.taxonomy import NO_FACTOR, Taxonomy

UNLABELLED = "not labelled yet"
LEFT_OUT = "left out by the person who labelled"
NOT_FAULTS = (UNLABELLED, LEFT_OUT)
"""Reasons for which a row is passed over though nothing in it is wrong."""
_SHOWN = 60


@dataclass(frozen=True)
class LabelRows:
    """How the rows of one file are read.

    Attributes
    ----------
    layout : LabelLayout
    taxonomy : Taxonomy
        The labels allowed.
    sheet : str or None
        Named in errors.
    marked : bool
        Whether cells carry the apostrophes that keep spreadsheets from running them, as in CSV.
    """

    layout: LabelLayout
    taxonomy: Taxonomy
    sheet: str | None = None
    marked: bool = False
    _names: dict[str, dict[str, tuple[str, ...]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", names_of(self.taxonomy))

    def read(self, line: int, cells: Mapping[str, Any]) -> LabelledComment | Rejected:
        """The comment of one row, whose cells are those not empty; with all that is wrong where it cannot be used."""
        text = cells.get(self.layout.text)
        if not isinstance(text, str):
            return self._rejected(line, "text is not text" if text is not None else "empty text", cells)
        text = as_written(text) if self.marked else text
        faults: list[str] = []
        state = self._state(cells, faults)
        if state in NOT_FAULTS:
            return self._rejected(line, state, cells)
        sentiment = self._sentiment(cells, faults)
        mentions = tuple(self._mentions(text, cells, faults))
        if faults:
            return self._rejected(line, "; ".join(faults), cells)
        extra = {
            name: self._value(cells[column]) for name, column in self.layout.others.items() if column in cells
        }
        return LabelledComment(text, sentiment, mentions, extra=extra, line=line)

    def _state(self, cells: Mapping[str, Any], faults: list[str]) -> str:
        column = self.layout.checked
        if column is None:
            return ""
        said = (cell_text(cells.get(column)) or "").casefold()
        if said in SKIPPED_WORDS:
            return LEFT_OUT
        if said and said not in DONE_WORDS:
            faults.append(f"column {column!r}: {mask(said)[:_SHOWN]!r} is neither {DONE} nor {SKIPPED}")
        return "" if said else UNLABELLED

    def _sentiment(self, cells: Mapping[str, Any], faults: list[str]) -> str | None:
        column = self.layout.sentiment
        said = cell_text(cells.get(column)) if column is not None else None
        return self._label(column, said, "overall", "sentiment", faults) if column and said else None

    def _mentions(self, text: str, cells: Mapping[str, Any], faults: list[str]) -> Iterator[LabelledMention]:
        for group in self.layout.mentions:
            said = {part: cell_text(cells.get(column)) for part, column in group.items()}
            if not any(said.values()):
                continue
            wrong = len(faults)
            found = {
                part: self._label(
                    group.get(part) or self.layout.missing(group, part), said.get(part), part, part, faults
                )
                for part in ("touchpoint", "factor", "sentiment")
            }
            span = self._span(group, cells, text, faults)
            if len(faults) == wrong:
                quote = (text[slice(*span)], *span) if span else (None, None, None)
                yield LabelledMention(
                    str(found["touchpoint"]), str(found["factor"]), str(found["sentiment"]), *quote
                )

    def _label(self, column: str, said: str | None, names: str, kind: str, faults: list[str]) -> str | None:
        if not said and kind == "factor":
            return NO_FACTOR
        if not said:
            known = ", ".join(list(self._names[names])[:4])
            faults.append(f"column {column!r}: no {kind}; expected one of the list, such as {known}")
            return None
        try:
            return chosen(said, kind, self._names[names])
        except LabelFault as fault:
            faults.append(f"column {column!r}: {mask(str(fault))}")
            return None

    def _span(
        self, group: Mapping[str, str], cells: Mapping[str, Any], text: str, faults: list[str]
    ) -> tuple[int, int] | None:
        column = group.get("quote")
        cell = cells.get(column) if column else None
        if cell is None:
            return None
        quote = str(self._value(cell))
        span = quote_span(quote, text)
        if span is None:
            faults.append(
                f"column {column!r}: the words {mask(quote)[:_SHOWN]!r} do not stand in the comment; copy them from it, or leave "
                "the cell empty"
            )
        return span

    def _value(self, cell: object) -> object:
        return as_written(cell) if self.marked and isinstance(cell, str) else cell

    def _rejected(self, line: int, reason: str, cells: Mapping[str, Any]) -> Rejected:
        place = f"sheet {self.sheet!r}, row {line}, " if self.sheet and reason.startswith("column") else ""
        return Rejected(line, f"{place}{reason}", str(dict(cells))[:CONTENT_CHARS])
