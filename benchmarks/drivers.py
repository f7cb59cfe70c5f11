"""Whether drivers blame the innocent, on simulated ratings in which the causes are known.

    python benchmarks/drivers.py [--seeds 400] [--world NAME] [--json]

Customers have a mood that lowers their ratings and makes complaints likelier. One theme, the culprit, costs rating points. Another
one, the innocent, costs nothing but is mentioned with it: with probability 0.6 beside the culprit, 0.1 without. A third costs
nothing and is mentioned in a bad mood. Ratings are whole numbers from 1 to 5. Counted is how often the interval of the innocent's
effect covers nought, and how often the plain difference of the mean rating with and without it (which is what leaving its comments
out measures) blames it; and how often penalty and reward name the kind of quality that was planted. Rates with 95 % Wilson
intervals over the seeds.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rates import options, print_rates, rate
from scipy.special import expit
from scipy.stats import ttest_ind

from cx_nlp.journey.drivers.contrast import contrast
from cx_nlp.journey.drivers.design import Design, design
from cx_nlp.journey.drivers.regression import Fit, fit
from cx_nlp.journey.drivers.tagged import corrected_effects
from cx_nlp.journey.drivers.weights import relative_weights
from cx_nlp.journey.drivers.within import mood_alone
from cx_nlp.journey.scores.correction import ErrorRates
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
CULPRIT, INNOCENT, OTHERS = "delivery", "hotline", ("app", "payment", "store", "website")
FACTORS = {CULPRIT: "responsiveness", INNOCENT: "attitude_expertise"}
# Rating points of a complaint and of praise, and what they make of the theme.
QUALITIES = {
    "product": (-1.0, 0.0, "basic"),
    "store": (-0.7, 0.7, "performance"),
    "staff": (0.0, 1.0, "excitement"),
    "email": (0.0, 0.0, "indifferent"),
}


@dataclass(frozen=True)
class World:
    """What is simulated; `one_wrote` is the share of the comments that a single customer wrote."""

    name: str
    comments: int = 3000
    customers: int = 1000
    culprit: float = 0.2
    beside: float = 0.6
    without: float = 0.1
    effect: float = -1.5
    mood: float = 0.7
    one_wrote: float = 0.0
    outcome: bool = False
    sensitivity: float = 1.0
    specificity: float = 1.0


WORLDS = (
    World("as planned"),
    World("300 comments of 150 customers", comments=300, customers=150),
    World("ten comments a customer, strong mood", customers=300, mood=1.2),
    World("an innocent theme in about 40 of 3000 comments", beside=0.04, without=0.006),
    World("one customer with half the comments", one_wrote=0.5),
    World("churn instead of a rating", outcome=True),
    World("through a tagger", sensitivity=0.8, specificity=0.98),
)


def simulated(world: World, seed: int) -> Scored:
    """Comments with a rating (or an outcome) and complaints."""
    rng = np.random.default_rng(seed)
    n = world.comments
    customer = rng.integers(1, world.customers + 1, n) * (rng.random(n) >= world.one_wrote)
    mood = rng.normal(size=world.customers + 1)[customer]
    blamed = rng.random(n) < expit(np.log(world.culprit / (1 - world.culprit)) + world.mood * mood)
    beside = rng.random(n) < np.where(blamed, world.beside, world.without)
    other = rng.random((n, len(OTHERS))) < expit(-2 + world.mood * mood)[:, None]
    points = 4.3 + world.effect * blamed - other @ [0.8, 0.5, 0.3, 0.0] - 0.5 * world.mood * mood
    columns = {"rating": np.clip(np.round(points + rng.normal(0, 0.8, n)), 1, 5)}
    if world.outcome:
        left = np.bincount(customer, blamed, world.customers + 1) > rng.exponential(2, world.customers + 1)
        left |= rng.random(world.customers + 1) < 0.1
        columns = {"outcome": np.where(left[customer], "churned", "retained")}
    held = np.column_stack([blamed, beside, other])
    chance = rng.random(held.shape)
    seen = np.where(held, chance < world.sensitivity, chance >= world.specificity)
    return _table(columns, customer, dict(zip((CULPRIT, INNOCENT, *OTHERS), seen.T, strict=True)))


def _table(
    columns: dict[str, Any],
    customer: NDArray[Any],
    complaints: dict[str, Any],
    praise: dict[str, Any] | None = None,
) -> Scored:
    ids = np.char.add("c", np.arange(len(customer)).astype(str))
    said = [(name, "negative", rows) for name, rows in complaints.items()]
    said += [(name, "positive", rows) for name, rows in (praise or {}).items()]
    mentions = [
        pd.DataFrame(
            {
                "comment_id": ids[rows],
                "touchpoint": name,
                "factor": FACTORS.get(name, "convenience"),
                "sentiment": side,
            }
        )
        for name, side, rows in said
    ]
    comments = pd.DataFrame(
        {"comment_id": ids, "customer_id": np.char.add("k", customer.astype(str)), **columns}
    )
    return scored_table(comments, pd.concat(mentions))


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    truth(_plain(world))
    began = time.perf_counter()
    runs = [_run(simulated(world, seed), world, seed, truth(_plain(world))) for seed in range(seeds)]
    seconds = round((time.perf_counter() - began) / max(seeds, 1), 3)
    rates = {name: [run[name] for run in runs if name in run] for run in runs for name in run}
    found = {name: rate(int(sum(hits)), len(hits)) for name, hits in rates.items()}
    return {"world": asdict(world), "seconds a run": seconds, **found}


def _clear(found: Fit, at: int) -> bool:
    return bool(abs(found.effects[at]) > found.reach[at])


def _corrected(of: Design, world: World, seed: int, guilty: float) -> dict[str, bool]:
    """What allowing for the tagger's errors gives, these being known from an audit of 1 000 comments."""
    rng = np.random.default_rng(seed)
    rates = {}
    for name in of.predictors:
        held = int(rng.binomial(1000, of.predictors[name].mean()))
        hit, invented = (
            rng.binomial(held, world.sensitivity),
            rng.binomial(1000 - held, 1 - world.specificity),
        )
        rates[name.replace("|", "#")] = ErrorRates(hit, held - hit, invented, 1000 - held - invented)
    found = corrected_effects(of, rates, resamples=200)
    at, culprit = (list(of.predictors).index(f"{name}|negative") for name in (INNOCENT, CULPRIT))
    return {
        "errors allowed for, the innocent's interval covers nought": bool(
            found.low[at] <= 0 <= found.high[at]
        ),
        "errors allowed for, the culprit's holds the true effect": bool(
            found.low[culprit] <= guilty <= found.high[culprit]
        ),
        "errors allowed for, the culprit's interval leaves out nought": bool(found.high[culprit] < 0),
    }


