"""The scored tables of a folder as rows for a database, a part at a time, with personal data masked."""

from __future__ import annotations

import csv
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cx_nlp.io.formulas import as_written
from cx_nlp.personal import Span, find_personal, labels_for, mask, mask_slice
from cx_nlp.sql.tables import arrow_schema

BATCH = 8192
"""Comments at a time."""
Columns = dict[str, list[Any]]
Found = Mapping[str, tuple[str, list[Span]]]
"""Text and spans of the comments that hold personal data, by their ids."""


class Contents:
    """What a run adds to the tables.

    Parameters
    ----------
    folder : Path
        Holds `comments.parquet`, `mentions.parquet` and `rejected.csv`.
    run_id : int
    keep : bool
        Whether personal data stay as written; `rejected.csv` is taken as it is in any case.
    """

    def __init__(self, folder: Path, run_id: int, *, keep: bool) -> None:
        self._folder = folder
        self._run_id = run_id
        self._keep = keep
        # A pseudonym cannot be led back to a telephone number by trying all numbers: the key is never written.
        self._key = secrets.token_bytes(32)

    def scored(self) -> Iterator[tuple[pa.Table, pa.Table]]:
        """Comments with their mentions."""
        numbers = count(1)
        mentions = _Mentions(self._folder / "mentions.parquet")
        with pq.ParquetFile(self._folder / "comments.parquet") as file:
            names = [name for name in arrow_schema("comments").names if name in file.schema_arrow.names]
            for batch in file.iter_batches(BATCH, columns=names):
                comments: Columns = {name: batch[name].to_pylist() for name in names}
                of_these = mentions.of(comments["comment_id"])
                if not self._keep:
                    found = _personal(comments)
                    _mask_comments(comments, found, self._pseudonym)
                    _mask_mentions(of_these, found)
                if "time" in names:
                    comments["month"] = [time and time.date().replace(day=1) for time in comments["time"]]
                of_these["mention_id"] = [next(numbers) for _ in of_these["comment_id"]]
                yield self._rows("comments", comments), self._rows("mentions", of_these)

    def rejected(self) -> Iterator[pa.Table]:
        """Rows not scored, as `rejected.csv` shows them."""
        numbers = count(1)
        with (self._folder / "rejected.csv").open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            next(reader, None)
            while batch := [*islice(reader, BATCH)]:
                lines, *words = zip(*batch, strict=True)
                reasons, contents = ([as_written(cell) for cell in column] for column in words)
                ids = [next(numbers) for _ in lines]
                found: Columns = {
                    "line": [*map(int, lines)],
                    "reason": reasons,
                    "content": contents,
                    "rejected_id": ids,
                }
                yield self._rows("rejected", found)

    def _rows(self, table: str, columns: Columns) -> pa.Table:
        return rows(table, self._run_id, columns)

    def _pseudonym(self, customer: str | None) -> str | None:
        """The customer's id, or what stands for one that is personal data as a whole."""
        said = (customer or "").strip()
        spans = find_personal(said) if said else []
        if len(spans) != 1 or spans[0].end - spans[0].start != len(said):
            return customer
        digest = hmac.new(self._key, said.encode("utf-8"), hashlib.sha256).hexdigest()
        return f"[{spans[0].kind} {digest[:16]}]"


class _Mentions:
    """The mentions of comments that come in the order of the table."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetFile(path)
        self._batches = self._file.iter_batches(BATCH)
        self._rest: pa.Table = self._file.schema_arrow.empty_table()

    def of(self, ids: list[str]) -> Columns:
        """Those of the next comments."""
        known, taken = pa.array(ids, pa.string()), [self._rest.slice(0, 0)]
        while True:
            here = pc.sum(pc.is_in(self._rest["comment_id"], known)).as_py() or 0
            taken.append(self._rest.slice(0, here))
            self._rest = self._rest.slice(here)
            if len(self._rest):
                break
            batch = next(self._batches, None)
            if batch is None:
                break
            self._rest = pa.Table.from_batches([batch])
        found: Columns = pa.concat_tables(taken).to_pydict()
        return found


def rows(table: str, run_id: int, columns: Mapping[str, list[Any]]) -> pa.Table:
    """Rows of a run for a table: missing columns are NULL, and NUL characters, which PostgreSQL refuses, U+FFFD."""
    n = len(next(iter(columns.values())))
    arrays = []
    for field in arrow_schema(table):
        values = [run_id] * n if field.name == "run_id" else columns.get(field.name, [None] * n)
        array = pa.array(values, field.type, from_pandas=True)
        if pa.types.is_string(field.type):
            array = pc.replace_substring(array, "\0", "\ufffd")
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))


def _personal(comments: Columns) -> Found:
    texts = zip(comments["comment_id"], comments["text"], strict=True)
    return {id: (text, spans) for id, text in texts if text and (spans := [*find_personal(text)])}


def _mask_comments(comments: Columns, found: Found, pseudonym: Any) -> None:  # noqa: ANN401 - a method
    shown = zip(comments["comment_id"], comments["text"], strict=True)
    comments["text"] = [mask(text, spans=found[id][1]) if id in found else text for id, text in shown]
    if "time_raw" in comments:
        comments["time_raw"] = [mask(said) if said else said for said in comments["time_raw"]]
    if "customer_id" in comments:
        comments["customer_id"] = [pseudonym(customer) for customer in comments["customer_id"]]


def _mask_mentions(mentions: Columns, found: Found) -> None:
    """Quotes as they stand in the masked texts, and their places there."""
    for row, id in enumerate(mentions["comment_id"]):
        if id in found:
            text, spans = found[id]
            labels, start, end = labels_for(text), mentions["start"][row], mentions["end"][row]
            quote = mask_slice(text, start, end, spans, labels=labels)
            before = len(mask_slice(text, 0, start, spans, labels=labels))
            mentions["quote"][row] = quote
            mentions["start"][row], mentions["end"][row] = before, before + len(quote)
