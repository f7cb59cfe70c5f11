"""How often upstream causes are found, and how often innocent ones are blamed, on simulated customers.

    python benchmarks/journeys.py [--seeds 200] [--world NAME] [--json]

Every customer has a mood (standard normal) that makes complaints everywhere likelier: the confounder. Seven touchpoints are
met one after another (in one world in an order of the customer's own), each is seen with 0.8, a complaint at one has the base
rate 20 %. Planted is one cause: a complaint at the second touchpoint multiplies the odds of a later one at the fifth by four.
In the worlds with a chain a complaint at the second does so at the fourth, and one there at the sixth; from the second to the
sixth there is no way but through the fourth. Rates with 95 % Wilson intervals over the seeds.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rates import options, print_rates, rate, told
from scipy.optimize import brentq
from scipy.special import expit, logit

from cx_nlp.journey.upstream.carried import effects
from cx_nlp.journey.upstream.pairs import SUPPORTED, upstream_pairs
from cx_nlp.journey.upstream.shares import attributable_share
from cx_nlp.journey.upstream.steps import NOT_MET, steps

TOUCHPOINTS = tuple(f"touchpoint {k}" for k in range(1, 8))
ONE = ((1, 4),)
CHAIN = ((1, 3), (3, 5))
WHOLE = 2_000_000
"""Customers simulated for the true share and the true effect carried over."""

Link = tuple[int, int]


@dataclass(frozen=True)
class World:
    """What is simulated; `sensitivity` and `specificity` are those of the tagger through which complaints are seen."""

    name: str
    customers: int = 3000
    loading: float = 0.8
    base_rate: float = 0.2
    seen: float = 0.8
    odds_ratio: float = 4.0
    links: tuple[Link, ...] = ONE
    any_order: bool = False
    sensitivity: float = 1.0
    specificity: float = 1.0


TAGGER = {"sensitivity": 0.8, "specificity": 0.98}
WORLDS = (
    World("as planned"),
    World("stronger mood", loading=1.2),
    World("through a tagger", **TAGGER),
    World("through a tagger, stronger mood", loading=1.2, **TAGGER),
    World("no cause", links=()),
    World("no cause, stronger mood", loading=1.2, links=()),
    World("no cause, through a tagger", links=(), **TAGGER),
    World("any order", any_order=True),
    World("any order, stronger mood", any_order=True, loading=1.2),
    World("chain", links=CHAIN),
    World("chain, stronger mood", loading=1.2, links=CHAIN),
    World("chain, through a tagger", links=CHAIN, **TAGGER),
)


@dataclass(frozen=True)
class Lives:
    """What truly happened, and what is seen of it; arrays of customers x touchpoints."""

    mood: NDArray[np.float64]
    bad: NDArray[np.bool_]
    when: NDArray[np.int_]
    seen: NDArray[np.bool_]
    told: NDArray[np.int_]
    """The states as seen (see `cx_nlp.journey.upstream.steps`)."""


def simulated(world: World, seed: int) -> Lives:
    """Customers of a world."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=world.customers)
    shape = (world.customers, len(TOUCHPOINTS))
    when = np.broadcast_to(np.arange(shape[1]), shape)
    if world.any_order:
        when = rng.permuted(when, axis=1)
    offset, bad, chance = _offset(world), np.zeros(shape, bool), rng.random(shape)
    for place in range(shape[1]):
        # Each customer's touchpoint at this place; what came before is settled.
        here = when == place
        log_odds = np.broadcast_to((offset + world.loading * mood)[:, None], shape).copy()
        for earlier, later in world.links:
            before = bad[:, earlier] & (when[:, earlier] < when[:, later])
            log_odds[:, later] += np.log(world.odds_ratio) * before
        bad |= here & (chance < expit(log_odds))
    caught, invented = rng.random(shape) < world.sensitivity, rng.random(shape) >= world.specificity
    tagged = np.where(bad, caught, invented).astype(int)
    seen = rng.random(shape) < world.seen
    return Lives(mood, bad, when, seen, np.where(seen, tagged, NOT_MET))


@cache
def _offset(world: World) -> float:
    """Log odds at which customers of all moods together complain at the base rate."""
    grid = np.random.default_rng(0).normal(size=100_000)
    return float(brentq(lambda at: expit(at + world.loading * grid).mean() - world.base_rate, -10, 10))


@cache
def true_share(world: World, link: Link) -> float:
    """Of all complaints at the effect, the expected part that is owed to a complaint at the cause that was seen."""
    lives = _whole(replace(world, sensitivity=1.0, specificity=1.0))
    earlier, later = link
    cases = lives.bad[:, later] & lives.seen[:, later]
    exposed = lives.bad[:, earlier] & lives.seen[:, earlier] & (lives.when[:, earlier] < lives.when[:, later])
    without = expit(_offset(world) + world.loading * lives.mood)
    with_it = expit(logit(without) + np.log(world.odds_ratio))
    return float(((1 - without / with_it) * (cases & exposed)).sum() / cases.sum())


@cache
def true_carried(world: World) -> float:
    """The odds ratio that the middle of the chain carries from its first link to its last, where the middle was seen."""
    lives = _whole(replace(world, sensitivity=1.0, specificity=1.0))
    (first, middle), (_, last) = world.links
    exposed = lives.bad[:, first] & lives.seen[:, first] & lives.seen[:, last]
    calm = expit(_offset(world) + world.loading * lives.mood)
    upset = expit(logit(calm) + np.log(world.odds_ratio))
    carried = logit(upset * upset + (1 - upset) * calm) - logit(calm * upset + (1 - calm) * calm)
    return float(np.exp((carried * lives.seen[:, middle])[exposed].mean()))


