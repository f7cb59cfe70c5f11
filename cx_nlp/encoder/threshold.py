"""From which probability on a label counts as told: where F1 is best."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

THRESHOLDS = np.linspace(0.15, 0.7, 56)


def best_threshold(likely: npt.NDArray[np.floating], truth: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """The threshold of the best micro F1, and that F1; both arrays are of shape (comments, labels)."""
    hits = np.array([(likely >= t)[truth].sum() for t in THRESHOLDS])
    given = np.array([(likely >= t).sum() for t in THRESHOLDS])
    scores = 2 * hits / (given + truth.sum() + 1e-9)
    best = int(np.argmax(scores))
    return float(THRESHOLDS[best]), float(scores[best])
