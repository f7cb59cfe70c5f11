"""Upstream causes on simulated journeys in which the causes are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from cx_nlp.journey.upstream.mood import MoodModel
from cx_nlp.journey.upstream.pairs import upstream_pairs
from cx_nlp.journey.upstream.steps import Steps, steps

NAMES = ("ad", "web", "store", "pay", "ship", "use", "help")


def journeys(
    seed: int,
    *,
    customers: int = 3000,
    loading: float = 0.8,
    links: dict[tuple[int, int], float] | None = None,
) -> NDArray[Any]:
    """Complaints of customers with a mood: everyone goes the same way, each touchpoint is seen with 0.8."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=customers)
    state = np.zeros((customers, len(NAMES)), int)
    for later in range(len(NAMES)):
        log_odds = -1.55 + loading * mood
        for (earlier, touched), effect in (links or {}).items():
            if touched == later:
                log_odds = log_odds + effect * state[:, earlier]
        state[:, later] = rng.random(customers) < expit(log_odds)
    return np.where(rng.random(state.shape) < 0.8, state, -1)


def supported(table: pd.DataFrame) -> set[tuple[str, str]]:
    rows = table[table["verdict"] == "supported"]
    return {*zip(rows["cause_touchpoint"], rows["effect_touchpoint"], strict=True)}


def test_a_planted_cause_is_found_with_its_odds_ratio() -> None:
    table = upstream_pairs(steps(NAMES, journeys(1, links={(1, 4): np.log(4)}))).table
    assert supported(table) == {("web", "ship")}
    row = table[(table["cause_touchpoint"] == "web") & (table["effect_touchpoint"] == "ship")].iloc[0]
    assert row["low"] < 4 < row["high"]
    assert row["low"] > 1.5
    assert row["q"] < 0.001


@pytest.mark.parametrize("loading", [0.8, 1.2])
def test_a_common_mood_is_no_cause(loading: float) -> None:
    state = journeys(2, loading=loading)
    met = (state[:, 0] >= 0) & (state[:, 1] >= 0)
    both = pd.crosstab(state[met, 0], state[met, 1]).to_numpy(float)
    # The two go together strongly, and none is the other's cause.
    assert both[0, 0] * both[1, 1] / (both[0, 1] * both[1, 0]) > 1.4
    assert supported(upstream_pairs(steps(NAMES, state)).table) == set()


def test_two_causes_of_one_effect_are_told_apart_from_their_neighbours() -> None:
    table = upstream_pairs(steps(NAMES, journeys(3, links={(0, 5): np.log(4), (3, 5): np.log(4)}))).table
    assert supported(table) == {("ad", "use"), ("pay", "use")}


def test_what_comes_later_is_not_the_cause() -> None:
    state = journeys(4, links={(1, 4): np.log(4)})
    backwards = np.broadcast_to(-np.arange(float(len(NAMES))), state.shape)
    table = upstream_pairs(steps(NAMES, state, backwards)).table
    assert {*zip(table["cause_touchpoint"], table["effect_touchpoint"], strict=True)}.isdisjoint(
        {("web", "ship")}
    )
    unordered = upstream_pairs(steps(NAMES, state, np.zeros(state.shape))).table
    assert unordered.empty


def test_few_customers_give_no_verdict() -> None:
    table = upstream_pairs(steps(NAMES, journeys(5, customers=40))).table
    assert {*table["verdict"]} == {"not enough data"}
    few = table[table["exposed"] < 10]
    assert len(few)
    assert few["odds_ratio"].isna().all()
    # With 300 customers some effects are estimated, and none so closely that its absence could be told.
    some = upstream_pairs(steps(NAMES, journeys(5, customers=300))).table
    assert "not supported" not in {*some["verdict"]}
    assert some["detectable"].min() > 2


def test_customers_alike_are_counted_together_and_change_nothing() -> None:
    state = journeys(6, customers=400)
    found = steps(NAMES, state)
    assert found.customers.sum() == 400
    assert len(found.state) < 400
    places = np.array([steps(NAMES, row[None]).place[0] for row in state])
    single = Steps(NAMES, state.astype(np.int8), places, np.ones(400))
    one, other = MoodModel(found).fit(), MoodModel(single).fit()
    np.testing.assert_allclose(one.parameters, other.parameters, atol=1e-3)


def test_a_pair_that_joins_the_model_is_what_its_score_announced() -> None:
    model = MoodModel(steps(NAMES, journeys(7, links={(2, 6): 1.0}))).fit()
    deviate, first = model.adding((2, 6))
    whole = model.with_link((2, 6))
    assert deviate == pytest.approx(whole.effects[0] / whole.errors[0], rel=0.35)
    assert first == pytest.approx(whole.effects[0], rel=0.3)


def test_counts_are_of_customers_who_met_both_in_that_order() -> None:
    state = [[1, 1, -1], [1, 0, 0], [0, 1, 0], [-1, 1, 1]]
    when = [[1, 2, 0], [2, 1, 3], [1, 2, 3], [0, 1, 2]]
    table = upstream_pairs(steps(("a", "b", "c"), state, when)).table.set_index(
        ["cause_touchpoint", "effect_touchpoint"]
    )
    assert table.loc[("a", "b"), ["n", "exposed", "complaints"]].tolist() == [2, 1, 1]
    assert table.loc[("b", "a"), ["n", "exposed", "complaints"]].tolist() == [1, 0, 0]
    assert table.loc[("b", "c"), ["n", "exposed", "complaints"]].tolist() == [3, 2, 1]


@pytest.mark.parametrize(
    ("state", "when", "message"),
    [
        ([[1, 0]], None, "3 columns"),
        ([[1, 0, 2]], None, "must hold 0, 1 and -1 only"),
        ([[1, 0, 1]], [[1, 2]], "shape of state"),
    ],
)
def test_steps_of_another_shape_are_refused(state: Any, when: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        steps(("a", "b", "c"), state, when)


def test_only_the_given_pairs_are_tested_and_those_nobody_met_are_left_out() -> None:
    found = steps(NAMES, journeys(1, links={(1, 4): np.log(4)}))
    tested = upstream_pairs(found, pairs=[(1, 4), (4, 1), (0, 2), (0, 2)])
    assert tested.pairs == ((1, 4), (0, 2))
    assert tested.table["verdict"].tolist() == ["supported", "not supported"]


@pytest.mark.parametrize("state", [np.zeros((0, 7)), np.full((5, 7), -1), np.ones((3, 7)), np.eye(7)])
def test_next_to_nothing_gives_no_verdict(state: Any) -> None:
    table = upstream_pairs(steps(NAMES, state)).table
    assert {*table["verdict"]} <= {"not enough data"}
    assert table["odds_ratio"].isna().all()


@pytest.mark.parametrize("value", [0, 1])
def test_where_all_are_alike_nothing_is_a_cause(value: int) -> None:
    table = upstream_pairs(steps(NAMES, np.full((500, 7), value))).table
    assert "supported" not in {*table["verdict"]}
    assert {*table["complaints"]} == {500 * value}
