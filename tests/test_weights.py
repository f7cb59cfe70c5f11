"""Relative weights: shares of explained variance."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression

from cx_nlp.journey.drivers.weights import relative_weights


def correlated(seed: int = 0, n: int = 400) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(n, 1))
    x = shared + rng.normal(size=(n, 4))
    return x * [1, 10, 0.1, 1] + [0, 5, 1000, 0], x @ [1.0, 0.5, 0.0, -0.2] + rng.normal(size=n)


def test_weights_sum_to_what_the_regression_explains() -> None:
    x, y = correlated()
    found = relative_weights(x, y, resamples=5)
    assert found.explained == pytest.approx(LinearRegression().fit(x, y).score(x, y), abs=1e-9)
    assert found.weights.sum() == pytest.approx(found.explained, abs=1e-12)
    assert (found.weights >= 0).all()
    assert found.weights.argmax() == 0


def test_predictors_that_do_not_go_together_carry_their_squared_correlations() -> None:
    rng = np.random.default_rng(1)
    x, _ = np.linalg.qr(rng.normal(size=(300, 3)) - rng.normal(size=(300, 3)).mean(axis=0))
    x -= x.mean(axis=0)
    x, _ = np.linalg.qr(x)
    y = x @ [3.0, 2.0, 1.0] + rng.normal(0, 0.05, 300)
    found = relative_weights(x, y, resamples=0)
    expected = [np.corrcoef(column, y)[0, 1] ** 2 for column in x.T]
    np.testing.assert_allclose(found.weights, expected, atol=5e-3)


def test_two_predictors_follow_the_closed_formula() -> None:
    # With two predictors of correlation r the nearest orthogonal pair is their symmetric square root.
    x, y = correlated(2)
    x = x[:, :2]
    whole = np.corrcoef(np.column_stack([x, y]).T)
    r, first, second = whole[0, 1], whole[0, 2], whole[1, 2]
    same, other = (np.sqrt(1 + r) + np.sqrt(1 - r)) / 2, (np.sqrt(1 + r) - np.sqrt(1 - r)) / 2
    slopes = np.linalg.solve([[same, other], [other, same]], [first, second]) ** 2
    expected = [same**2 * slopes[0] + other**2 * slopes[1], other**2 * slopes[0] + same**2 * slopes[1]]
    np.testing.assert_allclose(relative_weights(x, y, resamples=0).weights, expected, rtol=1e-9)


def test_what_says_the_same_shares_and_what_never_varies_has_nothing() -> None:
    x, y = correlated()
    twice = np.column_stack([x[:, 0], x[:, 0] * 3 + 1, np.ones(len(y))])
    found = relative_weights(twice, y, resamples=20)
    assert found.weights[0] == pytest.approx(found.weights[1])
    assert found.weights[2] == found.low[2] == found.high[2] == 0
    assert found.explained == pytest.approx(np.corrcoef(x[:, 0], y)[0, 1] ** 2)
    assert relative_weights(x, np.ones(len(y)), resamples=3).explained == 0


def test_customers_are_drawn_whole() -> None:
    x, y = correlated(3, 60)
    copies = np.repeat(np.arange(60), 20)
    alone = relative_weights(x, y)
    repeated = relative_weights(x[copies], y[copies], clusters=copies)
    as_if_new = relative_weights(x[copies], y[copies])
    np.testing.assert_allclose(repeated.weights, alone.weights)
    # Twenty copies of a customer tell no more than one.
    np.testing.assert_allclose(repeated.high - repeated.low, alone.high - alone.low, rtol=1e-6)
    assert (as_if_new.high - as_if_new.low).sum() < 0.5 * (alone.high - alone.low).sum()


def test_the_interval_holds_the_weight_of_the_population() -> None:
    x, y = correlated(9, 200_000)
    true = relative_weights(x, y, resamples=0).weights
    held = []
    for seed in range(40):
        found = relative_weights(*correlated(100 + seed, 300), resamples=120)
        held.append((found.low[:2] < true[:2]) & (true[:2] < found.high[:2]))
    assert np.mean(held) > 0.85


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((3, 2)), np.ones(4), "same rows"),
        (np.ones((2, 2)), np.ones(2), "at least three rows"),
        (np.array([[1.0], [np.nan], [2.0]]), np.ones(3), "no number may be missing"),
    ],
)
def test_what_cannot_be_weighed_is_refused(
    x: NDArray[np.float64], y: NDArray[np.float64], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        relative_weights(x, y)
