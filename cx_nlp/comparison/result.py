"""What a comparison of two models found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cx_nlp.comparison.intervals import kappa, mcnemar, paired_difference, wilson
from cx_nlp.comparison.tally import UNKNOWN, VIEWS, Tally
from cx_nlp.comparison.trend import COLUMNS as TREND
from cx_nlp.comparison.trend import split_trend
from cx_nlp.taxonomy import Taxonomy

ENOUGH = 30
"""Comments that a month needs to be compared with another."""
FALSE_DISCOVERIES = 0.05


@dataclass(frozen=True)
class Comparison:
    """Two models on one history. Shares and figures are 0 to 1, intervals of 95 %.

    Attributes
    ----------
    names : tuple of str
        The models, called a and b in the tables.
    comments, rejected : int
        Comments tagged by both, and rows that could not be read.
    agreement : pandas.DataFrame
        For each view the comments with the same labels: `view, comments, same, share, low, high, kappa`.
    shares : pandas.DataFrame
        For each label, over all comments: `view, label, comments, a, b, both, share_a, share_b, difference, low, high, p,
        changed`; `p` is McNemar's, `changed` holds at a false discovery rate of 5 % over all labels of the view.
    months : pandas.DataFrame
        The same month by month: `view, label, month, comments, share_a, share_b, difference, low, high`; empty without dates.
    trend : pandas.DataFrame
        What of each label's change between the two `periods` is the model's; see `cx_nlp.comparison.trend.split_trend`.
    periods : tuple of str or None
        The earlier period and the later one; None where the history has no two of them.
    examples : pandas.DataFrame
        Comments that changed; see `cx_nlp.comparison.examples.Examples.table`.
    figures : pandas.DataFrame or None
        F1 of both models where the history is labelled; see `cx_nlp.metrics.paired.paired_figures`.
    taxonomy : Taxonomy or None
        For the names of labels: the second model's, with what only the first one knows.
    only_a, only_b : tuple of str
        Touchpoints and factors that only one of them knows.
    notes : tuple of str
        What was assumed.
    """

    names: tuple[str, str]
    comments: int
    rejected: int
    agreement: pd.DataFrame
    shares: pd.DataFrame
    months: pd.DataFrame
    trend: pd.DataFrame
    periods: tuple[str, str] | None
    examples: pd.DataFrame
    figures: pd.DataFrame | None
    taxonomy: Taxonomy | None
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    notes: tuple[str, ...]

    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name, those that hold nothing left out."""
        found = {
            name: getattr(self, name)
            for name in ("agreement", "shares", "trend", "months", "figures", "examples")
        }
        return {name: table for name, table in found.items() if table is not None and len(table)}

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain dicts, lists, numbers and None, ready for JSON."""
        return {
            "models": {"a": self.names[0], "b": self.names[1]},
            "comments": self.comments,
            "rejected": self.rejected,
            "periods": list(self.periods) if self.periods else None,
            "only_a": list(self.only_a),
            "only_b": list(self.only_b),
            "notes": list(self.notes),
            **{name: _records(table) for name, table in self.tables().items()},
        }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    plain = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def agreement_table(tally: Tally) -> pd.DataFrame:
    """How many comments get the same labels from both models."""
    n = tally.total
    rows = [
        (view, n, tally.same[view], tally.same[view] / n if n else np.nan, *wilson(tally.same[view], n),
         kappa(tally.sentiments) if view == "sentiment" else np.nan)
        for view in VIEWS
    ]  # fmt: skip
    frame: pd.DataFrame = pd.DataFrame(
        rows, columns=["view", "comments", "same", "share", "low", "high", "kappa"]
    )
    return frame


def share_table(tally: Tally) -> pd.DataFrame:
    """Shares of every label before and after, over all comments."""
    counts = tally.counts()
    frame = _shares(counts)
    frame["p"] = mcnemar(*(counts[name].to_numpy() for name in ("a", "b", "both")))
    frame["changed"] = frame.groupby("view", sort=False)["p"].transform(_discovered).astype(bool)
    for name in ("a", "b", "both"):
        frame[name] = counts[name].astype(int)
    columns = [
        "comments",
        "a",
        "b",
        "both",
        "share_a",
        "share_b",
        "difference",
        "low",
        "high",
        "p",
        "changed",
    ]
    table: pd.DataFrame = frame[columns].reset_index(names=["view", "label"])
    return table


def _shares(counts: pd.DataFrame) -> pd.DataFrame:
    n, a, b, both = (counts[name].to_numpy(float) for name in ("n", "a", "b", "both"))
    low, high = paired_difference(n, a, b, both)
    frame: pd.DataFrame = pd.DataFrame(
        {
            "comments": n.astype(int),
            "share_a": a / n,
            "share_b": b / n,
            "difference": (b - a) / n,
            "low": low,
            "high": high,
        },
        index=counts.index,
    )
    return frame


def _discovered(p: pd.Series) -> pd.Series:
    """Which of these tests find something at the false discovery rate (Benjamini and Hochberg 1995)."""
    order = np.argsort(p.to_numpy(), kind="stable")
    passed = p.to_numpy()[order] <= FALSE_DISCOVERIES * np.arange(1, len(p) + 1) / len(p)
    found = np.zeros(len(p), bool)
    found[order[: int(np.flatnonzero(passed).max(initial=-1)) + 1]] = True
    return pd.Series(found, index=p.index)


def month_table(tally: Tally) -> pd.DataFrame:
    """Shares of every label before and after, month by month."""
    columns = ["view", "label", "month", "comments", "share_a", "share_b", "difference", "low", "high"]
    found = [
        _shares(tally.counts(month=month)).reset_index(names=["view", "label"]).assign(month=month)
        for month in tally.months()
    ]
    table: pd.DataFrame = pd.concat(found)[columns] if found else pd.DataFrame(columns=columns)
    ordered: pd.DataFrame = table.sort_values(["view", "label", "month"], kind="stable").reset_index(
        drop=True
    )
    return ordered


def trend_table(tally: Tally) -> tuple[pd.DataFrame, tuple[str, str] | None]:
    """The trend between the two periods and their names: before and since a day, or the last two months with enough comments."""
    if tally.since is not None:
        day = tally.since.strftime("%Y-%m-%d")
        sizes = _by_side(tally)
        if not all(sizes):
            return pd.DataFrame(columns=list(TREND)), None
        return split_trend(tally.counts(late=False), tally.counts(late=True)), (f"< {day}", f"≥ {day}")
    by_month: dict[str, int] = {}
    for (month, _), n in tally.comments.items():
        by_month[month] = by_month.get(month, 0) + n
    enough = [month for month in tally.months() if by_month[month] >= ENOUGH]
    if len(enough) < 2:
        return pd.DataFrame(columns=list(TREND)), None
    before, after = enough[-2:]
    return split_trend(tally.counts(month=before), tally.counts(month=after)), (before, after)


def _by_side(tally: Tally) -> tuple[int, int]:
    """Comments with a date before the day, and since."""
    dated = [(late, n) for (month, late), n in tally.comments.items() if month != UNKNOWN]
    return sum(n for late, n in dated if not late), sum(n for late, n in dated if late)
