"""How often a causal word between complaints is taken for evidence where it is none, on simulated pairs of complaints.

    python benchmarks/witness.py [--seeds 1000] [--json]

Neighbouring complaints at two of eight touchpoints, some spoken of much more often than others and mostly in the order of the
journey. A causal word joins 3 % of them forwards and 2 % backwards. One pair is joined more often: in one direction (planted),
in both alike (two complaints that belong together), or not at all. Rates with 95 % Wilson intervals over the seeds.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from rates import rate, simulate, told
from scipy.stats import false_discovery_control

from cx_nlp.journey.upstream.chance import Chance, Stratum, against_chance
from cx_nlp.journey.upstream.witness import ALPHA, FEW

OFTEN = np.array([0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06, 0.04])
CAUSE, EFFECT = 2, 4


@dataclass(frozen=True)
class World:
    """What is simulated: `pairs` neighbours, and how often the one pair is joined in its direction and against it."""

    name: str
    pairs: int = 5000
    forward: float = 0.0
    against: float = 0.0


WORLDS = (
    World("no pair stands out"),
    World("no pair stands out, 1 000 pairs", pairs=1000),
    World("a pair joined in both directions", forward=0.15, against=0.15),
    World("planted, 10 % joined", forward=0.1),
    World("planted, 20 % joined", forward=0.2),
)


def simulated(world: World, seed: int) -> Stratum:
    """Neighbours by touchpoint spoken of first and second, and those that are joined."""
    rng = np.random.default_rng(seed)
    size = len(OFTEN)
    draws = rng.choice(size, (3 * world.pairs, 2), p=OFTEN)
    draws = draws[draws[:, 0] != draws[:, 1]][: world.pairs]
    in_order = rng.random(len(draws)) < 0.7
    draws = np.where(in_order[:, None], np.sort(draws, axis=1), draws)
    forward, backward = np.full((size, size), 0.03), np.full((size, size), 0.02)
    # In the direction of the pair: forwards where the cause is spoken of first, backwards where it is second.
    forward[CAUSE, EFFECT] += world.forward
    backward[EFFECT, CAUSE] += world.forward
    forward[EFFECT, CAUSE] += world.against
    backward[CAUSE, EFFECT] += world.against
    at = (draws[:, 0], draws[:, 1])
    luck = rng.random(len(draws))
    first = luck < forward[at]
    second = ~first & (luck < forward[at] + backward[at])
    made = []
    for kept in (np.ones(len(draws), bool), first, second):
        counts = np.zeros((size, size))
        np.add.at(counts, (draws[kept, 0], draws[kept, 1]), 1.0)
        made.append(counts)
    return Stratum(*made)


def supported(stratum: Stratum) -> tuple[set[tuple[int, int]], Chance]:
    """The pairs found as `witness` finds them, and the planted one's figures."""
    pairs = [(a, b) for a in range(len(OFTEN)) for b in range(len(OFTEN)) if a != b]
    tested = {pair: against_chance([stratum], *pair) for pair in pairs}
    q = false_discovery_control([one.p for one in tested.values()])
    found = {pair for pair, one in zip(pairs, q, strict=True) if one < ALPHA and tested[pair].seen >= FEW}
    return found, tested[CAUSE, EFFECT]


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    began = time.perf_counter()
    any_wrong = wrong = right = covered = 0
    true = 1 + world.forward * (1 / 0.03 + 1 / 0.02) / 2
    for seed in range(seeds):
        found, planted = supported(simulated(world, seed))
        innocent = found - ({(CAUSE, EFFECT)} if world.forward > world.against else set())
        wrong, any_wrong, right = (
            wrong + len(innocent),
            any_wrong + bool(innocent),
            right + ((CAUSE, EFFECT) in found),
        )
        covered += planted.low <= true <= planted.high
    pairs = len(OFTEN) * (len(OFTEN) - 1)
    rates = {"innocent pairs supported": (wrong, pairs * seeds), "tables with any": (any_wrong, seeds)}
    if world.forward > world.against:
        rates["planted supported"] = (right, seeds)
    if not world.forward:
        rates["interval holds the true ratio of 1"] = (covered, seeds)
    return {
        "world": asdict(world),
        "seconds a run": round((time.perf_counter() - began) / seeds, 3),
        **{name: rate(*counts) for name, counts in rates.items()},
    }


def main() -> int:
    """Simulate all worlds and print the rates."""
    return simulate(__doc__, WORLDS, measured, seeds=1000, words=partial(told, decimals=2))


if __name__ == "__main__":
    sys.exit(main())
