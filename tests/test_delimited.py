"""Rows of delimited files: whole ones read exactly, broken ones named by line, none lost behind them."""

import csv
import io

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cx_nlp.errors import InputError
from cx_nlp.io.readers import open_export

GOOD = "".join(f"{number},ổn lắm,5\n" for number in range(20, 40))


@pytest.fixture
def read(tmp_path):
    def write_and_read(content, **options):
        path = tmp_path / "export.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        export = open_export(path, **options)
        chunks = list(export.chunks(8))
        rows = {
            line: list(row)
            for c in chunks
            for line, row in zip(c.frame.index, c.frame.to_numpy(), strict=True)
        }
        return export, rows, [rejected for chunk in chunks for rejected in chunk.rejected]

    return write_and_read


def test_a_quoted_field_may_hold_delimiters_quotes_and_lines(read):
    _, rows, rejected = read('id,text,rating\n1,"giao nhanh, bảo ""ok""\n\ncảm ơn",5\n2,tệ,1\n')
    assert rows == {2: ["1", 'giao nhanh, bảo "ok"\n\ncảm ơn', "5"], 5: ["2", "tệ", "1"]}
    assert rejected == []


def test_a_row_with_too_many_fields_is_rejected_with_its_line(read):
    _, rows, rejected = read("id,text,rating\n" + GOOD + "3,ngon, rẻ,5\n" + "4,ổn,5,,\n")
    assert [(r.line, r.reason, r.content) for r in rejected] == [
        (22, "4 fields where the header has 3", "3,ngon, rẻ,5")
    ]
    assert rows[23] == ["4", "ổn", "5"]


def test_a_short_row_is_rejected_because_it_may_be_half_of_one(read):
    _, rows, rejected = read("id,text,rating\n" + GOOD + "3,xuống dòng\nkhông ngoặc,5\n4,ổn,5\n")
    assert [(r.line, r.reason) for r in rejected] == [
        (22, "2 fields where the header has 3"),
        (23, "2 fields where the header has 3"),
    ]
    assert rows[24] == ["4", "ổn", "5"]


def test_a_short_row_is_filled_where_other_rows_leave_the_last_columns_empty(read):
    _, rows, rejected = read("id,text,note,tag\n" + "1,ổn,,\n" * 5 + "2,tệ,x,y\n" * 5 + "3,hay\n4\n")
    assert rows[12] == ["3", "hay", "", ""]
    assert [r.line for r in rejected] == [13]


def test_sloppy_quotes_are_read_where_the_fields_still_count(read):
    _, rows, rejected = read(
        "id,text,rating\n" + GOOD + '1,"xịn" lắm,5\n2,"xịn, bền" lắm,5\n3,"bảo "ok", rồi",5\n'
    )
    assert rows[22] == ["1", '"xịn" lắm', "5"]
    assert rows[23] == ["2", "xịn, bền lắm", "5"]
    assert [(r.line, r.reason) for r in rejected] == [(24, "unbalanced quotes")]


def test_a_nul_byte_costs_its_row(read):
    _, rows, rejected = read(b"id,text\n1,a\n2,b\0c\n3,d\n4,e\n")
    assert list(rows) == [2, 4, 5]
    assert [(r.line, r.reason) for r in rejected] == [(3, "NUL byte (character 4 of the line)")]


def test_a_line_that_does_not_decode_costs_its_row_also_inside_quotes(read):
    content = b"id,text\n" + "1,đẹp\n".encode() * 9 + b'2,"a\nb\xe9\nc"\n' + "3,đẹp\n".encode()
    export, rows, rejected = read(content)
    assert [r.line for r in rejected] == [11]
    assert rejected[0].reason == "bytes that are not utf-8 (0xE9 at byte 2 of the line)"
    assert rows[14] == ["3", "đẹp"]
    assert "line 12" in export.notes[0]


def test_line_ends_of_all_systems_and_blank_lines(read):
    _, rows, _ = read("id,text\r1,a\r\n\r\n2,b\n\n   \n3,c\r")
    assert rows == {2: ["1", "a"], 4: ["2", "b"], 7: ["3", "c"]}


def test_a_comment_of_a_megabyte_is_a_row(read):
    long = "rất tốt, " * 120_000
    _, rows, _ = read(f'id,text\n1,"{long}"\n2,ngắn\n')
    assert rows[2] == ["1", long]


def test_notes_say_what_was_assumed(read):
    export, rows, _ = read("Báo cáo tháng 5\n\nmã;nội dung;mã\n1;a, b;x\n2;c;y\n3;d;z\n".encode("utf-16"))
    assert export.columns == ("mã", "nội dung", "mã_2")
    assert list(rows) == [4, 5, 6]
    assert export.notes[:3] == (
        "encoding utf-16",
        "delimiter ';'",
        "column names are taken from line 3; what stands above is left out",
    )


def test_lines_without_a_delimiter_are_one_column(read):
    export, rows, rejected = read('nội dung\ntốt, rẻ; đẹp\nổn\n"hai\ndòng"\n')
    assert (export.delimiter, export.columns) == ("", ("nội dung",))
    assert list(rows.values()) == [["tốt, rẻ; đẹp"], ["ổn"], ["hai\ndòng"]]
    assert rejected == []


def test_a_delimiter_that_was_named_is_used(read):
    assert read("a,b:c\n1,2:3\n", delimiter=":")[1] == {2: ["1,2", "3"]}
    assert read("a b\tc\n1\t2\n", delimiter="tab")[1] == {2: ["1", "2"]}
    with pytest.raises(InputError, match="cannot be a delimiter"):
        read("a,b\n1,2\n", delimiter=",,")


def test_lines_that_do_not_split_evenly_are_refused(read):
    prose = "Chào shop, mình viết thư này\n" + "vì hàng, lỗi, bể\nhỏng\ntệ, bể, a, b\n" * 9
    with pytest.raises(InputError, match="--delimiter"):
        read(prose)


def test_a_broken_header_is_refused(read):
    with pytest.raises(InputError, match="line 1, the column names"):
        read(b"id,t\xe9xt\n" + "1,đẹp\n".encode() * 9)


TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)
TRICKY = st.text(st.sampled_from(list("a\"',;\t|\n\r \\đ😀\u0301")), max_size=12)
ROWS = st.lists(st.lists(TEXT | TRICKY, min_size=3, max_size=3), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ROWS,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_whatever_csv_writer_writes_is_read_back(read, table, delimiter, encoding):
    # A line of nothing but tabs is a blank line, which is no row.
    assume(delimiter != "\t" or all(any(cell.strip() for cell in row) for row in table))
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter).writerows([["mã số", "comment text", "note"], *table])
    export, rows, rejected = read(written.getvalue().encode(encoding))
    assert rejected == []
    assert list(rows.values()) == table
    assert export.delimiter == delimiter


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT | TRICKY, min_size=1, max_size=12), st.sampled_from(["cp1252", "cp1258"]))
def test_a_named_encoding_is_read_back(read, texts, encoding):
    texts = [text.encode(encoding, "ignore").decode(encoding) for text in texts]
    written = io.StringIO(newline="")
    csv.writer(written).writerows([["comment", "note"], *([text, "x"] for text in texts)])
    _, rows, rejected = read(written.getvalue().encode(encoding), encoding=encoding)
    assert (rejected, [row[0] for row in rows.values()]) == ([], texts)
