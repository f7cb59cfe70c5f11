"""A tiny network learns, stops, and goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_encoder import SIZES, Arrays, network_bytes, random_arrays, small_vocabulary

from cx_nlp.encoder.examples import Example, Noise
from cx_nlp.encoder.pieces import PieceReader
from cx_nlp.encoder.schedule import Progress, Schedule
from cx_nlp.encoder.session import Session
from cx_nlp.encoder.start import Start
from cx_nlp.errors import InputError, OutputError
from cx_nlp.tagger.labelling import Labelling

LABELLING = Labelling(
    ("delivery#responsiveness", "staff#attitude_expertise"),
    ("negative", "positive"),
    ("mixed", "negative", "positive"),
)
SLOW, FAST, RUDE, KIND = range(4)
MIXED, NEGATIVE, POSITIVE = range(3)
SAID = {
    SLOW: ("giao chậm", "giao hàng trễ"), FAST: ("giao nhanh", "ship hàng lẹ"),
    RUDE: ("nhân viên thô lỗ", "staff rude"), KIND: ("nhân viên nhiệt tình", "staff tốt"),
}  # fmt: skip
LONG = Schedule(
    epochs=40, patience=40, batch=6, encoder_rate=1e-3, head_rate=1e-2, hidden_pieces=0.0, weight_decay=0.0
)
SHORT = replace(LONG, epochs=3, hidden_pieces=0.1)


def example(*said: tuple[int, str]) -> Example:
    words = [(word, label) for label, phrase in said for word in phrase.split()]
    felt = {LABELLING.felt.of_label[label] for label, _ in said}
    ends = np.cumsum([len(phrase.split()) for _, phrase in said]).tolist()
    return Example(
        tuple(word for word, _ in words), (True,) * len(words), tuple((label,) for _, label in words), (),
        felt.pop() if len(felt) == 1 else MIXED, tuple(zip([0, *ends[:-1]], ends, strict=True)),
    )  # fmt: skip


DOZEN = [
    *(example((label, phrase)) for label, phrases in SAID.items() for phrase in phrases),
    *(example((a, SAID[a][k]), (b, SAID[b][k])) for k in (0, 1) for a, b in ((SLOW, KIND), (FAST, RUDE))),
]
VOCABULARY = small_vocabulary(word for one in DOZEN for word in one.words)
READER = PieceReader(VOCABULARY)
START = Start(VOCABULARY, SIZES, random_arrays(len(VOCABULARY.pieces), LABELLING.labels))


def fitting(
    schedule: Schedule,
    *,
    start: Start = START,
    noise: Noise | None = None,
    labelling: Labelling = LABELLING,
    seed: int = 5,
) -> Any:
    from cx_nlp.encoder.learning import Fitting, Task

    task = Task(SIZES, labelling.labels, labelling.felt)
    return Fitting(task, READER, start, schedule=schedule, noise=noise, seed=seed)


@pytest.fixture(scope="module")
def learnt(can_train: None) -> Arrays:
    return dict(fitting(LONG).run(DOZEN, []))


def test_a_dozen_comments_are_learnt_by_heart(learnt: Arrays) -> None:
    session = Session(network_bytes(learnt, eight_bit=False))
    reads = [READER.read(one.words, one.blanks, most=50)[0] for one in DOZEN]
    for one, read, scores in zip(DOZEN, reads, session.run([r.pieces for r in reads]), strict=True):
        assert {*np.flatnonzero(scores.labels > 0).tolist()} == one.labels
        assert int(scores.sentiment.argmax()) == one.sentiment
        for share, owner in zip(scores.said, read.owners, strict=True):
            if owner >= 0:
                assert int(share.argmax()) == one.at[owner][0]


def test_a_run_taken_up_from_its_checkpoint_ends_as_an_undisturbed_one(
    can_train: None, tmp_path: Path
) -> None:
    kept = tmp_path / "state.pt"

    def stop(progress: Progress) -> None:
        if progress.epoch == 2:
            raise KeyboardInterrupt

    noise = Noise()
    whole = fitting(SHORT, noise=noise).run(DOZEN[:9], DOZEN[9:])
    with pytest.raises(KeyboardInterrupt):
        fitting(SHORT, noise=noise).run(DOZEN[:9], DOZEN[9:], report=stop, checkpoint=kept)
    assert [path.name for path in tmp_path.iterdir()] == ["state.pt"]
    seen: list[Progress] = []
    again = fitting(SHORT, noise=noise).run(DOZEN[:9], DOZEN[9:], report=seen.append, checkpoint=kept)
    assert [progress.epoch for progress in seen] == [2, 2, 3, 3]
    assert {*again} == {*whole}
    assert all(np.array_equal(again[name], whole[name]) for name in whole)


def test_progress_says_how_far_it_is(can_train: None) -> None:
    seen: list[Progress] = []
    fitting(SHORT).run(DOZEN, DOZEN, report=seen.append)
    assert [progress.step for progress in seen] == list(range(1, 7))
    assert {progress.steps for progress in seen} == {6}
    assert seen[-1].seconds_left == 0
    assert seen[-1].held_out_error < float("inf")


def test_learning_stops_when_the_held_out_error_grows(can_train: None) -> None:
    # Held-out comments that say the opposite of all others get worse from pass to pass.
    opposite = {SLOW: FAST, FAST: SLOW, RUDE: KIND, KIND: RUDE}
    wrong = [
        replace(
            one,
            at=tuple((opposite[at[0]],) for at in one.at),
            sentiment=(MIXED, POSITIVE, NEGATIVE)[one.sentiment],
        )
        for one in DOZEN
    ]
    seen: list[Progress] = []
    fitting(replace(LONG, patience=1)).run(DOZEN, wrong, report=seen.append)
    assert seen[-1].epoch < LONG.epochs


def test_the_vectors_of_pieces_stay(learnt: Arrays) -> None:
    assert np.array_equal(learnt["words"], START.arrays["words"])
    assert not np.array_equal(learnt["l0.mixed.w"], START.arrays["l0.mixed.w"])


def test_the_same_seed_gives_the_same_weights(can_train: None) -> None:
    first, second = (fitting(SHORT, noise=Noise()).run(DOZEN, []) for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in first)


def going_on(learnt: Arrays, labels: list[int], sentiments: list[int]) -> Start:
    return Start(VOCABULARY, SIZES, learnt, labels, sentiments)


def test_going_on_begins_with_what_is_known(learnt: Arrays) -> None:
    begun = fitting(SHORT, start=going_on(learnt, [0, 1, 2, 3], [0, 1, 2]))
    arrays = begun.network.arrays()
    assert all(np.allclose(arrays[name], learnt[name], atol=1e-6) for name in learnt)
    assert begun.held(DOZEN).loss < 0.5 < fitting(SHORT).held(DOZEN).loss


def test_what_makes_it_worse_is_not_taken(learnt: Arrays) -> None:
    wild = replace(SHORT, encoder_rate=0.5, head_rate=5.0)
    begun = fitting(wild, start=going_on(learnt, [0, 1, 2, 3], [0, 1, 2]))
    kept = begun.network.arrays()
    found = begun.run(DOZEN, DOZEN)
    assert all(np.array_equal(found[name], kept[name]) for name in kept)


def test_a_new_label_is_learnt_beside_the_known_ones(learnt: Arrays) -> None:
    more = replace(LABELLING, categories=(*LABELLING.categories, "pricing#value"))
    cheap = Example(("giá", "rẻ"), (True, True), ((5,), (5,)), (), POSITIVE, ((0, 2),))
    begun = fitting(
        replace(LONG, epochs=25), start=going_on(learnt, [0, 1, 2, 3, -1, -1], [0, 1, 2]), labelling=more
    )
    arrays = begun.run([*DOZEN, cheap, cheap], [])
    session = Session(network_bytes(arrays, eight_bit=False))
    reads = [READER.read(one.words, one.blanks, most=50)[0] for one in (cheap, *DOZEN)]
    told = [
        {*np.flatnonzero(scores.labels > 0).tolist()} for scores in session.run([r.pieces for r in reads])
    ]
    assert told == [{5}, *(one.labels for one in DOZEN)]


@pytest.mark.parametrize(
    "wrong", ["other labels", "no checkpoint", "other data", "another seed", "another base"]
)
def test_a_checkpoint_of_something_else_is_refused_with_the_cure(
    can_train: None, tmp_path: Path, wrong: str
) -> None:
    kept = tmp_path / "state.pt"
    if wrong == "no checkpoint":
        kept.write_bytes(b"something else")
    else:
        fitting(replace(SHORT, epochs=1)).run(DOZEN, [], checkpoint=kept)
    categories = (*LABELLING.categories, "pricing#value")
    labelling = replace(LABELLING, categories=categories) if wrong == "other labels" else LABELLING
    data = [replace(DOZEN[0], sentiment=2), *DOZEN[1:]] if wrong == "other data" else DOZEN
    warmer = {name: 1.01 * weights for name, weights in START.arrays.items()}
    start = replace(START, arrays=warmer) if wrong == "another base" else START
    again = fitting(
        replace(SHORT, epochs=1), start=start, labelling=labelling, seed=6 if wrong == "another seed" else 5
    )
    with pytest.raises(InputError, match=r"state\.pt: .*name another file, or delete this one"):
        again.run(data, [], checkpoint=kept)


def test_a_checkpoint_in_no_folder_is_refused_before_anything_is_learnt(
    can_train: None, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    with pytest.raises(InputError, match=r"no folder .*nowhere"):
        fitting(SHORT).run(DOZEN, [], report=seen.append, checkpoint=tmp_path / "nowhere" / "state.pt")
    assert not seen


def test_a_folder_is_no_checkpoint(can_train: None, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read as a checkpoint"):
        fitting(SHORT).run(DOZEN, [], checkpoint=tmp_path)


def test_a_checkpoint_that_cannot_be_written_is_told_and_leaves_no_half_file(
    can_train: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    def full(_kept: object, part: Path) -> None:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OutputError, match=r"state\.pt: .*No space left.*--checkpoint"):
        fitting(SHORT).run(DOZEN, [], checkpoint=tmp_path / "state.pt")
    assert [*tmp_path.iterdir()] == []
