"""Whether an effect stands when the tagger's own errors are allowed for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.drivers.design import Design
from cx_nlp.journey.drivers.regression import LEVEL
from cx_nlp.journey.drivers.weights import block_products, covariance_of
from cx_nlp.journey.scores.correction import LEAST, ErrorRates

FLOOR = 0.02
"""Least eigenvalue of a corrected correlation matrix: below, what the tagger sees does not tell the themes apart."""
RAREST = 0.1
"""A theme is not taken to be rarer than this share of what is seen of it."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Corrected:
    """Effects as they would be without the tagger's errors, one for each predictor; NaN where its errors are not known."""

    effects: Array
    low: Array
    high: Array


@dataclass(frozen=True)
class _Seen:
    """Chance that a theme that is there is seen, and that one that is not is not; of each predictor."""

    sensitivity: Array
    specificity: Array


def corrected_effects(
    of: Design, rates: Mapping[str, ErrorRates], *, resamples: int = 300, seed: int = 0
) -> Corrected:
    """Effects of the themes that are there, from those that are seen.

    A tagger that misses complaints at the culprit leaves some of what they cost to the themes named beside them. With known
    error rates the moments of what is there follow from those of what is seen: covariances grow by sensitivity + specificity
    - 1 of each side, variances are those of the corrected shares (matrix method: B. A. Barron, Biometrics 33, 1977, 414-418;
    R. J. Carroll et al., "Measurement Error in Nonlinear Models", 2006, chapter 3). It is assumed that an error does not depend
    on the rating, nor on which other themes are there. The interval draws customers and error rates anew (rates: beta
    distributions of the audited counts).

    Parameters
    ----------
    rates
        By "NAME#polarity"; a predictor without rates is taken as read without error and has no corrected effect.
    """
    known = [rates.get(str(name).replace("|", "#")) for name in of.predictors]
    usable = np.array([one is not None and _tells(one) for one in known], bool)
    counts = np.array(
        [_counts(one) if ok else (1, 0, 0, 1) for one, ok in zip(known, usable, strict=True)], float
    )
    columns = np.column_stack([of.controls.to_numpy(float), of.predictors.to_numpy(float), of.outcome])
    rng = np.random.default_rng(seed)
    products = block_products(columns, of.clusters, rng)
    shares = of.predictors.to_numpy().mean(axis=0)
    effects = _effects(products.sum(axis=0), shares, _rates(counts.reshape(-1, 4)))
    draws = np.zeros((resamples, len(effects)))
    for k in range(resamples):
        often = np.bincount(rng.integers(len(products), size=len(products)), minlength=len(products))
        seen = _drawn(counts.reshape(-1, 4), usable, rng)
        draws[k] = _effects(np.tensordot(often.astype(float), products, 1), shares, seen)
    low, high = np.quantile(draws, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    return Corrected(*(np.where(usable, one, np.nan) for one in (effects, low, high)))


def _counts(rates: ErrorRates | None) -> tuple[int, int, int, int]:
    if rates is None:
        return 1, 0, 0, 1
    return rates.true_positive, rates.false_negative, rates.false_positive, rates.true_negative


def _tells(rates: ErrorRates) -> bool:
    if not rates.with_label or not rates.without_label:
        return False
    seen = _rates(np.array([_counts(rates)], float))
    return bool((seen.sensitivity + seen.specificity - 1)[0] >= LEAST)


def _rates(counts: Array) -> _Seen:
    hit, missed, invented, right = counts.T
    return _Seen(hit / (hit + missed), right / (right + invented))


def _drawn(counts: Array, usable: NDArray[np.bool_], rng: np.random.Generator) -> _Seen:
    hit, missed, invented, right = counts.T + 0.5
    sensitivity, specificity = rng.beta(hit, missed), rng.beta(right, invented)
    return _Seen(np.where(usable, sensitivity, 1.0), np.where(usable, specificity, 1.0))


def _effects(products: Array, shares: Array, seen: _Seen) -> Array:
    """Slopes of the corrected moments; the products are of a constant, the controls, the predictors and the outcome."""
    covariance = covariance_of(products)
    k = len(shares)
    controls = len(covariance) - 1 - k
    place = slice(controls, controls + k)
    tells = np.ones(len(covariance))
    tells[place] = np.maximum(seen.sensitivity + seen.specificity - 1, LEAST)
    corrected = covariance / np.outer(tells, tells)
    there = np.clip(
        (shares + seen.specificity - 1) / tells[place], RAREST * shares, 1 - RAREST * (1 - shares)
    )
    at = np.arange(controls, controls + k)
    corrected[at, at] = there * (1 - there)
    spread = np.sqrt(np.diag(corrected)[:-1])
    values, vectors = np.linalg.eigh(corrected[:-1, :-1] / np.outer(spread, spread))
    slopes = vectors @ ((vectors.T @ (corrected[:-1, -1] / spread)) / np.maximum(values, FLOOR))
    effects: Array = (slopes / spread)[place]
    return effects
