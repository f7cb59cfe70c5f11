"""Least squares on a design, with errors that hold that one customer's comments are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from cx_nlp.journey.drivers.controls import centred_gram
from cx_nlp.journey.drivers.design import Design

LEVEL = 0.95
EDGE = 5
"""Comments with the rarer outcome below which the robust error of a theme is not trusted."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Effects of the predictors of a design, all others and the controls held.

    Attributes
    ----------
    names : tuple of str
    effects, errors, freedom, vif : ndarray of shape (predictors,)
        Rating points (of an outcome: probability), standard errors clustered by customer, degrees of freedom, and variance
        inflation by the other predictors and the controls.
    covariance : ndarray of shape (predictors, predictors)
        Of the effects.
    """

    names: tuple[str, ...]
    effects: Array
    errors: Array
    covariance: Array
    freedom: Array
    vif: Array

    @property
    def reach(self) -> Array:
        """Half-widths of the 95 % intervals."""
        half: Array = student.ppf(0.5 + LEVEL / 2, self.freedom) * self.errors
        return half


def fit(of: Design) -> Fit:
    """Least squares with errors clustered by customer (CR1: K.-Y. Liang and S. L. Zeger, Biometrika 73, 1986, 13-22).

    The same as statsmodels' OLS with `cov_type="cluster"`, from sums of products, because that is twenty times faster with a
    hundred columns. Intervals take Student's t with as many degrees of freedom as customers of equal weight tell the theme from
    the others, less one (A. V. Carter, K. T. Schnepel and D. G. Steigerwald, Review of Economics and Statistics 99, 2017, 698-709).
    """
    x = np.column_stack([of.predictors.to_numpy(float), of.controls.to_numpy(float)])
    k, n = of.predictors.shape[1], len(x)
    gram = centred_gram(x)
    inverse = np.linalg.inv(gram) if len(gram) else gram
    x = x - x.mean(axis=0)
    y = of.outcome - of.outcome.mean()
    slopes = inverse @ (x.T @ y)
    groups = int(of.clusters.max()) + 1
    scores = _sums(x * (y - x @ slopes)[:, None], of.clusters)
    correction = groups / (groups - 1) * (n - 1) / max(n - len(slopes) - 1, 1)
    covariance = correction * (inverse @ (scores.T @ scores) @ inverse)[:k, :k]
    covariance = _with_edges(covariance, of)
    errors = np.sqrt(np.maximum(np.diag(covariance), 0))
    vif = (np.diag(inverse) * np.diag(gram))[:k]
    freedom = _freedom(x @ inverse[:, :k] / np.diag(inverse)[:k], of.clusters)
    return Fit(tuple(of.predictors.columns), slopes[:k], errors, covariance, freedom, vif)


def _sums(rows: Array, of: NDArray[np.int64]) -> Array:
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    sums: Array = np.add.reduceat(rows[order], starts, axis=0) if rows.shape[1] else rows
    return sums


def _freedom(apart: Array, of: NDArray[np.int64]) -> Array:
    """How many customers of equal weight tell each predictor from the others, less one.

    `apart` is what the other columns leave of the predictors; a customer's weight is its sum of squares.
    """
    held = _sums(apart**2, of)
    worth = held.sum(axis=0) ** 2 / np.maximum((held**2).sum(axis=0), 1e-300)
    freedom: Array = np.maximum(worth - 1, 1)
    return freedom


def _with_edges(covariance: Array, of: Design) -> Array:
    """An outcome nearly all of one sort has next to no spread of its own; it has at least that of the Agresti-Coull share."""
    if of.kind != "outcome" or not len(covariance):
        return covariance
    hits, n = of.predictors.to_numpy().T @ of.outcome, of.predictors.sum().to_numpy()
    share = (hits + 2) / (n + 4)
    worth = of.counts["worth"].reindex(of.predictors.columns).to_numpy(float)
    least = np.where(np.minimum(hits, n - hits) < EDGE, share * (1 - share) / (worth + 4), 0)
    wider = np.sqrt(np.maximum(least / np.maximum(np.diag(covariance), 1e-300), 1))
    widened: Array = covariance * np.outer(wider, wider)
    return widened
