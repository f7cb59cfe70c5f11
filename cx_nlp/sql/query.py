"""What a query gives, as an export: taken out of the database once, so that it can be read as often as a file can."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from cx_nlp.errors import DatabaseError
from cx_nlp.io.export import Export
from cx_nlp.io.header import column_names
from cx_nlp.io.readers import open_export
from cx_nlp.sql.address import Address, read_address
from cx_nlp.sql.opening import open_database

FORMAT = "query"


@dataclass(frozen=True)
class QueryExport(Export):
    """An export that a query gave; its line numbers are row numbers from 1.

    Attributes
    ----------
    taken : Path
        The rows, one JSON object a line, where only this user can read them.
    """

    taken: Path = Path()

    def digest(self) -> str:
        """SHA-256 of the rows as they came, in hexadecimal."""
        with self.taken.open("rb") as stream:
            found = hashlib.sha256()
            while piece := stream.read(1 << 20):
                found.update(piece)
        return found.hexdigest()

    @property
    def size(self) -> int | None:
        """None: it is no file."""
        return None


@contextmanager
def query_export(address: str, query: str) -> Iterator[QueryExport]:
    """The rows of a query, for as long as the block lasts.

    Parameters
    ----------
    address
        Of the database, see `read_address`.
    query
        One SELECT, in the database's own words; it is run where nothing can be written. Give it an ORDER BY that leaves nothing
        open: rows in another order are another export.

    Raises
    ------
    DatabaseError
        The database cannot be reached, or refuses the query.
    InputError
        It gives no rows.
    """
    where = read_address(address)
    if not query.strip():
        raise DatabaseError("the query is empty; give one SELECT that gives a row for each comment.")
    # Its folder is for this user only, and gone when the block ends.
    with tempfile.TemporaryDirectory(prefix="cx_nlp-", ignore_cleanup_errors=True) as folder:
        taken = Path(folder) / "rows.jsonl"
        renamed = _take(where, query, taken)
        export = open_export(taken, encoding="utf-8")
        known = {**vars(export), "path": Path(f"query on {where.name}"), "format": FORMAT, "encoding": None}
        known["notes"] = (*export.notes, *renamed)
        yield QueryExport(**known, taken=taken)


def _take(where: Address, query: str, taken: Path) -> tuple[str, ...]:
    with open_database(where, read_only=True) as database, closing(database.stream(query)) as parts:
        header = next(parts, None)
        if header is None:
            raise DatabaseError(f"{where.shown}: the query gives no table; give one SELECT.")
        names, renamed = column_names([str(name) for name in header[0]])
        n = 0
        with taken.open("w", encoding="utf-8", newline="\n") as stream:
            for rows in parts:
                for row in rows:
                    record = dict(zip(names, map(_cell, row), strict=True))
                    stream.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
                n += len(rows)
    if not n:
        raise DatabaseError(f"{where.shown}: the query gives no rows; check its conditions.")
    return tuple(renamed)


def _cell(value: Any) -> Any:  # noqa: ANN401 - whatever a driver gives
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace").decode("utf-8")
    if isinstance(value, Decimal):
        return (
            (int(value) if value == value.to_integral_value() else float(value))
            if value.is_finite()
            else None
        )
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex()
    return value
