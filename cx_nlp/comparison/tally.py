"""What two models say of the same comments, counted part by part."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from cx_nlp.schema import COMMENT_SENTIMENTS
from cx_nlp.tagger.tag_table import MENTION

VIEWS = ("touchpoint", "factor", "touchpoint_sentiment", "sentiment")
"""A label counts once a comment: touchpoints, factors, touchpoints with the sentiment of a mention, the comment's sentiment."""
UNKNOWN = ""
"""The month of a comment without a date."""


def label_rows(tags: pa.Table) -> dict[str, pd.DataFrame]:
    """For each view the comments' rows with the labels they hold, columns `row` and `label`, each pair once."""
    found = tags["mentions"].combine_chunks()
    rows = pc.list_parent_indices(found).to_numpy(zero_copy_only=False)
    columns: dict[str, Any] = dict(zip(MENTION.names, found.flatten().flatten(), strict=True))
    touchpoint, factor, sentiment = (
        columns[name].to_pylist() for name in ("touchpoint", "factor", "sentiment")
    )
    labels = {
        "touchpoint": touchpoint,
        "factor": factor,
        "touchpoint_sentiment": [f"{t}#{s}" for t, s in zip(touchpoint, sentiment, strict=True)],
    }
    frames = {
        view: pd.DataFrame({"row": rows, "label": names}).drop_duplicates() for view, names in labels.items()
    }
    whole = {"row": np.arange(len(tags)), "label": tags["sentiment"].to_pylist()}
    return {**frames, "sentiment": pd.DataFrame(whole)}


def differences(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """The labels of both models, `row`, `label` and `side`: "a", "b" or "both"."""
    merged = a.merge(b, how="outer", on=["row", "label"], indicator="side")
    names = {"left_only": "a", "right_only": "b", "both": "both"}
    found: pd.DataFrame = merged.assign(side=merged["side"].astype(str).map(names))
    return found


class Tally:
    """Counts of one comparison.

    Parameters
    ----------
    since
        The day from which on a comment counts as late, None for none.

    Attributes
    ----------
    comments : Counter
        Comments by month ("2025-03", or "" without a date) and whether they are late.
    labels : Counter
        Comments with a label by (view, label, month, late, side); sides are "a", "b" and "both" models.
    same : Counter
        Comments to which both models give the same labels, by view.
    sentiments : ndarray, shape (4, 4)
        Comments by the first model's sentiment (rows) and the second's.
    """

    def __init__(self, since: pd.Timestamp | None = None) -> None:
        self.since = since
        self.comments: Counter[tuple[str, bool]] = Counter()
        self.labels: Counter[tuple[str, str, str, bool, str]] = Counter()
        self.same: Counter[str] = Counter()
        self.sentiments = np.zeros((len(COMMENT_SENTIMENTS), len(COMMENT_SENTIMENTS)))

    def add(self, comments: pd.DataFrame, a: pa.Table, b: pa.Table) -> dict[str, pd.DataFrame]:
        """Counts some comments with their tags by both models; gives the differences by view."""
        months, late = self._periods(comments)
        self.comments.update(zip(months, late, strict=True))
        one, two = label_rows(a), label_rows(b)
        found = {view: differences(one[view], two[view]) for view in VIEWS}
        for view, rows in found.items():
            at = rows["row"].to_numpy()
            keys = zip(rows["label"], months[at], late[at], rows["side"], strict=True)
            self.labels.update(
                (view, str(label), str(month), bool(is_late), str(side))
                for label, month, is_late, side in keys
            )
            other = np.unique(at[(rows["side"] != "both").to_numpy()])
            self.same[view] += len(comments) - len(other)
        places = [
            pd.Index(COMMENT_SENTIMENTS).get_indexer(pd.Index(tags["sentiment"].to_pylist()))
            for tags in (a, b)
        ]
        known = (places[0] >= 0) & (places[1] >= 0)
        np.add.at(self.sentiments, (places[0][known], places[1][known]), 1)
        return found

    def _periods(self, comments: pd.DataFrame) -> tuple[Any, Any]:
        n = len(comments)
        if "time" not in comments:
            return np.full(n, UNKNOWN, object), np.zeros(n, bool)
        times = pd.to_datetime(comments["time"])
        months = times.dt.strftime("%Y-%m").fillna(UNKNOWN).to_numpy(object)
        late = (times >= self.since).to_numpy(bool) if self.since is not None else np.zeros(n, bool)
        return months, late

    @property
    def total(self) -> int:
        """All comments."""
        return sum(self.comments.values())

    def months(self) -> list[str]:
        """The months there are, in order."""
        return sorted({month for month, _ in self.comments if month != UNKNOWN})

    def counts(self, *, month: str | None = None, late: bool | None = None) -> pd.DataFrame:
        """`n`, `a`, `b`, `both` of every label met, indexed by view and label, of all comments or of a period.

        Without a month or a side all comments count, those without a date included; a side takes only those with a date.
        """

        def inside(m: str, is_late: bool) -> bool:
            dated = late is None or (m != UNKNOWN and is_late == late)
            return dated and (month is None or m == month)

        n = sum(count for key, count in self.comments.items() if inside(*key))
        cells: dict[tuple[str, str], dict[str, float]] = {}
        for (view, label, m, is_late, side), count in self.labels.items():
            row = cells.setdefault((view, label), {"a": 0.0, "b": 0.0, "both": 0.0})
            if inside(m, is_late):
                for name in ("a", "b", "both") if side == "both" else (side,):
                    row[name] += count
        keys = sorted(cells, key=lambda key: (VIEWS.index(key[0]), key[1])) if n else []
        index = pd.MultiIndex.from_tuples(keys, names=["view", "label"]) if keys else pd.MultiIndex.from_arrays([[], []], names=["view", "label"])  # fmt: skip
        frame: pd.DataFrame = pd.DataFrame(
            [{"n": float(n), **cells[key]} for key in keys],
            index=index,
            columns=["n", "a", "b", "both"],
            dtype=float,
        )
        return frame
