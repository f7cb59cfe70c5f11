"""The noise put on training comments: labels stay at their words."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_nlp.encoder.examples import (
    SIGNS,
    UNKNOWN,
    Example,
    Felt,
    Noise,
    cropped,
    joined,
    mistyped,
    noisy,
    unmarked,
)
from cx_nlp.text.accents import fold_accents

MIXED, NEGATIVE, NEUTRAL, POSITIVE = range(4)
FELT = Felt(NEUTRAL, (NEGATIVE, POSITIVE, NEGATIVE, POSITIVE))
ALL = Noise(bare=0.5, guessed=1, typos=1, unmarked=1, joined=1, cropped=1, signed=1)
QUIET = Noise(**dict.fromkeys((change.name for change in fields(Noise)), 0))

words = st.one_of(
    st.text("giaohàngđẹpABC", min_size=1, max_size=9), st.sampled_from([",", ".", "!", "3", "…"])
)
seeds = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@st.composite
def examples(draw: st.DrawFn) -> Example:
    found = draw(st.lists(words, min_size=1, max_size=14))
    n = len(found)
    at = draw(st.lists(st.sets(st.integers(0, 3), max_size=2).map(tuple), min_size=n, max_size=n))
    cuts = sorted(draw(st.sets(st.integers(1, n - 1), max_size=4))) if n > 1 else []
    clauses = tuple(zip([0, *cuts], [*cuts, n], strict=True))
    loose = draw(st.sampled_from([(), (), (2,)]))
    blanks = (True, *draw(st.lists(st.booleans(), min_size=n - 1, max_size=n - 1)))
    return Example(
        tuple(found), blanks, tuple(at), loose, draw(st.integers(UNKNOWN, POSITIVE)), clauses, "vi"
    )


def sound(example: Example) -> None:
    assert len(example.words) == len(example.blanks) == len(example.at) > 0
    assert all(0 <= a < b <= len(example.words) for a, b in example.clauses)
    assert all(
        before[1] <= after[0] for before, after in zip(example.clauses, example.clauses[1:], strict=False)
    )


@settings(deadline=None)  # The first guess of marks reads their counts.
@given(first=examples(), second=examples(), rng=seeds)
def test_any_noise_leaves_a_sound_example_without_new_labels(
    first: Example, second: Example, rng: np.random.Generator
) -> None:
    for noise in (ALL, Noise(), replace(ALL, joined=0)):
        changed = noisy(first, [second], noise, FELT, rng)
        sound(changed)
        assert changed.labels <= first.labels | second.labels
        assert UNKNOWN <= changed.sentiment <= POSITIVE


@given(example=examples(), rng=seeds)
def test_no_noise_changes_nothing(example: Example, rng: np.random.Generator) -> None:
    assert noisy(example, [example], QUIET, FELT, rng) == example


@given(first=examples(), second=examples(), rng=seeds)
def test_joined_comments_keep_their_words_labels_and_clauses(
    first: Example, second: Example, rng: np.random.Generator
) -> None:
    both = joined(first, second, FELT, rng)
    sound(both)
    n, m = len(first.words), len(second.words)
    assert (both.words[:n], both.at[:n]) == (first.words, first.at)
    assert (both.words[-m:], both.at[-m:]) == (second.words, second.at)
    assert not any(both.at[n:-m])
    assert both.labels == first.labels | second.labels
    shift = len(both.words) - m
    said = [both.words[a:b] for a, b in both.clauses]
    assert said == [one.words[a:b] for one in (first, second) for a, b in one.clauses]
    assert both.blanks[shift]


@given(example=examples(), rng=seeds)
def test_a_cropped_comment_keeps_whole_quotes_of_a_run_of_clauses(
    example: Example, rng: np.random.Generator
) -> None:
    part = cropped(example, FELT, rng)
    sound(part)
    if part == example:
        return
    n = len(part.words)
    places = [i for i in range(len(example.words) - n + 1) if example.words[i : i + n] == part.words]
    assert any(example.at[i : i + n] == part.at for i in places)
    for label in part.labels:
        assert sum(label in at for at in part.at) == sum(label in at for at in example.at)
    polarities = {FELT.of_label[label] for label in part.labels}
    assert part.sentiment == (polarities.pop() if len(polarities) == 1 else UNKNOWN)


@given(example=examples())
def test_words_without_marks_keep_their_labels(example: Example) -> None:
    bare = unmarked(example)
    sound(bare)
    spoken = [(w, at) for w, at in zip(example.words, example.at, strict=True) if any(map(str.isalnum, w))]
    if spoken:
        assert list(zip(bare.words, bare.at, strict=True)) == spoken
    else:
        assert bare == example


@given(example=examples(), rng=seeds)
def test_typing_errors_touch_few_words_and_no_label(example: Example, rng: np.random.Generator) -> None:
    wrong = mistyped(example, rng)
    assert (wrong.at, wrong.blanks, wrong.clauses) == (example.at, example.blanks, example.clauses)
    pairs = [(a, b) for a, b in zip(example.words, wrong.words, strict=True) if a != b]
    assert len(pairs) <= 1 + len(example.words) // 12
    for before, after in pairs:
        assert before[0] == after[0]
        assert abs(len(before) - len(after)) <= 1


@given(example=examples(), rng=seeds)
def test_a_bare_comment_says_the_same_without_diacritics(example: Example, rng: np.random.Generator) -> None:
    bare = noisy(example, [], replace(QUIET, bare=1), FELT, rng)
    assert bare == replace(example, words=tuple(map(fold_accents, example.words)))


@settings(deadline=None)
@given(example=examples(), rng=seeds)
def test_guessed_diacritics_change_nothing_else(example: Example, rng: np.random.Generator) -> None:
    guessed = noisy(example, [], replace(QUIET, guessed=1), FELT, rng)
    assert [*map(fold_accents, guessed.words)] == [*map(fold_accents, example.words)]
    assert replace(guessed, words=example.words) == example


def test_some_guesses_are_wrong_and_most_are_right() -> None:
    said = "giao hàng chậm quá, gọi mấy lần không ai nghe máy".replace(",", " ,").split()
    example = Example(tuple(said), (True,) * len(said), ((),) * len(said), (), UNKNOWN, ((0, len(said)),))
    rng = np.random.default_rng(0)
    found = [noisy(example, [], replace(QUIET, guessed=1), FELT, rng).words for _ in range(200)]
    right = np.mean([[a == b for a, b in zip(words, said, strict=True)] for words in found])
    assert 0.75 < right < 0.97


@given(example=examples(), rng=seeds)
def test_pictures_at_the_end_say_nothing(example: Example, rng: np.random.Generator) -> None:
    found = noisy(example, [], replace(QUIET, signed=1), FELT, rng)
    n = len(example.words)
    assert found.words[:n] == example.words
    assert found.words[n:] in {(sign,) * k for sign in SIGNS for k in (1, 2)}
    assert (found.labels, found.sentiment) == (example.labels, example.sentiment)
    assert not any(found.at[n:])
    assert not found.clauses or found.clauses[-1][1] == len(found.words)


def test_typing_errors_do_happen() -> None:
    example = Example(("giao", "hàng"), (True, True), ((1,), (1,)), (), POSITIVE, ((0, 2),))
    found = {mistyped(example, np.random.default_rng(seed)).words for seed in range(60)}
    assert {("gao", "hàng"), ("giiao", "hàng"), ("gaio", "hàng"), ("giao", "hnàg")} <= found


def test_sentiments_of_joined_comments() -> None:
    assert FELT.together(POSITIVE, POSITIVE) == POSITIVE
    assert FELT.together(NEUTRAL, NEGATIVE) == FELT.together(NEGATIVE, NEUTRAL) == NEGATIVE
    assert FELT.together(POSITIVE, NEGATIVE) == UNKNOWN
    assert FELT.of(frozenset({0, 2})) == NEGATIVE
    assert FELT.of(frozenset({0, 1})) == FELT.of(frozenset()) == UNKNOWN
