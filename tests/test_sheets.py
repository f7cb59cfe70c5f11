"""Workbooks: the right sheet, typed cells, damaged files named."""

import contextlib
import datetime
import zipfile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_nlp.errors import InputError
from cx_nlp.io.readers import open_export

REVIEWS = [["mã", "nội dung", "ngày"], [1, "ổn", datetime.datetime(2025, 5, 1)], [2, "tệ", None]]


@pytest.fixture
def book(tmp_path):
    def write(**sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "export.xlsx"
        workbook.save(path)
        return path

    return write


def only_chunk(export):
    (chunk,) = export.chunks()
    return chunk


def test_cells_keep_their_types_and_rows_their_numbers(book):
    chunk = only_chunk(open_export(book(A=REVIEWS)))
    assert list(chunk.frame.index) == [2, 3]
    assert chunk.frame.to_numpy().tolist() == REVIEWS[1:]


def test_the_first_sheet_with_a_table_is_taken_and_said(book):
    export = open_export(book(Cover=[["Hướng dẫn"], ["đọc kỹ"]], Empty=[], Reviews=REVIEWS, More=REVIEWS))
    assert export.sheet == "Reviews"
    assert export.notes == ("sheet 'Reviews', the first with a table (others: 'Cover', 'Empty', 'More')",)


def test_a_sheet_is_chosen_by_name_or_number(book):
    path = book(A=REVIEWS, B=[["x", "y"], [1, 2]])
    assert open_export(path, sheet="B").columns == ("x", "y")
    assert open_export(path, sheet=2).sheet == open_export(path, sheet="2").sheet == "B"
    with pytest.raises(InputError, match=r"no sheet 'C'; expected one of 'A', 'B'"):
        open_export(path, sheet="C")


def test_a_hidden_sheet_is_not_taken_unasked(book):
    path = book(Secret=REVIEWS, Shown=[["x", "y"], [1, 2]])
    workbook = openpyxl.load_workbook(path)
    workbook["Secret"].sheet_state = "hidden"
    workbook.save(path)
    assert open_export(path).sheet == "Shown"


def test_titles_and_blank_rows_above_the_header_are_passed_over(book):
    export = open_export(book(A=[["Báo cáo tháng 5"], [], ["Đánh giá"], *REVIEWS]))
    assert export.columns == ("mã", "nội dung", "ngày")
    assert export.notes == ("column names are taken from row 4; what stands above is left out",)
    assert list(only_chunk(export).frame.index) == [5, 6]


def test_blank_rows_are_no_rows_and_a_cell_too_many_rejects_its_row(book):
    rows = [["id", "text"], *([n, "ổn"] for n in range(300)), [], [7, "tệ", "thừa"], [8, "ổn", "  "]]
    (chunk,) = open_export(book(A=rows)).chunks()
    assert [(r.line, r.reason, r.content) for r in chunk.rejected] == [
        (303, "3 cells where the header has 2", "7\ttệ\tthừa")
    ]
    assert list(chunk.frame.index)[-1] == 304
    assert len(chunk.frame) == 301


def test_error_cells_are_empty_and_escaped_letters_are_read(book):
    chunk = only_chunk(open_export(book(A=[["id", "text"], ["#N/A", "dòng_x000D_ hai"], [1, "a_xb"]])))
    assert chunk.frame.to_numpy().tolist() == [[None, "dòng\r hai"], [1, "a_xb"]]


def test_a_wrong_size_in_the_file_is_not_believed(book, tmp_path):
    path, mended = book(A=REVIEWS), tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(mended, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="A1:C3"', b'ref="A1"'))
    assert open_export(mended).columns == ("mã", "nội dung", "ngày")


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        ({"A": []}, r"is empty \(sheets: 'A'\)"),
        ({"A": [["id", "text"]]}, r"sheet 'A' has column names \(row 1\) but no rows"),
        ({"A": [[1, "ổn", 5], [2, "tệ", 1]]}, "row 1 looks like a row of data"),
    ],
)
def test_sheets_without_a_table_are_refused(book, sheets, words):
    with pytest.raises(InputError, match=words):
        open_export(book(**sheets))


def test_a_sheet_that_breaks_off_is_named_by_row(book, tmp_path):
    path, torn = book(A=[["id", "text"], *([n, f"ổn {n}"] for n in range(3000))]), tmp_path / "b.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(torn, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    export = open_export(torn)
    with pytest.raises(InputError, match=r"row \d+ of sheet 'A' is damaged .*save it again as XLSX"):
        list(export.chunks())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_workbook_raises_nothing_but_input_errors(book, changes):
    path = book(A=REVIEWS)
    data = bytearray(path.read_bytes())
    for place, byte in changes:
        data[int(place * (len(data) - 1))] = byte
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        list(open_export(path).chunks())