@cache
def _whole(world: World) -> Lives:
    return simulated(replace(world, customers=WHOLE), 1)


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    counts: Counter[str] = Counter()
    carried: list[float] = []
    read: dict[Link, list[tuple[float, float]]] = {}
    seconds = 0.0
    for seed in range(seeds):
        lives = simulated(world, seed)
        began = time.perf_counter()
        tested = upstream_pairs(steps(TOUCHPOINTS, lives.told, lives.when))
        kept = [
            pair
            for pair, told in zip(tested.pairs, tested.table["verdict"] == SUPPORTED, strict=True)
            if told
        ]
        shares = {pair: attributable_share(tested.model, pair) for pair in kept if tested.model}
        seconds += time.perf_counter() - began
        table = tested.table.set_index(pd.Index(tested.pairs, tupleize_cols=False))
        _count(counts, world, table, kept)
        for pair in {*kept} & {*world.links}:
            low, high = shares[pair].low, shares[pair].high
            counts["share held"] += low < true_share(world, pair) < high
            counts["share"] += 1
            ratio = float(table["odds_ratio"].loc[[pair]].iloc[0])
            read.setdefault(pair, []).append((ratio, shares[pair].value))
        if world.links == CHAIN and {*CHAIN} <= {*kept} and tested.model:
            ends = (CHAIN[0][0], CHAIN[1][1])
            parts = effects(tested.model, ends, float(table["odds_ratio"].loc[[ends]].iloc[0]), kept)
            carried += [parts.carried] if parts else []
    return {
        "world": asdict(world),
        "seconds a run": round(seconds / seeds, 3),
        **_rates(counts, world, seeds),
        **_read(world, read),
        **_carried(world, carried),
    }


def _count(counts: Counter[str], world: World, table: pd.DataFrame, kept: list[Link]) -> None:
    """Adds what one run found."""
    innocent = [pair for pair in table.index if pair not in world.links]
    blamed = {*kept} - {*world.links}
    counts["tested"] += len(innocent)
    counts["blamed"] += len(blamed)
    counts["runs with blame"] += bool(blamed)
    counts["all found"] += {*world.links} <= {*kept}
    counts["reversed blamed"] += sum((later, earlier) in kept for earlier, later in world.links)
    counts["ends blamed"] += (CHAIN[0][0], CHAIN[1][1]) in kept
    for pair in world.links:
        row = table.loc[[pair]].iloc[0]
        counts["found"] += pair in kept
        counts["held"] += bool(row["low"] < world.odds_ratio < row["high"])


def _rates(counts: Counter[str], world: World, seeds: int) -> dict[str, Any]:
    planted = seeds * len(world.links)
    rates = {}
    if planted:
        rates["cause found"] = (counts["found"], planted)
        rates["interval holds the true odds ratio"] = (counts["held"], planted)
    if counts["share"]:
        rates["interval holds the true attributable share"] = (counts["share held"], counts["share"])
    if world.links == CHAIN:
        rates["both links found"] = (counts["all found"], seeds)
        rates["ends of the chain blamed directly"] = (counts["ends blamed"], seeds)
    if world.any_order:
        rates["reversed pair blamed"] = (counts["reversed blamed"], planted)
    rates["innocent pairs blamed"] = (counts["blamed"], counts["tested"])
    rates["runs with any"] = (counts["runs with blame"], seeds)
    return {name: rate(*pair) for name, pair in rates.items()}


def _read(world: World, found: dict[Link, list[tuple[float, float]]]) -> dict[str, Any]:
    """Odds ratio and attributable share of each planted link where it was found."""
    told: dict[str, Any] = {}
    for pair, values in found.items():
        ratios, shares = np.array(values).T
        name = f"{TOUCHPOINTS[pair[0]]} to {pair[1] + 1}"
        told[f"odds ratio, {name}"] = _spread(ratios, world.odds_ratio)
        told[f"attributable share, {name}"] = _spread(shares, true_share(world, pair))
    return told


def _carried(world: World, found: list[float]) -> dict[str, Any]:
    return {"odds ratio carried": _spread(np.array(found), true_carried(world))} if found else {}


def _spread(found: NDArray[np.float64], true: float) -> dict[str, Any]:
    """Geometric mean and spread over the runs."""
    return {
        "true": round(true, 3),
        "mean": round(float(np.exp(np.log(found).mean())), 3),
        "middle 95 % of runs": [round(float(value), 3) for value in np.quantile(found, [0.025, 0.975])],
        "n": len(found),
    }


def main() -> int:
    """Simulate the worlds and print the rates."""
    given = options(__doc__, seeds=200, worlds=[world.name for world in WORLDS]).parse_args()
    worlds = [world for world in WORLDS if given.world in (None, world.name)]
    print_rates([measured(world, given.seeds) for world in worlds], as_json=given.json, words=_words)
    return 0


def _words(result: Mapping[str, Any]) -> str:
    return told({name: _spread_words(value) for name, value in result.items()})


def _spread_words(value: object) -> object:
    """What `_spread` gave in words, all else as it is."""
    if not isinstance(value, dict) or "true" not in value:
        return value
    low, high = value["middle 95 % of runs"]
    return f"{value['mean']} ({low} to {high}, n = {value['n']}), true {value['true']}"


if __name__ == "__main__":
    sys.exit(main())
