"""Figures where each comment has one class: accuracy, macro and weighted F1.

The definitions are those of scikit-learn's accuracy_score and f1_score; they are written over summed counts
so that one formula serves the whole data and a thousand resamples of it at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from cx_nlp.metrics.evaluation import Evaluation, evaluation
from cx_nlp.metrics.intervals import Counts
from cx_nlp.metrics.labels import Array, LabelCounts, Record, f1, label_figures, nan_mean, set_counts, share
from cx_nlp.metrics.reliability import Equal, confidence_counts
from cx_nlp.metrics.slices import DEFAULT_SLICES, Slicer


@dataclass(frozen=True)
class ClassCounts:
    """The class of each comment in gold and in the prediction, under the name its figures get."""

    name: str
    labels: LabelCounts
    counts: csr_matrix

    def scores(self, sums: Array, whole: Array) -> dict[str, Array]:
        """Accuracy, and F1 as plain and as support-weighted mean over the classes that gold has."""
        hit, gold, predicted = np.split(sums, 3, axis=-1)
        there = np.split(whole, 3, axis=-1)[1] > 0
        by_class = f1(hit, gold, predicted)
        total = gold.sum(axis=1)
        weighted = np.nansum(by_class * gold, axis=1)
        return {
            f"{self.name}_accuracy": share(hit.sum(axis=1), total),
            f"{self.name}_macro": nan_mean(by_class[:, there]),
            f"{self.name}_weighted": share(weighted, total),
        }


def class_figures(
    gold: Sequence[str],
    predicted: Sequence[str],
    *,
    labels: Sequence[str] = (),
    confidence: Sequence[float] | None = None,
    records: Sequence[Record] | None = None,
    slices: Mapping[str, Slicer] = DEFAULT_SLICES,
    resamples: int = 1000,
    seed: int = 0,
    bins: int = 10,
    equal: Equal = "mass",
) -> Evaluation:
    """How well predicted classes agree with gold: `label_accuracy`, `label_macro`, `label_weighted`, `label_ece`.

    `labels` are classes to list also where they do not occur; `records` (with `text` and other keys, one a
    comment) are needed for slices.

    Raises
    ------
    ValueError
        The sequences are empty or of different length.
    """
    if len(gold) != len(predicted) or not gold:
        raise ValueError(
            f"{len(gold)} gold and {len(predicted)} predicted classes; need as many, at least one"
        )
    classes = class_counts("label", labels, gold, predicted)
    blocks: list[Counts] = [classes]
    found = {}
    if confidence is not None:
        right = [one == other for one, other in zip(gold, predicted, strict=True)]
        rows = range(len(gold))
        sure = confidence_counts("label", rows, confidence, right, len(gold), bins=bins, equal=equal)
        blocks.append(sure)
        found["label"] = sure.reliability()
    return evaluation(
        blocks,
        [{} for _ in gold] if records is None else records,
        labels={"label": label_figures(classes.labels)},
        reliability=found,
        slices={} if records is None else slices,
        resamples=resamples,
        seed=seed,
    )


def class_counts(
    name: str, known: Sequence[str], gold: Sequence[str | None], predicted: Sequence[str | None]
) -> ClassCounts:
    """The counts of two lists of classes; a comment without gold class is left out, one without prediction is wrong."""
    pairs = list(zip(gold, predicted, strict=True))
    in_gold = [[one] if one is not None else [] for one, _ in pairs]
    in_predicted = [[other] if one is not None and other is not None else [] for one, other in pairs]
    labels = set_counts(name, known, in_gold, in_predicted)
    return ClassCounts(name, labels, labels.counts)
