"""What a plan can find, from the weeks before the fix."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from fixed_weeks import FIX, comments, plan, scored, shares

from cx_nlp.journey.fixes.estimate import AS_TAGGED, Lens
from cx_nlp.journey.fixes.noise import noise_of
from cx_nlp.journey.fixes.plan import Group, Metric, Plan, Rollout, Windows
from cx_nlp.journey.fixes.power import Power, power_of
from cx_nlp.journey.fixes.waves import measured, waves
from cx_nlp.journey.table import Scored


def found(table: Scored, its: Plan, lens: Lens = AS_TAGGED) -> Power:
    power = power_of(measured(table, its.metric), waves(table, its), its, lens)
    assert power is not None
    return power


def rated(means: np.ndarray, *, first_week: int = -26) -> Scored:
    """Weeks of 40 ratings that spread evenly by one around each mean."""
    said, mentions = comments(np.zeros(len(means)), first_week=first_week, per_week=40)
    said["rating"] = np.repeat(means, 40) + np.tile([-1.0, 1.0], 20 * len(means))
    return scored((said, mentions))


def before(level: float = 0.1, wobble: float = 0.02, weeks: int = 26, **more: Any) -> Scored:
    return scored(
        comments(shares(level, level, (weeks, 1), wobble=wobble)[:weeks], first_week=-weeks, **more)
    )


def test_power_is_that_of_statsmodels_for_as_many_independent_weeks() -> None:
    from statsmodels.stats.power import TTestIndPower

    means = 3.5 + 0.4 * np.tile([1.0, 1.0, -1.0, -1.0], 7)[:26]
    its = plan(metric=Metric("rating", "up"), smallest=0.3, windows=Windows(26, 12))
    power = found(rated(means), its)
    noise = noise_of([means])
    assert (power.noise, power.autocorrelation) == pytest.approx((noise.variance**0.5, noise.autocorrelation))
    assert (power.weeks, power.after, power.comments) == (26, 12, 40)
    other = TTestIndPower()
    size = {"nobs1": noise.worth(26), "ratio": noise.worth(12) / noise.worth(26), "alpha": 0.05}
    assert power.power == pytest.approx(other.power(0.3 / power.noise, **size), abs=1e-4)
    assert power.detectable / power.noise == pytest.approx(
        other.solve_power(None, power=0.8, **size), abs=1e-3
    )
    each = power.weeks_needed
    assert each is not None
    for weeks, found_it in ((each, True), (each - 1, False)):
        chance = other.power(0.3 / power.noise, nobs1=noise.worth(weeks), alpha=0.05)
        assert (chance >= 0.8) == found_it


def test_noisier_weeks_rarer_comments_and_a_duller_tagger_find_less() -> None:
    calm, noisy = found(before(wobble=0.01), plan()), found(before(wobble=0.05), plan())
    assert noisy.power < calm.power
    assert noisy.detectable > calm.detectable
    assert noisy.weeks_needed is None or noisy.weeks_needed > (calm.weeks_needed or 0)
    rare, common = (found(before(wobble=0.0, per_week=n), plan()) for n in (10, 200))
    assert rare.power < common.power
    dull = found(before(wobble=0.01), plan(), Lens(0.5, 0.05, "assumed"))
    assert dull.power < calm.power
    assert dull.detectable == pytest.approx(2 * calm.detectable, rel=0.02)


def test_weeks_that_are_like_their_neighbours_are_worth_less() -> None:
    rng = np.random.default_rng(3)
    walk = np.zeros(200)
    for k in range(1, 200):
        walk[k] = 0.7 * walk[k - 1] + rng.normal()
    noise = noise_of([walk])
    assert noise.autocorrelation == pytest.approx(0.7, abs=0.12)
    assert noise.worth(26) < 10
    assert noise_of([rng.permutation(walk)]).worth(26) > 18
    assert noise.of_mean(26) == pytest.approx(noise.variance / noise.worth(26))


def test_a_share_cannot_fall_by_more_than_there_is() -> None:
    tiny = found(before(level=0.05, wobble=0.0, per_week=20), plan(windows=Windows(26, 2), smallest=0.06))
    assert (tiny.power, tiny.weeks_needed) == (0, None)
    assert tiny.detectable < 0.05
    blind = found(before(level=0.05, wobble=0.05), plan(smallest=0.04), Lens(0.12, 0.03, "assumed"))
    assert blind.detectable == float("inf") or blind.detectable > 0.2


def test_a_change_no_one_can_find_has_no_number_of_weeks() -> None:
    power = found(before(wobble=0.06), plan(smallest=0.001))
    assert power.weeks_needed is None
    assert power.power < 0.2


def test_a_control_group_with_the_same_swings_makes_more_findable() -> None:
    both = shares(0.1, 0.1, (26, 1), wobble=0.05)[:26]
    parts = (comments(both, name="a", segment="A"), comments(both, name="b", segment="B"))
    treated = plan(rollout=Rollout((("A", FIX),), "segment"))
    alone = found(scored(*parts), treated)
    beside = found(scored(*parts), plan(rollout=treated.rollout, control=Group("segment", ("B",))))
    assert beside.power > alone.power + 0.1
    assert beside.noise < alone.noise


@pytest.mark.parametrize("weeks", [1, 3])
def test_few_weeks_tell_nothing_of_their_noise(weeks: int) -> None:
    table, its = before(weeks=weeks), plan()
    assert power_of(measured(table, its.metric), waves(table, its), its, AS_TAGGED) is None


def test_weeks_without_noise_or_complaints_have_finite_figures() -> None:
    said, mentions = comments(np.zeros(26))
    said.loc[said.index[-1], "time"] = pd.NaT
    power = found(scored((said, mentions)), plan())
    assert np.isfinite([power.level, power.noise, power.power]).all()
