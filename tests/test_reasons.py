import pytest

from cx_nlp.scoring.reasons import reason_kind


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("duplicate id 7, or so, first seen on line 3", "duplicate id"),
        ("7 fields where the header has 5", "too many fields"),
        ("1 field where the header has 5", "too few fields"),
        ("9 cells where the header has 5", "too many fields"),
        ("NUL byte (character 4 of the line)", "NUL byte"),
        ("bytes that are not utf-8 (0xE9 at byte 2 of the line)", "not UTF-8 text"),
        ("not JSON: Expecting value at character 12", "not JSON"),
        ("text is not text but list", "text is not text but list"),
        ("something odd (row 4 of 12) with 1,200 signs after UTF-8", "something odd with signs after UTF-8"),
    ],
)
def test_reasons_are_counted_in_words_without_their_numbers(reason: str, kind: str) -> None:
    assert reason_kind(reason) == kind
