"""Which clause carries which label: from the quotes, or found where the data label whole comments only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from cx_nlp.tagger.heads import SoftmaxTask
from cx_nlp.tagger.mention import Annotation, Target

NONE = ""
"""The class of clauses that say nothing; no label can be empty."""

Spans = list[tuple[int, int]]
ClauseLabels = list[list[Target]]


def clause_labels(spans: Spans, targets: Sequence[Target]) -> ClauseLabels:
    """For every clause the labelled mentions that stand in it: those whose quote covers at least half of it.

    A quote that covers half of no clause goes to the clause it shares the most characters with.
    """
    found: ClauseLabels = [[] for _ in spans]
    for target in targets:
        if target.start is None or target.end is None:
            continue
        shared = [min(end, target.end) - max(start, target.start) for start, end in spans]
        covered = [
            i for i, (start, end) in enumerate(spans) if shared[i] > 0 and 2 * shared[i] >= end - start
        ]
        if not covered and shared and max(shared) > 0:
            covered = [shared.index(max(shared))]
        for i in covered:
            found[i].append(target)
    return found


def unlocated(annotation: Annotation) -> list[Target]:
    """The mentions of a comment without a span."""
    return [target for target in annotation.targets if target.start is None]


def spread(labels: ClauseLabels, targets: Sequence[Target]) -> ClauseLabels:
    """Every clause with all mentions of unknown place: the start of the multiple-instance search."""
    return [[*known, *targets] for known in labels]


def place(labels: ClauseLabels, targets: Sequence[Target], affinity: np.ndarray) -> ClauseLabels:
    """Every mention of unknown place in the clause it fits best; `affinity` has shape (targets, clauses)."""
    placed = [list(known) for known in labels]
    for target, fits in zip(targets, affinity, strict=True):
        placed[int(np.argmax(fits))].append(target)
    return placed


def softmax_task(
    labels: Sequence[Sequence[Target]], key: Callable[[Target], str], *, strength: float, min_support: int
) -> SoftmaxTask:
    """Rows, labels and weights for one classifier; a clause with two labels stands twice with half the weight."""
    rows, names, weights = [], [], []
    for row, targets in enumerate(labels):
        keys = sorted({key(target) for target in targets}) or [NONE]
        for name in keys:
            rows.append(row)
            names.append(name)
            weights.append(1 / len(keys))
    support = Counter(names)
    kept = [i for i, name in enumerate(names) if support[name] >= min_support or name == NONE]
    return SoftmaxTask(
        np.array(rows, np.intp)[kept], [names[i] for i in kept], np.array(weights)[kept], strength
    )
