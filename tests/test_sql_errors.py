"""What people read when a database cannot be used, and that no password is ever in it."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from sql_rows import run
from sql_server import PASSWORD
from typer.testing import CliRunner

from cx_nlp.cli import app
from cx_nlp.errors import DatabaseError
from cx_nlp.sql.address import read_address, shown

pytest.importorskip("sqlalchemy", reason="databases need the extra sql")


@pytest.fixture(autouse=True)
def export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "reviews.csv"
    path.write_text("id,text,rating\n1,giao hàng chậm quá,1\n2,nhân viên nhiệt tình,5\n", encoding="utf-8")
    return path


def score(out: str, *more: object, source: object = "reviews.csv", status: int = 1) -> str:
    done = CliRunner().invoke(app, ["score", str(source), "--out", out, "--model", "fast", *map(str, more)])
    assert done.exit_code == status, (done.output, done.exception)
    assert PASSWORD not in done.output
    return done.output


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (
            "mysql://an:s3cret@host/db",
            "mysql://an:***@host/db: no database that is read or written here; give sqlite:///FILE",
        ),
        ("sqlite://feedback.db", "names no file; write sqlite:///feedback.db"),
        ("sqlite:///", "names no file"),
        ("duckdb:///:memory:", "names no file"),
    ],
)
def test_a_wrong_address_is_told_with_the_right_form(address: str, said: str) -> None:
    assert said in score(address)


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("postgresql://u:pa@ss/w:rd@host:1/db", "postgresql://u:***@host:1/db"),
        ("postgresql://u:p%40@host/db?sslmode=require", "postgresql://u:***@host/db?sslmode=require"),
        ("postgresql:///db?host=/run&password=p4ss&user=u", "postgresql:///db?host=/run&password=***&user=u"),
        ("postgresql://u@host/db", "postgresql://u@host/db"),
    ],
)
def test_passwords_do_not_show(address: str, safe: str) -> None:
    assert shown(address) == safe
    assert repr(read_address(address)).count("pa@ss") == 0
    assert "p4ss" not in repr(read_address(address))


def test_a_password_in_a_drivers_words_does_not_show() -> None:
    address = read_address("postgresql://u:p%40ss@host/db")
    assert address.without_secrets("failed: p@ss, p%40ss\nsecond line") == "failed: ***, ***"


@pytest.mark.parametrize("missing", ["sqlalchemy", "duckdb"])
def test_a_missing_library_is_named_with_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    said = score("duckdb:///x.db")
    assert f"the extra sql, of which {missing} is missing" in said
    assert "pip install 'cx-nlp[sql]'" in said


@pytest.mark.parametrize("name", ["a b", 'x"; DROP TABLE y; --', "1st", "a" * 31])
def test_a_prefix_that_is_no_name_is_refused(name: str) -> None:
    assert "--prefix is" in score("sqlite:///x.db", "--prefix", name)
    assert not Path("x.db").exists()


def test_sqlite_has_no_schemas() -> None:
    assert "SQLite has no schemas" in score("sqlite:///x.db", "--schema", "cx")


def test_other_peoples_tables_are_left_alone(database: str) -> None:
    run(database, "CREATE TABLE comments (mine integer)", "INSERT INTO comments VALUES (7)")
    assert "choose another --prefix" in score(database, "--prefix", "")
    assert run(database, "SELECT mine FROM comments") == [(7,)]
    score(database, status=0)


def test_tables_of_another_version_are_left_alone(database: str) -> None:
    score(database, status=0)
    run(database, "UPDATE cx_schema_version SET version = 99")
    said = score(database, "--text-column", "text")
    assert "its tables are of version 99, and this cx_nlp writes version 1" in said


def test_a_file_that_is_something_else() -> None:
    Path("x.db").write_text("no database, but long enough to be read as one" * 100, encoding="utf-8")
    assert "the file is no SQLite database" in score("sqlite:///x.db")
    assert "the file is no DuckDB database" in score("duckdb:///x.db")
    assert "cannot be opened" in score("sqlite:///nowhere/x.db")
    assert "cannot be opened" in score("duckdb:///nowhere/x.db")


def test_a_file_that_another_program_has_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cx_nlp.sql.sqlite.WAIT_SECONDS", 0.1)
    with sqlite3.connect("x.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "another program is writing there" in score("sqlite:///x.db")
        other.execute("ROLLBACK")
    other.close()


def test_a_server_that_is_not_there_or_does_not_let_in(postgresql: str) -> None:
    assert "cannot connect" in score("postgresql://an:s3cret@127.0.0.1:1/db")
    assert "s3cret" not in score("postgresql://an:s3cret@127.0.0.1:1/db")
    host = postgresql.rpartition("@")[2]
    said = score(f"postgresql://tests:wr0ng@{host}postgres")
    assert "password authentication failed" in said
    assert "wr0ng" not in said
    assert "does not exist" in score(f"{postgresql}nowhere")


def test_rights_that_lack(new_postgresql: str, postgresql: str) -> None:
    name = "weak_" + new_postgresql[-8:]
    run(
        new_postgresql,
        f"CREATE ROLE {name} LOGIN PASSWORD 'weak'",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    )
    weak = new_postgresql.replace(postgresql.split("@")[0], f"postgresql://{name}:weak")
    assert "this user lacks a right (permission denied for schema public)" in score(weak)
    score(new_postgresql, status=0)
    run(new_postgresql, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
    assert "no right to add rows to cx_schema_version" in score(weak, "--text-column", "text")
    run(new_postgresql, f"GRANT INSERT ON ALL TABLES IN SCHEMA public TO {name}")
    assert "the same result already" in score(weak, status=0)
    assert "Result: run 2" in score(weak, "--keep-personal-data", status=0)


def test_no_password_is_written_anywhere(new_postgresql: str, tmp_path: Path) -> None:
    score(new_postgresql, "--files", "files", "--json", status=0)
    secrets = {PASSWORD, new_postgresql.split(":")[2].partition("@")[0]}
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "files" / "manifest.json" in found
    for path in found:
        content = path.read_bytes()
        assert not any(secret.encode() in content for secret in secrets), path
    held = str(run(new_postgresql, "SELECT manifest FROM cx_runs"))
    assert not any(secret in held for secret in secrets)


def test_the_environment_may_hold_the_password(new_postgresql: str, monkeypatch: pytest.MonkeyPatch) -> None:
    head, _, tail = new_postgresql.partition("@")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    score(f"{head.rpartition(':')[0]}@{tail}", status=0)


def test_a_database_in_another_encoding_is_refused(postgresql: str) -> None:
    name = "latin"
    run(f"{postgresql}postgres", f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    assert "encoding is LATIN1, which lacks Vietnamese letters" in score(postgresql + name)


def test_errors_are_told_in_python_too(tmp_path: Path) -> None:
    import cx_nlp

    with pytest.raises(DatabaseError, match="names no file"):
        cx_nlp.score("reviews.csv", out="sqlite://x", model="fast")
