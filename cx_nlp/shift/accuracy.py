"""A model's figures on labelled comments of the user's own, beside those of its card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cx_nlp.metrics import Evaluation
from cx_nlp.shift.statistics import difference

FIGURES = ("touchpoint", "factor", "touchpoint_sentiment", "triple", "sentiment_accuracy", "label_accuracy")


@dataclass(frozen=True)
class Accuracy:
    """One figure on the card and on the labelled comments, each with its 95 % bounds, and their difference.

    `verdict` is "lower" or "higher" where the difference's bounds lie on that side of 0, else "not_told".
    """

    figure: str
    card: float
    card_low: float
    card_high: float
    found: float
    low: float
    high: float
    difference: float
    difference_low: float
    difference_high: float
    verdict: Literal["lower", "higher", "not_told"]


def beside_card(found: Evaluation, figures: Mapping[str, Any] | None) -> tuple[Accuracy, ...]:
    """Every figure that both the evaluation and a manifest's "figures" have with bounds."""
    return tuple(_compared(found, (figures or {}).get("figures") or {}))


def _compared(found: Evaluation, card: Mapping[str, Any]) -> Iterator[Accuracy]:
    for name in FIGURES:
        here, there = found.figures.get(name), card.get(name)
        now = _known(here.value, here.low, here.high) if here else None
        then = _known(*map(there.get, ("value", "low", "high"))) if isinstance(there, Mapping) else None
        if now is None or then is None:
            continue
        moved = difference(then, now)
        verdict: Literal["lower", "higher", "not_told"] = "not_told"
        if moved[2] < 0 or moved[1] > 0:
            verdict = "lower" if moved[2] < 0 else "higher"
        yield Accuracy(name, *then, *now, *moved, verdict)


def _known(*values: object) -> tuple[float, float, float] | None:
    """A value and its bounds, where all three are numbers."""
    numbers = [float(value) for value in values if isinstance(value, (int, float))]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
