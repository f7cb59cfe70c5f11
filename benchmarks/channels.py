"""How often channels are called inconsistent that are not, and how often those that are, on simulated comments.

    python benchmarks/channels.py [--seeds 2000] [--json]

Customers of three segments write one to four comments over six months through one or two of four channels, of 45, 30, 15 and
10 %. Segments and months differ in how much they complain and in which channels they use, so that channels differ before
like is compared with like. Every customer has a mood. Five touchpoints; where a difference is planted, the third channel has more
complaints at the first of them. Rates with 95 % Wilson intervals over the seeds, beside those of a chi-square test of the
crude shares.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rates import rate, simulate, told
from scipy.special import expit
from scipy.stats import chi2_contingency

from cx_nlp.journey.scores.between import between_groups
from cx_nlp.journey.scores.channels import channel_consistency
from cx_nlp.journey.table import scored_table
from cx_nlp.taxonomy import load_taxonomy

TOUCHPOINTS = ("delivery", "hotline", "app", "product", "pricing")
CHANNELS = ("app", "web", "shop", "chat")
SHARES = np.array([[0.55, 0.25, 0.1, 0.1], [0.35, 0.4, 0.15, 0.1], [0.3, 0.2, 0.35, 0.15]])
"""Of the channels, in each segment."""
SEGMENT, MONTH = np.array([-0.6, 0.0, 0.7]), np.array([-0.3, -0.2, 0.0, 0.1, 0.2, 0.3])
TRUE, FOUND = "true spread", "mean spread found"


@dataclass(frozen=True)
class World:
    """What is simulated: `planted` is added to the log odds of a complaint at the first touchpoint in the third channel."""

    name: str
    customers: int = 2000
    planted: float = 0.0
    mood: float = 1.0


WORLDS = (
    World("no difference"),
    World("no difference, 300 customers", customers=300),
    World("difference of about 8 points", planted=0.5),
    World("difference of about 16 points", planted=1.0),
    World("difference of about 16 points, 600 customers", customers=600, planted=1.0),
)


def simulated(world: World, seed: int) -> pd.DataFrame:
    """One row for each comment: customer, segment, month, channel, touchpoint, whether it complains, and how likely that was."""
    rng = np.random.default_rng(seed)
    segment = rng.choice(3, world.customers, p=[0.5, 0.3, 0.2])
    mood, often = rng.normal(0, world.mood, world.customers), rng.integers(1, 5, world.customers)
    first, second = (
        (rng.random((world.customers, 1)) > SHARES.cumsum(axis=1)[segment]).sum(axis=1) for _ in range(2)
    )
    customer = np.repeat(np.arange(world.customers), often)
    month = rng.choice(6, len(customer))
    # Later months have more of the third channel.
    late = rng.random(len(customer)) < 0.05 * month
    channel = np.where(late, 2, np.where(rng.random(len(customer)) < 0.8, first[customer], second[customer]))
    touchpoint = rng.choice(len(TOUCHPOINTS), len(customer))
    offset = (
        -1.0
        + SEGMENT[segment[customer]]
        + MONTH[month]
        + world.planted * ((channel == 2) & (touchpoint == 0))
    )
    complains = rng.random(len(customer)) < expit(offset + mood[customer])
    nodes = np.random.default_rng(0).normal(0, world.mood, 400)
    likely = np.interp(offset, grid := np.linspace(-4, 3, 57), expit(grid[:, None] + nodes).mean(axis=1))
    return pd.DataFrame(
        {
            "customer": customer, "segment": segment[customer], "month": month, "channel": channel, "touchpoint": touchpoint,
            "complains": complains, "likely": likely,
        }
    )  # fmt: skip


def found_in(made: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The table of channels, by touchpoint."""
    ids = pd.Series([f"c{k}" for k in range(len(made))])
    comments = pd.DataFrame(
        {
            "comment_id": ids, "customer_id": made["customer"].astype(str), "segment": made["segment"].astype(str),
            "time": pd.Timestamp("2024-01-15") + pd.to_timedelta(made["month"] * 30, unit="D"),
            "channel": np.take(CHANNELS, made["channel"]),
        }
    )  # fmt: skip
    mentions = pd.DataFrame(
        {
            "comment_id": ids, "touchpoint": np.take(TOUCHPOINTS, made["touchpoint"]), "factor": "general",
            "sentiment": np.where(made["complains"], "negative", "positive"),
        }
    )  # fmt: skip
    return channel_consistency(scored_table(comments, mentions), load_taxonomy(), seed=seed).table.set_index(
        "touchpoint"
    )


