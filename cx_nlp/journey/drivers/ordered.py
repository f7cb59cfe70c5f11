"""A second opinion on the signs: an ordered logit, which takes the rating's steps as steps and not as distances."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from cx_nlp.journey.drivers.design import Design
from cx_nlp.journey.limits import Limit

ROWS = 2000
"""Comments up to which the ordered model is fitted; above, it would take longer than all else together."""
STEPS = 11
"""Different ratings that it takes at most."""


def check_signs(of: Design, by: str) -> tuple[pd.Series[float], Limit]:
    """The effects on the latent rating, and whether they could be had.

    Proportional odds (P. McCullagh, Journal of the Royal Statistical Society B 42, 1980, 109-142), by statsmodels.
    Reasons: "ordered_checked", "ordered_not_checked" (too many comments, no rating, more than `STEPS` values, no convergence).
    """
    size = {"by": by, "n": len(of.rows), "most": ROWS}
    steps = len(np.unique(of.outcome))
    if of.kind != "rating" or len(of.rows) > ROWS or steps > STEPS or not of.predictors.shape[1]:
        return pd.Series(dtype=float), Limit("drivers", "ordered_not_checked", size)
    effects = _effects(of)
    if not np.isfinite(effects).all():
        return pd.Series(dtype=float), Limit("drivers", "ordered_not_checked", size)
    return pd.Series(effects, index=of.predictors.columns), Limit("drivers", "ordered_checked", size)


def _effects(of: Design) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    x = np.column_stack([of.predictors.to_numpy(float), of.controls.to_numpy(float)])
    with warnings.catch_warnings():
        # A separated theme runs off to a large effect; its sign is what is asked for.
        warnings.simplefilter("ignore")
        model = OrderedModel(of.outcome, x, distr="logit")
        found = model.fit(method="bfgs", disp=0, skip_hessian=True, maxiter=200)
    effects = np.asarray(found.params, float)[: of.predictors.shape[1]]
    return effects if found.mle_retvals["converged"] else np.full_like(effects, np.nan)
