"""Intervals of paired shares: the same comments, tagged twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, norm

Array = npt.NDArray[np.float64]
LEVEL = 0.95


def paired_difference(
    n: Array, a: Array, b: Array, both: Array, *, level: float = LEVEL
) -> tuple[Array, Array]:
    """The interval of share b less share a where both are of the same comments (Bonett and Price 2012).

    Parameters
    ----------
    n, a, b, both : ndarray
        Comments, those with the label by the first model, by the second, and by both.
    """
    gained, lost = (b - both + 1) / (n + 2), (a - both + 1) / (n + 2)
    middle = gained - lost
    half = norm.ppf((1 + level) / 2) * np.sqrt(np.maximum(gained + lost - middle**2, 0) / (n + 2))
    return np.maximum(middle - half, -1.0), np.minimum(middle + half, 1.0)


def mcnemar(a: Array, b: Array, both: Array) -> Array:
    """The exact p-value of McNemar's test (1947): whether as many comments lost the label as gained it."""
    gained, lost = (b - both).astype(int), (a - both).astype(int)
    return np.array(
        [
            binomtest(g, g + other, 0.5).pvalue if g + other else 1.0
            for g, other in zip(gained, lost, strict=True)
        ]
    )


def kappa(table: Array) -> float:
    """Cohen's kappa (1960) of a square table of counts; NaN where both models only ever give one class."""
    n = table.sum()
    by_chance = float(table.sum(axis=0) @ table.sum(axis=1)) / n**2 if n else np.nan
    return float((np.trace(table) / n - by_chance) / (1 - by_chance)) if n and by_chance < 1 else float("nan")


def wilson(hits: float, n: float, *, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's interval (1927) of a share."""
    if not n:
        return float("nan"), float("nan")
    z = float(norm.ppf((1 + level) / 2))
    p = hits / n
    middle, half = (p + z * z / (2 * n)), z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
