"""SQLite, by Python's own driver."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from datetime import date
from typing import Any, ClassVar

import pyarrow as pa
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from cx_nlp.errors import DatabaseError
from cx_nlp.sql.database import Database, Rows, rows_of

WAIT_SECONDS = 60.0
BATCH = 2048


class Sqlite(Database):
    """A SQLite file; times are text in ISO 8601 there, booleans 0 and 1."""

    begin: ClassVar[str] = "BEGIN IMMEDIATE"
    dialect = plain = sqlite.dialect(paramstyle="qmark")

    def names(self, schema: str | None) -> set[str]:
        """Tables and views of the file."""
        return {
            name for (name,) in self.run("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        }

    def make_schema(self, schema: str) -> None:
        """Refuses: SQLite has no schemas."""
        raise DatabaseError(
            f"{self.address.shown}: SQLite has no schemas; leave --schema out and tell tables apart by --prefix."
        )

    def lock(self, table: Table) -> None:
        """Nothing: `begin` keeps all others from writing."""

    def check_writable(self, tables: Sequence[Table]) -> None:
        """Nothing where the file may be written."""
        with self.transaction():
            self.run("PRAGMA user_version")

    def insert(self, table: Table, rows: pa.Table) -> None:
        """Adds rows."""
        names = [table.c[name] for name in rows.column_names]
        statement = str(table.insert().compile(dialect=self.dialect, column_keys=[c.name for c in names]))
        with self.told():
            self._connection.executemany(statement, ([_value(cell) for cell in row] for row in rows_of(rows)))

    def stream(self, query: str) -> Generator[Rows, None, None]:
        """Column names, then rows."""
        with self.told():
            cursor = self._connection.execute(query)
            if cursor.description is None:
                return
            yield [[column[0] for column in cursor.description]]
            while rows := cursor.fetchmany(BATCH):
                yield rows

    def _connected(self) -> sqlite3.Connection:
        assert self.address.file is not None  # noqa: S101 - its kind has one
        file = self.address.file
        if self.read_only:
            if not file.is_file():
                raise DatabaseError(f"{self.address.shown}: there is no file {file}; check its name.")
            name = f"{file.absolute().as_uri()}?mode=ro"
        else:
            name = file.absolute().as_uri()
        connection = sqlite3.connect(name, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
        connection.text_factory = _text
        connection.execute("PRAGMA foreign_keys = ON")
        # The first look into the file, which says whether it is a database at all.
        connection.execute("SELECT count(*) FROM sqlite_master")
        return connection

    def _errors(self) -> tuple[type[Exception], ...]:
        return (sqlite3.Error,)

    def _cure(self, error: Exception, said: str) -> str:
        if "unable to open" in said:
            return "the file cannot be opened; check the folder's name and that you may write there."
        if "not a database" in said:
            return "the file is no SQLite database; choose another name."
        if "readonly" in said:
            return "the file or its folder may not be written; ask for the right, or choose another place."
        if "locked" in said or "busy" in said:
            return "another program is writing there; wait until it has ended."
        if "full" in said:
            return "no space is left on the disk; free some space."
        return f"the database refuses: {said}."


def _text(content: bytes) -> str:
    # Files of other programs may hold any bytes as text; these are no reason to stop.
    return content.decode("utf-8", errors="replace")


def _value(cell: Any) -> Any:  # noqa: ANN401 - any cell
    if isinstance(cell, date):
        return cell.isoformat() if type(cell) is date else str(cell)
    return int(cell) if isinstance(cell, bool) else cell
