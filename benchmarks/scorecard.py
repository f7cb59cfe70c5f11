"""How often the scorecard's intervals hold the truth, on simulated comments.

    python benchmarks/scorecard.py [--seeds 1000] [--json]

Four worlds: customers who write several comments in the same mood; shares seen through a tagger and corrected by an audit of the
same comments; many small cells drawn to their mean; noisy weeks without any trend. Rates with 95 % Wilson intervals.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from rates import options, rate, told
from scipy.special import expit, logit
from scipy.stats import norm

from cx_nlp.journey.scores.corrected import FEWEST
from cx_nlp.journey.scores.correction import ErrorRates, corrected_share
from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.journey.scores.shrinkage import shrunk_shares
from cx_nlp.journey.scores.slopes import slopes
from cx_nlp.journey.scores.table import scorecard
from cx_nlp.journey.table import scored_table
from cx_nlp.taxonomy import load_taxonomy

Outcome = dict[str, bool | float]
SHARE = 0.3


def same_customers(seed: int, *, mood: float, each: float, one: int = 0) -> Outcome:
    """Six hundred comments or so at one touchpoint; `each` comments a customer on average, `one` by a single one."""
    rng = np.random.default_rng(seed)
    sizes = 1 + rng.poisson(each - 1, size=round(600 / each))
    sizes[0] = one or sizes[0]
    customer = np.repeat(np.arange(len(sizes)), sizes)
    negative = rng.random(len(customer)) < expit(_level(mood) + mood * rng.normal(size=len(sizes))[customer])
    ids = [f"c{at}" for at in range(len(customer))]
    comments = pd.DataFrame({"comment_id": ids, "customer_id": [f"k{at}" for at in customer]})
    mentions = pd.DataFrame(
        {
            "comment_id": ids,
            "touchpoint": "app",
            "factor": "convenience",
            "sentiment": np.where(negative, "negative", "positive"),
        }
    )
    row = scorecard(scored_table(comments, mentions), load_taxonomy()).table.set_index("by").loc["touchpoint"]
    low, high = wilson(negative.sum(), len(negative))
    return {
        "Wilson as if independent": bool(low <= SHARE <= high),
        "share_negative": bool(row["negative_low"] <= SHARE <= row["negative_high"]),
        "weight": bool(row["weight_low"] <= SHARE <= row["weight_high"]),
        "net": bool(row["net_low"] <= 1 - 2 * SHARE <= row["net_high"]),
    }


@cache
def _level(mood: float) -> float:
    """Log odds at which customers of all moods together complain with `SHARE`."""
    grid, levels = norm.ppf((np.arange(2000) + 0.5) / 2000) * mood, np.linspace(-6, 3, 400)
    return float(np.interp(SHARE, expit(levels[:, None] + grid).mean(axis=1), levels))


def audited(seed: int, *, share: float, audit: int, n: int = 5000) -> Outcome:
    """Sensitivity 0.75 and specificity 0.95; the audit is drawn from the same comments."""
    rng = np.random.default_rng(seed)
    true = rng.random(n) < share
    told = np.where(true, rng.random(n) < 0.75, rng.random(n) < 0.05)
    of = rng.permutation(n)[:audit]
    counts = [int(((true[of] == a) & (told[of] == b)).sum()) for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))]
    rates = ErrorRates(*counts)
    enough = min(rates.with_label, rates.without_label) >= FEWEST
    found = corrected_share(int(told.sum()), n, rates) if enough else None
    low, high = wilson(told.sum(), n)
    raw: Outcome = {"audit tells enough": found is not None, "raw interval": bool(low <= share <= high)}
    if found is None:
        return raw
    return {
        **raw,
        "corrected interval": found.low <= share <= found.high,
        "error of corrected": found.value - share,
    }


def small_cells(seed: int, *, cells: int, strength: float) -> Outcome:
    """Cells of 3 to 300 comments, shares from a beta distribution about 0.3; a mean over the cells."""
    rng = np.random.default_rng(seed)
    share = rng.beta(0.3 * strength, 0.7 * strength, cells)
    n = np.exp(rng.uniform(np.log(3), np.log(300), cells)).astype(int)
    hits = rng.binomial(n, share)
    found, raw = shrunk_shares(hits, n), hits / n
    low, high = wilson(hits, n)
    return {
        "shrunk interval (mean over cells)": float(((found.low <= share) & (share <= found.high)).mean()),
        "Wilson interval (mean over cells)": float(((low <= share) & (share <= high)).mean()),
        "squared error of shrunk": float(((found.value - share) ** 2).mean()),
        "squared error of raw": float(((raw - share) ** 2).mean()),
        "width shrunk by width Wilson": float(((found.high - found.low) / (high - low)).mean()),
    }


def noisy_weeks(seed: int, *, weeks: int, alike: float, each: int = 150, slope: float = 0.0) -> Outcome:
    """Log odds of 10 % with weekly shocks of 0.35 and this autocorrelation; `slope` per 30 days."""
    rng = np.random.default_rng(seed)
    shock = rng.normal(0, 0.35, weeks)
    for at in range(1, weeks):
        shock[at] = alike * shock[at - 1] + np.sqrt(1 - alike**2) * shock[at]
    x, n = np.arange(weeks) * 7 / 30, rng.poisson(each, weeks)
    hits = rng.binomial(n, expit(logit(0.1) + slope * (x - x.mean()) + shock))
    found = slopes(x, hits, n)
    return {"told": bool(found.p[0] < 0.05), "interval": bool(found.low[0] <= slope <= found.high[0])}


WORLDS: dict[str, Callable[[int], Outcome]] = {
    "customers with one comment": partial(same_customers, mood=1.0, each=1.0),
    "customers with 3 comments, mood 1": partial(same_customers, mood=1.0, each=3.0),
    "customers with 6 comments, mood 2": partial(same_customers, mood=2.0, each=6.0),
    "mood 1, one customer has half": partial(same_customers, mood=1.0, each=1.5, one=600),
    "share 10 %, 100 audited": partial(audited, share=0.1, audit=100),
    "share 10 %, 300 audited": partial(audited, share=0.1, audit=300),
    "share 10 %, 500 audited": partial(audited, share=0.1, audit=500),
    "share 3 %, 500 audited": partial(audited, share=0.03, audit=500),
    "8 cells, strength 10": partial(small_cells, cells=8, strength=10.0),
    "60 cells, strength 10": partial(small_cells, cells=60, strength=10.0),
    "60 cells, strength 100": partial(small_cells, cells=60, strength=100.0),
    **{
        f"{weeks} weeks, autocorrelation {alike}": partial(noisy_weeks, weeks=weeks, alike=alike)
        for weeks in (8, 26, 52)
        for alike in (0.0, 0.3, 0.6)
    },
    "26 weeks, 10 comments each, autocorrelation 0": partial(noisy_weeks, weeks=26, alike=0.0, each=10),
    "52 weeks, slope 0.1, autocorrelation 0.3": partial(noisy_weeks, weeks=52, alike=0.3, slope=0.1),
}


def measured(world: Callable[[int], Outcome], seeds: int) -> dict[str, Any]:
    """Rates of what is true or not, means of what is a number."""
    began = time.perf_counter()
    table = pd.DataFrame([world(seed) for seed in range(seeds)])
    found: dict[str, Any] = {"seconds a run": round((time.perf_counter() - began) / seeds, 4)}
    for name, values in table.items():
        there = values.dropna()
        if not all(isinstance(one, (bool, np.bool_)) for one in there):
            found[str(name)] = {"mean": round(float(there.mean()), 4), "n": len(there)}
            continue
        hits = int(there.astype(bool).sum())
        found[str(name)] = rate(hits, len(there))
    return found


def _mean_words(value: object) -> object:
    """A mean in words, all else as it is."""
    return f"{value['mean']:.4f} (n = {value['n']})" if isinstance(value, dict) and "mean" in value else value


def main() -> int:
    """Simulate all worlds and print the rates."""
    given = options(__doc__, seeds=1000).parse_args()
    results = {name: measured(world, given.seeds) for name, world in WORLDS.items()}
    if given.json:
        print(json.dumps(results, indent=1))
        return 0
    for name, found in results.items():
        print(told({"world": name} | {key: _mean_words(value) for key, value in found.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
