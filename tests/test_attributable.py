"""The share of later complaints that is attributable to earlier ones, where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from cx_nlp.journey.upstream.mood import MoodModel
from cx_nlp.journey.upstream.shares import attributable_share
from cx_nlp.journey.upstream.steps import steps

NAMES = ("web", "store", "ship", "help")


def journeys(seed: int, effect: float, customers: int = 4000) -> tuple[NDArray[np.int_], float]:
    """Complaints at four touchpoints, the last owing some to the second, and the share it owes."""
    rng = np.random.default_rng(seed)
    mood = 0.8 * rng.normal(size=customers)
    state = (rng.random((customers, 4)) < expit(mood - 1.5)[:, None]).astype(int)
    without, with_it = expit(mood - 1.5), expit(mood - 1.5 + effect * state[:, 1])
    state[:, 3] = rng.random(customers) < with_it
    cases = state[:, 3] == 1
    return state, float((1 - without / with_it)[cases].sum() / cases.sum())


@pytest.mark.parametrize("effect", [0.0, 0.7, 1.4])
def test_the_planted_share_is_found(effect: float) -> None:
    inside = 0
    for seed in range(8):
        state, truth = journeys(seed, effect)
        found = attributable_share(MoodModel(steps(NAMES, state), [(1, 3)]).fit(), (1, 3))
        assert found.value == pytest.approx(truth, abs=0.09)
        inside += found.low <= truth <= found.high
    assert inside >= 7


def test_one_who_never_told_of_the_cause_counts_as_owing_nothing() -> None:
    state, _ = journeys(1, 1.4)
    whole = attributable_share(MoodModel(steps(NAMES, state), [(1, 3)]).fit(), (1, 3))
    state[np.random.default_rng(0).random(len(state)) < 0.5, 1] = -1
    half = attributable_share(MoodModel(steps(NAMES, state), [(1, 3)]).fit(), (1, 3))
    assert half.value == pytest.approx(whole.value / 2, rel=0.25)


def test_more_customers_give_a_narrower_interval() -> None:
    few, many = (
        attributable_share(MoodModel(steps(NAMES, journeys(1, 1.4, n)[0]), [(1, 3)]).fit(), (1, 3))
        for n in (1000, 16000)
    )
    assert (many.high - many.low) / (few.high - few.low) == pytest.approx(1 / 4, rel=0.25)


def test_without_a_case_nothing_is_said() -> None:
    state, _ = journeys(1, 1.4, 300)
    state[state[:, 1] == 1, 3] = 0
    found = attributable_share(MoodModel(steps(NAMES, state), [(1, 3)]).fit(), (1, 3))
    assert np.isnan(found).all()


def test_a_link_must_be_in_the_model() -> None:
    model = MoodModel(steps(NAMES, journeys(1, 1.4, 300)[0])).fit()
    with pytest.raises(ValueError, match="not in list"):
        attributable_share(model, (1, 3))
