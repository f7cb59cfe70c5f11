"""What of an effect goes straight and what is carried by touchpoints between, where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from cx_nlp.journey.upstream.carried import Effects, effects
from cx_nlp.journey.upstream.mood import Link, MoodModel
from cx_nlp.journey.upstream.steps import steps

NAMES = ("web", "store", "ship", "help")
FOUR = float(np.log(4))


def journeys(links: dict[Link, float], *, seed: int = 0, customers: int = 6000) -> NDArray[np.int_]:
    rng = np.random.default_rng(seed)
    mood = 0.8 * rng.normal(size=customers)
    state = np.zeros((customers, 4), int)
    for later in range(4):
        log_odds = mood - 1.5
        for (earlier, touched), effect in links.items():
            log_odds = log_odds + effect * state[:, earlier] * (touched == later)
        state[:, later] = rng.random(customers) < expit(log_odds)
    return state


def parts(links: dict[Link, float], of: Link, *, fitted: dict[Link, float] | None = None) -> Effects | None:
    model = MoodModel(steps(NAMES, journeys(links)), [*(fitted or links)]).fit()
    known = dict(zip(model.links, model.effects.tolist(), strict=True))
    return effects(model, of, float(np.exp(known.get(of, 0.0))), [*links])


def test_without_a_chain_nothing_is_carried() -> None:
    assert parts({(0, 3): FOUR}, (0, 3)) is None
    assert parts({(0, 1): FOUR, (2, 3): FOUR}, (0, 3)) is None


def test_what_goes_through_another_is_carried_by_it() -> None:
    found = parts({(0, 2): FOUR, (2, 3): FOUR}, (0, 3))
    assert found is not None
    assert found.via == (2,)
    assert found.direct == pytest.approx(1.0, abs=1e-9)
    # At average mood the middle is bad with 0.18 and 0.47 and brings odds of 4.
    calm, upset = expit(-1.5), expit(-1.5 + FOUR)
    carried = logit(upset * upset + (1 - upset) * calm) - logit(calm * upset + (1 - calm) * calm)
    assert found.carried == pytest.approx(float(np.exp(carried)), rel=0.12)


def test_both_ways_are_told_apart() -> None:
    found = parts({(0, 2): FOUR, (2, 3): FOUR, (0, 3): FOUR}, (0, 3))
    assert found is not None
    assert found.direct == pytest.approx(4.0, rel=0.3)
    assert 1.2 < found.carried < 1.7


def test_a_longer_chain_is_named_in_order_and_carries_less() -> None:
    short, long = (
        parts({(0, 2): FOUR, (2, 3): FOUR}, (0, 3)),
        parts({(0, 1): FOUR, (1, 2): FOUR, (2, 3): FOUR}, (0, 3)),
    )
    assert short is not None
    assert long is not None
    assert long.via == (1, 2)
    assert 1 < long.carried < short.carried


def test_of_two_ways_the_stronger_is_named() -> None:
    found = parts({(0, 1): FOUR, (1, 3): FOUR, (0, 2): 0.8, (2, 3): 0.8}, (0, 3))
    assert found is not None
    assert found.via == (1,)


def test_only_those_who_met_what_lies_between_are_carried() -> None:
    state = journeys({(0, 2): FOUR, (2, 3): FOUR})
    links = [(0, 2), (2, 3)]
    whole = effects(MoodModel(steps(NAMES, state), links).fit(), (0, 3), 1.0, links)
    state[np.random.default_rng(1).random(len(state)) < 0.5, 2] = -1
    half = effects(MoodModel(steps(NAMES, state), links).fit(), (0, 3), 1.0, links)
    assert whole is not None
    assert half is not None
    assert np.log(half.carried) == pytest.approx(np.log(whole.carried) / 2, rel=0.2)


def test_what_came_before_the_cause_carries_nothing() -> None:
    state = journeys({(0, 2): FOUR, (2, 3): FOUR})
    # The middle is met first by all.
    when = np.broadcast_to([1, 2, 0, 3], state.shape)
    links = [(0, 2), (2, 3)]
    found = effects(MoodModel(steps(NAMES, state, when), links).fit(), (0, 3), 1.0, links)
    assert found is not None
    assert found.carried == pytest.approx(1.0)
