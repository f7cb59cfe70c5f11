"""Scored tables in which the share of complaints of every week is known, for tests of the check of a fix."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cx_nlp.journey.fixes.plan import Metric, Plan, Rollout, Windows
from cx_nlp.journey.fixes.verdict import FixCheck
from cx_nlp.journey.table import Scored, scored_table

FIX = date(2024, 7, 1)
RATES = {"tp": 150, "fn": 50, "fp": 50, "tn": 950}
"""Sensitivity 0.75, specificity 0.95."""
MANIFEST = {
    "model": {"heldout": {"touchpoint_sentiment": {"delivery#negative": RATES, "app#negative": RATES}}}
}


def shares(
    before: float, after: float, weeks: tuple[int, int] = (26, 26), *, wobble: float = 0.02, seed: int = 0
) -> np.ndarray:
    """Shares of complaints, week by week, the level of each side exactly as given."""
    rng = np.random.default_rng(seed)
    sides = []
    for level, n in zip((before, after), weeks, strict=True):
        noise = rng.normal(0, wobble, n)
        sides.append(np.clip(level + noise - noise.mean(), 0, 1))
    return np.concatenate(sides)


def comments(
    shares: Sequence[float] | np.ndarray,
    *,
    first_week: int = -26,
    per_week: int = 100,
    fix: date = FIX,
    touchpoint: str = "delivery",
    name: str = "a",
    **columns: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments and mentions: each week so many, of them the share with a complaint at the touchpoint, the rest praise there."""
    week = np.repeat(np.arange(len(shares)), per_week)
    at = np.tile(np.arange(per_week), len(shares))
    complains = at < np.round(np.asarray(shares)[week] * per_week)
    hours = ((week + first_week) * 7 * 24) + (at * 7 * 24 // per_week)
    ids = [f"{name}{k}" for k in range(len(week))]
    said = pd.DataFrame(
        {"comment_id": ids, "time": pd.Timestamp(fix) + pd.to_timedelta(hours, unit="h"), **columns}
    )
    mentions = pd.DataFrame(
        {
            "comment_id": ids,
            "touchpoint": touchpoint,
            "factor": "responsiveness",
            "sentiment": np.where(complains, "negative", "positive"),
        }
    )
    return said, mentions


def scored(*parts: tuple[pd.DataFrame, pd.DataFrame], manifest: dict[str, Any] | None = None) -> Scored:
    """The parts as one table."""
    said, mentions = (pd.concat([part[k] for part in parts], ignore_index=True) for k in (0, 1))
    return scored_table(said, mentions, manifest=manifest)


def plan(**changed: Any) -> Plan:
    """A plan to halve complaints about delivery from `FIX` on."""
    return Plan(
        **{
            "hypothesis": "h",
            "action": "a",
            "owner": "o",
            "metric": Metric("complaints", "down", "delivery"),
            "rollout": Rollout((("", FIX),)),
            "windows": Windows(26, 26),
            "smallest": 0.02,
            **changed,
        }
    )


def reasons(check: FixCheck) -> set[str]:
    """Of a check's notes."""
    return {note.reason for note in check.notes}


def noted(check: FixCheck, reason: str) -> dict[str, Any]:
    """The figures of a note."""
    return next(dict(vars(note)["values"]) for note in check.notes if note.reason == reason)


def write(folder: Path, *parts: tuple[pd.DataFrame, pd.DataFrame]) -> Path:
    """The parts as a folder of Parquet files."""
    folder.mkdir(parents=True)
    for name, k in (("comments", 0), ("mentions", 1)):
        pd.concat([part[k] for part in parts]).to_parquet(folder / f"{name}.parquet", index=False)
    return folder
