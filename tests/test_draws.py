"""A bootstrap over blocks of customers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from cx_nlp.journey.drivers.draws import draws, shares, slopes

Array = NDArray[np.float64]


def customers(seed: int = 0, number: int = 1500) -> tuple[Array, Array, NDArray[np.intp]]:
    """Ratings of customers who are alike in their own comments."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(number), rng.integers(1, 4, number))
    x = (rng.random((len(unit), 3)) < [0.1, 0.3, 0.5]).astype(float)
    habit = rng.normal(0, 0.7, number)[unit]
    return x, 4 - x @ [1.0, 0.5, 0.0] + habit * (1 + x[:, 0]) + rng.normal(0, 0.5, len(unit)), unit


def test_the_first_row_is_the_sample_itself() -> None:
    x, y, unit = customers()
    made = draws(int(unit.max()) + 1, resamples=10, seed=0)
    found = slopes(made, x * [1, 10, 0.1] + [0, 1000, 5], y, unit)
    expected = np.linalg.lstsq(np.column_stack([x, np.ones(len(y))]), y, rcond=None)[0][:3] / [1, 10, 0.1]
    np.testing.assert_allclose(found[0], expected, rtol=1e-6)
    affected, column = np.unique(np.column_stack([unit, x[:, 0]])[x[:, 0] > 0].astype(int), axis=0).T
    share = shares(made, affected, column * 0, 1)
    assert share[0, 0] == pytest.approx(len(affected) / (unit.max() + 1))


def test_a_draw_is_the_regression_on_the_customers_drawn() -> None:
    x, y, unit = customers(number=60)
    made = draws(60, resamples=3, seed=1)
    assert made.times.shape == (4, 60)
    times = np.rint(made.times[2][made.block[unit]]).astype(int)
    again = np.repeat(np.arange(len(y)), times)
    expected = np.linalg.lstsq(np.column_stack([x, np.ones(len(y))])[again], y[again], rcond=None)[0][:3]
    np.testing.assert_allclose(slopes(made, x, y, unit)[2], expected, rtol=1e-6)


def test_blocks_spread_as_single_customers_do() -> None:
    x, y, unit = customers()
    spread = [
        slopes(draws(1500, resamples=1500, seed=2, blocks=blocks), x, y, unit)[1:].std(axis=0)
        for blocks in (500, 1500)
    ]
    np.testing.assert_allclose(*spread, rtol=0.12)


def test_a_column_that_is_never_drawn_or_repeats_another_has_an_answer() -> None:
    x, y, unit = customers(number=30)
    found = slopes(draws(30, resamples=20, seed=0), np.column_stack([x, x[:, 1], 0 * y]), y, unit)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found[:, 1], found[:, 3], rtol=1e-4)
    assert (found[:, 4] == 0).all()
