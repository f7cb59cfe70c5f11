"""How often the check of a fix is right, on simulated weeks in which the effect of the fix is known.

    python benchmarks/fixes.py [--seeds 2000] [--only NAME] [--json]

Each week has 150 comments; its log odds of a complaint are shaken by a shock (standard deviation 0.35, first-order
autocorrelation as named) that is common to all groups, and smaller ones of their own where there are several. Complaints
are seen through a tagger where one is named. Rates with 95 % Wilson intervals over the seeds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rates import line, options, rate
from scipy.special import expit, logit

from cx_nlp.journey.fixes.estimate import AS_TAGGED, Lens
from cx_nlp.journey.fixes.lens import lens
from cx_nlp.journey.fixes.neighbours import compared
from cx_nlp.journey.fixes.plan import Metric, Neighbours, Plan, Rollout, Windows
from cx_nlp.journey.fixes.power import power_of
from cx_nlp.journey.fixes.verdict import judged
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import OUTSIDE
from cx_nlp.journey.fixes.windows import windows
from cx_nlp.journey.scores.correction import ErrorRates

EVERY = 10
"""The power is told for every tenth seed: it takes longer than the verdict."""
BEGIN = date(2024, 1, 1)
POWER = "mean power told before, for 2 points"
OUTCOMES = ("effective", "harmful", "ineffective", "inconclusive", "not enough data")


@dataclass(frozen=True)
class World:
    """What is simulated.

    Attributes
    ----------
    before, after : float
        Share of complaints before the fix and with it.
    weeks : tuple of int
        Weeks before and after.
    comments : int
        Of a week, and of each group.
    shock : float
        Standard deviation of a week's common shock in log odds.
    own : float
        That of each group's own shock.
    autocorrelation : float
        Of both.
    waves : tuple of int
        Weeks from the first to each wave's fix.
    control : float or None
        Base share of a control group.
    swing : float
        Change in log odds that comes to all on the day of the first fix, whatever is done.
    drift : float
        Change in log odds each week, all the time.
    tagger : tuple of float
        Sensitivity and specificity.
    audited : int
        Comments drawn at random whose labels are known; 0 where nothing is corrected.
    neighbours : tuple of tuple of float
        Share of complaints at each neighbour before and after the fix; it has the same comments and shocks of its own.
    """

    name: str
    before: float = 0.1
    after: float = 0.1
    weeks: tuple[int, int] = (26, 26)
    comments: int = 150
    shock: float = 0.35
    own: float = 0.0
    autocorrelation: float = 0.0
    waves: tuple[int, ...] = (0,)
    control: float | None = None
    swing: float = 0.0
    drift: float = 0.0
    tagger: tuple[float, float] = (1.0, 1.0)
    audited: int = 0
    neighbours: tuple[tuple[float, float], ...] = ()


def worlds() -> Iterator[World]:
    """The worlds that are measured."""
    for lasting in (0.0, 0.3, 0.6):
        yield World(f"nothing changed, autocorrelation {lasting:g}", autocorrelation=lasting)
        yield World(f"10 % to 6 %, autocorrelation {lasting:g}", after=0.06, autocorrelation=lasting)
        yield World(f"10 % to 6 %, 12 + 12 weeks, autocorrelation {lasting:g}", after=0.06, weeks=(12, 12), autocorrelation=lasting)  # fmt: skip
    few = World("", weeks=(26, 4))
    yield replace(few, name="nothing changed, 26 + 4 weeks", autocorrelation=0.3)
    yield replace(few, name="10 % to 4 %, 26 + 4 weeks", after=0.04, autocorrelation=0.3)
    tagged = World("", after=0.06, weeks=(12, 12), shock=0.0, tagger=(0.75, 0.95), audited=500)
    yield replace(tagged, name="10 % to 6 % through a tagger")
    yield replace(tagged, name="10 % to 6 % through a tagger, noisy weeks", shock=0.35, weeks=(26, 26))
    hit = World("", swing=-0.5, own=0.15, autocorrelation=0.3)
    yield replace(hit, name="all fall, no control group")
    yield replace(hit, name="all fall, control group", control=0.1)
    yield replace(hit, name="all fall, control group of another level", control=0.2)
    yield replace(hit, name="10 % to 6 % while all rise, control group", swing=0.5, after=0.06, control=0.1)
    yield World("a drift, no fix", drift=-0.015, autocorrelation=0.3)
    yield World("10 % to 8 %, power told before", after=0.08, autocorrelation=0.3)
    yield World(
        "moved", after=0.06, autocorrelation=0.3, neighbours=((0.05, 0.08), (0.05, 0.05), (0.05, 0.05))
    )
    three = World("", waves=(0, 4, 10), own=0.15, comments=60, autocorrelation=0.3)
    yield replace(three, name="nothing changed, three waves")
    yield replace(three, name="10 % to 6 %, three waves", after=0.06)


def simulated(world: World, seed: int) -> tuple[NDArray[np.float64], list[Wave], Plan, Lens]:
    """Comments of a world, who of them got the fix when, the plan and what is known of the tagger."""
    rng = np.random.default_rng(seed)
    first, length = world.weeks[0], sum(world.weeks) + max(world.waves)
    calendar = np.arange(length) - first
    common = _shocks(rng, length, world.shock, world.autocorrelation)
    common = common + world.swing * (calendar >= 0) + world.drift * calendar
    groups, values = [], []
    total = len(world.waves) + (world.control is not None)
    size = length * world.comments
    for k in range(total):
        treated = k < len(world.waves)
        base = logit(world.before if treated else world.control)
        fixed = (calendar >= world.waves[k]) if treated else np.zeros(length, bool)
        effect = (logit(world.after) - logit(world.before)) * fixed
        own = _shocks(rng, length, world.own, world.autocorrelation)
        share = np.repeat(expit(base + common + own + effect), world.comments)
        values.append(_tagged(rng, rng.random(size) < share, world.tagger))
    where = np.repeat(np.arange(total), size)
    week = np.tile(np.repeat(calendar, world.comments), total)
    for k, start in enumerate(world.waves):
        control = np.where(where == total - 1, week - start, OUTSIDE) if world.control is not None else None
        day = BEGIN + timedelta(weeks=start)
        groups.append(Wave(f"wave {k}", day, np.where(where == k, week - start, OUTSIDE), control))
    plan = _plan(world, tuple(wave.day for wave in groups))
    return np.concatenate(values).astype(float), groups, plan, _audit(rng, world)


def _shocks(rng: np.random.Generator, weeks: int, spread: float, lasting: float) -> NDArray[np.float64]:
    fresh = rng.normal(0, spread, weeks) if spread else np.zeros(weeks)
    fresh[1:] *= np.sqrt(1 - lasting**2)
    for k in range(1, weeks):
        fresh[k] += lasting * fresh[k - 1]
    return fresh


def _tagged(
    rng: np.random.Generator, there: NDArray[np.bool_], tagger: tuple[float, float]
) -> NDArray[np.bool_]:
    if tagger == (1.0, 1.0):
        return there
    seen: NDArray[np.bool_] = np.where(
        there, rng.random(len(there)) < tagger[0], rng.random(len(there)) >= tagger[1]
    )
    return seen


def _audit(rng: np.random.Generator, world: World) -> Lens:
    if not world.audited:
        return AS_TAGGED
    there = int(rng.binomial(world.audited, (world.before + world.after) / 2))
    caught = int(rng.binomial(there, world.tagger[0]))
    invented = int(rng.binomial(world.audited - there, 1 - world.tagger[1]))
    return lens(ErrorRates(caught, there - caught, invented, world.audited - there - invented), "audited")


def _plan(world: World, days: Sequence[date]) -> Plan:
    dates = tuple((f"wave {k}", day) for k, day in enumerate(days))
    metric = Metric("complaints", "down", "delivery")
    return Plan(
        "hypothesis", "action", "owner", metric, Rollout(dates, "segment"), Windows(*world.weeks), smallest=0.02,
        neighbours=Neighbours(tuple(f"neighbour {k}" for k in range(len(world.neighbours))), 0.01),
    )  # fmt: skip


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates of the verdicts over the seeds, the mean change and how often its interval holds the true one."""
    began = time.perf_counter()
    verdicts, found, held, told, moved = [], [], [], [], []
    true = true_change(world)
    for seed in range(seeds):
        values, groups, plan, glass = simulated(world, seed)
        one = judged(values, groups, plan, windows(plan), glass)
        low, high = one.change.estimate.interval(level=0.95)
        verdicts.append(one.verdict)
        if seed % EVERY == 0:
            power = power_of(values, groups, plan, glass)
            told.append(power.power if power else np.nan)
        moved.append(_moved(world, seed, groups, plan))
        found.append(one.change.estimate.value)
        held.append(low <= true <= high)
    counts = {name: verdicts.count(name) for name in OUTCOMES if name in verdicts}
    return {
        "world": world.name,
        "seconds a run": round((time.perf_counter() - began) / seeds, 4),
        "change": _points(true),
        "mean estimate": _points(float(np.mean(found))),
        "interval holds it": rate(sum(held), seeds),
        **{name: rate(n, seeds) for name, n in counts.items()},
        POWER: round(float(np.nanmean(told)), 3) if told else None,
        **_neighbour_rates(world, moved),
    }


