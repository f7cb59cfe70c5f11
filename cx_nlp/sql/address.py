"""Addresses of databases, as they are given and as they may be shown: without a password."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

from cx_nlp.errors import DatabaseError

DRIVERS = {"sqlite": "sqlite3", "duckdb": "duckdb", "postgresql": "psycopg"}
"""The module that speaks with each kind of database."""
FORMS = "sqlite:///FILE, duckdb:///FILE or postgresql://USER@HOST:5432/DATABASE"
_ALIASES = {"postgres": "postgresql"}
# Up to the last @, as a password may hold one by mistake.
_PASSWORD = re.compile(r"(://[^:@/?#]*):.*@", re.DOTALL)
_SECRET = re.compile(r"((?:password|passwd|sslpassword)\s*=\s*)('[^']*'|[^&\s]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """Where a database is.

    Attributes
    ----------
    kind : str
        A key of `DRIVERS`.
    text : str
        As given, password included; for drivers only.
    file : Path or None
        The file of SQLite and DuckDB.
    shown : str
        For messages, logs and manifests.
    """

    kind: str
    text: str = field(repr=False)
    file: Path | None
    shown: str

    @property
    def name(self) -> str:
        """What people call the database: its file's name, or the last part of its address."""
        if self.file is not None:
            return self.file.name
        return unquote(self.shown.partition("?")[0].rpartition("/")[2]) or "its default database"

    def without_secrets(self, said: object) -> str:
        """The first line of what a driver said, without this address's password."""
        line = " ".join(next(iter(str(said).strip().splitlines()), type(said).__name__).split())
        found = re.search(r"://[^:@/?#]*:(.*)@", self.text, re.DOTALL)
        for secret in {found[1], unquote(found[1])} if found else ():
            line = line.replace(secret, "***") if secret else line
        return shown(line)


def is_address(source: object) -> bool:
    """Whether a text is the address of a database (or of something else elsewhere), and no path."""
    return isinstance(source, str) and "://" in source


def shown(text: str) -> str:
    """A text with the passwords of addresses in it replaced.

    >>> shown("postgresql://an:s3cret@db.example/shop?sslmode=require")
    'postgresql://an:***@db.example/shop?sslmode=require'
    """
    return _SECRET.sub(r"\1***", _PASSWORD.sub(r"\1:***@", text))


def read_address(text: str) -> Address:
    """The address in a text.

    Raises
    ------
    DatabaseError
        It is none of a database that is read and written here, names no file, or the extra `sql` is not installed.
    """
    scheme, _, rest = text.partition("://")
    kind = _ALIASES.get(scheme.lower().partition("+")[0], scheme.lower().partition("+")[0])
    said = shown(text)
    if kind not in DRIVERS:
        raise DatabaseError(f"{said}: no database that is read or written here; give {FORMS}.")
    _check_installed(kind)
    if kind == "postgresql":
        return Address(kind, f"postgresql://{rest}", None, shown(f"postgresql://{rest}"))
    if not rest.startswith("/") or "?" in rest or rest.strip("/") in ("", ":memory:"):
        raise DatabaseError(
            f"{said}: names no file; write {kind}:///feedback.db for one in this folder, {kind}:////data/feedback.db for one"
            " elsewhere, without anything behind the name."
        )
    return Address(kind, text, Path(unquote(rest[1:])), said)


def _check_installed(kind: str) -> None:
    for name in ("sqlalchemy", DRIVERS[kind]):
        try:
            import_module(name)
        except ImportError as error:
            raise DatabaseError(
                f"databases need the extra sql, of which {name} is missing here ({error}): pip install 'cx-nlp[sql]', in a"
                " checkout .venv/bin/pip install -e '.[sql]'."
            ) from error
