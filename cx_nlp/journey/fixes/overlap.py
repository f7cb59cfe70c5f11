"""How far the errors of waves go together, because they live through the same weeks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.fixes.change import Part
from cx_nlp.journey.fixes.weeks import Span


def correlation(
    parts: Sequence[Part], starts: Sequence[int], before: Span, after: Span
) -> NDArray[np.float64]:
    """Correlation of the waves' errors: that of their weeks, times how far their contrasts overlap on the calendar.

    The weeks after one wave's fix may be those before another's: a shock then raises the one change and lowers the other.

    Parameters
    ----------
    starts
        Weeks from the first wave's fix to each wave's.

    Returns
    -------
    ndarray of shape (waves, waves)
    """
    if len(parts) == 1:
        return np.ones((1, 1))
    first, end = before.first, after.end
    length = end - first + max(starts)
    contrasts, away = np.zeros((len(parts), length)), np.full((len(parts), length), np.nan)
    for k, (part, start) in enumerate(zip(parts, starts, strict=True)):
        for span, slope, run, sign in zip((before, after), part.slopes, part.away, (-1, 1), strict=True):
            at = start + span.first - first
            contrasts[k, at : at + span.weeks] = sign * slope / span.weeks
            # Weeks without comments are few, and where they lie does not matter here.
            away[k, at : at + len(run)] = run
    lasting = float(np.mean([part.noise.autocorrelation for part in parts]))
    order = np.arange(length)
    memory = lasting ** np.abs(order[:, None] - order)
    overlap = contrasts @ memory @ contrasts.T
    size = np.sqrt(np.diag(overlap))
    together: NDArray[np.float64] = _alike(away) * overlap / np.outer(size, size)
    np.fill_diagonal(together, 1.0)
    return together


def _alike(away: NDArray[np.float64]) -> float:
    """Correlation of different waves in the same calendar week, over all pairs."""
    there = np.isfinite(away)
    scaled = np.where(there, away, 0.0) / np.sqrt(np.nanmean(away**2, axis=1) + 1e-12)[:, None]
    weeks = there.astype(float) @ there.T
    products = scaled @ scaled.T
    off = ~np.eye(len(away), dtype=bool)
    return float(np.clip(products[off].sum() / max(weeks[off].sum(), 1.0), 0.0, 1.0))
