"""Vietnamese marks put back where a comment has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.tagger.reading import read_comments
from cx_nlp.text import fold_accents
from cx_nlp.text.marks import Marks, has_marks, known_marks
from cx_nlp.training.marks import count_marks

FEEDBACK = Path(__file__).parent.parent / "data" / "feedback"


@pytest.mark.parametrize(
    "said",
    [
        "giao hàng chậm quá shop ơi , gọi mãi không ai nghe máy",
        "nhân viên nhiệt tình nhưng giá hơi cao",
        "dịch vụ tệ , không bao giờ quay lại",
    ],
)
def test_plain_sentences_come_back(said: str) -> None:
    assert " ".join(known_marks().restore(fold_accents(said).split())) == said


def test_a_word_is_chosen_by_those_beside_it() -> None:
    marks = Marks.learn([["giá", "cao"], ["giá", "cao"], ["cáo", "già"], ["cáo", "già"]])
    assert marks.restore(["gia", "cao"]) == ["giá", "cao"]
    assert marks.restore(["cao", "gia"]) == ["cáo", "già"]
    assert marks.restore(["xyz", "gia"])[0] == "xyz"
    assert marks.restore([]) == []


def test_comments_without_marks_teach_nothing() -> None:
    assert Marks.learn([["gia", "cao"], ["giá", "cao"]]).restore(["gia"]) == ["giá"]
    assert Marks.learn([]).restore(["gia", "cao"]) == ["gia", "cao"]


@given(st.lists(st.text(min_size=1, max_size=8), max_size=12))
def test_nothing_but_marks_is_changed(words: list[str]) -> None:
    bare = [fold_accents(word.lower()) for word in words]
    assert [fold_accents(word) for word in known_marks().restore(bare)] == bare


def test_counts_come_back_from_their_file() -> None:
    marks = Marks.learn([["giá", "\n", "cao"], ["giá", ",", "rẻ"]])
    assert Marks.from_bytes(marks.to_bytes()).pairs == marks.pairs
    assert marks.to_bytes() == Marks.learn([["giá", ",", "rẻ"], ["giá", "\n", "cao"]]).to_bytes()


def test_the_shipped_counts_are_of_the_shipped_comments() -> None:
    assert known_marks().pairs == count_marks(FEEDBACK).pairs


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Nhan vien nhiet tinh", "nhân viên nhiệt tình"),
        # Marks that are there are the writer's, also where most are missing.
        ("nhân vien nhiet tinh", "nhân vien nhiet tinh"),
        ("The bell in the room was too loud", "the bell in the room was too loud"),
    ],
)
def test_the_encoder_reads_marks_only_where_vietnamese_has_none(text: str, read: str) -> None:
    [comment] = read_comments([text], 100)
    assert " ".join(comment.words) == read
    assert comment.text == text
    assert has_marks(comment.words) == has_marks(read.split())