def true_spread(made: pd.DataFrame, touchpoint: int) -> float:
    """The spread of what was likely, each customer once a channel as in `channel_consistency`."""
    here = made[made["touchpoint"] == touchpoint].sort_values("month", kind="stable")
    units = (
        here.groupby(["channel", "customer"])
        .agg({"segment": "first", "month": "first", "likely": "mean"})
        .reset_index()
    )
    stratum, group = (units["segment"] * 6 + units["month"]).to_numpy(), units["channel"].to_numpy()
    # Without the noise of sampling, what is likely differs within a cell by the mix of months alone.
    cell = units.groupby([stratum, group])["likely"].transform("mean").to_numpy()
    found = between_groups(cell, np.unique(stratum, return_inverse=True)[1], group, permutations=1)
    return found.spread if found is not None else float("nan")


def crude(made: pd.DataFrame, touchpoint: int) -> bool:
    """Whether a chi-square test of comments by channel differs."""
    here = made[made["touchpoint"] == touchpoint]
    counts: NDArray[Any] = pd.crosstab(here["channel"], here["complains"]).to_numpy()
    return counts.shape[1] > 1 and bool(chi2_contingency(counts).pvalue < 0.05)


def measured(world: World, seeds: int) -> dict[str, Any]:
    """Rates over the seeds."""
    began = time.perf_counter()
    counts = dict.fromkeys(
        ("p below 0.05 elsewhere", "any called inconsistent elsewhere", "crude test elsewhere"), 0
    )
    planted = dict.fromkeys(
        ("planted called inconsistent", "worst channel right", "interval holds the true spread"), 0
    )
    spreads, truths, tested = [], [], 0
    for seed in range(seeds):
        made = simulated(world, seed)
        found = found_in(made, seed)
        others = found.drop(index=TOUCHPOINTS[0]) if world.planted else found
        tested += int(others["p"].notna().sum())
        counts["p below 0.05 elsewhere"] += int((others["p"] < 0.05).sum())
        counts["any called inconsistent elsewhere"] += int((others["verdict"] == "inconsistent").any())
        counts["crude test elsewhere"] += sum(
            crude(made, TOUCHPOINTS.index(str(name))) for name in others.index
        )
        row, truth = found.loc[TOUCHPOINTS[0]], true_spread(made, 0)
        spreads.append(row["spread"]), truths.append(truth)
        planted["planted called inconsistent"] += int(row["verdict"] == "inconsistent")
        planted["worst channel right"] += int(row["worst"] == "shop")
        planted["interval holds the true spread"] += int(row["low"] - 1e-9 <= truth <= row["high"] + 1e-9)
    rates = {name: rate(hits, seeds if "any" in name else tested) for name, hits in counts.items()}
    rates |= {
        name: rate(hits, seeds) for name, hits in planted.items() if world.planted or "interval" in name
    }
    return {
        "world": asdict(world),
        "seconds a run": round((time.perf_counter() - began) / seeds, 3),
        TRUE: round(float(np.nanmean(truths)), 4),
        FOUND: round(float(np.nanmean(spreads)), 4),
        **rates,
    }


def main() -> int:
    """Simulate all worlds and print the rates."""
    return simulate(__doc__, WORLDS, measured, seeds=2000, words=_words)


def _words(result: Mapping[str, Any]) -> str:
    """The true spread and the one found on one line, then the rates."""
    both = {"spread": f"true {result[TRUE]}, found {result[FOUND]}"}
    return told(both | {name: value for name, value in result.items() if name not in (TRUE, FOUND)})


if __name__ == "__main__":
    sys.exit(main())
