"""An open database: statements, transactions, and what its driver complains of in words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import pyarrow as pa
from sqlalchemy import Select, Table
from sqlalchemy.engine import Dialect

from cx_nlp.errors import DatabaseError
from cx_nlp.sql.address import Address

Rows = Sequence[Sequence[Any]]


class Database(ABC):
    """One connection; each kind of database is a subclass in the module of its name.

    Statements are made by SQLAlchemy and run by the driver itself, whose own way to take many rows is by far the fastest.

    Parameters
    ----------
    address : Address
    read_only : bool
        Whether nothing can be changed through it.

    Raises
    ------
    DatabaseError
        It cannot be opened.
    """

    begin: ClassVar[str] = "BEGIN"
    secondary_indexes: ClassVar[bool] = True
    dialect: Dialect
    """Places of values are written as the driver wants them."""
    plain: Dialect
    """For statements without values: here a percent sign stays one."""

    def __init__(self, address: Address, *, read_only: bool = False) -> None:
        self.address = address
        self.read_only = read_only
        with self.told():
            self._connection = self._connected()

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(*self._errors()):
            self.close()

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Runs a statement with its values; gives the rows, where there are any.

        Raises
        ------
        DatabaseError
            The database refuses.
        """
        with self.told():
            cursor = self._connection.cursor()
            cursor.execute(statement, [*values]) if values else cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def select(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        made = query.compile(dialect=self.dialect)
        return self.run(str(made), [made.params[name] for name in made.positiontup or ()])

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing of it."""
        self.run(self.begin)
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            with suppress(DatabaseError):
                self.run("ROLLBACK")
            raise

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turns what the driver raises inside the block into a `DatabaseError`, with the cure and without a password."""
        try:
            yield
        except self._errors() as error:
            said = self.address.without_secrets(error)
            raise DatabaseError(f"{self.address.shown}: {self._cure(error, said)}") from error.with_traceback(
                None
            )

    @abstractmethod
    def _connected(self) -> Any:  # noqa: ANN401 - a connection of any driver
        """A new connection, in which every statement is a transaction unless `begin` was run."""

    @abstractmethod
    def _errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises."""

    @abstractmethod
    def _cure(self, error: Exception, said: str) -> str:
        """What is wrong, and what to do about it."""

    @abstractmethod
    def names(self, schema: str | None) -> set[str]:
        """Tables and views of a schema, by default of the one where new tables go."""

    @abstractmethod
    def make_schema(self, schema: str) -> None:
        """Makes a schema where there is none of the name."""

    @abstractmethod
    def lock(self, table: Table) -> None:
        """Within a transaction: waits until no other run is being added to the table, and keeps it so until the end."""

    @abstractmethod
    def check_writable(self, tables: Sequence[Table]) -> None:
        """Nothing where rows may be added to these tables."""

    @abstractmethod
    def insert(self, table: Table, rows: pa.Table) -> None:
        """Adds rows, whose columns have the names and kinds of the table's."""

    @abstractmethod
    def stream(self, query: str) -> Generator[Rows, None, None]:
        """The rows that a user's query gives, some at a time; first its column names, as one row."""


def quoted(table: Table, dialect: Dialect) -> str:
    """A table's name with its schema, as statements name it."""
    return str(dialect.identifier_preparer.format_table(table))


def rows_of(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """Rows as tuples of Python values."""
    return zip(*(column.to_pylist() for column in table.columns), strict=True)
