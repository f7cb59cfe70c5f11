"""How often praise of staff is said to soften a loss where it does and where it does not, on simulated ratings.

    python benchmarks/forgiveness.py [--seeds 200] [--json]

A flaw at each of four touchpoints costs 1.4 points of a latent scale; praise of staff lifts every rating by 0.8, and takes back
1.0 of the loss at the first touchpoint, 0.3 at the second, and nothing at the other two. Ratings are the scale with logistic
or normal errors, rounded and cut at 1 and 5. At the end of the scale praise has no room but where a flaw has made some, so that
in points losses shrink everywhere. "By points alone" is the verdict that the linear interaction would give (95 % interval above
zero). Rates with 95 % Wilson intervals.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from rates import rate, simulate

from cx_nlp.journey.drivers.forgiveness import forgiveness
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAKEN_BACK = {"delivery": 1.0, "hotline": 0.3, "app": 0.0, "payment": 0.0}
LOSS, LIFT = 1.4, 0.8


@dataclass(frozen=True)
class World:
    """What is simulated; a higher start leaves less room at the top."""

    name: str
    start: float = 4.2
    comments: int = 6000
    praised: float = 0.25
    normal: bool = False


WORLDS = (
    World("some room at the top"),
    World("little room at the top", start=5.2),
    World("little room, normal errors", start=5.2, normal=True),
    World("little room at the bottom", start=2.6),
    World("few comments", comments=1500),
)


def table(world: World, seed: int) -> Scored:
    """The scored table of one seed; two comments a customer, who has a habit of rating higher or lower."""
    rng, n = np.random.default_rng(seed), world.comments
    flaw = rng.random((n, len(TAKEN_BACK))) < 0.12
    praise = rng.random(n) < world.praised
    customer = rng.integers(n // 2, size=n)
    error = rng.normal(0, 1.1, n) if world.normal else rng.logistic(0, 0.6, n)
    felt = world.start - LOSS * flaw.sum(axis=1) + LIFT * praise + 0.4 * rng.normal(size=n)[customer] + error
    felt += (flaw * praise[:, None]) @ list(TAKEN_BACK.values())
    ids = np.array([f"c{k}" for k in range(n)])
    comments = pd.DataFrame(
        {"comment_id": ids, "customer_id": customer.astype(str), "rating": np.clip(np.rint(felt), 1, 5)}
    )
    row, column = np.nonzero(flaw)
    flaws = pd.DataFrame({"comment_id": ids[row], "touchpoint": np.array(list(TAKEN_BACK))[column]})
    praises = pd.DataFrame({"comment_id": ids[praise], "touchpoint": "staff"})
    mentions = pd.concat([flaws.assign(sentiment="negative"), praises.assign(sentiment="positive")])
    return scored_table(comments, mentions.assign(factor="general"))


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    began = time.perf_counter()
    verdicts: dict[float, Counter[str]] = {taken: Counter() for taken in {*TAKEN_BACK.values()}}
    for seed in range(seeds):
        for _, row in forgiveness(table(world, seed), load_taxonomy()).table.iterrows():
            counts = verdicts[TAKEN_BACK[row["touchpoint"]]]
            counts[row["verdict"]] += 1
            counts["by points alone"] += row["low"] > 0
    rates = {
        f"{taken} of {LOSS} taken back: {name}": rate(
            counts[name], sum(counts.values()) - counts["by points alone"]
        )
        for taken, counts in sorted(verdicts.items(), reverse=True)
        for name in ("softened", "not softened", "not enough data", "by points alone")
    }
    return {"world": asdict(world), "seconds a run": round((time.perf_counter() - began) / seeds, 3), **rates}


def main() -> int:
    """Simulate all worlds and print the rates."""
    return simulate(__doc__, WORLDS, measured, seeds=200)


if __name__ == "__main__":
    sys.exit(main())
