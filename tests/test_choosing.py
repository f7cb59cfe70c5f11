"""Which one label is told where some are rare."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from cx_nlp.tagger.choosing import ENOUGH, chosen_with, expected_macro_f1, fitted_offsets


def judged(comments: int, rare: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated probabilities of three labels, the last of them rare, and labels drawn from them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, (comments, 3)) + np.log([(1 - rare) / 2, (1 - rare) / 2, rare])
    likely = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = (likely.cumsum(axis=1) < rng.random((comments, 1))).sum(axis=1)
    return likely, truth


def test_a_rare_label_is_told_oftener_and_macro_f1_rises() -> None:
    likely, truth = judged(1000, 0.04)
    unseen, right = judged(20_000, 0.04, seed=1)
    offsets = fitted_offsets(likely, truth)
    assert offsets.argmax() == 2
    assert offsets.min() == 0
    plain, chosen = unseen.argmax(axis=1), chosen_with(offsets, unseen)
    assert (chosen == 2).sum() > 1.5 * (plain == 2).sum()
    assert f1_score(right, chosen, average="macro") > f1_score(right, plain, average="macro") + 0.01


def test_labels_that_are_equally_common_stay_the_likeliest() -> None:
    likely, truth = judged(1000, 1 / 3)
    np.testing.assert_array_equal(chosen_with(fitted_offsets(likely, truth), likely), likely.argmax(axis=1))


def test_of_few_comments_nothing_is_concluded() -> None:
    likely, truth = judged(1000, 0.04)
    assert not fitted_offsets(likely[: ENOUGH - 1], truth).any()


def test_what_is_expected_is_what_comes() -> None:
    likely, truth = judged(50_000, 0.1)
    for chosen in (likely.argmax(axis=1), chosen_with(np.array([0, 0, 1.0]), likely)):
        assert expected_macro_f1(likely, chosen) == pytest.approx(
            f1_score(truth, chosen, average="macro"), abs=0.01
        )
