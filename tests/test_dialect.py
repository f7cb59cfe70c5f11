"""Delimiter and quoting are found by what makes the rows even, not by counting characters."""

import pytest

from cx_nlp.io.dialect import ONE_COLUMN, find_layout


def layout(text, delimiter=None):
    return find_layout(text.splitlines(keepends=True), delimiter)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id;text;rating\n" + "1;tốt, rất tốt, nhanh;5\n" * 9, ";"),
        ("id|text\n" + "1|a, b; c\n" * 9, "|"),
        ("id;text;value\n" + "1;ok;12,5\n" * 9, ";"),
        ("id;name, address;text\n1;a;b\n", ";"),
        ("time;text\n" + "2024-01-01 10:00;a|b, c\n" * 9, ";"),
        ('"id","text; more"\n"1","a;b"\n', ","),
        ("id\ttext\n" + "1\tmột, hai, ba\n" * 9, "\t"),
        ("sep=|\nid|text\n1|a,b\n", "|"),
        ("comment\n" + "nhanh, rẻ\nổn\nrất, rất, tốt; hay\n" * 5, ONE_COLUMN),
    ],
)
def test_the_delimiter_is_found(text, delimiter):
    assert layout(text).quoting.delimiter == delimiter


@pytest.mark.parametrize(
    ("row", "cell", "note"),
    [
        ('1, "a, b ""x""", 5\n', 'a, b "x"', "spaces follow the delimiters"),
        (
            '1,"bảo \\"ok, xong\\" rồi",5\n',
            'bảo "ok, xong" rồi',
            "quotes inside quotes are written with a backslash",
        ),
        ("1,'tốt, bền, đẹp',5\n", "tốt, bền, đẹp", "quotes are '"),
        ("1,don't 'tis,5\n", "don't 'tis", ""),
        ('1,"mở mà không đóng,5\n', '"mở mà không đóng', "nothing is quoted"),
    ],
)
def test_the_quoting_is_found_and_said(row, cell, note):
    found = layout("id,text,rating\n" + row * 12)
    assert found.rows[0][1].strip() == cell
    assert found.quoting.note == note


def test_a_few_stray_quotes_do_not_change_the_quoting_of_all_rows():
    found = layout("id,text,rating\n" + '1,"a, b",5\n' * 5 + "1,c,5\n" * 60 + '1,"hở,5\n' * 6)
    assert found.quoting.quote == '"'


@pytest.mark.parametrize("title", ["Báo cáo tháng 5, 2024\n\n", "Báo cáo;;\n;;\n", '"Khách, hàng"\n\n'])
def test_titles_above_the_table_are_passed_over(title):
    found = layout(title + "mã;nội dung;điểm\n" + "1;a;5\n" * 5)
    assert (found.header, found.header_line) == (("mã", "nội dung", "điểm"), 3)


def test_blank_lines_hold_no_table():
    assert layout("\n  \n\r\n") is None
