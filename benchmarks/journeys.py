"""How often upstream causes are found, and how often innocent ones are blamed, on simulated customers.

    python benchmarks/journeys.py [--seeds 200] [--json]

Every customer has a mood (standard normal) that makes complaints everywhere likelier: the confounder. Seven touchpoints are
met one after another, each is seen with 0.8, a complaint at one has the base rate 20 %. One cause is planted: a complaint at
the second touchpoint multiplies the odds of one at the fifth by four. Rates with 95 % Wilson intervals over the seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit

from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.journey.upstream.links import upstream_links
from cx_nlp.journey.upstream.steps import NOT_MET, steps

TOUCHPOINTS = tuple(f"touchpoint {k}" for k in range(1, 8))
CAUSE, EFFECT = 1, 4


@dataclass(frozen=True)
class World:
    """What is simulated; `sensitivity` and `specificity` are those of the tagger through which complaints are seen."""

    name: str
    customers: int = 3000
    loading: float = 0.8
    base_rate: float = 0.2
    seen: float = 0.8
    odds_ratio: float = 4.0
    sensitivity: float = 1.0
    specificity: float = 1.0


WORLDS = (
    World("as planned"),
    World("stronger mood", loading=1.2),
    World("through a tagger", sensitivity=0.8, specificity=0.98),
    World("no cause", odds_ratio=1.0),
    World("no cause, stronger mood", odds_ratio=1.0, loading=1.2),
)


def simulated(world: World, seed: int) -> NDArray[np.int_]:
    """The states of customers (see `cx_nlp.journey.upstream.steps`)."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=world.customers)
    offset = _offset(world)
    state = np.zeros((world.customers, len(TOUCHPOINTS)), int)
    for k in range(len(TOUCHPOINTS)):
        added = np.log(world.odds_ratio) * state[:, CAUSE] if k == EFFECT else 0.0
        state[:, k] = rng.random(world.customers) < expit(offset + world.loading * mood + added)
    caught, invented = (
        rng.random(state.shape) < world.sensitivity,
        rng.random(state.shape) >= world.specificity,
    )
    tagged = np.where(state == 1, caught, invented).astype(int)
    return np.where(rng.random(state.shape) < world.seen, tagged, NOT_MET)


@cache
def _offset(world: World) -> float:
    """Log odds at which customers of all moods together complain at the base rate."""
    grid = np.random.default_rng(0).normal(size=100_000)
    return float(brentq(lambda at: expit(at + world.loading * grid).mean() - world.base_rate, -10, 10))


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    found = blamed = runs_with_blame = tested = covered = 0
    began = time.perf_counter()
    for seed in range(seeds):
        table = upstream_links(steps(TOUCHPOINTS, simulated(world, seed)))
        planted = (table["cause_touchpoint"] == TOUCHPOINTS[CAUSE]) & (
            table["effect_touchpoint"] == TOUCHPOINTS[EFFECT]
        )
        planted &= world.odds_ratio != 1
        supported = table["verdict"] == "supported"
        found += int((supported & planted).any())
        blamed += int((supported & ~planted).sum())
        runs_with_blame += int((supported & ~planted).any())
        tested += int((~planted).sum())
        row = table[planted]
        covered += int(((row["low"] < world.odds_ratio) & (world.odds_ratio < row["high"])).any())
    rates = {"innocent pairs blamed": (blamed, tested), "runs with any": (runs_with_blame, seeds)}
    if world.odds_ratio != 1:
        rates = {
            "cause found": (found, seeds),
            "interval holds the true odds ratio": (covered, seeds),
            **rates,
        }
    return {
        "world": asdict(world),
        "seconds a run": round((time.perf_counter() - began) / seeds, 3),
        **{name: _rate(*counts) for name, counts in rates.items()},
    }


def _rate(hits: int, n: int) -> dict[str, float | int]:
    low, high = wilson(hits, n)
    return {"share": round(hits / n, 4), "low": round(float(low), 4), "high": round(float(high), 4), "n": n}


def main() -> int:
    """Simulate all worlds and print the rates."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seeds", type=int, default=200)
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    results = [measured(world, given.seeds) for world in WORLDS]
    if given.json:
        print(json.dumps(results, indent=1))
        return 0
    for one in results:
        print(f"{one['world']['name']} ({one['seconds a run']} s a run)")
        for name, rate in one.items():
            if isinstance(rate, dict) and "share" in rate:
                print(
                    f"  {name}: {rate['share']:.1%} ({rate['low']:.1%} to {rate['high']:.1%}, n = {rate['n']})"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
