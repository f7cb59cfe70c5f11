"""Control charts of shares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from cx_nlp.journey.trends.control import FEWEST, control_chart


def alarms(
    noise: float, *, last: float = 0.1, periods: int = 27, runs: int = 1500, at: float = 0.05
) -> float:
    """Share of runs whose last period is out of the ordinary; weeks of 150 comments, 10 % complaints."""
    rng = np.random.default_rng(0)
    shares = np.append(np.full(periods - 1, 0.1), last)
    found = 0
    for _ in range(runs):
        hits = rng.binomial(150, expit(logit(shares) + rng.normal(0, noise, periods)))
        chart = control_chart(hits, np.full(periods, 150))
        assert chart is not None
        found += chart.p < at
    return found / runs


@pytest.mark.parametrize("noise", [0.0, 0.35])
def test_ordinary_weeks_raise_the_alarm_as_seldom_as_promised(noise: float) -> None:
    assert alarms(noise) < 0.075
    assert alarms(noise, at=0.01) < 0.03


def test_a_week_with_three_times_the_complaints_is_noticed() -> None:
    assert alarms(0.35, last=0.3, runs=300) > 0.85
    assert alarms(0.0, last=0.2, runs=300) > 0.85


def test_weeks_that_differ_widen_the_limits() -> None:
    rng = np.random.default_rng(1)
    trials = np.full(40, 400)
    calm = control_chart(rng.binomial(400, 0.1, 40), trials)
    noisy = control_chart(rng.binomial(400, expit(logit(0.1) + rng.normal(0, 0.6, 40))), trials)
    assert calm is not None
    assert noisy is not None
    assert calm.extra < 1.4
    assert noisy.extra > 1.8
    assert (noisy.high - noisy.low).mean() > 1.3 * (calm.high - calm.low).mean()
    assert (noisy.low >= 0).all()


def test_limits_without_extra_noise_are_those_of_the_p_chart() -> None:
    # The same share every week: nothing but counting is left.
    chart = control_chart([20] * 12, [200] * 12)
    assert chart is not None
    assert chart.extra == 1
    assert chart.high[0] == pytest.approx(0.1 + 3 * np.sqrt(0.1 * 0.9 / 200), abs=2e-3)
    assert chart.p > 0.9


def test_few_periods_and_wrong_counts() -> None:
    assert control_chart([1] * FEWEST, [10] * FEWEST) is None
    assert control_chart([1, *[0] * 20], [10, *[0] * 20]) is None
    never = control_chart([0] * 10, [50] * 10)
    assert never is not None
    assert np.isfinite([never.p, never.centre]).all()
    with pytest.raises(ValueError, match="hits from 0 to its number of trials"):
        control_chart([3] * 10, [2] * 10)
