"""Physical lines, wherever the pieces of the file are cut."""

import gzip
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cx_nlp.errors import InputError
from cx_nlp.io.lines import LONGEST_LINE, PIECE, DamagedLine, text_lines


@pytest.fixture
def put(tmp_path):
    def write(content, name="export.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["a", "đẹp", "😀", "\n", "\r\n", "\r", "\x0b", "\u2028", "\x85"]), max_size=40
    ).map("".join),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16"]),
)
def test_lines_end_at_line_feeds_and_carriage_returns_only(put, text, encoding):
    assert list(text_lines(put(text.encode(encoding)), encoding)) == list(io.StringIO(text, newline=""))


@pytest.mark.parametrize("shift", range(-3, 4))
@pytest.mark.parametrize(("encoding", "width"), [("utf-8", 1), ("utf-16-le", 2)])
def test_a_line_end_or_letter_on_the_edge_of_a_piece_is_kept(put, shift, encoding, width):
    text = "x" * (PIECE // width + shift) + "đ😀\r\ny\rz\n"
    lines = list(text_lines(put(text.encode(encoding)), encoding))
    assert [line[-4:] for line in lines] == ["đ😀\r\n", "y\r", "z\n"]


def test_a_gzipped_file_is_unpacked(put):
    assert list(text_lines(put(gzip.compress(b"a\nb"), "a.gz"), "utf-8")) == ["a\n", "b"]


def test_damaged_lines_say_why_and_the_others_are_plain(put):
    lines = list(text_lines(put(b"a\n\xffb\nc\0\nd\n"), "utf-8"))
    assert lines == ["a\n", "\ufffdb\n", "c\ufffd\n", "d\n"]
    assert [line.reason[:8] for line in lines if isinstance(line, DamagedLine)] == ["bytes th", "NUL byte"]


def test_an_odd_byte_at_the_end_of_utf_16_damages_the_last_line_only(put):
    *lines, last = text_lines(put("a\nb".encode("utf-16-le") + b"c"), "utf-16-le")
    assert lines == ["a\n"]
    assert isinstance(last, DamagedLine)


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(put):
    with pytest.raises(InputError, match="longer than 16 MiB"):
        list(text_lines(put(b"x" * (LONGEST_LINE + 2 * PIECE)), "utf-8"))
