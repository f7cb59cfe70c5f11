"""How often a change between two periods is blamed on the touchpoint that changed, on simulated comments.

    python benchmarks/change.py [--seeds 200] [--json]

Customers with a mood write one to three comments in each quarter of half a year, about 150 a week. A complaint upstream multiplies
the odds of one downstream by four. Weeks have shocks of standard deviation 0.35 in the log odds, each touchpoint its own,
correlated from week to week. In the later quarter nothing changes, or the upstream touchpoint gets worse, or the downstream
one does. Links are given as they would be found, with their odds ratio. Rates with 95 % Wilson intervals over the seeds.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from rates import rate, simulate
from scipy.special import expit

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.trends.change import period_change
from cx_nlp.taxonomy import load_taxonomy

TOUCHPOINTS = ("website", "ordering", "delivery", "hotline", "after_sales", "app")
UPSTREAM, DOWNSTREAM = 1, 3
WEEKS = 26


@dataclass(frozen=True)
class World:
    """What is simulated; the changes are added to the log odds of a complaint in the later quarter."""

    name: str
    upstream: float = 0.0
    downstream: float = 0.0
    weekly: int = 150
    shock: float = 0.35
    autocorrelation: float = 0.3
    odds_ratio: float = 4.0
    mood: float = 0.8
    links: bool = True


WORLDS = (
    World("nothing changes, autocorrelation 0", autocorrelation=0.0),
    World("nothing changes, autocorrelation 0.3"),
    World("nothing changes, autocorrelation 0.6", autocorrelation=0.6),
    World("upstream worse (12 % to 42 %)", upstream=2.0),
    World("upstream worse, quiet weeks (0.15)", upstream=2.0, shock=0.15),
    World("downstream worse (13 % to 25 %)", downstream=0.9),
    World("upstream worse, no links given", upstream=2.0, links=False),
    World("upstream worse, but no cause of anything", upstream=2.0, odds_ratio=1.0, links=False),
)


def simulated(world: World, seed: int) -> Scored:
    """Comments of two quarters; each comment speaks of the whole journey."""
    rng = np.random.default_rng(seed)
    comments = world.weekly * WEEKS
    week = np.sort(rng.integers(WEEKS, size=comments))
    customer = rng.integers(comments // 2, size=comments)
    mood = rng.normal(size=comments // 2)[customer] * world.mood
    shocks = _shocks(world, rng)
    later = (week >= WEEKS // 2).astype(float)
    complains = np.zeros((comments, len(TOUCHPOINTS)), bool)
    met = np.zeros(comments, bool)
    for k in range(len(TOUCHPOINTS)):
        log_odds = -2.5 + mood + shocks[k, week]
        if k == UPSTREAM:
            log_odds = log_odds + world.upstream * later
        if k == DOWNSTREAM:
            log_odds = log_odds + np.log(world.odds_ratio) * met + world.downstream * later
        complains[:, k] = rng.random(comments) < expit(log_odds)
        if k == UPSTREAM:
            # In this comment or an earlier one of the quarter.
            seen = pd.DataFrame({"customer": customer, "later": later, "bad": complains[:, k]})
            met = seen.groupby(["customer", "later"])["bad"].cummax().to_numpy()
    return _table(week, customer, complains, rng)


def _shocks(world: World, rng: np.random.Generator) -> np.ndarray:
    fresh = rng.normal(size=(len(TOUCHPOINTS), WEEKS))
    shocks = fresh.copy()
    for k in range(1, WEEKS):
        shocks[:, k] = (
            world.autocorrelation * shocks[:, k - 1] + np.sqrt(1 - world.autocorrelation**2) * fresh[:, k]
        )
    return shocks * world.shock


def _table(week: np.ndarray, customer: np.ndarray, complains: np.ndarray, rng: np.random.Generator) -> Scored:
    """Two quarters of 2024 have 13 weeks each, to the day."""
    ids = np.array([f"c{k}" for k in range(len(week))])
    time_ = pd.Timestamp("2024-01-01") + pd.to_timedelta(week * 7 + rng.integers(0, 7, len(week)), unit="D")
    rows, columns = np.nonzero(complains)
    # A comment that complains of nothing speaks of the product well.
    mentions = pd.DataFrame(
        {"comment_id": ids[rows], "touchpoint": np.take(TOUCHPOINTS, columns), "sentiment": "negative"}
    )
    praise = pd.DataFrame({"comment_id": ids, "touchpoint": "product", "sentiment": "positive"})
    comments = pd.DataFrame({"comment_id": ids, "customer_id": customer.astype(str), "time": time_})
    return scored_table(comments, pd.concat([mentions, praise]).assign(factor="general"))


def links(world: World) -> pd.DataFrame | None:
    """The planted link, as supported."""
    if not world.links:
        return None
    names = {"cause_touchpoint": TOUCHPOINTS[UPSTREAM], "effect_touchpoint": TOUCHPOINTS[DOWNSTREAM]}
    return pd.DataFrame([{**names, "odds_ratio": world.odds_ratio, "verdict": "supported"}])


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    began = time.perf_counter()
    names = (
        "changes that are none",
        "tables with any",
        "upstream called own",
        "downstream called carried",
        "downstream called own",
    )
    hits, tested = dict.fromkeys(names, 0), 0
    parts = []
    for seed in range(seeds):
        found = period_change(simulated(world, seed), load_taxonomy(), links(world)).table.set_index(
            "touchpoint"
        )
        verdict = found["verdict"]
        up, down = (found.loc[TOUCHPOINTS[k]] for k in (UPSTREAM, DOWNSTREAM))
        moved = [TOUCHPOINTS[UPSTREAM]] * bool(world.upstream)
        moved += [TOUCHPOINTS[DOWNSTREAM]] * bool(
            world.downstream or (world.upstream and world.odds_ratio > 1)
        )
        wrong = verdict.drop(index=moved).isin(["own", "carried"]) | (found["q"].drop(index=moved) < 0.05)
        hits[names[0]] += int(wrong.sum())
        hits[names[1]] += int(wrong.any())
        tested += len(wrong)
        for name, value in zip(
            names[2:],
            (up["verdict"] == "own", down["verdict"] == "carried", down["verdict"] == "own"),
            strict=True,
        ):
            hits[name] += int(value)
        parts.append((down["difference"], down["own"], down["carried"]))
    means = np.mean(parts, axis=0).round(4).tolist()
    return {
        "world": asdict(world),
        "seconds a run": round((time.perf_counter() - began) / seeds, 3),
        "downstream: difference, own, carried": means,
        **{name: rate(count, tested if name == names[0] else seeds) for name, count in hits.items()},
    }


def main() -> int:
    """Simulate all worlds and print the rates."""
    return simulate(__doc__, WORLDS, measured, seeds=200)


if __name__ == "__main__":
    sys.exit(main())
