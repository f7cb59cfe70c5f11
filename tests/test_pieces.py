"""Words cut into the pieces that an encoder reads."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_encoder import WORDS, small_vocabulary

from cx_nlp.encoder.pieces import BEGIN, BLANK, END, SPECIAL, UNKNOWN, PieceReader, Vocabulary, needed_pieces

VOCABULARY = small_vocabulary()
READER = PieceReader(VOCABULARY)


def names(pieces: tuple[int, ...] | list[int]) -> list[str]:
    return [VOCABULARY.pieces[k] for k in pieces]


def test_a_known_word_is_one_piece_and_another_is_spelt() -> None:
    [read] = READER.read(["giao", "gaio"], [True, True], most=20)
    assert names(read.pieces) == ["<s>", "▁giao", "▁", "g", "a", "i", "o", "</s>"]
    assert read.owners == (-1, 0, 1, 1, 1, 1, 1, -1)


def test_a_comma_that_follows_at_once_is_read_without_a_blank() -> None:
    assert names(READER.word(",", after_blank=False)) == [","]
    assert names(READER.word(",", after_blank=True)) == ["▁", ","]


def test_what_the_vocabulary_does_not_hold_is_unknown() -> None:
    assert UNKNOWN in READER.word("鱼", after_blank=True)


def test_the_tokenizer_prefers_the_likelier_pieces() -> None:
    pieces = (*SPECIAL, BLANK, "a", "b", "▁a", "▁ab")
    likely = Vocabulary(pieces, np.array([0, 0, 0, 0, -5, -5, -5, -3, -2], np.float32))
    rare = Vocabulary(pieces, np.array([0, 0, 0, 0, -5, -1, -1, -3, -20], np.float32))
    assert [pieces[k] for k in PieceReader(likely).word("ab", after_blank=True)] == ["▁ab"]
    assert [pieces[k] for k in PieceReader(rare).word("ab", after_blank=True)] == ["▁a", "b"]


@given(
    words=st.lists(st.one_of(st.sampled_from(WORDS), st.text(min_size=1, max_size=30)), max_size=40),
    most=st.integers(3, 24),
)
def test_every_word_stands_in_one_window_and_none_is_too_long(words: list[str], most: int) -> None:
    windows = READER.read(words, [True] * len(words), most=most)
    assert windows
    assert all(len(one.pieces) <= most for one in windows)
    assert all(one.pieces[0] == BEGIN and one.pieces[-1] == END for one in windows)
    for one in windows:
        assert [owner < 0 for owner in one.owners] == [k in (BEGIN, END) for k in one.pieces]
    held = [{owner for owner in one.owners if owner >= 0} for one in windows]
    assert sum(map(len, held)) == len(set().union(*held))
    order = [owner for one in windows for owner in one.owners if owner >= 0]
    assert order == sorted(order)
    expected = [k for word in words for k in READER.word(word, after_blank=True)[: most - 2]]
    assert [k for one in windows for k in one.pieces[1:-1]] == expected


def test_a_reader_comes_back_from_a_pickle() -> None:
    words, blanks = ["giao", "hàng", "trễ", "!"], [True, True, True, False]
    again = pickle.loads(pickle.dumps(READER))  # noqa: S301
    assert again.read(words, blanks, most=16) == READER.read(words, blanks, most=16)


def test_a_cut_vocabulary_reads_its_own_words_alike() -> None:
    kept = needed_pieces(VOCABULARY, ["giao", "hàng"], common=0)
    cut = VOCABULARY.cut(kept)
    assert cut.pieces[: len(SPECIAL)] == SPECIAL
    assert {"▁giao", "▁hàng", "a"} <= {*cut.pieces}
    assert "▁nhân" not in cut.pieces
    [before] = READER.read(["giao", "hàng"], [True, True], most=9)
    [after] = PieceReader(cut).read(["giao", "hàng"], [True, True], most=9)
    assert [cut.pieces[k] for k in after.pieces] == names(before.pieces)


@pytest.mark.parametrize("common", [1, 3])
def test_the_likeliest_pieces_are_kept_beside_the_needed(common: int) -> None:
    scores = np.full(len(VOCABULARY.pieces), -9, np.float32)
    best = [VOCABULARY.pieces.index(piece) for piece in ("▁nhân", "▁viên", "▁app")]
    scores[best] = [-1, -2, -3]
    ranked = Vocabulary(VOCABULARY.pieces, scores)
    assert [k for k in best if k in needed_pieces(ranked, [], common=common)] == best[:common]
