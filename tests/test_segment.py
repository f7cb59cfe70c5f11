import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.segment import MAX_CLAUSE, clause_pipeline, segment
from cx_nlp.text import normalize


def clauses(text: str) -> list[str]:
    (parts,) = segment([text])
    return [text[start:end] for start, end in parts.spans()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Giao nhanh. Đóng gói kỹ!", ["Giao nhanh", "Đóng gói kỹ"]),
        ("giao nhanh.đóng gói kỹ", ["giao nhanh", "đóng gói kỹ"]),
        ("vải mát,may kỹ,form đẹp", ["vải mát", "may kỹ", "form đẹp"]),
        ("máy đẹp nhưng pin yếu", ["máy đẹp", "nhưng pin yếu"]),
        ("phòng sạch tuy nhiên hơi nhỏ", ["phòng sạch", "tuy nhiên hơi nhỏ"]),
        ("hàng xấu được cái giá rẻ", ["hàng xấu", "được cái giá rẻ"]),
        ("món ngon chỉ tội chờ lâu", ["món ngon", "chỉ tội chờ lâu"]),
        (
            "hàng đẹp lắm giao hàng nhanh nhân viên nhiệt tình",
            ["hàng đẹp lắm", "giao hàng nhanh", "nhân viên nhiệt tình"],
        ),
        ("phí giao hàng cao", ["phí giao hàng cao"]),
        ("thái độ của nhân viên rất tốt", ["thái độ của nhân viên rất tốt"]),
        ("The food was great but service was slow", ["The food was great", "but service was slow"]),
        ("Nice room although a bit noisy at night", ["Nice room", "although a bit noisy at night"]),
        ("Lovely staff. However the queue, awful", ["Lovely staff", "However the queue", "awful"]),
        ("giá 1.200.000đ cho 4.5 sao", ["giá 1.200.000đ cho 4.5 sao"]),
        ("check-in nhanh, wi-fi yếu", ["check-in nhanh", "wi-fi yếu"]),
        ("giao 5-7 ngày, mở 24/7", ["giao 5-7 ngày", "mở 24/7"]),
        ("hàng đẹp - giao nhanh", ["hàng đẹp", "giao nhanh"]),
        ("hàng ok\nship chậm", ["hàng ok", "ship chậm"]),
        ("", []),
        (" \n ... !!", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_a_long_comment_without_marks_is_still_cut() -> None:
    (parts,) = segment(["từ " * 500])
    assert max(end - start for start, end in parts.clauses) <= MAX_CLAUSE


@given(st.lists(st.text(max_size=300), max_size=5))
def test_clauses_are_in_order_and_lose_no_word(texts: list[str]) -> None:
    for text, parts in zip(texts, segment(texts), strict=True):
        assert [text[s:e].lower() for s, e in zip(parts.starts, parts.ends, strict=True)] == [
            w.lower() for w in parts.words
        ] or (len(text.lower()) != len(text))
        ends = [0] + [b for _, b in parts.clauses]
        assert all(before <= a < b for before, (a, b) in zip(ends, parts.clauses, strict=False))
        covered = {i for a, b in parts.clauses for i in range(a, b)}
        assert all(i in covered for i, word in enumerate(parts.words) if word[0].isalnum())


def test_the_pipeline_marks_clauses_in_a_document() -> None:
    doc = clause_pipeline()("hàng đẹp nhưng đắt")
    assert [span.text for span in doc.spans["clauses"]] == ["hàng đẹp", "nhưng đắt"]


@pytest.mark.parametrize("row", ["_", "#$", "_.", "&#", "()", '"_'])
def test_a_long_row_of_signs_reaches_spacy_in_parts(row: str) -> None:
    """In one part twenty thousand signs took it a minute: its time grows with the square."""
    text = f"tệ {row * 2000} quá"
    comment = normalize(text)
    assert max(map(len, comment.text.split())) <= 60
    (parts,) = segment([comment.text])
    assert [text[slice(*comment.span(parts.starts[k], parts.ends[k]))] for k in (0, -1)] == ["tệ", "quá"]
