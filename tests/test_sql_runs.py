"""Runs in SQLite, DuckDB and PostgreSQL: whole, once, side by side, without personal data."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from sql_rows import counts, run

import cx_nlp
from cx_nlp.errors import DatabaseError, InputError

pytest.importorskip("sqlalchemy", reason="databases need the extra sql")

ROWS = [
    ("a1", "Giao hàng nhanh, đóng gói kỹ 🎉", "5", "KH1", "2024-03-01 10:30", "App", "120000"),
    ("a2", "Gọi mình 0912 000 678 nhé, giao hàng quá chậm", "1", "0912000678", "2024-04-14 09:00", "Web", ""),
    ("a3", "", "3", "KH3", "2024-03-15 00:00", "App", ""),
    ("a4", "Nhân viên thô lỗ; call me on an.vidu@example.com, delivery was slow", "2", "KH4", "hôm qua", "App", "5"),
    ("a2", "Gọi 0912 000 678, gửi lại lần nữa vì chưa ai trả lời", "1", "KH2", "2024-03-16 00:00", "Web", "7"),
    ("a6", 'Nhân viên thân thiện "nhưng" giá hơi cao \\ 100% \t; \'; DROP TABLE cx_runs', "4", "KH6", "2024-03-18", "", "8"),
]  # fmt: skip
HEADER = ("review_id", "content", "rating", "customer_id", "date", "channel", "order_value")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture(scope="module")
def tagger() -> object:
    return cx_nlp.load("fast")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    pd.DataFrame(ROWS, columns=HEADER).to_csv(path, index=False)
    return path


def test_a_run_holds_what_its_files_hold(database: str, export: Path, tagger, tmp_path: Path) -> None:
    summary = cx_nlp.score(
        export, out=database, model=tagger, files=tmp_path / "files", keep_personal_data=True
    )
    comments = pd.read_parquet(tmp_path / "files" / "comments.parquet")
    mentions = pd.read_parquet(tmp_path / "files" / "mentions.parquet")
    names = "comment_id, text, customer_id, rating, channel, value, sentiment, confidence, time_raw"
    found = run(database, f"SELECT {names} FROM cx_comments ORDER BY comment_id")
    expected = comments.sort_values("comment_id")[names.split(", ")].astype(object)
    assert found == [tuple(None if pd.isna(cell) else cell for cell in row) for row in expected.to_numpy()]
    assert len(found) == summary.counts.scored == 4
    names = 'comment_id, touchpoint, factor, stage, sentiment, confidence, start, "end", quote'
    found = run(database, f"SELECT {names} FROM cx_mentions ORDER BY mention_id")
    assert found == [tuple(row) for row in mentions.astype(object).to_numpy()]
    assert len(found) == summary.counts.mentions > 3
    rejected = pd.read_csv(tmp_path / "files" / "rejected.csv", encoding="utf-8-sig")
    assert run(database, "SELECT line, reason, content FROM cx_rejected ORDER BY rejected_id") == [
        tuple(row) for row in rejected.astype(object).to_numpy()
    ]
    [(manifest, scored, masked)] = run(database, "SELECT manifest, scored, masked FROM cx_runs")
    kept = json.loads((tmp_path / "files" / "manifest.json").read_text(encoding="utf-8"))
    assert json.loads(manifest)["counts"] == kept["counts"]
    assert kept["database"]["run_id"] == 1
    assert (scored, bool(masked)) == (4, False)


def test_types_are_those_of_the_page(database: str, export: Path, tagger) -> None:
    cx_nlp.score(export, out=database, model=tagger)
    [row] = run(database, "SELECT time, month, needs_review, rating FROM cx_comments WHERE comment_id = 'a2'")
    [(zoned,)] = run(database, "SELECT CAST(added_at AS text) FROM cx_runs")
    assert zoned.startswith(str(datetime.now().year))
    assert "+" in zoned
    if database.startswith("sqlite"):
        assert row[:2] == ("2024-04-14 09:00:00", "2024-04-01")
        assert row[2] in (0, 1)
    else:
        assert row[:2] == (datetime(2024, 4, 14, 9), date(2024, 4, 1))
        assert isinstance(row[2], bool)
    assert row[3] == 1.0
    assert isinstance(row[3], float)


def test_the_same_run_twice_changes_nothing(database: str, export: Path, tagger, tmp_path: Path) -> None:
    first = cx_nlp.analyze(export, out=database, model=tagger)
    before = counts(database)
    assert first.put.added
    assert before["causes"] > 0
    again = cx_nlp.analyze(export, out=database, model=tagger)
    assert (again.put.run_id, again.put.added) == (first.put.run_id, False)
    assert again.counts == first.counts
    assert again.causes["touchpoint"].tolist() == first.causes["touchpoint"].tolist()
    assert counts(database) == before
    # Also where the files are asked for, for which the scoring must be done again.
    cx_nlp.analyze(export, out=database, model=tagger, files=tmp_path / "files")
    assert counts(database) == before
    assert (tmp_path / "files" / "report.html").exists()
    assert [*Path.cwd().iterdir()] == []


def test_other_runs_stand_side_by_side_and_views_show_the_latest(database: str, export: Path, tagger) -> None:
    cx_nlp.score(export, out=database, model=tagger)
    pd.DataFrame(ROWS[:1], columns=HEADER).to_csv(export, index=False)
    cx_nlp.score(export, out=database, model=tagger)
    cx_nlp.score(export, out=database, model=tagger, keep_personal_data=True)
    cx_nlp.score(export, out=database, model=tagger, columns={"channel": ""})
    assert run(database, "SELECT run_id, scored FROM cx_runs ORDER BY run_id") == [
        (1, 4),
        (2, 1),
        (3, 1),
        (4, 1),
    ]
    assert run(database, "SELECT count(*) FROM cx_comments") == [(7,)]
    assert run(database, "SELECT run_id, comment_id, channel FROM cx_latest_comments") == [(4, "a1", None)]
    assert {run_id for (run_id,) in run(database, "SELECT run_id FROM cx_latest_mentions")} == {4}
    assert run(database, "SELECT run_id FROM cx_latest_runs") == [(4,)]


def test_a_run_that_breaks_off_leaves_nothing_and_goes_on_later(database: str, export: Path, tagger) -> None:
    cx_nlp.score(export, out=database, model=tagger, columns={"channel": ""})
    before = counts(database)
    # The table written last refuses its rows.
    run(database, "DROP VIEW cx_latest_rejected", "ALTER TABLE cx_rejected RENAME COLUMN content TO other")
    with pytest.raises(DatabaseError, match="content"):
        cx_nlp.score(export, out=database, model=tagger)
    assert {**before} == counts(database)
    run(database, "ALTER TABLE cx_rejected RENAME COLUMN other TO content",
        "CREATE VIEW cx_latest_rejected AS SELECT * FROM cx_rejected")  # fmt: skip
    summary = cx_nlp.score(export, out=database, model=tagger)
    assert summary.taken_over == len(ROWS)
    assert summary.put.run_id == 2
    assert counts(database)["comments"] == 2 * before["comments"]
    assert [*Path.cwd().iterdir()] == []


def test_personal_data_are_masked_unless_they_are_kept(database: str, export: Path, tagger) -> None:
    cx_nlp.score(export, out=database, model=tagger)
    held = str(run(database, "SELECT * FROM cx_comments")) + str(run(database, "SELECT * FROM cx_mentions"))
    held += str(run(database, "SELECT * FROM cx_rejected")) + str(
        run(database, "SELECT manifest FROM cx_runs")
    )
    assert "0912" not in held
    assert "an.vidu" not in held
    [(text, customer)] = run(database, "SELECT text, customer_id FROM cx_comments WHERE comment_id = 'a2'")
    assert text == "Gọi mình [số điện thoại] nhé, giao hàng quá chậm"
    assert customer.startswith("[phone ")
    cx_nlp.score(export, out=database, model=tagger, keep_personal_data=True)
    [(text, customer)] = run(
        database, "SELECT text, customer_id FROM cx_latest_comments WHERE comment_id = 'a2'"
    )
    assert (text, customer) == (ROWS[1][1], "0912000678")


@pytest.mark.parametrize("keep", [False, True])
def test_quotes_are_the_characters_of_the_text_that_stands_beside_them(
    database: str, export: Path, tagger, keep: bool
) -> None:
    cx_nlp.score(export, out=database, model=tagger, keep_personal_data=keep)
    found = run(
        database,
        'SELECT substr(c.text, CAST(m.start + 1 AS integer), CAST(m."end" - m.start AS integer)), m.quote FROM cx_mentions m'
        " JOIN cx_comments c ON c.run_id = m.run_id AND c.comment_id = m.comment_id",
    )
    assert len(found) > 3
    assert all(there == quote and quote for there, quote in found)


def test_every_character_comes_through(database: str, tagger, tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    texts = [
        "giao hàng chậm\u0000 quá\u0001 lắm", "giao ha\u0300ng cha\u0323\u0302m 👩‍👩‍👧", "\\N", "a\tb\\tc\nd", "NULL là gì", "\u2028giao chậm",
    ]  # fmt: skip
    lines = [
        json.dumps({"id": f"r\u0000{n}", "text": text, "channel": "A\u0000"}) for n, text in enumerate(texts)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    cx_nlp.score(path, out=database, model=tagger, columns={"channel": "channel", "id": "id"})
    found = run(database, "SELECT comment_id, text, channel FROM cx_comments ORDER BY comment_id")
    assert found == [(f"r\ufffd{n}", text.replace("\0", "\ufffd"), "A\ufffd") for n, text in enumerate(texts)]


def test_a_frame_goes_into_a_database_too(database: str, tagger) -> None:
    frame = pd.DataFrame(ROWS, columns=HEADER)
    cx_nlp.score(frame, out=database, model=tagger)
    assert not cx_nlp.score(frame, out=database, model=tagger).put.added
    assert run(database, "SELECT input_name, rows_in FROM cx_runs") == [("data frame", 6)]


def test_an_export_of_many_parts_keeps_mentions_with_their_comments(
    database: str, tagger, tmp_path: Path
) -> None:
    path = tmp_path / "many.csv"
    said = ["giao hàng chậm", "nhân viên nhiệt tình nhưng giá cao", "ok", "gọi 0912 000 678, giao nhanh"]
    rows = [(f"c{n}", said[n % 4]) for n in range(9000)]
    pd.DataFrame(rows, columns=["id", "text"]).to_csv(path, index=False)
    summary = cx_nlp.score(path, out=database, model=tagger, jobs=1)
    assert counts(database)["comments"] == 9000
    assert counts(database)["mentions"] == summary.counts.mentions
    # The foreign key holds every mention to a comment; here the number of each text's mentions is one number.
    per = run(
        database,
        "SELECT text, n, count(*) FROM (SELECT c.text, c.comment_id, count(m.mention_id) AS n FROM cx_comments c LEFT JOIN"
        " cx_mentions m ON m.run_id = c.run_id AND m.comment_id = c.comment_id GROUP BY c.text, c.comment_id) x"
        " GROUP BY text, n",
    )
    assert len(per) == 4
    assert {n for *_, n in per} == {2250}


@pytest.mark.parametrize("kind", ["duckdb", "postgresql"])
def test_tables_go_into_a_schema_under_a_prefix(
    kind: str, request, export: Path, tagger, tmp_path: Path
) -> None:
    address = (
        request.getfixturevalue("new_postgresql")
        if kind == "postgresql"
        else f"duckdb:///{tmp_path / 'x.db'}"
    )
    for prefix in ("", "Phản_hồi_"):
        cx_nlp.score(export, out=address, model=tagger, schema="Khách", prefix=prefix)
    assert run(address, 'SELECT count(*) FROM "Khách".comments') == [(4,)]
    assert run(address, 'SELECT count(*) FROM "Khách"."Phản_hồi_latest_comments"') == [(4,)]


def test_keys_and_indexes_are_there(database: str, export: Path, tagger) -> None:
    cx_nlp.score(export, out=database, model=tagger)
    keys = "INSERT INTO cx_mentions (run_id, mention_id, comment_id, touchpoint) VALUES ({}, {}, {}, 'app')"
    enforce = ["PRAGMA foreign_keys = ON"] if database.startswith("sqlite") else []
    for values in ((1, 1, "'a1'"), (1, 900, "'nobody'"), (9, 900, "'a1'"), (1, 900, "NULL")):
        with pytest.raises(Exception, match=r"(?i)constraint"):
            run(database, *enforce, keys.format(*values))
    run(database, *enforce, keys.format(1, 900, "'a1'"))
    where = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    }.get(database.partition(":")[0])
    if where:
        names = {name for (name,) in run(database, where)}
        assert {"cx_comments_time", "cx_comments_customer_id", "cx_mentions_touchpoint_sentiment"} <= names


def test_what_only_databases_have_is_refused_elsewhere(export: Path, tagger, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--schema and --files mean nothing without a database"):
        cx_nlp.score(export, out=tmp_path / "out", model=tagger, schema="x", files=tmp_path / "files")
    with pytest.raises(InputError, match="--query needs a database"):
        cx_nlp.score(export, out=tmp_path / "out", model=tagger, query="select 1")


def test_two_runs_added_at_once_get_numbers_of_their_own(new_postgresql: str, export: Path, tagger) -> None:
    cx_nlp.score(export, out=new_postgresql, model=tagger)

    def add(channel: str) -> int:
        return cx_nlp.score(
            export, out=new_postgresql, model=tagger, columns={"channel": channel}, files=f"f{channel}"
        ).put.run_id

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(add, ("", "order_value", "customer_id"))) == [2, 3, 4]
    assert counts(new_postgresql)["comments"] == 4 + 3 * 4
