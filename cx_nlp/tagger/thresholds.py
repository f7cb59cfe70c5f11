"""How likely a mention must be to be told: one threshold a category, tuned on comments that the model had not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.decision import Array, Layout, Probabilities


def tuned_thresholds(
    probabilities: Sequence[Probabilities],
    truth: Sequence[Sequence[frozenset[str]]],
    layout: Layout,
    *,
    pull: float = 100.0,
) -> Array:
    """One threshold a category that gives the best F1 out of fold, drawn towards the common one where examples are few.

    A category with n true comments takes n / (n + `pull`) of its own best threshold and the rest of the common one.
    """
    category = np.concatenate([p.candidates.category for p in probabilities])
    likely = np.concatenate([p.mention for p in probabilities])
    right = np.array(
        [
            layout.categories[c] in held[i]
            for p, held in zip(probabilities, truth, strict=True)
            for i, c in zip(p.candidates.comment, p.candidates.category, strict=True)
        ],
        bool,
    )
    totals = np.array(
        [sum(name in found for held in truth for found in held) for name in layout.categories], float
    )
    common = _best_threshold(likely, right, totals.sum(), otherwise=0.5)
    own = np.array(
        [
            _best_threshold(likely[category == k], right[category == k], totals[k], otherwise=common)
            for k in range(len(totals))
        ]
    )
    weight = totals / (totals + pull)
    return np.asarray(weight * own + (1 - weight) * common)


def _best_threshold(likely: Array, right: npt.NDArray[np.bool_], total: float, *, otherwise: float) -> float:
    """The threshold between 0.1 and 0.8 of the best F1, given how many true ones there are; `otherwise` without any hit."""
    if not right.any():
        return otherwise
    grid = np.linspace(0.1, 0.8, 71)
    kept = likely[None, :] >= grid[:, None]
    scores = 2 * (kept & right).sum(axis=1) / np.maximum(kept.sum(axis=1) + total, 1)
    return float(grid[int(np.argmax(scores))])
