"""Log odds of a good rating."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import expit

from cx_nlp.journey.drivers.logodds import log_odds, split


def test_effects_are_those_of_the_latent_scale_at_every_cut() -> None:
    rng = np.random.default_rng(0)
    x = (rng.random((20_000, 2)) < 0.3).astype(float)
    felt = x @ [-1.0, 0.5] + rng.logistic(size=20_000)
    for cut in (-1.5, 0.0, 1.5):
        found = log_odds(x, (felt > cut).astype(float), np.arange(20_000))
        errors = np.sqrt(np.diag(found.covariance))
        np.testing.assert_allclose(found.effects, [-1.0, 0.5], atol=4 * errors.max())
        assert errors.max() < 0.06


def test_ratings_all_alike_and_columns_that_repeat_have_an_answer() -> None:
    rng = np.random.default_rng(1)
    x = (rng.random((400, 3)) < 0.3).astype(float)
    x[:, 2] = x[:, 1]
    good = np.where(x[:, 0] == 1, 1.0, rng.random(400) < 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = log_odds(x, good, np.arange(400))
    assert np.isfinite(found.covariance).all()
    assert 2 < found.effects[0] < 10


def test_customers_who_repeat_themselves_tell_no_more() -> None:
    rng = np.random.default_rng(2)
    x = (rng.random((500, 2)) < 0.4).astype(float)
    good = (rng.random(500) < expit(x @ [1.0, -1.0])).astype(float)
    four = np.repeat(np.arange(500), 4)
    once, often = log_odds(x, good, np.arange(500)), log_odds(x[four], good[four], four)
    np.testing.assert_allclose(np.diag(often.covariance), np.diag(once.covariance), rtol=0.1)


def test_the_cut_halves_those_it_is_made_for() -> None:
    ratings = np.array([1, 1, 2, 3, 4, 4, 5, 5, 5, 5.0])
    low = ratings < 5
    np.testing.assert_array_equal(split(ratings, low), ratings >= 3)
    np.testing.assert_array_equal(split(ratings, ~low), ratings >= 2)
    assert split(np.array([0.0, 1.0]), np.array([True, True])).tolist() == [0, 1]
