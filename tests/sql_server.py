"""A PostgreSQL server of its own for the tests, from the distribution's packages."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "p@ss/" + secrets.token_hex(6)
"""Of the superuser; with signs that an address must escape."""


def server_programs() -> Path | None:
    """Where initdb and pg_ctl are, None where there are none."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    # Debian keeps them out of the path, one folder for each version.
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@contextmanager
def postgresql_server(programs: Path) -> Iterator[str]:
    """The server's address, ending in /, with the superuser's name and password."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="cx_nlp-pg-"))
    owner = _owner()
    if owner:
        shutil.chown(folder, owner, owner)
    try:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if owner:
            shutil.chown(folder / "password", owner, owner)
        data = folder / "data"
        _run(
            programs / "initdb", "-D", data, "-U", "tests", "-A", "scram-sha-256", "--pwfile", folder / "password",
            "-E", "UTF8", "--locale=C", "--no-sync", owner=owner,
        )  # fmt: skip
        options = (
            f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c synchronous_commit=off"
        )
        _run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start", owner=owner)
        try:
            secret = PASSWORD.replace("@", "%40").replace("/", "%2F")
            yield f"postgresql://tests:{secret}@127.0.0.1:{port}/"
        finally:
            _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop", owner=owner)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    """Whom the server runs as: it refuses root, but root may start it as another."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd

    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(*command: object, owner: str | None) -> None:
    who = {"user": owner, "group": _group(owner), "extra_groups": []} if owner else {}
    # Into a file, as the server keeps what it was given as output open.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [str(part) for part in command], stdout=said, stderr=said, stdin=subprocess.DEVNULL, cwd="/tmp" if owner else None,
            timeout=120, check=False, **who,
        )  # fmt: skip
        said.seek(0)
        assert done.returncode == 0, said.read().decode("utf-8", "replace")


def _group(owner: str | None) -> int | None:
    import pwd

    return pwd.getpwnam(owner or getpass.getuser()).pw_gid
