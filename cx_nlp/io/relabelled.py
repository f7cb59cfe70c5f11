"""Labelled files written again with other labels: everything else in them stays as it was."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cx_nlp.errors import InputError, OutputError
from cx_nlp.io.annotations import LabelledMention, aspects
from cx_nlp.io.export import Export
from cx_nlp.io.lines import text_lines
from cx_nlp.io.outputs import PARTIAL, writing
from cx_nlp.io.tables import opened, parquet_table, text_of
from cx_nlp.io.workbook import workbook
from cx_nlp.taxonomy import NO_FACTOR

Record = dict[str, Any]
Change = Callable[[int, Record], Record | None]
"""From a line and its record to the record to write, or None to leave the row out."""

SUFFIXES = {"jsonl": ".jsonl", "text": ".csv", "xlsx": ".xlsx", "parquet": ".parquet"}
"""The suffix of a file written again, by the form of the one read."""


def aspects_cell(mentions: Sequence[Mapping[str, Any] | LabelledMention]) -> str:
    """Mentions as the cell of an aspects table; a factor that is none is left out.

    >>> aspects_cell([{"touchpoint": "ROOM", "factor": "SIZE", "sentiment": "negative"}])
    'ROOM#SIZE#negative'
    """
    parts = [m.to_dict() if isinstance(m, LabelledMention) else m for m in mentions]
    return ";".join(
        "#".join(
            [
                m["touchpoint"],
                *([m["factor"]] if m["factor"] != NO_FACTOR else []),
                m["sentiment"],
            ]
        )
        for m in parts
    )


def suffix_of(export: Export) -> str:
    """The suffix of the file that `write_relabelled` makes of an export."""
    return SUFFIXES[
        "jsonl" if export.format == "jsonl" else export.format if export.format in SUFFIXES else "text"
    ]


def write_relabelled(
    export: Export,
    out: Path,
    change: Change,
    *,
    labels: str,
    kind: str,
    text: str = "text",
    others: bool = True,
) -> int:
    """Writes the rows of a labelled file into a new one, each record as `change` gives it; the number of rows written.

    Parameters
    ----------
    export
        The file read.
    out
        The file to write, with the suffix that `suffix_of` gives.
    change
        Is given the line and `text`, `sentiment` (where there is a column of that name) and `mentions` as a list of mappings,
        or `label` for one label a comment.
    labels, text
        The columns with the labels and the comment.
    kind
        "mentions", "aspects" or "label".
    others
        Whether rows without text, and lines that could not be read, are written, too, as they are.

    Raises
    ------
    OutputError
        The file cannot be written, or there is one already.
    InputError
        A comment's sentiment is to be written, and the table has no such column.
    """
    if out.exists():
        raise OutputError(f"{out}: exists; choose another name, or move it away.")
    form = _Form(export, labels, kind, text, others)
    partial = out.with_name(f"{PARTIAL}{out.name}")
    try:
        write = _json_lines if export.format == "jsonl" else _rows
        written = write(export, partial, change, form)
        with writing(out):
            partial.replace(out)
    finally:
        with suppress(OSError):
            partial.unlink()
    return written


def _rows(export: Export, out: Path, change: Change, form: _Form) -> int:
    written = 0
    with _table(export, out) as append:
        for chunk in export.chunks():
            rows = [
                changed
                for line, cells in zip(chunk.frame.index, chunk.frame.to_dict("records"), strict=True)
                if (changed := form.changed(int(line), {str(k): v for k, v in cells.items()}, change))
                is not None
            ]
            append(pd.DataFrame(rows, columns=list(export.columns), dtype=object))
            written += len(rows)
    return written


class _Form:
    """Where the labels stand in a row, and how they are written there."""

    def __init__(self, export: Export, labels: str, kind: str, text: str, others: bool) -> None:
        self.source, self.fixed = export.path, export.format != "jsonl"
        self.labels, self.kind, self.text, self.others = labels, kind, text, others

    def changed(self, line: int, row: Record, change: Change) -> Record | None:
        """The row with its labels changed; as it is where it has no text."""
        text, cell = row.get(self.text), row.get(self.labels)
        if not isinstance(text, str) or not text.strip():
            return row if self.others else None
        record: Record = {"text": text, "sentiment": row.get("sentiment")}
        if self.kind == "label":
            record["label"] = cell
        elif self.kind == "aspects":
            there = isinstance(cell, str) and bool(cell.strip())
            record["mentions"] = [m.to_dict() for m in aspects(cell)] if there else []
        else:
            record["mentions"] = [dict(mention) for mention in cell or []]
        found = change(line, record)
        if found is None:
            return None
        new = dict(row)
        if found["sentiment"] != record["sentiment"]:
            if "sentiment" not in row and self.fixed:
                raise InputError(
                    f"{self.source}, line {line}: there is no column 'sentiment' to write {found['sentiment']!r} to; add one"
                )
            new["sentiment"] = found["sentiment"]
        if self.kind == "label":
            new[self.labels] = found["label"]
        elif self.kind == "aspects":
            new[self.labels] = aspects_cell(found["mentions"])
        else:
            new[self.labels] = found["mentions"]
        return new


def _json_lines(export: Export, out: Path, change: Change, form: _Form) -> int:
    written = 0
    with opened(out, "w", encoding="utf-8") as stream:
        for line, text in enumerate(text_lines(export.path, export.encoding or "utf-8"), start=1):
            try:
                row = json.loads(text) if text.strip() else None
            except ValueError:
                row = None
            if not isinstance(row, dict):
                # What could not be read was reported when the file was read; it is not lost here.
                if form.others:
                    stream.write(text if text.endswith("\n") else f"{text}\n")
                continue
            if (new := form.changed(line, row, change)) is not None:
                stream.write(json.dumps(new, ensure_ascii=False) + "\n")
                written += 1
    return written


@contextmanager
def _table(export: Export, out: Path) -> Iterator[Callable[[pd.DataFrame], None]]:
    if export.format == "xlsx":
        with workbook(out, ("labelled",)) as sheets:
            yield sheets["labelled"].append
    elif export.format == "parquet":
        schema = pq.read_schema(export.path)
        with parquet_table(out, types={name: schema.field(name).type for name in schema.names}) as table:
            yield lambda frame: table.append(_arrow(frame, schema))
    else:
        with opened(out, "w", encoding="utf-8-sig") as stream:
            # Cells go back as they were read: the rows are for training, and a mark before a formula would become text.
            writer = csv.writer(stream, lineterminator="\r\n")
            writer.writerow(export.columns)
            yield lambda frame: writer.writerows(frame.to_numpy().tolist())


def _arrow(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    columns = []
    for name in schema.names:
        kind, cells = schema.field(name).type, frame[name].tolist()
        columns.append(
            pa.array([text_of(cell) for cell in cells], pa.string()).cast(kind)
            if pa.types.is_string(kind) or pa.types.is_large_string(kind)
            else pa.array(cells, kind, from_pandas=True)
        )
    return pa.Table.from_arrays(columns, names=schema.names)
