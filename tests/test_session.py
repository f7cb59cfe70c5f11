"""The stored network against the one that was trained, and what it gives for comments alone and together."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Sequence

import numpy as np
import pytest
from small_encoder import (
    LABELLING,
    SIZES,
    Arrays,
    even_ranges,
    network_bytes,
    random_arrays,
    small_vocabulary,
)

from cx_nlp.encoder.pretrained import Floats
from cx_nlp.encoder.session import Scores, Session
from cx_nlp.encoder.tuning import stored_arrays

PIECES = len(small_vocabulary().pieces)
LENGTHS = (5, 11, 33, 4, 102, 9, 52, 202, 3)


@pytest.fixture(scope="module")
def arrays() -> Arrays:
    pytest.importorskip("onnx", reason="a network is built with onnx (extra train)")
    return random_arrays(PIECES, LABELLING.labels)


@pytest.fixture(scope="module")
def exact(arrays: Arrays) -> Session:
    return Session(network_bytes(arrays, eight_bit=False))


@pytest.fixture(scope="module")
def rounded(arrays: Arrays) -> Session:
    return Session(network_bytes(arrays))


def comments(lengths: tuple[int, ...] = LENGTHS) -> list[list[int]]:
    rng = np.random.default_rng(0)
    return [[0, *rng.integers(4, PIECES, n - 2).tolist(), 2] for n in lengths]


def furthest(first: list[Scores], second: list[Scores]) -> float:
    return max(
        float(np.abs(getattr(a, name) - getattr(b, name)).max())
        for a, b in zip(first, second, strict=True)
        for name in ("labels", "sentiment", "said")
    )


def test_the_graph_gives_what_the_network_gives(arrays: Arrays, exact: Session) -> None:
    torch = pytest.importorskip("torch", reason="the network is PyTorch's")
    from cx_nlp.encoder.network import Network

    network = Network(SIZES, PIECES, LABELLING.labels).eval()
    network.load_arrays(arrays)
    rows = list(range(len(LABELLING.names)))
    network.load_heads(arrays, rows, list(range(len(LABELLING.sentiments))))
    for pieces, scores in zip(comments(), exact.run(comments()), strict=True):
        with torch.no_grad():
            found = network(torch.tensor([pieces]), torch.ones(1, len(pieces)))
        assert np.allclose(scores.labels, found.labels[0].numpy(), atol=2e-4)
        assert np.allclose(scores.sentiment, found.sentiment[0].numpy(), atol=2e-4)
        assert np.allclose(scores.said, torch.softmax(found.pieces[0], 1)[:, :-1].numpy(), atol=2e-4)
    for name, values in network.arrays().items():
        assert np.allclose(values, arrays[name], atol=1e-6), name


def test_what_flows_through_the_network_is_measured(arrays: Arrays) -> None:
    torch = pytest.importorskip("torch", reason="the network is PyTorch's")
    from cx_nlp.encoder.network import Network

    network = Network(SIZES, PIECES, LABELLING.labels)
    network.load_arrays(arrays)
    one, other = ((torch.tensor([pieces]), torch.ones(1, len(pieces))) for pieces in comments((9, 30)))
    both, alone = network.ranges([one, other]), network.ranges([one])
    assert {name: len(values) for name, values in both.items()} == {
        name: len(values) for name, values in even_ranges(arrays).items()
    }
    assert all((both[name] >= alone[name]).all() for name in both)
    assert any((both[name] > alone[name]).any() for name in both)


def test_eight_bits_are_close_and_smaller(exact: Session, rounded: Session) -> None:
    first, second = exact.run(comments()), rounded.run(comments())
    spread = np.std([scores.labels for scores in first])
    assert 0 < furthest(first, second) < 0.25 * spread
    assert (
        np.corrcoef(np.ravel([s.labels for s in first]), np.ravel([s.labels for s in second]))[0, 1] > 0.995
    )
    assert len(rounded.network) < 0.55 * len(exact.network)


@pytest.mark.parametrize("name", ["exact", "rounded"])
def test_a_comment_gives_the_same_alone_and_beside_others(name: str, request: pytest.FixtureRequest) -> None:
    session: Session = request.getfixturevalue(name)
    together = session.run(comments())
    alone = [session.run([pieces])[0] for pieces in comments()]
    assert [len(scores.said) for scores in together] == list(LENGTHS)
    assert furthest(together, alone) == 0
    assert furthest(together, session.run(comments()[::-1])[::-1]) == 0


def test_comments_of_one_length_give_the_same_together(exact: Session, rounded: Session) -> None:
    for session in (exact, rounded):
        many = [[*comments((17,))[0][:-1], 4 + k % 9] for k in range(90)]
        assert furthest(session.run(many), [session.run([one])[0] for one in many]) < 1e-4


def test_more_comments_than_a_batch_come_back_in_order(rounded: Session) -> None:
    many = comments(LENGTHS * 12)
    found = rounded.run(many, threads=3)
    assert len(found) == len(many)
    assert furthest(found, rounded.run(many, threads=1)) == 0
    assert furthest(found[70:71], rounded.run(many[70:71])) < 1e-5
    assert rounded.run([]) == []


@pytest.mark.parametrize("lengths", [LENGTHS, (9,)])
def test_one_thread_is_the_callers(
    rounded: Session, lengths: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, ran = rounded.run(comments(lengths), threads=2), []
    run = rounded._run

    def noted(pieces: Sequence[Sequence[int]]) -> list[Floats]:
        ran.append(threading.current_thread())
        return run(pieces)

    monkeypatch.setattr(rounded, "_run", noted)
    assert furthest(rounded.run(comments(lengths), threads=1), expected) == 0
    assert {*ran} == {threading.current_thread()}
    ran.clear()
    rounded.run(comments(lengths), threads=2)
    # A comment alone needs no other thread either.
    assert (threading.current_thread() in ran) == (len(lengths) == 1)


def test_a_session_comes_back_from_a_pickle(rounded: Session) -> None:
    again = pickle.loads(pickle.dumps(rounded))  # noqa: S301
    assert furthest(again.run(comments()), rounded.run(comments())) == 0


def test_the_weights_of_a_stored_network_come_back(arrays: Arrays, exact: Session, rounded: Session) -> None:
    whole, near = stored_arrays(exact.network), stored_arrays(rounded.network)
    assert {*whole} == {*near} == {*arrays}
    for name, values in arrays.items():
        assert np.array_equal(whole[name], values), name
        assert near[name].shape == values.shape
        assert np.abs(near[name] - values).max() < 0.02 * max(1.0, float(np.abs(values).max())), name
    again = Session(network_bytes(near))
    assert furthest(again.run(comments()), rounded.run(comments())) < 0.2


def test_bytes_that_are_no_network_are_refused() -> None:
    with pytest.raises(ValueError, match="no network that can be run"):
        Session(b"not a network")


@pytest.mark.parametrize("cuts", [False, True])
def test_sums_may_be_kept_whole_on_older_processors(
    arrays: Arrays, rounded: Session, cuts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cx_nlp.encoder.session.cuts_sums", lambda: cuts)
    again = Session(rounded.network)
    for one, other in zip(again.run(comments()), rounded.run(comments()), strict=True):
        np.testing.assert_allclose(one.labels, other.labels, atol=0.05)
