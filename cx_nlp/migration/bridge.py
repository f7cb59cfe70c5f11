"""The bridge table: how many mentions went from which old label to which new one, and how."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import pandas as pd

COLUMNS = ("source", "kind", "old", "new", "how", "mentions", "share", "joined")


@dataclass
class Bridge:
    """Counts of one file or folder.

    `moved[kind, old, new, how]` counts mentions, `joined` those of them that became the same as another mention of their
    comment and were written once.
    """

    source: str
    moved: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    joined: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    mentions_in: int = 0
    mentions_out: int = 0
    mentions_joined: int = 0
    comments_in: int = 0
    comments_out: int = 0
    comments_aside: int = 0
    mentions_aside: int = 0

    def check(self) -> None:
        """Nothing where no comment and no mention was lost or made on the way; else a bug, of which no result may come."""
        kept = self.mentions_out + self.mentions_joined + self.mentions_aside
        if self.mentions_in != kept or self.comments_in != self.comments_out + self.comments_aside:
            raise RuntimeError(
                f"{self.source}: {self.mentions_in} mentions of {self.comments_in} comments in, but {self.mentions_out} "
                f"written, {self.mentions_joined} joined and {self.mentions_aside} set aside, of {self.comments_out} and "
                f"{self.comments_aside} comments"
            )
        for kind in {kind for kind, *_ in self.moved}:
            total = sum(n for (one, *_), n in self.moved.items() if one == kind)
            if total != self.mentions_in:
                raise RuntimeError(f"{self.source}: {total} of {self.mentions_in} mentions have a new {kind}")

    def table(self) -> pd.DataFrame:
        """One row for each old label, new label and way between them.

        Columns `source, kind, old, new, how, mentions, share, joined`; `share` is of the old label's mentions, 0 to 1.
        """
        totals: Counter[tuple[str, str]] = Counter()
        for (kind, old, _, _), n in self.moved.items():
            totals[kind, old] += n
        rows = [
            (self.source, *key, n, n / totals[key[0], key[1]], self.joined[key])
            for key, n in sorted(self.moved.items(), key=lambda one: (one[0][0] != "touchpoint", one[0]))
        ]
        frame: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
        return frame
