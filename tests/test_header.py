"""Names of columns."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.errors import InputError
from cx_nlp.io.header import check_header, column_names


def test_names_are_trimmed_composed_and_on_one_line():
    names, notes = column_names([" Nô\u0323i dung\n(ghi rõ) ", "\ufeffid", 2024])
    assert names == ("Nội dung (ghi rõ)", "id", "2024")
    assert notes == ()


def test_blank_and_repeated_names_are_made_unique_and_noted():
    names, notes = column_names(["a", "", "a", None, "a_2"])
    assert names == ("a", "column_2", "a_3", "column_4", "a_2")
    assert notes[0] == "column 2 has no name; it is called 'column_2'"
    assert notes[1] == "column 3 is named 'a' again; it is called 'a_3'"


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "", " a", "column_1", "column_2", "b"]), max_size=12))
def test_names_are_always_unique(cells):
    names, _ = column_names(cells)
    assert len(set(names)) == len(cells)


def test_a_row_of_data_is_no_header(tmp_path):
    rows = [("2", "tệ", "22/12/2025"), ("3", "ổn", "23/12/2025")]
    with pytest.raises(InputError, match=r"row 3 looks like a row of data.*column names above"):
        check_header(("1", "tốt", "21/12/2025"), rows, path=tmp_path, place="row 3")
    with pytest.raises(InputError, match="looks like a row of data"):
        check_header(
            (datetime.date(2025, 1, 1), "tốt"),
            [(datetime.date(2025, 1, 2), "a")],
            path=tmp_path,
            place="row 1",
        )


def test_numbers_as_names_are_noted_where_they_may_be_meant(tmp_path):
    rows = [("2", "tệ", "5", "6", "7")]
    assert check_header(("0", "1", "2", "3", "4"), rows, path=tmp_path, place="line 1")
    assert check_header(("id", "text", "rating", "votes", "2024"), rows, path=tmp_path, place="line 1") == (
        "line 1 is taken as column names although it holds '2024'",
    )
    assert check_header(("id", "2024", "a", "b", "c"), rows, path=tmp_path, place="line 1") == ()
