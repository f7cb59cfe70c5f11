import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io.formulas import as_written
from cx_nlp.io.tables import csv_table, parquet_table, text_of


def test_a_column_that_is_empty_at_first_keeps_its_type(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    with parquet_table(path, types={"rating": pa.float64(), "time": pa.timestamp("us")}) as table:
        table.append(pd.DataFrame({"rating": [None], "time": [pd.NaT], "note": [None]}))
        table.append(
            pd.DataFrame({"rating": [4.0], "time": pd.to_datetime(["2024-02-03 10:00"]), "note": ["ổn"]})
        )
    read = pq.read_table(path)
    assert read.schema.types == [pa.float64(), pa.timestamp("us"), pa.string()]
    assert read["note"].to_pylist() == [None, "ổn"]
    assert read["time"].to_pylist()[1].isoformat() == "2024-02-03T10:00:00"


def test_mixed_cells_become_text(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    cells = ["a", 3, 3.0, 2.5, True, None, np.nan, pd.Timestamp("2024-01-02"), {"k": "giá"}, [1, 2]]
    with parquet_table(path, types={}) as table:
        table.append(pd.DataFrame({"x": pd.Series(cells, dtype=object)}))
    assert pq.read_table(path)["x"].to_pylist() == [
        *("a", "3", "3", "2.5", "True"),
        *(None, None, "2024-01-02T00:00:00", '{"k": "giá"}', "[1, 2]"),
    ]


def test_frames_without_rows_still_give_the_columns(tmp_path: Path) -> None:
    empty = pd.DataFrame({"a": [], "b": []})
    with parquet_table(tmp_path / "t.parquet", types={}) as table, csv_table(tmp_path / "t.csv") as other:
        table.append(empty)
        other.append(empty)
    assert pq.read_table(tmp_path / "t.parquet").column_names == ["a", "b"]
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "a,b\n"


def test_times_look_the_same_in_every_part_of_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    with csv_table(path) as table:
        table.append(pd.DataFrame({"time": pd.to_datetime(["2024-02-03"])}))
        table.append(pd.DataFrame({"time": pd.to_datetime(["2024-02-03 10:30", None])}))
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["time", "2024-02-03T00:00:00", "2024-02-03T10:30:00", '""']


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        min_size=1,
        max_size=4,
    )
)
def test_any_text_comes_back_from_csv_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with csv_table(path) as table:
        table.append(pd.DataFrame({"text": texts, "n": range(len(texts))}))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert [as_written(row["text"]) for row in csv.DictReader(stream)] == texts


def test_half_a_surrogate_pair_is_written_without_moving_offsets(tmp_path: Path) -> None:
    broken = "a\ud83d b"
    with parquet_table(tmp_path / "t.parquet", types={}) as table, csv_table(tmp_path / "t.csv") as other:
        table.append(pd.DataFrame({"x": pd.Series([broken], dtype=object)}))
        other.append(pd.DataFrame({"x": pd.Series([broken], dtype=object)}))
    assert pq.read_table(tmp_path / "t.parquet")["x"].to_pylist() == ["a? b"]
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()[1] == "a? b"


@given(st.text())
def test_text_keeps_its_length(text: str) -> None:
    written = text_of(text)
    assert written is not None
    assert len(written) == len(text)
