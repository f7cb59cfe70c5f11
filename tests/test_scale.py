"""How scores become probabilities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, softmax

from cx_nlp.encoder.examples import UNKNOWN, Example
from cx_nlp.tagger.scale import ENOUGH, Scale, fitted_scale, least_loss_temperature, with_review

ELSEWHERE = Scale(1.3, 0.33, 0.8, 0.6)


def examples(truth: np.ndarray, felt: np.ndarray) -> list[Example]:
    """One word each, with the labels without a quote."""
    return [
        Example(("x",), (True,), ((),), tuple(np.flatnonzero(row).tolist()), int(one), ((0, 1),))
        for row, one in zip(truth, felt, strict=True)
    ]


def drawn(n: int, sharper: float = 1.0) -> tuple[np.ndarray, np.ndarray, list[Example]]:
    """Scores whose probabilities are right where `sharper` is 1."""
    rng = np.random.default_rng(0)
    labels, sentiment = rng.normal(-1, 2, (n, 5)), rng.normal(0, 1.5, (n, 3))
    truth = rng.random(labels.shape) < expit(labels)
    felt = np.array([rng.choice(3, p=p) for p in softmax(sentiment, axis=1)])
    return labels * sharper, sentiment * sharper, examples(truth, felt)


@pytest.mark.parametrize("sharper", [0.5, 1.0, 2.5])
def test_scores_that_are_too_sure_are_cooled_and_others_sharpened(sharper: float) -> None:
    scale = fitted_scale(*drawn(2000, sharper), ELSEWHERE)
    assert scale.label_temperature == pytest.approx(sharper, rel=0.15)
    assert scale.sentiment_temperature == pytest.approx(sharper, rel=0.15)
    assert scale.review == ELSEWHERE.review


def test_the_threshold_is_that_of_the_best_f1() -> None:
    labels, sentiment, found = drawn(1000)
    scale = fitted_scale(labels, sentiment, found, ELSEWHERE)
    truth = np.array([[k in one.labels for k in range(5)] for one in found])

    def f1(threshold: float) -> float:
        told = expit(labels / scale.label_temperature) >= threshold
        return float(2 * (told & truth).sum() / (told.sum() + truth.sum()))

    assert f1(scale.label_threshold) >= max(f1(t) for t in (0.15, 0.25, 0.35, 0.45, 0.55, 0.65))


def test_of_too_few_comments_the_fallback_stays() -> None:
    assert fitted_scale(*drawn(ENOUGH - 1), ELSEWHERE) is ELSEWHERE
    assert fitted_scale(*drawn(ENOUGH), ELSEWHERE) != ELSEWHERE


def test_comments_of_unknown_sentiment_do_not_count_for_it() -> None:
    labels, sentiment, found = drawn(300)
    silent = [Example(e.words, e.blanks, e.at, e.loose, UNKNOWN, e.clauses) for e in found]
    scale = fitted_scale(labels, sentiment, silent, ELSEWHERE)
    assert scale.sentiment_temperature == 1
    assert scale.label_threshold == fitted_scale(labels, sentiment, found, ELSEWHERE).label_threshold


def test_without_comments_of_known_class_nothing_is_changed() -> None:
    assert least_loss_temperature(np.zeros((0, 3)), np.zeros(0, int)) == 1


def test_the_most_doubtful_tenth_goes_to_a_person() -> None:
    doubts = np.random.default_rng(0).random(500) * 2
    review = with_review(Scale(), doubts.tolist()).review
    assert (doubts > review).mean() == 0.1
    assert with_review(Scale(), doubts[:50].tolist()) == Scale()
