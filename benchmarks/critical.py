"""How often the touchpoints that cost most are the ones listed, on simulated customers whose losses are known.

    python benchmarks/critical.py [--seeds 200] [--json]

Twelve touchpoints: three that cost much, two that cost little, and seven whose complaints cost nothing, among them the two
that are blamed most. Customers have a mood that makes complaints everywhere likelier, and rate higher or lower than others by
habit. The harmless "hours" is named in 60 % of the comments that blame "courier", else in 10 %. Ratings are whole numbers from
1 to 5. The true total is what ratings in complaining comments would be higher without the fault there, times the share of
customers who meet it in so many comments. Rates with 95 % Wilson intervals.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rates import options, rate, told
from scipy.special import expit, logit

from cx_nlp.journey.drivers.critical import critical
from cx_nlp.journey.drivers.design import design
from cx_nlp.journey.drivers.draws import BLOCKS, draws, slopes
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

# Share of complaining comments of a customer of average mood, and rating points that a complaint costs.
PLANTED = {
    "courier": (0.08, 1.2), "refund": (0.12, 0.7), "crash": (0.04, 1.8), "queue": (0.10, 0.15), "label": (0.02, 0.5),
    "hours": (0.10, 0.0), "price": (0.20, 0.0), "advert": (0.15, 0.0), "music": (0.05, 0.0), "parking": (0.05, 0.0),
    "points": (0.03, 0.0), "letter": (0.03, 0.0),
}  # fmt: skip
NAMES = tuple(PLANTED)
RATES, LOSSES = (np.array(column) for column in zip(*PLANTED.values(), strict=True))
COSTLY, HARMLESS = {"courier", "refund", "crash"}, {name for name, (_, loss) in PLANTED.items() if loss == 0}
CULPRIT, INNOCENT = NAMES.index("courier"), NAMES.index("hours")
PRAISE = 0.25
"""Rating points that praise of any touchpoint adds."""


@dataclass(frozen=True)
class World:
    """What is simulated.

    `mood_in_rating` is how many points lower a customer rates whose mood is worse by one deviation; `severity` multiplies all
    losses.
    """

    name: str
    customers: int = 3000
    comments: float = 2.5
    loading: float = 0.8
    mood_in_rating: float = 0.0
    sensitivity: float = 1.0
    specificity: float = 1.0
    severity: float = 1.0


WORLDS = (
    World("as planned"),
    World("few", customers=600, comments=1.2),
    World("many", customers=10000),
    World("nothing costs anything", severity=0.0),
    World("mood lowers ratings", mood_in_rating=0.3),
    World("mood lowers ratings, nobody writes twice", comments=1.0, mood_in_rating=0.3),
    World("through a tagger", sensitivity=0.8, specificity=0.98),
)


@dataclass(frozen=True)
class Drawn:
    """Simulated comments: customer, complaints, praise, and rating, and what each complaint cost."""

    customer: NDArray[np.intp]
    complaint: NDArray[np.bool_]
    praise: NDArray[np.bool_]
    rating: NDArray[np.float64]
    cost: NDArray[np.float64]


def drawn(world: World, seed: int) -> Drawn:
    """The comments of one seed, as the customers meant them."""
    rng = np.random.default_rng(seed)
    customer = np.repeat(np.arange(world.customers), 1 + rng.poisson(world.comments - 1, world.customers))
    mood, habit = rng.normal(size=(2, world.customers))
    chance = expit(logit(RATES) + world.loading * mood[customer, None])
    complaint = rng.random(chance.shape) < chance
    likely = np.where(complaint[:, CULPRIT], 0.6, chance[:, INNOCENT])
    complaint[:, INNOCENT] = rng.random(len(customer)) < likely
    praise = rng.random(chance.shape) < 0.08
    losses = world.severity * LOSSES
    felt = 4.4 - complaint @ losses + PRAISE * praise.sum(axis=1) + 0.5 * habit[customer]
    felt += rng.normal(0, 0.8, len(customer)) - world.mood_in_rating * mood[customer]
    rating = np.clip(np.rint(felt), 1, 5)
    without = np.clip(np.rint(felt[:, None] + losses), 1, 5)
    return Drawn(customer, complaint, praise, rating, np.where(complaint, without - rating[:, None], 0.0))


def table(world: World, seed: int) -> Scored:
    """The scored table of one seed, as the tagger sees it."""
    made, rng = drawn(world, seed), np.random.default_rng([seed, 1])
    seen = rng.random(made.complaint.shape)
    complaint = np.where(made.complaint, seen < world.sensitivity, seen >= world.specificity)
    ids = np.array([f"c{k}" for k in range(len(made.customer))])
    comments = pd.DataFrame(
        {"comment_id": ids, "customer_id": made.customer.astype(str), "rating": made.rating}
    )
    sides = []
    for sentiment, said in (("negative", complaint), ("positive", made.praise)):
        row, column = np.nonzero(said)
        sides.append(
            pd.DataFrame(
                {
                    "comment_id": ids[row], "touchpoint": np.array(NAMES)[column],
                    "factor": "general", "sentiment": sentiment,
                }
            )
        )  # fmt: skip
    return scored_table(comments, pd.concat(sides, ignore_index=True))


@cache
def truth(world: World) -> NDArray[np.float64]:
    """The totals in 300 000 customers."""
    many = replace(world, customers=300_000)
    made = drawn(many, 10**6)
    loss = made.cost.sum(axis=0) / made.complaint.sum(axis=0)
    affected = np.zeros((many.customers, len(NAMES)), bool)
    np.logical_or.at(affected, made.customer, made.complaint)
    return np.asarray(loss * affected.mean(axis=0))


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    true = dict(zip(NAMES, truth(world), strict=True))
    harmless = HARMLESS if world.severity else {*NAMES}
    began, ratios, length = time.perf_counter(), [], 0
    first = listed = blamed = any_blamed = held = intervals = within = 0
    for seed in range(seeds):
        found, limits = critical(table(world, seed), load_taxonomy())
        within += "within_customers" in {limit.reason for limit in limits}
        names, expected = {*found["touchpoint"][found["listed"]]}, found["touchpoint"].map(true)
        length += len(names)
        first += {*found["touchpoint"][:3]} == COSTLY
        listed += COSTLY <= names
        blamed += len(harmless & names)
        any_blamed += bool(harmless & names)
        held += int(((found["total_low"] <= expected) & (expected <= found["total_high"])).sum())
        intervals += int(found["total"].notna().sum())
        costly = found["touchpoint"].isin(COSTLY)
        ratios.append(float((found["total"][costly] / expected[costly]).mean()) if world.severity else np.nan)
    rates = {
        "a harmless touchpoint is listed": (blamed, seeds * len(harmless)),
        "lists with any harmless one": (any_blamed, seeds),
        "losses taken within customers": (within, seeds),
        "interval of the total holds the true one": (held, intervals),
    }
    if world.severity:
        rates |= {"the three costliest come first": (first, seeds), "all three are listed": (listed, seeds)}
    return {
        "world": asdict(world),
        "seconds a run": round((time.perf_counter() - began) / seeds, 3),
        "length of the list": round(length / seeds, 2),
        "total of the costly, share of the true one": round(float(np.mean(ratios)), 3)
        if world.severity
        else None,
        **{name: rate(*pair) for name, pair in rates.items()},
    }


def blocks_agree(seeds: int = 20) -> dict[str, float]:
    """Standard errors of the losses from 500 blocks of customers, as shares of those from every customer alone."""
    ratios = []
    for seed in range(seeds):
        scored = table(WORLDS[0], seed)
        model, unit = design(scored, load_taxonomy()), scored.customers[0]
        assert model is not None
        errors = [
            slopes(
                draws(WORLDS[0].customers, resamples=400, seed=seed, blocks=blocks),
                model.predictors.to_numpy(),
                model.outcome,
                unit,
            )[1:].std(axis=0)
            for blocks in (BLOCKS, WORLDS[0].customers)
        ]
        ratios.append(errors[0] / errors[1])
    middle, low, high = np.mean(ratios), *np.quantile(ratios, [0.025, 0.975])
    return {"mean": round(float(middle), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


def main() -> int:
    """Simulate all worlds and print the rates."""
    given = options(__doc__, seeds=200).parse_args()
    results = [measured(world, given.seeds) for world in WORLDS]
    name, agree = "errors from blocks, share of those from customers", blocks_agree()
    if given.json:
        print(json.dumps({"worlds": results, name: agree}, indent=1))
        return 0
    print(f"{name}: {agree['mean']} ({agree['low']} to {agree['high']})")
    print("\n".join(map(told, results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
