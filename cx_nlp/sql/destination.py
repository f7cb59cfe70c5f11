"""Where runs are put: the tables of a schema and prefix in a database, made at first and checked later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone

import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.schema import CreateIndex, CreateTable, SetColumnComment

from cx_nlp.errors import DatabaseError
from cx_nlp.sql.address import Address, read_address
from cx_nlp.sql.database import Database, quoted
from cx_nlp.sql.opening import open_database
from cx_nlp.sql.tables import VERSION, Tables, arrow_schema, tables

PREFIX = "cx_"
_NAME = re.compile(r"[^\W\d]\w*")
LONGEST = {"--schema": 63, "--prefix": 30}
"""Bytes of a name that PostgreSQL keeps, less those of the longest that is put behind a prefix."""


@dataclass(frozen=True)
class Destination:
    """A database with the schema and prefix of the tables in it; make one with `destination`."""

    address: Address
    schema: str | None
    prefix: str

    @property
    def tables(self) -> Tables:
        """The tables as they should be."""
        return tables(self.schema, self.prefix)

    @contextmanager
    def opened(self) -> Iterator[tuple[Database, Tables]]:
        """A connection, and the tables."""
        with open_database(self.address) as database:
            yield database, self.tables


def destination(address: str, *, schema: str | None = None, prefix: str = PREFIX) -> Destination:
    """Where an address, a schema and a prefix lead.

    Raises
    ------
    DatabaseError
        The address is none, or a name cannot be one.
    """
    for option, name in (("--schema", schema), ("--prefix", prefix or None)):
        if name is None:
            continue
        if not _NAME.fullmatch(name) or len(name.encode("utf-8")) > LONGEST[option]:
            raise DatabaseError(
                f"{option} is {name!r}; give letters, digits and _, a letter or _ first, at most {LONGEST[option]} bytes."
            )
    where = read_address(address)
    if schema and where.kind == "sqlite":
        raise DatabaseError(
            f"{where.shown}: SQLite has no schemas; leave --schema out and tell tables apart by --prefix."
        )
    return Destination(where, schema, prefix)


def prepare(goal: Destination) -> None:
    """Makes the tables and views where there are none, else checks that they are ours and can be written.

    Raises
    ------
    DatabaseError
        The database cannot be reached, other tables have the names, the tables are of another version, or a right lacks.
    """
    with goal.opened() as (database, made):
        expected = {str(table.name) for table in made.in_order}
        if not expected & database.names(goal.schema):
            with database.transaction():
                _make(database, made)
            return
        _check(database, made, goal, expected - database.names(goal.schema))
        database.check_writable(made.in_order)


def _make(database: Database, made: Tables) -> None:
    if made.schema:
        database.make_schema(made.schema)
    for statement in statements(database, made):
        database.run(statement)
    row = {"version": [VERSION], "made_at": [datetime.now(timezone.utc)]}
    database.insert(made["schema_version"], pa.table(row, schema=arrow_schema("schema_version")))


def statements(database: Database, made: Tables) -> Iterator[str]:
    """What makes the tables, their indexes and comments, and the views."""
    plain = database.plain
    for table in made.in_order:
        yield str(CreateTable(table).compile(dialect=plain))
        if database.secondary_indexes:
            for index in sorted(table.indexes, key=lambda one: str(one.name)):
                yield str(CreateIndex(index).compile(dialect=plain))
        if plain.supports_comments:
            yield from (str(SetColumnComment(column).compile(dialect=plain)) for column in table.c)
    for view, query in made.views():
        yield f"CREATE VIEW {quoted(view, plain)} AS {query.compile(dialect=plain)}"


def _check(database: Database, made: Tables, goal: Destination, lacking: set[str]) -> None:
    version = made["schema_version"]
    if lacking:
        raise DatabaseError(
            f"{goal.address.shown}: there are tables of these names, but not all that belong to cx_nlp (missing:"
            f" {', '.join(sorted(lacking))}), so they are left alone; choose another --prefix or --schema."
        )
    found = database.select(select(version.c.version))
    if found != [(VERSION,)]:
        said = ", ".join(str(number) for (number,) in found) or "none"
        raise DatabaseError(
            f"{goal.address.shown}: its tables are of version {said}, and this cx_nlp writes version {VERSION}; choose another"
            " --prefix or --schema, or use the cx_nlp that made them."
        )
