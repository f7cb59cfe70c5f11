from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.text import fold_accents, lower


def test_vietnamese_letters_lose_their_marks() -> None:
    assert fold_accents("Đường dẫn hỏng, thử lại sau nhé!") == "Duong dan hong, thu lai sau nhe!"


def test_plain_text_and_other_scripts_stay() -> None:
    assert fold_accents("fast ship") == "fast ship"
    assert fold_accents("很好 ดีมาก") == "很好 ดีมาก"


def test_lower_keeps_the_length_where_python_does_not() -> None:
    assert len("İstanbul ĐẸP".lower()) != len("İstanbul ĐẸP")
    assert lower("İstanbul ĐẸP") == "istanbul đẹp"


@given(st.text())
def test_length_never_changes(text: str) -> None:
    assert len(fold_accents(text)) == len(lower(text)) == len(text)
