"""Words that rise inside a cause."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_nlp.journey.trends.rising import OFTEN, rising_words, words

USUAL = (
    "giao hàng chậm", "giao trễ hẹn ba ngày", "đợi mãi hàng không tới", "shipper không gọi điện", "đơn hàng bị thất lạc",
    "the parcel came late", "courier never called", "giao sai địa chỉ", "hàng về chậm quá", "giao lâu",
)  # fmt: skip


def texts(count: int, *, new: str = "", share: float = 0.0, seed: int = 0) -> list[str]:
    rng = np.random.default_rng(seed)
    picked = rng.choice(USUAL, (count, 2))
    return [f"{one}, {other}{f'. {new}' if rng.random() < share else ''}" for one, other in picked.tolist()]


def test_a_new_trouble_is_named() -> None:
    found = rising_words(texts(60, new="hộp bị móp méo", share=0.4), texts(400, seed=1))
    assert "móp méo" in found
    # The parts come nowhere else and are not named again.
    assert "móp" not in found
    assert not {"giao", "hàng", "chậm", "bị"} & {*found}


def test_a_word_that_was_there_and_doubled_is_named_too() -> None:
    earlier = texts(600, new="kho Bình Tân gửi nhầm", share=0.1, seed=1)
    assert any(
        "bình tân" in word
        for word in rising_words(texts(150, new="kho Bình Tân gửi nhầm", share=0.35), earlier)
    )


def test_the_same_words_as_ever_hardly_ever_rise() -> None:
    runs = [rising_words(texts(60, seed=2 * seed), texts(300, seed=2 * seed + 1)) for seed in range(40)]
    assert np.mean([len(found) for found in runs]) < 0.7


def test_one_long_complaint_is_one_complaint() -> None:
    once = [*texts(40), "móp méo " * 50]
    assert "móp méo" not in rising_words(once, texts(300, seed=1))


def test_marks_of_vietnamese_tell_words_apart() -> None:
    # Decomposed letters are the same letters.
    assert words("MÓP mo\u0301p mop") == {"móp", "mop", "móp móp", "móp mop"}


def test_stop_words_and_clauses_bound_phrases() -> None:
    found = words("Hàng thì chậm. Gọi không nghe, it was not delivered")
    assert "thì" not in found
    assert "hàng chậm" not in found
    assert "chậm gọi" not in found
    assert "không nghe" in found
    assert "not delivered" in found


def test_too_few_complaints_say_nothing() -> None:
    assert rising_words(texts(OFTEN - 1, new="móp", share=1), texts(100)) == []
    assert rising_words(texts(50), []) == []
    assert rising_words([""] * 20, ["", " "] * 20) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12), st.lists(st.text(max_size=30), max_size=12))
def test_any_text_will_do(newest: list[str], earlier: list[str]) -> None:
    assert all(isinstance(word, str) and word for word in rising_words(newest, earlier))
