"""The file of an audit: comments with their true labels, each error with its row and column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import pandas as pd

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.annotations import LabelFault, LabelledMention, aspects, check_known, mention_list
from cx_nlp.io.cells import cell_text
from cx_nlp.io.export import Export, Rejected
from cx_nlp.io.formulas import as_written
from cx_nlp.io.readers import open_export
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import NO_FACTOR, Factor, Taxonomy, Touchpoint, known_spelling, nearest

IDS = ("comment_id", "id")
"""The scored table's name of the column first; nested JSON lines call it id."""


def audited_mentions(
    path: str | PathLike[str], scored: Scored, taxonomy: Taxonomy
) -> dict[int, tuple[LabelledMention, ...]]:
    """The true labels of each audited comment, by its row in the scored comments; see `read_audit` for form and errors."""
    export = open_export(path)
    form = _Form.of(export)
    known = _with_labels_of(scored, taxonomy)
    written = _written(scored)
    place = pd.Index(scored.comments["comment_id"].astype(object))
    true: dict[int, tuple[LabelledMention, ...]] = {}
    for line, id, labels in _rows(export, form):
        row = f"{path}, row {line}, column"
        at = _row_of(id, place, true, f"{row} {form.id}")
        true[at] = form.mentions(labels, known, f"{row} {form.labels}", written)
    return true


@dataclass(frozen=True)
class _Form:
    """The columns that hold ids and labels, and whether the labels are a list of objects."""

    id: str
    labels: str

    @classmethod
    def of(cls, export: Export) -> _Form:
        # Beside aspects in a sheet, a column "mentions" is some number of the user's own.
        forms = ("mentions", "aspects") if export.format == "jsonl" else ("aspects", "mentions")
        id, labels = (next((name for name in names if name in export.columns), "") for names in (IDS, forms))
        for name, found in (("comment_id", id), ("aspects", labels)):
            if not found:
                hint = nearest(name, export.columns)
                raise ColumnError(
                    f"{export.path}: no column {name}; {hint}. An audit has comment_id and aspects "
                    "(touchpoint#factor#sentiment;...), or JSON lines with comment_id and mentions."
                )
        return cls(id, labels)

    def mentions(
        self, cell: object, known: Taxonomy, where: str, written: _Written
    ) -> tuple[LabelledMention, ...]:
        """The labels of one row; upper and lower case are one."""
        try:
            if self.labels == "mentions":
                found = mention_list(cell, "")
            else:
                text = cell_text(cell)
                found = aspects(text, form=written.form)
                _need_factors(text or "", wanted=written.factors)
            found = tuple(_as_known(one, known) for one in found)
            check_known(found, known)
        except LabelFault as fault:
            raise InputError(f"{where}{fault.place}: {fault}") from fault
        return found


@dataclass(frozen=True)
class _Written:
    """How a label of the table is written, with one of its own as example; `factors` where the table has any."""

    form: str
    factors: bool


def _written(scored: Scored) -> _Written:
    parts = scored.mentions[["touchpoint", "factor", "sentiment"]].astype(str)
    named = parts[parts["factor"] != NO_FACTOR]
    factors = bool(len(named))
    form = "touchpoint#factor#sentiment" if factors else "touchpoint#sentiment"
    rows = (named if factors else parts.drop(columns="factor")).drop_duplicates().head(2)
    example = ";".join("#".join(row) for row in rows.itertuples(index=False))
    return _Written(f"{form}, several parted by ';'{f', as in {example}' if example else ''}", factors)


def _as_known(mention: LabelledMention, known: Taxonomy) -> LabelledMention:
    """The mention with its labels in the spelling of the taxonomy."""
    return replace(
        mention,
        touchpoint=known_spelling(mention.touchpoint, known.touchpoint_ids),
        factor=known_spelling(mention.factor, known.factor_ids),
        sentiment=known_spelling(mention.sentiment, known.sentiments),
    )


def _need_factors(cell: str, *, wanted: bool) -> None:
    short = next((part.strip() for part in cell.split(";") if part.count("#") == 1), "")
    if wanted and short:
        example = short.replace("#", f"#{NO_FACTOR}#")
        raise LabelFault("", f"{short!r} has no factor; write touchpoint#factor#sentiment, as in {example}")


def _rows(export: Export, form: _Form) -> Iterator[tuple[int, str | None, object]]:
    for chunk in export.chunks():
        for bad in chunk.rejected:
            raise _torn(export, bad)
        cells = (chunk.frame[name].tolist() for name in (form.id, form.labels))
        for line, id, labels in zip(chunk.frame.index.tolist(), *cells, strict=True):
            if cell_text(id) is not None or cell_text(labels) is not None:
                yield int(line), cell_text(id), labels


def _torn(export: Export, bad: Rejected) -> InputError:
    return InputError(f"{export.path}, row {bad.line}: {bad.reason}; mend the row, an audit must be whole.")


def _row_of(id: str | None, place: pd.Index[Any], seen: Mapping[int, object], where: str) -> int:
    if id is None:
        raise InputError(f"{where}: is empty; every row needs the id of its comment.")
    # The second time without the mark that keeps a spreadsheet from running it.
    found = place.get_indexer(pd.Index([id, as_written(id)], dtype=object))
    at = int(found[0] if found[0] >= 0 else found[1])
    if at < 0:
        example = f", such as {place[0]!r}" if len(place) else ""
        raise InputError(
            f"{where}: {id!r} is no comment of the scored table; write its ids as they are there{example}."
        )
    if at in seen:
        raise InputError(f"{where}: {id!r} comes a second time; audit each comment once.")
    return at


def _with_labels_of(scored: Scored, taxonomy: Taxonomy) -> Taxonomy:
    """The taxonomy with the touchpoints and factors of the table that it lacks: they can be right, too."""
    met = {
        name: [word for word in scored.mentions[name].astype(str).unique() if word not in ids]
        for name, ids in (("touchpoint", taxonomy.touchpoint_ids), ("factor", taxonomy.factor_ids))
    }
    return replace(
        taxonomy,
        touchpoints=(*taxonomy.touchpoints, *(Touchpoint(id, id, id) for id in met["touchpoint"])),
        factors=(*taxonomy.factors, *(Factor(id, id, id) for id in met["factor"])),
    )
