"""Profiles of invented counts, for what does not hang on a model."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cx_nlp.shift import Profile
from cx_nlp.shift.profile import Spread, binned

SENTIMENTS = {"negative": 0.4, "neutral": 0.1, "positive": 0.5}
LANGUAGES = {"en": 0.3, "vi": 0.7}
TOUCHPOINTS = {"app": 0.2, "delivery": 0.3, "product": 0.4, "staff": 0.2}


def spread(name: str, values: np.ndarray) -> Spread:
    return Spread(tuple(binned(values, name).tolist()), float(values.sum()), float((values**2).sum()))


def shared(n: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Whole counts of shares; of exclusive ones the last takes what is left."""
    return {label: round(n * share) for label, share in shares.items()}


def exclusive(n: int, shares: Mapping[str, float]) -> dict[str, int]:
    found = shared(n, shares)
    last = [*found][-1]
    return {**found, last: n - sum(found.values()) + found[last]}


def invented_profile(
    n: int = 1000,
    *,
    sentiment: Mapping[str, float] = SENTIMENTS,
    language: Mapping[str, float] = LANGUAGES,
    touchpoint: Mapping[str, float] = TOUCHPOINTS,
    confidence: tuple[float, float] = (3, 1),
    words: float = 14,
    none: float = 0.1,
    unknown: float = 0.1,
    emoji: float = 0.05,
    bare: float = 0.1,
) -> Profile:
    """A profile of these shares; confidences are the quantiles of a beta distribution, lengths those of a geometric one."""
    from scipy import stats

    at = (np.arange(n) + 0.5) / n
    vietnamese = exclusive(n, language)["vi"]
    return Profile(
        n,
        "invented comments",
        {"language": exclusive(n, language), "sentiment": exclusive(n, sentiment)},
        {"touchpoint": shared(n, touchpoint), "factor": {"value": round(0.6 * n), "convenience": round(0.4 * n)}},
        {
            "none": (round(none * n), n), "unknown_words": (round(unknown * n), n), "emoji": (round(emoji * n), n),
            "without_diacritics": (round(bare * vietnamese), vietnamese),
        },
        (round(0.02 * 14 * n), 14 * n),
        {
            "confidence": spread("confidence", stats.beta.ppf(at, *confidence)),
            "length": spread("length", stats.geom.ppf(at, 1 / words)),
        },
    )  # fmt: skip
