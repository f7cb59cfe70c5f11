"""Label sets of comments as sparse counts, and precision, recall and F1 from their sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from cx_nlp.taxonomy import NO_FACTOR, Taxonomy

Array = NDArray[np.float64]
Record = Mapping[str, Any]

VIEWS: Mapping[str, tuple[str, ...]] = {
    "touchpoint": ("touchpoint",),
    "factor": ("factor",),
    "touchpoint_sentiment": ("touchpoint", "sentiment"),
    "category": ("touchpoint", "factor"),
    "triple": ("touchpoint", "factor", "sentiment"),
}
"""What of a mention makes up its label in each view; the parts are joined by "#"."""

MINIMUM_SUPPORT = 5
"""Gold comments a label needs to count in a macro average: F1 over fewer is mostly chance."""


@dataclass(frozen=True)
class LabelCounts:
    """Which of `labels` each comment has in gold and in the prediction.

    `counts` has one row a comment and three runs of len(labels) columns: both, gold, predicted.
    """

    name: str
    labels: tuple[str, ...]
    counts: csr_matrix

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """The view's figures from `sums` (resamples x columns); `whole` decides which labels are frequent."""
        hit, gold, predicted = _split(sums)
        counted = np.array([self.name != "factor" or label != NO_FACTOR for label in self.labels], dtype=bool)
        frequent = counted & (_split(whole)[1] >= MINIMUM_SUPPORT)
        totals = [part[:, counted].sum(axis=1) for part in (hit, gold, predicted)]
        by_label = f1(hit, gold, predicted)
        return {
            self.name: _or_one(f1(*totals), totals),
            f"{self.name}_precision": _or_one(share(totals[0], totals[2]), totals),
            f"{self.name}_recall": _or_one(share(totals[0], totals[1]), totals),
            f"{self.name}_macro": nan_mean(by_label[:, frequent]),
            f"{self.name}_macro_all": nan_mean(by_label[:, counted]),
        }


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label over all comments; precision, recall and F1 are None where nothing is divided."""

    label: str
    support: int
    predicted: int
    tp: int
    fp: int
    fn: int
    tn: int
    precision: float | None
    recall: float | None
    f1: float | None


def view_counts(
    name: str, gold: Sequence[Record], predicted: Sequence[Record], taxonomy: Taxonomy | None
) -> LabelCounts:
    """The counts of one of `VIEWS`: all labels of the taxonomy where it lists them, then any others met."""
    label = labeller(VIEWS[name])
    sides = [
        [{label(mention) for mention in record.get("mentions", ())} for record in side]
        for side in (gold, predicted)
    ]
    return set_counts(name, _taxonomy_labels(name, taxonomy), *sides)


def set_counts(
    name: str, known: Iterable[str], gold: Sequence[Iterable[str]], predicted: Sequence[Iterable[str]]
) -> LabelCounts:
    """The counts of any label sets, gold and predicted comment by comment."""
    met = sorted({label for side in (gold, predicted) for labels in side for label in labels})
    columns = {label: at for at, label in enumerate(dict.fromkeys([*known, *met]))}
    in_gold, in_predicted = _one_hot(gold, columns), _one_hot(predicted, columns)
    counts = hstack([in_gold.multiply(in_predicted), in_gold, in_predicted], format="csr")
    return LabelCounts(name, tuple(columns), counts)


def label_figures(counts: LabelCounts) -> tuple[LabelFigures, ...]:
    """The confusion counts and figures of every label, also of those without support."""
    comments = counts.counts.shape[0]
    hit, gold, predicted = _split(np.asarray(counts.counts.sum(axis=0), dtype=float))
    figures = zip(share(hit, predicted)[0], share(hit, gold)[0], f1(hit, gold, predicted)[0], strict=True)
    whole = zip(
        counts.labels, hit[0].astype(int), gold[0].astype(int), predicted[0].astype(int), figures, strict=True
    )
    return tuple(
        LabelFigures(
            label,
            int(g),
            int(p),
            int(h),
            int(p - h),
            int(g - h),
            int(comments - g - p + h),
            *map(number, shares),
        )
        for label, h, g, p, shares in whole
    )


def f1(hit: Array, gold: Array, predicted: Array) -> Array:
    """2 x hits / (gold + predicted), NaN where there is neither."""
    return share(2 * hit, gold + predicted)


def share(part: Array, whole: Array, *, empty: float = np.nan) -> Array:
    """`part` / `whole`, and `empty` where the whole is 0."""
    quotient: Array = np.divide(part, whole, out=np.full(np.shape(part), empty), where=whole > 0)
    return quotient


def nan_mean(values: Array) -> Array:
    """Means of rows over what is not NaN; NaN for a row without any."""
    there = ~np.isnan(values)
    return share(np.where(there, values, 0.0).sum(axis=1), there.sum(axis=1).astype(float))


def number(value: float) -> float | None:
    """A plain float for JSON, None for NaN."""
    return None if np.isnan(value) else float(value)


def _or_one(values: Array, totals: list[Array]) -> Array:
    """1 where there is nothing to find and nothing was found, 0 where only one side has labels."""
    nothing = totals[1] + totals[2] == 0
    return np.where(nothing, 1.0, np.nan_to_num(values))


def _split(sums: Array) -> tuple[Array, Array, Array]:
    hit, gold, predicted = np.split(sums, 3, axis=-1)
    return hit, gold, predicted


def labeller(parts: tuple[str, ...]) -> Callable[[Record], str]:
    """Gives the label of a mention: these parts of it, joined by "#"."""
    if len(parts) == 1:
        return lambda mention: str(mention[parts[0]])
    return lambda mention: "#".join([mention[part] for part in parts])


def _taxonomy_labels(name: str, taxonomy: Taxonomy | None) -> list[str]:
    if taxonomy is None:
        return []
    pairs = [f"{id}#{sentiment}" for id in taxonomy.touchpoint_ids for sentiment in taxonomy.sentiments]
    known = {
        "touchpoint": taxonomy.touchpoint_ids,
        "factor": taxonomy.factor_ids,
        "touchpoint_sentiment": pairs,
    }
    return list(known.get(name, ()))


def _one_hot(sets: Sequence[Iterable[str]], columns: Mapping[str, int]) -> csr_matrix:
    cells = [(row, columns[label]) for row, labels in enumerate(sets) for label in labels]
    rows, cols = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    return csr_matrix((np.ones(len(cells)), (rows, cols)), shape=(len(sets), len(columns)))
