"""Parquet: types kept, nested columns left and named."""

import datetime
from types import SimpleNamespace

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cx_nlp.errors import InputError
from cx_nlp.io.cells import cell_texts
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.readers import open_export


@pytest.fixture
def put(tmp_path):
    def write(table):
        path = tmp_path / "export.parquet"
        pq.write_table(table, path)
        return path

    return write


def test_types_are_kept_and_ids_with_gaps_stay_whole(put):
    table = {
        "id": [7, None, 9],
        "text": ["ổn", None, "tệ"],
        "time": [datetime.datetime(2025, 1, 1)] * 3,
        "x": [0.5] * 3,
    }
    first, second = open_export(put(pa.table(table))).chunks(2)
    assert list(first.frame.index) == [1, 2]
    assert list(second.frame.index) == [3]
    assert str(first.frame["id"].iloc[0]) == "7"
    assert second.frame["text"].iloc[0] == "tệ"
    assert pd.api.types.is_datetime64_any_dtype(second.frame["time"])


def test_categories_are_plain_values(put):
    table = pa.table({"channel": pa.array(["app", "web", "app"]).dictionary_encode()})
    assert open_export(put(table)).sample()["channel"].tolist() == ["app", "web", "app"]


def test_nested_columns_are_left_as_they_are_and_noted(put):
    export = open_export(put(pa.table({"text": ["a"], "tags": [["x", "y"]], "meta": [{"k": 1}]})))
    assert export.notes == ("nested columns: tags, meta",)
    assert export.sample()["meta"].iloc[0] == {"k": 1}


def test_an_index_that_pandas_stored_is_a_column(tmp_path):
    frame = pd.DataFrame({"text": ["a", "b"]}, index=pd.Index(["r1", "r2"], name="key"))
    frame.to_parquet(tmp_path / "a.parquet")
    assert open_export(tmp_path / "a.parquet").columns == ("text", "key")


def test_repeated_names_are_made_unique(put):
    table = pa.Table.from_arrays([pa.array(["x"]), pa.array(["y"])], names=["text", "text"])
    assert open_export(put(table)).sample().to_dict("records") == [{"text": "x", "text_2": "y"}]


def test_no_rows_are_refused(put):
    with pytest.raises(InputError, match="no rows"):
        open_export(put(pa.table({"text": pa.array([], pa.string())})))


def test_fewer_rows_than_none_are_refused(put, monkeypatch):
    path = put(pa.table({"text": ["a"]}))
    told = SimpleNamespace(num_rows=-3)
    monkeypatch.setattr(pq.ParquetFile, "metadata", told)
    with pytest.raises(InputError, match="no rows"):
        open_export(path)


def test_a_damaged_file_is_refused(put):
    path = put(pa.table({"text": [f"comment {n}" for n in range(9999)]}))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match=r"cannot be read as Parquet.*export the file again"):
        open_export(path)
    path.write_bytes(data[:4] + b"\xff" * 5000 + data[5004:])
    with pytest.raises(InputError, match="breaks off behind row 0"):
        list(open_export(path).chunks())


def test_dates_of_years_that_no_calendar_has_are_texts(put):
    table = pa.table(
        {
            "text": ["a", "b", "c"],
            "day": pa.array([0, 4_000_000, None], pa.date32()),
            "time": pa.array([0, 2**62, None], pa.timestamp("ms")),
        }
    )
    export = open_export(put(table))
    frame = export.sample()
    assert [str(value) for value in frame["day"]][:2] == ["1970-01-01", "12921-08-18"]
    assert cell_texts(frame["time"])[1].startswith("146140482-04-24")
    assert plan_comments(export).columns.roles["text"].column == "text"


def test_a_refused_row_with_such_a_year_is_written(put):
    path = put(pa.table({"text": ["tốt", None], "time": pa.array([0, 2**51], pa.timestamp("ms"))}))
    export = open_export(path)
    (chunk,) = export.chunks()
    _, (refused,) = CommentReader(plan_comments(export)).read(chunk)
    assert refused.content.startswith(",73326-")


@pytest.mark.parametrize("codes", [False, True])
def test_bytes_that_are_no_text_are_marked_in_their_row(put, codes):
    raw = pa.array(["ổn".encode(), "t\u1ec7".encode()[:-1], None], pa.binary())
    column = raw.view(pa.string())
    path = put(pa.table({"id": [1, 2, 3], "text": column.dictionary_encode() if codes else column}))
    assert cell_texts(open_export(path).sample()["text"]) == ["ổn", "t\ufffd", None]


def test_rows_that_are_promised_and_not_there_are_missed(put, monkeypatch):
    path = put(pa.table({"text": ["a", "b"]}))
    export = open_export(path)
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", lambda *_, **__: iter(()))
    with pytest.raises(InputError, match="breaks off behind row 0: the end comes before row 2"):
        list(export.chunks(10))


def test_an_unknown_time_zone_is_said(put):
    path = put(pa.table({"text": ["a"], "time": pa.array([0], pa.timestamp("s", "Nowhere/Land"))}))
    with pytest.raises(InputError, match=r"cannot be read as Parquet.*zone"):
        open_export(path).sample()
