"""How likely a mention must be to be told: one threshold a category, tuned on comments that the model had not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.decision import Array, Probabilities
from cx_nlp.tagger.layout import Layout

PULL = 1000.0
"""Mentions of a category at which its own threshold counts half."""


def tuned_thresholds(
    probabilities: Sequence[Probabilities],
    truth: Sequence[Sequence[frozenset[tuple[str, str]]]],
    layout: Layout,
) -> Array:
    """One threshold a category that gives the best F1 of mentions with their polarity out of fold, drawn towards a common one.

    One threshold for all gives the best F1 over all mentions together where probabilities are right (Lipton, Elkan and
    Narayanaswamy 2014, for probabilities of what is counted), one for each the best mean over categories. A category with n true
    mentions takes n / (n + `PULL`) of its own and the rest of the common one.

    Parameters
    ----------
    truth
        Of every comment of every fold the categories it holds, each with its polarity.
    """
    category = np.concatenate([p.candidates.category for p in probabilities])
    likely = np.concatenate([p.mention for p in probabilities])
    right = np.array(
        [
            (layout.categories[c], layout.polarities[polarity]) in held[i]
            for p, held in zip(probabilities, truth, strict=True)
            for i, c, polarity in zip(
                p.candidates.comment, p.candidates.category, p.polarity.argmax(axis=1), strict=True
            )
        ],
        bool,
    )
    counts = Counter(category for fold in truth for mentions in fold for category, _ in mentions)
    totals = np.array([counts[name] for name in layout.categories], float)
    common = _best_threshold(likely, right, totals.sum(), otherwise=0.5)
    own = np.array(
        [
            _best_threshold(likely[category == k], right[category == k], totals[k], otherwise=common)
            for k in range(len(totals))
        ]
    )
    weight = totals / (totals + PULL)
    return np.asarray(weight * own + (1 - weight) * common)


def _best_threshold(likely: Array, right: npt.NDArray[np.bool_], total: float, *, otherwise: float) -> float:
    """The threshold between 0.1 and 0.8 of the best F1, given how many true ones there are; `otherwise` without any hit."""
    if not right.any():
        return otherwise
    grid = np.linspace(0.1, 0.8, 71)
    kept = likely[None, :] >= grid[:, None]
    scores = 2 * (kept & right).sum(axis=1) / np.maximum(kept.sum(axis=1) + total, 1)
    return float(grid[int(np.argmax(scores))])