def _run(scored: Scored, world: World, seed: int, true: tuple[float, float]) -> dict[str, bool]:
    true_effect, true_weight = true
    of = design(scored, TAXONOMY)
    if of is None or f"{INNOCENT}|negative" not in of.predictors:
        return {"innocent left out": True}
    found = fit(of)
    at, guilty = (found.names.index(f"{name}|negative") for name in (INNOCENT, CULPRIT))
    there = of.predictors[f"{INNOCENT}|negative"].to_numpy() == 1
    weights = relative_weights(
        of.predictors, of.outcome, clusters=of.clusters, controls=of.controls, resamples=200
    )
    corrected = _corrected(of, world, seed, true_effect) if world.sensitivity < 1 else {}
    harmless = f"{OTHERS[-1]}|negative"
    blamed = harmless in found.names and _clear(found, found.names.index(harmless))
    return {
        "innocent left out": False,
        "a theme that goes with the mood alone is blamed": blamed,
        "the same, and not marked as not found within customers": blamed
        and harmless not in mood_alone(of, found),
        "the culprit is marked so": f"{CULPRIT}|negative" in mood_alone(of, found),
        "interval of the innocent's effect covers nought": abs(found.effects[at]) <= found.reach[at],
        "plain difference blames the innocent": ttest_ind(
            of.outcome[there], of.outcome[~there], equal_var=False
        ).pvalue
        < 0.05,
        "interval of the culprit's effect holds the true one": abs(found.effects[guilty] - true_effect)
        <= found.reach[guilty],
        "interval of the culprit's weight holds the true one": weights.low[guilty]
        <= true_weight
        <= weights.high[guilty],
        **corrected,
    }


def _plain(world: World) -> World:
    return replace(world, one_wrote=0.0, sensitivity=1.0, specificity=1.0)


@cache
def truth(world: World) -> tuple[float, float]:
    """The culprit's effect and relative weight where the world has 300 000 comments."""
    many = replace(
        world,
        comments=300_000,
        customers=world.customers * 300_000 // world.comments,
        sensitivity=1,
        specificity=1,
    )
    of = _designed(simulated(many, 10**6))
    found = fit(of)
    at = found.names.index(f"{CULPRIT}|negative")
    weights = relative_weights(of.predictors, of.outcome, resamples=0)
    return float(found.effects[at]), float(weights.weights[at])


def _designed(scored: Scored) -> Design:
    of = design(scored, TAXONOMY)
    if of is None:
        raise ValueError("the simulated table has no rating")
    return of


def qualities(seed: int, *, comments: int = 5000, customers: int = 2000) -> Scored:
    """Comments on themes whose complaints cost, and whose praise adds, what `QUALITIES` says."""
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, customers, comments)
    points = 3.0 + rng.normal(0, 0.4, customers)[customer] + rng.normal(0, 0.7, comments)
    complaints, praise = {}, {}
    for name, (cost, gain, _) in QUALITIES.items():
        chance = rng.random(comments)
        complaints[name], praise[name] = chance < 0.12, chance > 0.85
        points = points + cost * complaints[name] + gain * praise[name]
    return _table({"rating": np.clip(np.round(points), 1, 5)}, customer, complaints, praise)


def kinds(seeds: int, comments: int) -> dict[str, Any]:
    """How often each planted quality is named as what it is, as something else, or as unknown."""
    said = []
    began = time.perf_counter()
    for seed in range(seeds):
        table = contrast(qualities(seed, comments=comments, customers=comments // 2), TAXONOMY).table
        said.append(table[table["by"] == "touchpoint"].set_index("name")["kind"])
    seconds = round((time.perf_counter() - began) / max(seeds, 1), 3)
    rates = {}
    for name, (*_, planted) in QUALITIES.items():
        names = [one[name] for one in said]
        right = names.count(planted)
        unknown = names.count("not enough data")
        rates[f"{planted}: named so"] = rate(right, seeds)
        rates[f"{planted}: named otherwise"] = rate(seeds - right - unknown, seeds)
    return {"world": {"name": f"kinds of qualities, {comments} comments"}, "seconds a run": seconds, **rates}


def main() -> int:
    """Simulate all worlds and print the rates."""
    given = options(__doc__, seeds=400, worlds=[world.name for world in WORLDS]).parse_args()
    results = [measured(world, given.seeds) for world in WORLDS if given.world in (None, world.name)]
    if not given.world:
        results += [kinds(given.seeds, comments) for comments in (1000, 5000)]
    print_rates(results, as_json=given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
