"""The figures of one evaluation, as a value that turns into JSON or into data frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from cx_nlp.metrics.intervals import LEVEL, Counts, Figure, figures
from cx_nlp.metrics.labels import MINIMUM_SUPPORT, LabelFigures, Record
from cx_nlp.metrics.reliability import Reliability
from cx_nlp.metrics.slices import Slicer, rows_of


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures over a part of the comments."""

    comments: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures over all comments, per label, per slice (`slices[name][part]`), and how far confidences hold."""

    comments: int
    figures: Mapping[str, Figure]
    labels: Mapping[str, tuple[LabelFigures, ...]]
    reliability: Mapping[str, Reliability]
    slices: Mapping[str, Mapping[str, Slice]]
    resamples: int
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain dicts, lists, numbers and None, ready for JSON."""
        bootstrap = {"resamples": self.resamples, "seed": self.seed, "level": LEVEL}
        return {
            "comments": self.comments,
            "figures": _plain(self.figures),
            "labels": {view: [asdict(row) for row in rows] for view, rows in self.labels.items()},
            "reliability": {name: asdict(one) for name, one in self.reliability.items()},
            "slices": {
                name: {
                    part: {"comments": one.comments, "figures": _plain(one.figures)}
                    for part, one in parts.items()
                }
                for name, parts in self.slices.items()
            },
            "bootstrap": bootstrap,
            "macro_minimum_support": MINIMUM_SUPPORT,
        }

    def to_table(self) -> pd.DataFrame:
        """One row a figure: slice, part, comments, figure, value, low, high; slice "all" first."""
        parts = [("all", "all", self.comments, self.figures)]
        parts += [
            (name, part, one.comments, one.figures)
            for name, slices in self.slices.items()
            for part, one in slices.items()
        ]
        rows = [
            (name, part, comments, figure, one.value, one.low, one.high)
            for name, part, comments, found in parts
            for figure, one in found.items()
        ]
        columns = ["slice", "part", "comments", "figure", "value", "low", "high"]
        frame: pd.DataFrame = pd.DataFrame(rows, columns=columns)
        numbers = ["value", "low", "high"]
        frame[numbers] = frame[numbers].astype(float)
        return frame

    def label_table(self, view: str) -> pd.DataFrame:
        """One row a label of the view: label, support, predicted, tp, fp, fn, tn, precision, recall, f1."""
        frame: pd.DataFrame = pd.DataFrame([asdict(row) for row in self.labels[view]])
        shares = ["precision", "recall", "f1"]
        frame[shares] = frame[shares].astype(float)
        return frame


def evaluation(
    blocks: Sequence[Counts],
    records: Sequence[Record],
    *,
    labels: Mapping[str, tuple[LabelFigures, ...]],
    reliability: Mapping[str, Reliability],
    slices: Mapping[str, Slicer],
    resamples: int,
    seed: int,
) -> Evaluation:
    """The evaluation over counts with one row per record."""
    parts = {
        name: {
            part: Slice(len(rows), figures(blocks, rows=rows, resamples=resamples, seed=seed))
            for part, rows in found.items()
        }
        for name, found in rows_of(records, slices).items()
    }
    whole = figures(blocks, rows=None, resamples=resamples, seed=seed)
    return Evaluation(len(records), whole, labels, reliability, parts, resamples, seed)


def _plain(found: Mapping[str, Figure]) -> dict[str, dict[str, float | None]]:
    return {name: asdict(one) for name, one in found.items()}
