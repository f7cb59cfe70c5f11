"""The measures of the rating: NPS, CSAT, CES and the mean, whichever its kind allows, each with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from cx_nlp.journey.scores.clusters import design_effects
from cx_nlp.journey.scores.differences import net_interval
from cx_nlp.journey.scores.scorecard import LEVEL, wilson
from cx_nlp.journey.table import Scored

PROMOTERS, DETRACTORS = 9, 6
"""From which value on, and up to which, of 0 to 10 a customer is a promoter, a detractor (F. F. Reichheld, 2003)."""
MOST_BOXES = 11
"""Values of a scale above which its top two boxes mean nothing (0 to 100)."""

Floats = NDArray[np.float64]
Measure = Mapping[str, float]


def rating_metrics(scored: Scored, *, level: float = LEVEL) -> dict[str, Measure]:
    """The measures that the rating's kind (in the run's manifest) allows; empty where no comment has a rating.

    Returns
    -------
    dict
        Each with value, low, high and n (comments with a rating), 95 % limits widened where customers wrote several
        comments (`design_effects`):

        mean : always; limits by Student's t, NaN for a single value or a rating that never varies.
        nps : from -100 to 100, promoters less detractors in per cent; limits as `net_interval`.
        csat : share of the two best boxes of the scale, limits by Wilson; a scale of more than 11 values has none.
        ces : the mean effort.
    """
    if "rating" not in scored.comments:
        return {}
    rating = scored.comments["rating"].to_numpy(dtype=float, na_value=np.nan)
    there = np.isfinite(rating)
    if not there.any():
        return {}
    values, customers = rating[there], scored.customers[0][there]
    kind, low, high = _scale(scored)
    found = {"mean": _mean(values, customers, level)}
    if kind == "nps" and (low, high) == (0, 10):
        found["nps"] = _nps(values, customers, level)
    elif kind == "csat" and high - low < MOST_BOXES:
        found["csat"] = _top_two(values >= high - 1, customers, level)
    elif kind == "ces":
        found["ces"] = found["mean"]
    return found


def _scale(scored: Scored) -> tuple[str, float, float]:
    found: Any = (scored.manifest or {}).get("rating")
    if not isinstance(found, Mapping):
        return "unknown", np.nan, np.nan
    ends = (found.get(name) for name in ("low", "high"))
    low, high = (float(end) if isinstance(end, (int, float)) else np.nan for end in ends)
    return str(found.get("kind", "unknown")), low, high


def _mean(values: Floats, customers: NDArray[np.int64], level: float) -> Measure:
    n, mean = len(values), float(values.mean())
    spread = float(values.std(ddof=1)) if n > 1 else 0.0
    if spread <= 1e-12:
        return _measure(mean, np.nan, np.nan, n)
    worth = n / _effect(values, customers)
    half = float(stdtrit(max(worth - 1, 1), 0.5 + level / 2)) * spread / np.sqrt(worth)
    return _measure(mean, mean - half, mean + half, n)


def _nps(values: Floats, customers: NDArray[np.int64], level: float) -> Measure:
    promoters, detractors = values >= PROMOTERS, values <= DETRACTORS
    worth = len(values) / _effect(promoters.astype(float) - detractors, customers)
    shares = float(promoters.mean()), float(detractors.mean())
    low, high = net_interval(shares[0] * worth, shares[1] * worth, worth, level=level)
    return _measure(100 * (shares[0] - shares[1]), 100 * float(low), 100 * float(high), len(values))


def _top_two(top: NDArray[np.bool_], customers: NDArray[np.int64], level: float) -> Measure:
    worth, share = len(top) / _effect(top, customers), float(top.mean())
    low, high = wilson(share * worth, worth, level=level)
    return _measure(share, float(low), float(high), len(top))


def _effect(values: NDArray[Any], customers: NDArray[np.int64]) -> float:
    return float(design_effects(np.zeros(len(values), np.int64), customers, values, 1)[0])


def _measure(value: float, low: float, high: float, n: int) -> Measure:
    return {"value": float(value), "low": float(low), "high": float(high), "n": n}
