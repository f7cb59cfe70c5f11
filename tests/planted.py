"""Scored tables with planted losses, for the tests of what complaints cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cx_nlp.journey.limits import Found
from cx_nlp.journey.table import Scored, scored_table


def planted(
    losses: Mapping[str, tuple[float, float]], *, comments: int = 1500, customers: int = 600, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments and mentions; each touchpoint has a share of complaining comments and the rating points one costs."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"c{k}" for k in range(comments)])
    rates, costs = (np.array(column) for column in zip(*losses.values(), strict=True))
    said = rng.random((comments, len(losses))) < rates
    felt = 4.3 - said @ costs + rng.normal(0, 0.8, comments)
    table = pd.DataFrame(
        {
            "comment_id": ids,
            "customer_id": rng.integers(customers, size=comments).astype(str),
            "rating": np.clip(np.rint(felt), 1, 5),
        }
    )
    row, column = np.nonzero(said)
    mentions = pd.DataFrame(
        {
            "comment_id": ids[row],
            "touchpoint": np.array(list(losses))[column],
            "factor": rng.choice(["responsiveness", "general"], len(row), p=[0.4, 0.6]),
            "sentiment": "negative",
        }
    )
    return table, mentions


def mentioned(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Mentions from comment, touchpoint, factor and sentiment."""
    return pd.DataFrame(list(rows), columns=["comment_id", "touchpoint", "factor", "sentiment"])


def commented(number: int, **columns: object) -> pd.DataFrame:
    """So many comments with these columns."""
    return pd.DataFrame({"comment_id": [f"c{k}" for k in range(number)], **columns})


def small(**columns: object) -> Scored:
    """Three comments, two of which complain about delivery."""
    mentions = mentioned(
        ("c0", "delivery", "responsiveness", "negative"), ("c1", "delivery", "general", "negative"),
        ("c2", "staff", "attitude_expertise", "positive"),
    )  # fmt: skip
    return scored_table(commented(3, **columns), mentions)


def unsaid(found: Found) -> dict[str, Mapping[str, Any]]:
    """What is not said: the values of each limit by its reason."""
    return {one.reason: one.values for one in found.limits}  # noqa: PD011
