"""How often alarms are false, and how often and how soon a true change is found, on simulated weeks.

    python benchmarks/alarms.py [--runs 2000] [--delays 200] [--only NAME ...] [--json]

Forty causes, each 1 % to 10 % of some 300 comments a week. The log odds of every week are shaken by shocks with standard deviation
0.35 that last (autocorrelation 0, 0.3, 0.6); nothing else changes. Where a shift is planted, the first cause goes from 5 % to 10 %
twelve weeks before the end. The first week of a run is drawn over three years, so that Tết and the shopping days fall anywhere. Rates
with 95 % Wilson intervals over the runs.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rates import rate, told
from scipy.special import expit, logit

from cx_nlp.journey.trends.alarms import ALPHA
from cx_nlp.journey.trends.background import background
from cx_nlp.journey.trends.calendar import SHOPPING, TET, marks
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.levels import levels
from cx_nlp.journey.trends.signals import LEVEL, Signal, judge

Array = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """What is simulated: `shift` weeks before the end the first cause's share is multiplied; `unlike` spreads the causes' noise."""

    name: str
    autocorrelation: float = 0.0
    weeks: int = 52
    causes: int = 40
    comments: float = 300
    lowest: float = 0.01
    highest: float = 0.1
    noise: float = 0.35
    unlike: float = 0.0
    shared: float = 0.0
    holidays: bool = False
    shift: int = 0
    times: float = 2.0


WORLDS = (
    *(World(f"level, autocorrelation {r}", r) for r in (0.0, 0.3, 0.6)),
    World("level, half a year", 0.3, weeks=27),
    World("level, two and a quarter years", 0.3, weeks=117),
    World("level, five causes", 0.3, causes=5),
    World("level, rare causes", 0.3, lowest=0.001, highest=0.01),
    World("level, causes of unlike noise", 0.3, unlike=0.4),
    World("level, half the noise common to all", 0.3, shared=0.5),
    World("holidays, one year", 0.3, holidays=True),
    World("holidays, two and a quarter years", 0.3, weeks=117, holidays=True),
    *(World(f"doubled, autocorrelation {r}", r, shift=12) for r in (0.0, 0.3, 0.6)),
    World("halved, autocorrelation 0.3", 0.3, shift=12, times=0.5),
    World("tripled, autocorrelation 0.3", 0.3, shift=12, times=3.0),
)
HOLIDAY = {"": 0.0, TET: 0.7, SHOPPING: 0.5}
"""What the holidays add to every cause's log odds, where they are planted."""
PLANTED = 0.05


def simulated(world: World, seed: int) -> Counts:
    """Counts of one run."""
    rng = np.random.default_rng(seed)
    first = pd.Timestamp("2021-01-04") + pd.Timedelta(weeks=int(rng.integers(156)))
    periods = pd.date_range(first, periods=world.weeks, freq="7D")
    comments = rng.poisson(world.comments * np.exp(rng.normal(0, 0.15, world.weeks)))
    share = np.exp(rng.uniform(np.log(world.lowest), np.log(world.highest), world.causes))
    spread = world.noise * np.exp(rng.normal(0, world.unlike, world.causes))[:, None]
    own = _shocks(rng, world.causes, world) * np.sqrt(1 - world.shared)
    noise = spread * (own + _shocks(rng, 1, world) * np.sqrt(world.shared))
    if world.shift:
        share[0] = PLANTED
    odds = np.repeat(logit(share)[:, None], world.weeks, axis=1) + noise
    if world.shift:
        odds[0, -world.shift :] += logit(PLANTED * world.times) - logit(PLANTED)
    if world.holidays:
        odds += [HOLIDAY[mark] for mark in marks(periods, "week")]
    causes = tuple((f"cause {k}", "") for k in range(world.causes))
    return Counts("week", periods, causes, comments, rng.binomial(comments, expit(odds)), True)


def _shocks(rng: np.random.Generator, series: int, world: World) -> Array:
    last = world.autocorrelation
    shocks = rng.normal(size=(series, world.weeks))
    shocks[:, 1:] *= np.sqrt(1 - last**2)
    for week in range(1, world.weeks):
        shocks[:, week] += last * shocks[:, week - 1]
    return shocks


def raised(counts: Counts) -> tuple[list[Signal], int]:
    """The alarms, and how many changes of level were seen."""
    found = background(counts)
    changes, level, expected = levels(counts, found)
    signals = judge(counts, found, level, expected, changes)
    return [signal for signal in signals if signal.q < ALPHA], sum(map(len, changes))


def measured(world: World, runs: int, delays: int) -> dict[str, Any]:
    """Rates over the runs."""
    began = time.perf_counter()
    with_any = causes = seen = found = 0
    innocent = world.causes - bool(world.shift)
    for seed in range(runs):
        signals, changes = raised(simulated(world, seed))
        wrong = {signal.cause for signal in signals if not (world.shift and signal.cause == 0)}
        with_any += bool(wrong)
        causes += len(wrong)
        seen += changes
        found += any(_right(world, signal) and signal.kind == LEVEL for signal in signals)
    rates = {
        "runs with a false alarm": _rate(with_any, runs),
        "causes falsely alarmed": _rate(causes, runs * innocent),
        "changes seen, a series": round(seen / runs / world.causes, 4),
    }
    if world.shift:
        rates |= {"shift found as a change of level": _rate(found, runs)} | delayed(world, min(delays, runs))
    return {"world": world.name, "seconds a run": round((time.perf_counter() - began) / runs, 3), **rates}


def delayed(world: World, runs: int) -> dict[str, Any]:
    """After how many weeks the planted cause first has an alarm of either kind, looked at once a week."""
    when = []
    for seed in range(runs):
        whole = simulated(world, seed)
        for weeks in range(1, world.shift + 1):
            until = world.weeks - world.shift + weeks
            seen = replace(
                whole,
                periods=whole.periods[:until],
                comments=whole.comments[:until],
                complaints=whole.complaints[:, :until],
            )
            if any(_right(world, signal) for signal in raised(seen)[0]):
                when.append(weeks)
                break
    waited = np.array(when + [np.inf] * (runs - len(when)))
    by = {
        f"any alarm within {weeks} weeks": _rate(int((waited <= weeks).sum()), runs)
        for weeks in (1, 4, 8, 12)
    }
    return {**by, "weeks until the first alarm, median": float(np.median(waited))} if runs else {}


def _right(world: World, signal: Signal) -> bool:
    return bool(world.shift) and signal.cause == 0 and signal.worse == (world.times > 1)


def _rate(hits: int, n: int) -> dict[str, float | int]:
    """Finer than elsewhere: false alarms are rare."""
    return rate(hits, n, digits=5)


def main() -> int:
    """Simulate the worlds and print the rates."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--runs", type=int, default=2000)
    options.add_argument("--delays", type=int, default=200, help="runs that are looked at week by week")
    options.add_argument("--only", nargs="*", default=[], help="worlds whose name holds one of these")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    for world in WORLDS:
        if given.only and not any(part in world.name for part in given.only):
            continue
        one = measured(world, given.runs, given.delays)
        print(json.dumps(one) if given.json else told(one, decimals=2), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
