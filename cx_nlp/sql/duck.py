"""DuckDB, by its own driver: it takes Arrow tables as they are, and statements in PostgreSQL's words."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, ClassVar

import duckdb
import pyarrow as pa
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from cx_nlp.errors import DatabaseError
from cx_nlp.sql.database import Database, Rows, quoted, rows_of

BATCH = 2048


class Duck(Database):
    """A DuckDB file, which only one process may have open while it is written."""

    begin: ClassVar[str] = "BEGIN TRANSACTION"
    # It reads whole columns and skips blocks by their limits; its indexes help to find single rows only.
    secondary_indexes: ClassVar[bool] = False
    dialect = plain = postgresql.dialect(paramstyle="qmark")

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Runs a statement with its values on the connection itself: a cursor would be another transaction."""
        with self.told():
            done = (
                self._connection.execute(statement, [*values])
                if values
                else self._connection.execute(statement)
            )
            return [tuple(row) for row in done.fetchall()] if done.description else []

    def names(self, schema: str | None) -> set[str]:
        """Tables and views of a schema."""
        rows = self.run(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_catalog = current_database() AND table_schema = coalesce(?, current_schema())",
            [schema],
        )
        return {name for (name,) in rows}

    def make_schema(self, schema: str) -> None:
        """Makes the schema."""
        self.run(f"CREATE SCHEMA IF NOT EXISTS {self.plain.identifier_preparer.quote_identifier(schema)}")

    def lock(self, table: Table) -> None:
        """Nothing: no other process can have the file open."""

    def check_writable(self, tables: Sequence[Table]) -> None:
        """Nothing: a file that may not be written could not be opened."""

    def insert(self, table: Table, rows: pa.Table) -> None:
        """Adds rows, read from the Arrow table's own memory."""
        quote = self.plain.identifier_preparer.quote_identifier
        columns = ", ".join(map(quote, rows.column_names))
        with self.told():
            # Where it fails the transaction is lost, and with the connection the name.
            self._connection.register("cx_nlp_rows", rows)
            self._connection.execute(
                f"INSERT INTO {quoted(table, self.plain)} ({columns}) SELECT {columns} FROM cx_nlp_rows"  # noqa: S608
            )
            self._connection.unregister("cx_nlp_rows")

    def stream(self, query: str) -> Generator[Rows, None, None]:
        """Column names, then rows."""
        with self.told():
            found = self._connection.sql(query)
            if found is None:
                return
            # As Arrow, because times with a zone as Python values would need pytz; before DuckDB 2 under another name.
            batches = (getattr(found, "to_arrow_reader", None) or found.fetch_arrow_reader)(BATCH)
            yield [batches.schema.names]
            for batch in batches:
                yield list(rows_of(pa.Table.from_batches([batch])))

    def _connected(self) -> Any:  # noqa: ANN401
        assert self.address.file is not None  # noqa: S101 - its kind has one
        file = self.address.file
        if self.read_only and not file.is_file():
            raise DatabaseError(f"{self.address.shown}: there is no file {file}; check its name.")
        # Nothing is fetched from the network behind anybody's back.
        return duckdb.connect(
            str(file), read_only=self.read_only, config={"autoinstall_known_extensions": "false"}
        )

    def _errors(self) -> tuple[type[Exception], ...]:
        return (duckdb.Error, pa.ArrowException)

    def _cure(self, error: Exception, said: str) -> str:
        if "lock" in said and isinstance(error, duckdb.IOException):
            return (
                "another program has the file open (DuckDB lets only one in while it writes); close it there."
            )
        if "not a valid DuckDB database" in said:
            return "the file is no DuckDB database; choose another name."
        if "read-only" in said:
            return "a query may only read; give one SELECT."
        if isinstance(error, duckdb.IOException):
            return f"the file cannot be opened or written ({said}); check the folder's name and that you may write there."
        return f"the database refuses: {said}."
