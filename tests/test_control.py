"""Control charts of shares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from cx_nlp.journey.trends.control import FEWEST, limits, surprise


def p_values(*, share: float, noise: float, trials: int, times: float = 1.0, runs: int = 1200) -> np.ndarray:
    """The last week's p where the expected share and the noise are known."""
    rng = np.random.default_rng(0)
    # The mean of shares whose log odds vary, as counted over many weeks.
    usual = expit(logit(share) + rng.normal(0, noise, 200_000)).mean()
    hits = rng.binomial(trials, expit(logit(share * times) + rng.normal(0, noise, runs)))
    many = np.full(runs, noise**2)
    return surprise(hits, trials, np.full(runs, usual), many, np.full(runs, 200.0))


@pytest.mark.parametrize(("share", "trials"), [(0.002, 300), (0.02, 300), (0.1, 150), (0.4, 2000)])
@pytest.mark.parametrize("noise", [0.0, 0.35])
def test_ordinary_weeks_are_as_seldom_surprising_as_promised(share: float, trials: int, noise: float) -> None:
    p = p_values(share=share, noise=max(noise, 1e-3), trials=trials)
    assert np.mean(p < 0.05) < 0.07
    assert np.mean(p < 0.01) < 0.02


@pytest.mark.parametrize(("share", "trials"), [(0.02, 300), (0.1, 150)])
def test_a_week_with_three_times_the_complaints_is_surprising(share: float, trials: int) -> None:
    assert np.mean(p_values(share=share, noise=0.35, trials=trials, times=3.0) < 0.05) > 0.65


def test_little_known_noise_makes_the_same_week_less_surprising() -> None:
    p = surprise([60] * 3, 300, [0.08] * 3, [0.1, 0.1, 0.3], [200, 3, 200])
    assert p[0] < p[1]
    assert p[0] < p[2]


def test_fewer_complaints_surprise_as_more_do() -> None:
    p = surprise([10, 30, 90], 300, [0.1] * 3, [0.01] * 3, [50] * 3)
    assert p[0] < 0.01
    assert p[1] > 0.9
    assert p[2] < 0.001


def test_weeks_that_differ_widen_the_limits() -> None:
    rng = np.random.default_rng(1)
    trials, mean = np.full(40, 400), np.full(40, 0.1)
    calm = limits(rng.binomial(400, 0.1, 40), trials, mean)
    noisy = limits(rng.binomial(400, expit(logit(0.1) + rng.normal(0, 0.6, 40))), trials, mean)
    assert (noisy[1] - noisy[0]).mean() > 1.3 * (calm[1] - calm[0]).mean()
    assert (noisy[0] >= 0).all()


def test_limits_without_extra_noise_are_those_of_the_p_chart() -> None:
    # The same share every week: nothing but counting is left.
    low, high = limits([20] * 12, [200] * 12, [0.1] * 12)
    assert high[0] == pytest.approx(0.1 + 3 * np.sqrt(0.1 * 0.9 / 200))
    assert low[0] == pytest.approx(0.1 - 3 * np.sqrt(0.1 * 0.9 / 200))
    assert limits([20, *[20] * 12], [400, *[200] * 12], [0.1] * 13)[1][0] < high[0]


def test_few_periods_and_wrong_counts() -> None:
    assert np.isnan(limits([1] * (FEWEST - 1), [10] * (FEWEST - 1), [0.1] * (FEWEST - 1))).all()
    empty = np.where(np.arange(20) == 3, 0, 50)
    low, high = limits([0] * 20, empty, [0.0] * 20)
    assert np.isnan([low[3], high[3]]).all()
    assert np.isfinite(np.delete(high, 3)).all()
    with pytest.raises(ValueError, match="hits from 0 to its number of trials"):
        limits([3] * 10, [2] * 10, [0.1] * 10)
