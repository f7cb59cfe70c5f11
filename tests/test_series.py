"""A change of level between noisy weeks."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from cx_nlp.journey.trends.series import FEWEST, Shift, level_shift


def weeks(
    rng: np.random.Generator,
    shares: NDArray[np.float64],
    *,
    noise: float = 0.35,
    autocorrelation: float = 0.0,
) -> NDArray[np.int64]:
    """Complaints among 150 comments a week, the log odds of weeks shaken by noise that lasts."""
    shock = np.zeros(len(shares))
    fresh = noise * np.sqrt(1 - autocorrelation**2)
    shock[0] = rng.normal(0, noise)
    for k in range(1, len(shares)):
        shock[k] = autocorrelation * shock[k - 1] + rng.normal(0, fresh)
    return rng.binomial(150, expit(logit(shares) + shock))


def shifts(runs: int, before: float, after: float, n: int = 26, autocorrelation: float = 0.0) -> list[Shift]:
    rng = np.random.default_rng(0)
    shares = np.repeat([before, after], n)
    found = []
    for _ in range(runs):
        hits = weeks(rng, shares, autocorrelation=autocorrelation)
        shift = level_shift(hits[:n], np.full(n, 150), hits[n:], np.full(n, 150))
        assert shift is not None
        found.append(shift)
    return found


@pytest.mark.parametrize(("autocorrelation", "most"), [(0.0, 0.07), (0.3, 0.08), (0.6, 0.13)])
def test_noise_of_weeks_is_not_taken_for_an_effect(autocorrelation: float, most: float) -> None:
    found = shifts(400, 0.1, 0.1, autocorrelation=autocorrelation)
    assert np.mean([shift.p < 0.05 for shift in found]) < most


@pytest.mark.parametrize(("autocorrelation", "least"), [(0.0, 0.9), (0.3, 0.85), (0.6, 0.7)])
def test_a_fall_from_a_tenth_to_six_in_a_hundred_is_found(autocorrelation: float, least: float) -> None:
    found = shifts(200, 0.1, 0.06, autocorrelation=autocorrelation)
    assert np.mean([shift.p < 0.05 and shift.effect < 0 for shift in found]) > least
    true = logit(0.06) - logit(0.1)
    held = [low < true < high for low, high in (shift.interval() for shift in found)]
    assert np.mean(held) > 0.86
    assert np.mean([shift.before for shift in found]) == pytest.approx(0.1, abs=0.01)


def test_lasting_noise_makes_the_interval_wider() -> None:
    short, long = (np.mean([s.error for s in shifts(60, 0.1, 0.1, autocorrelation=r)]) for r in (0.0, 0.6))
    assert long > 1.2 * short
    found = np.mean([s.autocorrelation for s in shifts(200, 0.1, 0.1, n=60, autocorrelation=0.8)])
    assert found > 0.3


def test_a_series_quieter_than_counting_allows_is_not_believed() -> None:
    still = np.full(20, 15)
    shift = level_shift(still, np.full(20, 150), still + 2, np.full(20, 150))
    assert shift is not None
    assert shift.error >= np.sqrt(2 * (1 / 17.5 + 1 / 133.5) / 20) * 0.95
    assert 0.01 < shift.p < 0.3


def test_few_periods_give_nothing() -> None:
    few, many = np.full(FEWEST - 1, 10), np.full(30, 10)
    assert level_shift(few, few * 10, many, many * 10) is None
    # Periods without a comment are none.
    empty = np.where(np.arange(30) < FEWEST - 1, 100, 0)
    assert level_shift(np.minimum(10, empty), empty, many, many * 10) is None


def test_shares_of_nought_and_one_have_finite_odds() -> None:
    shift = level_shift(np.zeros(10), np.full(10, 50), np.full(10, 50), np.full(10, 50))
    assert shift is not None
    assert np.isfinite([shift.effect, shift.error, *shift.interval()]).all()


@pytest.mark.parametrize("wrong", [[-1] * 8, [11] * 8, [1] * 7])
def test_counts_that_cannot_be_are_refused(wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="hits from 0 to its number of trials"):
        level_shift(wrong, [10] * 8, [1] * 8, [10] * 8)
