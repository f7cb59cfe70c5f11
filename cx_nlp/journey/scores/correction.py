"""Shares corrected for the tagger's own errors: what it misses, and what it sees where nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

LEVEL = 0.95
LEAST = 0.1
"""Sensitivity + specificity - 1 below which a tagger tells too little of a label for any correction."""


@dataclass(frozen=True)
class ErrorRates:
    """How a tagger did on comments whose labels are known: the model's held-out ones, or an audit of one's own.

    Attributes
    ----------
    true_positive, false_negative, false_positive, true_negative : int
        Comments that hold the label and got it, hold it and did not, got it without, and neither.
    """

    true_positive: int
    false_negative: int
    false_positive: int
    true_negative: int

    def __post_init__(self) -> None:
        counts = (self.true_positive, self.false_negative, self.false_positive, self.true_negative)
        if min(counts) < 0:
            raise ValueError(f"counts must not be negative: {counts}")

    @property
    def with_label(self) -> int:
        """Audited comments that hold the label."""
        return self.true_positive + self.false_negative

    @property
    def without_label(self) -> int:
        """Audited comments that do not."""
        return self.false_positive + self.true_negative


@dataclass(frozen=True)
class Corrected:
    """A share with its interval."""

    value: float
    low: float
    high: float


def held_out_rates(manifest: Mapping[str, Any] | None, view: str) -> dict[str, ErrorRates]:
    """The error rates of each label of a view, on the comments that the model was tested on; empty where it has none.

    Parameters
    ----------
    manifest
        Of a scoring run: `manifest["model"]["heldout"][view][label]` holds tp, fp, fn and tn.
    """
    found: Any = manifest or {}
    for key in ("model", "heldout", view):
        found = found.get(key) if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping):
        return {}
    read = {str(label): _read(counts) for label, counts in found.items()}
    return {label: rates for label, rates in read.items() if rates is not None}


def corrected_share(hits: float, n: float, rates: ErrorRates, *, level: float = LEVEL) -> Corrected | None:
    """The share of comments that hold a label, from the share that got it; None where the tagger tells too little of it.

    Estimate of W. J. Rogan and B. Gladen (American Journal of Epidemiology 107, 1978, 71-76); interval of Z. Lang and J.
    Reiczigel (Preventive Veterinary Medicine 113, 2014, 13-22), which holds that the error rates are estimates, too. None also
    where all of it lies outside 0 to 1: fewer got the label than the rates say are invented alone, or more than can be, so that
    these are not the rates on these comments. Cut to 0 and 1 it would be a point, as if the share were known for sure.

    Parameters
    ----------
    hits, n
        Comments that got the label, and all; may be broken numbers where comments are worth less than one.

    Examples
    --------
    >>> rates = ErrorRates(true_positive=75, false_negative=25, false_positive=20, true_negative=380)
    >>> found = corrected_share(120, 1000, rates)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3)
    (0.1, 0.058, 0.143)
    """
    if not _tells(rates) or n <= 0:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2)
    seen = hits / n
    sensitivity, specificity = _rates(rates, 0)
    value = (seen + specificity - 1) / (sensitivity + specificity - 1)
    more = n + z**2
    seen = (hits + z**2 / 2) / more
    sensitivity, specificity = _rates(rates, 1)
    with_label, without = rates.with_label + 2, rates.without_label + 2
    tells = sensitivity + specificity - 1
    share = (seen + specificity - 1) / tells
    missed, invented = (
        sensitivity * (1 - sensitivity) / with_label,
        specificity * (1 - specificity) / without,
    )
    centre = share + 2 * z**2 * (share * missed - (1 - share) * invented)
    error = np.sqrt(seen * (1 - seen) / more + share**2 * missed + (1 - share) ** 2 * invented) / tells
    low, high = float(centre - z * error), float(centre + z * error)
    if high <= 0 or low >= 1:
        return None
    return Corrected(float(np.clip(value, 0, 1)), max(low, 0.0), min(high, 1.0))


def _read(counts: object) -> ErrorRates | None:
    if not isinstance(counts, Mapping):
        return None
    four = [counts.get(name) for name in ("tp", "fn", "fp", "tn")]
    whole = [one for one in four if isinstance(one, int) and one >= 0]
    return ErrorRates(*whole) if len(whole) == len(four) else None


def _rates(rates: ErrorRates, added: int) -> tuple[float, float]:
    """Sensitivity and specificity, with so many comments added to each count."""
    return (
        (rates.true_positive + added) / (rates.with_label + 2 * added),
        (rates.true_negative + added) / (rates.without_label + 2 * added),
    )


def _tells(rates: ErrorRates) -> bool:
    if not rates.with_label or not rates.without_label:
        return False
    return sum(_rates(rates, 0)) - 1 >= LEAST
