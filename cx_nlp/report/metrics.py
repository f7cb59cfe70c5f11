"""NPS, CSAT, CES and the mean rating, whichever the rating's kind allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cx_nlp.report.wording import Wording

ORDER = ("nps", "csat", "ces", "mean")


@dataclass(frozen=True)
class Metric:
    """One measure with its interval and the number of ratings."""

    name: str
    value: str
    interval: str
    ratings: str


def metrics(found: Mapping[str, Mapping[str, float]], words: Wording) -> tuple[Metric, ...]:
    """The measures there are; the mean is not told twice where it is the effort's."""
    named = [name for name in ORDER if name in found and not (name == "mean" and "ces" in found)]
    return tuple(_metric(name, found[name], words) for name in named)


def _metric(name: str, measure: Mapping[str, float], words: Wording) -> Metric:
    value, low, high, n = (float(measure[key]) for key in ("value", "low", "high", "n"))
    if name == "csat":
        said = words.percent(value), words.interval(low, high)
    else:
        digits = 0 if name == "nps" else 2
        said = words.number(value, digits), words.range(low, high, digits)
    return Metric(words.text(f"metrics.{name}"), *said, words.text("metrics.ratings", n=int(n)))
