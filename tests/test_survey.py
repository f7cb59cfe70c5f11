"""The state of a file's lines."""

import pytest

from cx_nlp.io.survey import survey


@pytest.fixture
def look(tmp_path):
    def write_and_look(content, encoding="utf-8"):
        path = tmp_path / "export.csv"
        path.write_bytes(content)
        return survey(path, encoding)

    return write_and_look


def test_lines_are_counted_by_what_they_hold(look):
    found = look("a\nđ\r\nb\rđ\n".encode() + b"\xff\nx\0\n" + b"last")
    assert (found.lines, found.foreign, found.damaged, found.nul) == (7, 2, 2, 1)
    assert (found.first_line, found.first_reason) == (
        5,
        "bytes that are not utf-8 (0xFF at byte 1 of the line)",
    )
    assert found.evidence == [b"\xff\n", b"x\0\n"]


def test_a_clean_file_has_no_notes(look):
    assert look(b"a\nb").notes == ()
    assert look(b"a\nb").lines == 2


@pytest.mark.parametrize(
    ("good", "bad", "bearable"),
    [(100, 1, True), (4, 3, True), (1, 1, True), (1, 2, False), (100, 4, False), (1000, 20, True)],
)
def test_a_few_damaged_lines_are_bearable(look, good, bad, bearable):
    found = look("đẹp\n".encode() * good + b"\xff\n" * bad)
    assert found.bearable is bearable
    assert found.notes[0].startswith(
        f"{bad} of {good + bad} lines hold bytes that cannot be read and are rejected"
    )
