"""PostgreSQL, by psycopg."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import errors
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from cx_nlp.errors import DatabaseError
from cx_nlp.sql.database import Database, Rows, quoted, rows_of

CONNECT_SECONDS = 15
BATCH = 2048


class Postgresql(Database):
    """A PostgreSQL server's database, in UTF-8."""

    dialect = postgresql.dialect(paramstyle="format")
    plain = postgresql.dialect(paramstyle="qmark")

    def names(self, schema: str | None) -> set[str]:
        """Tables and views of a schema, also those that this user may not read."""
        rows = self.run(
            "SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = coalesce(%s::text, current_schema()::text) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
            [schema],
        )
        return {name for (name,) in rows}

    def make_schema(self, schema: str) -> None:
        """Makes the schema; one that is there needs no right to make schemas."""
        if not self.run("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = %s::text", [schema]):
            self.run(f"CREATE SCHEMA {self.plain.identifier_preparer.quote_identifier(schema)}")

    def lock(self, table: Table) -> None:
        """Waits for other runs of cx_nlp; nobody else is kept out, and no right is needed beyond those to add rows."""
        self.run("SELECT pg_advisory_xact_lock(%s::regclass::oid::bigint)", [quoted(table, self.plain)])

    def check_writable(self, tables: Sequence[Table]) -> None:
        """Nothing where this user may read and add rows."""
        for table in tables:
            name = quoted(table, self.plain)
            [(may,)] = self.run(
                "SELECT has_table_privilege(%s::regclass, 'SELECT') AND has_table_privilege(%s::regclass, 'INSERT')",
                [name, name],
            )
            if not may:
                raise DatabaseError(
                    f"{self.address.shown}: this user has no right to add rows to {table.name}; ask its owner for GRANT SELECT,"
                    " INSERT on all tables of cx_nlp, or choose another --schema."
                )

    def insert(self, table: Table, rows: pa.Table) -> None:
        """Adds rows by COPY."""
        quote = self.plain.identifier_preparer.quote_identifier
        columns = ", ".join(map(quote, rows.column_names))
        with (
            self.told(),
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {quoted(table, self.plain)} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows_of(rows):
                copy.write_row(row)

    def stream(self, query: str) -> Generator[Rows, None, None]:
        """Column names, then rows by a cursor of the server; nothing can be changed by the query."""
        with self.transaction(), self.told(), self._connection.cursor("cx_nlp") as cursor:
            # As bytes, a percent sign in it is one.
            cursor.execute(query.encode("utf-8"))
            if cursor.description is None:
                return
            yield [[column.name for column in cursor.description]]
            while rows := cursor.fetchmany(BATCH):
                yield rows

    def _connected(self) -> Any:  # noqa: ANN401 - psycopg's types depend on what rows are
        connection = psycopg.connect(
            self.address.text,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="cx-nlp",
            client_encoding="utf8",
        )
        if self.read_only:
            connection.execute("SET default_transaction_read_only = on")
        [(encoding,)] = connection.execute("SHOW server_encoding").fetchall()
        if encoding != "UTF8" and not self.read_only:
            connection.close()
            raise DatabaseError(
                f"{self.address.shown}: the database's encoding is {encoding}, which lacks Vietnamese letters; make one in UTF8."
            )
        return connection

    def _errors(self) -> tuple[type[Exception], ...]:
        return (psycopg.Error,)

    def _cure(self, error: Exception, said: str) -> str:
        if isinstance(error, errors.InsufficientPrivilege):
            return (
                f"this user lacks a right ({said}); ask the owner of the database for it (GRANT USAGE, CREATE ON SCHEMA), or choose"
                " another --schema."
            )
        if isinstance(error, errors.ReadOnlySqlTransaction):
            return "a query may only read; give one SELECT."
        if isinstance(error, psycopg.OperationalError) and error.sqlstate is None:
            return (
                f"cannot connect, or the connection was lost ({said}); check that the server runs, and host, port, database, user"
                " and password (in PGPASSWORD, in ~/.pgpass, or in the address, with @ as %40 and / as %2F)."
            )
        return f"the database refuses: {said}."
