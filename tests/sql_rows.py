"""A database as another program sees it: through its own driver, without cx_nlp."""

from __future__ import annotations

import sqlite3
from typing import Any


def run(address: str, *statements: str) -> list[tuple[Any, ...]]:
    """Runs statements, each a transaction of its own; gives the rows of the last."""
    kind, _, rest = address.partition("://")
    found: list[tuple[Any, ...]] = []
    if kind == "postgresql":
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
                found = cursor.fetchall() if cursor.description else []
        return found
    if kind == "duckdb":
        import duckdb

        connection = duckdb.connect(rest[1:])
    else:
        connection = sqlite3.connect(rest[1:], isolation_level=None)
    try:
        for statement in statements:
            found = connection.execute(statement).fetchall()
    finally:
        connection.close()
    return found


def counts(address: str, prefix: str = "cx_") -> dict[str, int]:
    """Rows of every table of a run."""
    names = ("runs", "comments", "mentions", "causes", "rejected", "labels")
    return {name: run(address, f"SELECT count(*) FROM {prefix}{name}")[0][0] for name in names}
