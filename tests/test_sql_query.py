"""Comments read by a query, as they are read from a file."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from sql_rows import run
from typer.testing import CliRunner

import cx_nlp
from cx_nlp.analysis import opened_source
from cx_nlp.cli import app
from cx_nlp.errors import DatabaseError, InputError

pytest.importorskip("sqlalchemy", reason="databases need the extra sql")

from cx_nlp.sql.query import query_export

MADE = (
    "CREATE TABLE reviews (review_id integer, noi_dung text, so_sao numeric(3,1), created_at timestamp, branch text, happy boolean)",
    "INSERT INTO reviews VALUES (1, 'Giao hàng chậm 100% luôn', 1, '2024-03-01 10:30:00', 'Huế', true)",
    "INSERT INTO reviews VALUES (2, 'Nhân viên nhiệt tình', 4.5, '2024-03-02 00:00:00', NULL, false)",
    "INSERT INTO reviews VALUES (3, NULL, 3, '2024-03-03 00:00:00', 'Vinh', true)",
    "INSERT INTO reviews VALUES (4, '12345', NULL, NULL, 'Vinh', NULL)",
)
QUERY = "SELECT * FROM reviews WHERE noi_dung LIKE '%' OR noi_dung IS NULL ORDER BY review_id"


@pytest.fixture
def source(database: str) -> str:
    run(database, *MADE)
    return database


def test_a_query_is_scored_like_a_file(source: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["score", source, "--query", QUERY, "--out", str(tmp_path / "out"), "--model", "fast", "--json"]
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    taken = {role: guess["column"] for role, guess in said["columns"].items()}
    assert taken == {
        "text": "noi_dung",
        "id": "review_id",
        "time": "created_at",
        "rating": "so_sao",
        "segment": "branch",
    }
    comments = pd.read_parquet(tmp_path / "out" / "comments.parquet")
    assert comments["comment_id"].tolist() == ["1", "2"]
    assert comments["rating"].tolist() == [1.0, 4.5]
    assert comments["time"].tolist() == [pd.Timestamp("2024-03-01 10:30"), pd.Timestamp("2024-03-02")]
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv", encoding="utf-8-sig")
    assert rejected[["line", "reason"]].to_numpy().tolist() == [
        [3, "empty text"],
        [4, "text is only a number"],
    ]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["input"]["format"] == "query"
    assert manifest["input"]["name"].startswith("query on ")


def test_out_of_a_database_and_into_it(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = cx_nlp.score(source, query=QUERY, out=source, model="fast")
    assert not cx_nlp.score(source, query=QUERY, out=source, model="fast").put.added
    run(source, "INSERT INTO reviews VALUES (5, 'Giá cao quá', 2, '2024-03-05 00:00:00', 'Vinh', true)")
    assert cx_nlp.score(source, query=QUERY, out=source, model="fast").put.run_id == first.put.run_id + 1
    joined = (
        "SELECT count(*) FROM cx_latest_comments c JOIN reviews r ON CAST(r.review_id AS text) = c.comment_id"
    )
    assert run(source, joined) == [(3,)]


def test_the_query_may_lie_in_a_file(source: str, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(f"-- khách hàng\n{QUERY}\n", encoding="utf-8-sig")
    args = [
        "score",
        source,
        "--query-file",
        str(tmp_path / "q.sql"),
        "--out",
        str(tmp_path / "o"),
        "--model",
        "fast",
    ]
    assert CliRunner().invoke(app, args).exit_code == 0
    args[-3] = str(tmp_path / "o2")
    both = CliRunner().invoke(app, [*args, "--query", QUERY])
    assert "leave one out" in both.output
    none = CliRunner().invoke(app, ["score", source, "--out", str(tmp_path / "o3")])
    assert "say what to read from it with --query" in none.output


def test_a_query_can_only_read(source: str) -> None:
    for query in (
        "DELETE FROM reviews", "INSERT INTO reviews (review_id) VALUES (9) RETURNING review_id", "DROP TABLE reviews",
        "SELECT 1; DROP TABLE reviews",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), query_export(source, query):
            pass
    assert run(source, "SELECT count(*) FROM reviews") == [(4,)]


def test_what_is_wrong_with_a_query_is_said(source: str) -> None:
    with pytest.raises(DatabaseError, match="nowhere"), query_export(source, "SELECT * FROM nowhere"):
        pass
    with (
        pytest.raises(DatabaseError, match="gives no rows"),
        query_export(source, f"SELECT * FROM ({QUERY}) x WHERE 1 = 0"),
    ):
        pass
    with pytest.raises(DatabaseError, match="the query is empty"), query_export(source, "  "):
        pass
    with (
        pytest.raises(InputError, match="--sheet mean nothing"),
        opened_source(source, query=QUERY, sheet="1"),
    ):
        pass


def test_cells_of_every_kind_come_through(source: str) -> None:
    query = (
        "SELECT review_id AS id, review_id AS id, happy, created_at, CAST(created_at AS date) AS day, so_sao, 'a' || chr(10) || 'b' AS t"
        " FROM reviews ORDER BY review_id"
    )
    if source.startswith("sqlite"):
        query = query.replace("chr(", "char(").replace("CAST(created_at AS date)", "date(created_at)")
    with query_export(source, query) as export:
        [chunk] = export.chunks()
        taken = export.taken
        assert export.size is None
    assert not taken.exists()
    first = chunk.frame.iloc[0].tolist()
    assert len({*chunk.frame.columns}) == 7
    assert first[:2] == [1, 1]
    assert first[2] in (True, 1)
    assert first[3].replace(" ", "T") == "2024-03-01T10:30:00"
    assert first[4:] == ["2024-03-01", 1, "a\nb"]
    assert chunk.frame["so_sao"].tolist() == [1, 4.5, 3, None]


def test_rows_come_in_pieces_however_many_they_are(source: str) -> None:
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)"
    with query_export(source, f"{numbers} SELECT i, 'giao hàng chậm ' || i AS text FROM n") as export:
        parts = [chunk.frame for chunk in export.chunks(2048)]
    assert [len(part) for part in parts] == [2048, 2048, 904]
    assert pd.concat(parts)["i"].tolist() == [*range(1, 5001)]
