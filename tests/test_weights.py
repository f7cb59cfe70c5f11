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


def test_weights_are_those_of_the_r_package_rwa() -> None:
    # Fuel consumption of 32 cars (mtcars: H. V. Henderson and P. F. Velleman, Biometrics 37, 1981, 391-411) as in the
    # introduction of the R package rwa, which gives these weights and R squared 0.7791896.
    mpg = [
        21,
        21,
        22.8,
        21.4,
        18.7,
        18.1,
        14.3,
        24.4,
        22.8,
        19.2,
        17.8,
        16.4,
        17.3,
        15.2,
        10.4,
        10.4,
        14.7,
        32.4,
        30.4,
        33.9,
    ]
    mpg += [21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4]
    cylinders = [
        6,
        6,
        4,
        6,
        8,
        6,
        8,
        4,
        4,
        6,
        6,
        8,
        8,
        8,
        8,
        8,
        8,
        4,
        4,
        4,
        4,
        8,
        8,
        8,
        8,
        4,
        4,
        4,
        8,
        6,
        8,
        4,
    ]
    size = [
        160,
        160,
        108,
        258,
        360,
        225,
        360,
        146.7,
        140.8,
        167.6,
        167.6,
        275.8,
        275.8,
        275.8,
        472,
        460,
        440,
        78.7,
        75.7,
    ]
    size += [71.1, 120.1, 318, 304, 350, 400, 79, 120.3, 95.1, 351, 145, 301, 121]
    power = [
        110,
        110,
        93,
        110,
        175,
        105,
        245,
        62,
        95,
        123,
        123,
        180,
        180,
        180,
        205,
        215,
        230,
        66,
        52,
        65,
        97,
        150,
        150,
        245,
    ]
    power += [175, 66, 91, 113, 264, 175, 335, 109]
    gears = [4, 4, 4, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5, 4]
    found = relative_weights(np.column_stack([cylinders, size, power, gears]), mpg, resamples=0)
    np.testing.assert_allclose(found.weights, [0.2284797, 0.2221469, 0.2321744, 0.0963886], atol=5e-8)
    assert found.explained == pytest.approx(0.7791896, abs=5e-8)


def test_what_controls_explain_is_taken_out_before() -> None:
    x, y = correlated()
    rest = [
        column - LinearRegression().fit(x[:, 2:], column).predict(x[:, 2:]) for column in (*x[:, :2].T, y)
    ]
    expected = relative_weights(np.column_stack(rest[:2]), rest[2], resamples=0)
    found = relative_weights(x[:, :2], y, controls=x[:, 2:], resamples=20)
    np.testing.assert_allclose(found.weights, expected.weights, atol=1e-9)
    assert ((found.low <= found.weights) & (found.weights <= found.high)).all()
    # Nothing is left of a predictor that is itself a control.
    assert relative_weights(x, y, controls=x[:, :1], resamples=0).weights[0] == 0


def test_many_customers_drawn_in_groups_have_the_spread_of_customers_drawn_singly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x, y = correlated(5, 2000)
    grouped = relative_weights(x, y, resamples=400)
    monkeypatch.setattr("cx_nlp.journey.drivers.weights.BLOCKS", 10_000)
    alone = relative_weights(x, y, resamples=400)
    np.testing.assert_allclose(grouped.weights, alone.weights, atol=1e-12)
    np.testing.assert_allclose((grouped.high - grouped.low)[:2], (alone.high - alone.low)[:2], rtol=0.15)