def true_change(world: World) -> float:
    """The change that the fix makes on average over noisy weeks, at the level there would be without it."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    shocks, weights = np.hypot(world.shock, world.own) * nodes, weights / weights.sum()
    without = expit(logit(world.before) + world.swing + shocks)
    effect = logit(world.after) - logit(world.before)
    return float(weights @ (expit(logit(without) + effect) - without))


def _moved(world: World, seed: int, groups: Sequence[Wave], plan: Plan) -> list[str]:
    """Verdicts on the neighbours."""
    values = {}
    for k, (before, after) in enumerate(world.neighbours):
        beside = replace(world, before=before, after=after, neighbours=())
        values[f"neighbour {k}"] = simulated(beside, (seed + 1) * 1000 + k)[0]
    if not values:
        return []
    return [
        one.verdict for one in compared(values, dict.fromkeys(values, AS_TAGGED), plan, groups, windows(plan))
    ]


def _neighbour_rates(world: World, moved: Sequence[Sequence[str]]) -> dict[str, Any]:
    rates: dict[str, Any] = {}
    for k, (before, after) in enumerate(world.neighbours):
        verdicts = [one[k] for one in moved]
        rates |= {
            f"neighbour {k} ({before:.0%} to {after:.0%}) {name}": rate(verdicts.count(name), len(verdicts))
            for name in ("worse", "not worse", "unclear")
        }
    innocent = [k for k, (before, after) in enumerate(world.neighbours) if after <= before]
    if innocent:
        hit = sum(any(one[k] == "worse" for k in innocent) for one in moved)
        rates["an unchanged neighbour called worse"] = rate(hit, len(moved))
    return rates


def _points(share: float) -> str:
    return f"{100 * share:+.2f} points"


def main() -> int:
    """Simulate all worlds and print the rates."""
    parser = options(__doc__, seeds=2000)
    parser.add_argument("--only", default="", help="worlds whose name holds this")
    given = parser.parse_args()
    results = []
    for world in worlds():
        if given.only not in world.name:
            continue
        results.append(measured(world, given.seeds))
        if not given.json:
            print(_words(results[-1]), flush=True)
    if given.json:
        print(json.dumps(results, indent=1))
    return 0


def _words(one: dict[str, Any]) -> str:
    change = f"true change {one['change']}, mean estimate {one['mean estimate']}"
    rates = [line(name, value) for name, value in one.items() if isinstance(value, dict)]
    heading = f"{one['world']} ({one['seconds a run']} s a run): {change}"
    return "\n".join([heading, line(POWER, one[POWER]), *rates])


if __name__ == "__main__":
    sys.exit(main())
