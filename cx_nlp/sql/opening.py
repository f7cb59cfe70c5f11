"""Databases of every kind, opened by one function."""

from __future__ import annotations

from cx_nlp.sql.address import Address
from cx_nlp.sql.database import Database


def open_database(address: Address, *, read_only: bool = False) -> Database:
    """A connection to the database.

    Raises
    ------
    DatabaseError
        It cannot be opened; the message says why and what to do.
    """
    # Each driver is imported only where its kind of database is asked for.
    if address.kind == "sqlite":
        from cx_nlp.sql.sqlite import Sqlite

        return Sqlite(address, read_only=read_only)
    if address.kind == "duckdb":
        from cx_nlp.sql.duck import Duck

        return Duck(address, read_only=read_only)
    from cx_nlp.sql.postgresql import Postgresql

    return Postgresql(address, read_only=read_only)
