"""Examples as arrays."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_encoder import small_vocabulary

from cx_nlp.encoder.batches import Batch, batch_of, by_length, hide_pieces
from cx_nlp.encoder.examples import Example
from cx_nlp.encoder.pieces import BEGIN, END, PADDING, UNKNOWN, PieceReader

READER = PieceReader(small_vocabulary())
NOTHING = -1


def example(
    text: str, at: dict[int, tuple[int, ...]], *, loose: tuple[int, ...] = (), sentiment: int = 0
) -> Example:
    words = tuple(text.split())
    n = len(words)
    return Example(words, (True,) * n, tuple(at.get(i, ()) for i in range(n)), loose, sentiment, ((0, n),))


def batch(*examples: Example, longest: int = 50) -> Batch:
    return batch_of(examples, READER, 3, longest=longest, outside=0.25)


def test_a_word_in_a_quote_goes_to_its_labels_and_counts_fully() -> None:
    made = batch(example("giao hàng nhanh và rẻ", {0: (1,), 1: (1, 2), 2: (1,)}))
    assert made.said[0, 1].tolist() == [0, 1, 0, 0]
    assert made.said[0, 2].tolist() == [0, 0.5, 0.5, 0]
    assert made.said[0, 4].tolist() == [0, 0, 0, 1]
    assert made.weight[0].tolist() == [0, 1, 1, 1, 0.25, 0.25, 0]
    assert made.labels.tolist() == [[0, 1, 1]]


def test_where_nothing_is_labelled_every_word_is_known_to_say_nothing() -> None:
    made = batch(example("giao hàng", {}))
    assert made.weight[0].tolist() == [0, 1, 1, 0]
    assert made.said[0, 1:3, NOTHING].tolist() == [1, 1]


def test_of_a_label_without_quote_only_the_comment_is_known() -> None:
    made = batch(example("giao hàng", {0: (1,)}, loose=(0,)))
    assert not made.weight.any()
    assert not made.said.any()
    assert made.labels.tolist() == [[1, 1, 0]]


def test_shorter_comments_are_padded_and_longer_ones_cut() -> None:
    made = batch(example("giao", {0: (0,)}), example("giao hàng nhanh lắm", {}, sentiment=3), longest=5)
    assert made.ids.shape == made.mask.shape == (2, 5)
    assert made.ids[0].tolist()[:3] == [BEGIN, READER.word("giao", after_blank=True)[0], END]
    assert made.ids[0, 3:].tolist() == [PADDING] * 2
    assert made.mask.tolist() == [[1, 1, 1, 0, 0], [1] * 5]
    assert made.ids[1, 0] == BEGIN
    assert made.ids[1, -1] == END
    assert made.sentiment.tolist() == [0, 3]


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_pieces_are_hidden_between_the_marks_only(share: float) -> None:
    made = batch(example("giao " * 40, {}), example("hàng", {}))
    before = made.ids.copy()
    hide_pieces(made, share, np.random.default_rng(0))
    inner = np.zeros(before.shape, bool)
    inner[0, 1:41] = inner[1, 1] = True
    assert (made.ids[~inner] == before[~inner]).all()
    hidden = made.ids[inner] == UNKNOWN
    assert abs(hidden.mean() - share) < 0.2
    assert (made.ids[inner][~hidden] == before[inner][~hidden]).all()


@given(
    lengths=st.lists(st.integers(1, 300), max_size=90),
    size=st.integers(1, 9),
    seed=st.none() | st.integers(0, 99),
)
def test_every_comment_is_in_one_batch(lengths: list[int], size: int, seed: int | None) -> None:
    rng = None if seed is None else np.random.default_rng(seed)
    found = list(by_length(lengths, size, rng))
    assert sorted(i for rows in found for i in rows.tolist()) == list(range(len(lengths)))
    assert all(0 < len(rows) <= size for rows in found)
    spans = [(min(lengths[i] for i in rows), max(lengths[i] for i in rows)) for rows in found]
    # Fewer than fifty batches are sorted as one, so that no two of them overlap in length.
    if len(found) <= 50:
        spans.sort()
        assert all(one[1] <= after[0] for one, after in pairwise(spans))


def test_batches_come_in_another_order_every_pass() -> None:
    rng = np.random.default_rng(0)
    first, second = ([rows.tolist() for rows in by_length(range(64), 4, rng)] for _ in range(2))
    assert first != second
    assert [rows.tolist() for rows in by_length(range(64), 4, np.random.default_rng(0))] == first
