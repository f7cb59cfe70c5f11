"""Two models on the same labelled comments: F1 of both, and the difference with a paired bootstrap interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack

from cx_nlp.metrics.classes import ClassCounts, class_counts
from cx_nlp.metrics.intervals import figures
from cx_nlp.metrics.labels import MINIMUM_SUPPORT, Array, LabelCounts, Record, f1, set_counts, view_counts
from cx_nlp.metrics.slices import Slicer, rows_of
from cx_nlp.schema import COMMENT_SENTIMENTS

VIEWS = ("touchpoint", "factor", "touchpoint_sentiment", "triple")
COLUMNS = ("slice", "part", "comments", "figure", "a", "b", "difference", "low", "high")
_PAIR = " / "


@dataclass(frozen=True)
class PairedCounts:
    """The counts of two models, so that both are computed on the same draws of comments."""

    sides: tuple[LabelCounts | ClassCounts, LabelCounts | ClassCounts]
    figure: str

    @property
    def counts(self) -> csr_matrix:
        """Those of the first model, then those of the second."""
        return hstack([side.counts for side in self.sides], format="csr")

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """The figure of each model and their difference."""
        cut = self.sides[0].counts.shape[1]
        a = self.sides[0].scores(sums[:, :cut], whole[:cut])[self.figure]
        b = self.sides[1].scores(sums[:, cut:], whole[cut:])[self.figure]
        return _three(self.figure, a, b)


@dataclass(frozen=True)
class PairedLabels:
    """F1 of every label that enough comments have, for two models."""

    sides: tuple[LabelCounts, LabelCounts]

    @property
    def counts(self) -> csr_matrix:
        """Those of the first model, then those of the second."""
        return hstack([side.counts for side in self.sides], format="csr")

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """The F1 of each label for each model and their difference."""
        found: dict[str, Array] = {}
        a, b = (f1(*np.split(part, 3, axis=-1)) for part in np.split(sums, 2, axis=-1))
        gold = np.split(whole, 6)[1]
        for k, label in enumerate(self.sides[0].labels):
            if gold[k] >= MINIMUM_SUPPORT:
                found |= _three(label, a[:, k], b[:, k])
        return found


def _three(name: str, a: Array, b: Array) -> dict[str, Array]:
    return {f"{name}{_PAIR}a": a, f"{name}{_PAIR}b": b, f"{name}{_PAIR}difference": b - a}


def paired_figures(
    gold: Sequence[Record],
    a: Sequence[Record],
    b: Sequence[Record],
    *,
    slices: Mapping[str, Slicer],
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Micro F1 of two models over all comments and parts of them, and F1 of each touchpoint.

    Columns `slice, part, comments, figure, a, b, difference, low, high`: `low` and `high` bound the 95 % percentile interval of
    the difference (second model less first) over comments drawn with replacement, the same draws for both models. Figures are
    those of `mention_figures`; a slice "label" holds the F1 of each touchpoint that at least five comments have.

    Raises
    ------
    ValueError
        The sequences are empty or of different length.
    """
    if not len(gold) == len(a) == len(b) or not gold:
        raise ValueError(
            f"{len(gold)} gold, {len(a)} and {len(b)} predicted records; need as many, at least one"
        )
    blocks = [
        PairedCounts((view_counts(view, gold, a, None), view_counts(view, gold, b, None)), view)
        for view in VIEWS
    ]
    felt = [[record.get("sentiment") for record in side] for side in (gold, a, b)]
    if any(one is not None for one in felt[0]):
        sides = [class_counts("sentiment", COMMENT_SENTIMENTS, felt[0], other) for other in felt[1:]]
        blocks.append(PairedCounts((sides[0], sides[1]), "sentiment_accuracy"))
    rows = _rows("all", "all", len(gold), figures(blocks, resamples=resamples, seed=seed))
    touchpoints = [
        [{m["touchpoint"] for m in record.get("mentions", ())} for record in side] for side in (gold, a, b)
    ]
    known = sorted({label for side in touchpoints for labels in side for label in labels})
    of_labels = PairedLabels((set_counts("touchpoint", known, touchpoints[0], touchpoints[1]),
                              set_counts("touchpoint", known, touchpoints[0], touchpoints[2])))  # fmt: skip
    if known:
        rows += _rows("label", "touchpoint", len(gold), figures([of_labels], resamples=resamples, seed=seed))
    for name, parts in rows_of(gold, slices).items():
        for part, places in parts.items():
            found = figures(blocks, rows=places, resamples=resamples, seed=seed)
            rows += _rows(name, part, len(places), found)
    frame: pd.DataFrame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame


def _rows(name: str, part: str, comments: int, found: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    figure_names = dict.fromkeys(key.rpartition(_PAIR)[0] for key in found)
    return [
        (name, part, comments, figure, found[f"{figure}{_PAIR}a"].value, found[f"{figure}{_PAIR}b"].value,
         found[f"{figure}{_PAIR}difference"].value, found[f"{figure}{_PAIR}difference"].low, found[f"{figure}{_PAIR}difference"].high)
        for figure in figure_names
    ]  # fmt: skip
