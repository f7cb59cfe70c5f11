"""Log odds of a good rating: a scale without ends, on which the end of the stars makes no effect of its own."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class LogOdds(NamedTuple):
    """Coefficients and their covariance, clustered by customer."""

    effects: Array
    covariance: Array


def split(outcome: Array, among: NDArray[np.bool_]) -> Array:
    """1 for the better ratings, cut where those `among` come nearest to halves."""
    values = np.unique(outcome)[1:]
    shares = np.array([(outcome[among] >= value).mean() for value in values])
    good: Array = (outcome >= values[np.argmin(np.abs(shares - 0.5))]).astype(float)
    return good


def log_odds(x: Array, good: Array, clusters: NDArray[np.int64]) -> LogOdds:
    """A logistic regression that always has an answer.

    Each column gets two more rows, a good and a bad rating of somebody of whom nothing but that column is known: a log-F(2, 2)
    prior, which keeps effects finite where all ratings of a cell are alike (S. Greenland and M. A. Mansournia, Statistics in
    Medicine 34, 2015, 3133-3143). If ratings follow a latent scale with logistic errors, every cut of it has the same
    coefficients (P. McCullagh, Journal of the Royal Statistical Society B 42, 1980, 109-142).

    Parameters
    ----------
    x : ndarray of shape (rows, columns)
        Without constant.
    good : ndarray of shape (rows,)
        0 or 1.
    """
    from statsmodels.discrete.discrete_model import Logit

    width = x.shape[1]
    added = np.hstack([np.zeros((width, 1)), np.eye(width)])
    whole = np.vstack([np.hstack([np.ones((len(x), 1)), x]), added, added])
    answers = np.concatenate([good, np.zeros(width), np.ones(width)])
    groups = np.concatenate([clusters, clusters.max() + 1 + np.arange(2 * width)])
    # Statsmodels would look for constant columns by a decomposition of the whole matrix.
    model = Logit(answers, whole, check_rank=False, hasconst=True)
    found = model.fit(
        method="newton",
        maxiter=50,
        disp=0,
        warn_convergence=False,
        cov_type="cluster",
        cov_kwds={"groups": groups},
    )
    return LogOdds(np.asarray(found.params)[1:], np.asarray(found.cov_params())[1:, 1:])
