"""Comments of which two models say something else, a few of each change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zlib import crc32

import pandas as pd
import pyarrow as pa

from cx_nlp.personal import mask

VIEWS = ("touchpoint_sentiment", "sentiment")
COLUMNS = ("view", "label", "change", "comment_id", "text", "by_a", "by_b")
LONGEST = 500
"""Characters of a comment that are shown."""


class Examples:
    """A random sample of the comments that gained or lost each label, the same whenever it is drawn.

    Parameters
    ----------
    each : int
        Comments of each label gained, and lost.
    keep_personal_data : bool
        Whether personal data are shown as they were written.
    """

    def __init__(self, each: int, *, keep_personal_data: bool = False) -> None:
        self.each = each
        self.keep = keep_personal_data
        self._found: dict[tuple[str, str, str], list[tuple[int, tuple[Any, ...]]]] = {}

    def add(
        self, comments: pd.DataFrame, a: pa.Table, b: pa.Table, found: Mapping[str, pd.DataFrame]
    ) -> None:
        """Takes what is to be shown of some comments."""
        if not self.each:
            return
        texts = comments["text"].tolist()
        order = pd.Series([crc32(text.encode("utf-8", "replace")) for text in texts])
        for view in VIEWS:
            rows = found[view][found[view]["side"] != "both"]
            rows = rows.assign(order=order.iloc[rows["row"].to_numpy()].to_numpy()).sort_values(
                "order", kind="stable"
            )
            for (label, side), some in rows.groupby(["label", "side"], sort=True):
                # A change of the comment's sentiment is told once, by what it became.
                if view == "sentiment" and side == "a":
                    continue
                self._keep(
                    (view, str(label), "gained" if side == "b" else "lost"),
                    some.head(self.each),
                    comments,
                    a,
                    b,
                )

    def _keep(
        self, key: tuple[str, str, str], some: pd.DataFrame, comments: pd.DataFrame, a: pa.Table, b: pa.Table
    ) -> None:
        best = self._found.setdefault(key, [])
        for row, order in zip(some["row"].tolist(), some["order"].tolist(), strict=True):
            if len(best) == self.each and order >= best[-1][0]:
                continue
            text = str(comments["text"].iloc[row])
            if any(shown[1] == text for _, shown in best):
                continue
            best.append((order, (str(comments["comment_id"].iloc[row]), text, _said(a, row), _said(b, row))))
            best.sort(key=lambda one: one[0])
            del best[self.each :]

    def table(self) -> pd.DataFrame:
        """The examples, columns `view, label, change, comment_id, text, by_a, by_b`; `change` is gained or lost."""
        frame: pd.DataFrame = pd.DataFrame([*self._rows()], columns=list(COLUMNS))
        return frame

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for key in sorted(self._found):
            for _, (id, text, one, two) in self._found[key]:
                shown = text if self.keep else mask(text)
                yield (*key, id, shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…", one, two)


def _said(tags: pa.Table, row: int) -> str:
    """The tags of one comment in one line."""
    mentions = tags["mentions"][row].as_py() or []
    said = ", ".join(dict.fromkeys(f"{m['touchpoint']}#{m['factor']}#{m['sentiment']}" for m in mentions))
    return f"{tags['sentiment'][row].as_py()}: {said or '–'}"
