"""A flaw's loss without and with praise of staff: rating points as seen, and log odds to judge them by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from cx_nlp.journey.drivers.controls import independent
from cx_nlp.journey.drivers.design import Design
from cx_nlp.journey.drivers.logodds import log_odds, split
from cx_nlp.journey.drivers.regression import Fit, fit
from cx_nlp.journey.drivers.themes import effective_customers

PRAISED = "staff praised"

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def interactions(of: Design, both: dict[str, Flags], praised: Flags, chosen: Flags) -> pd.DataFrame:
    """Losses of a flaw alone and with praise, from one regression with an interaction for each touchpoint.

    Parameters
    ----------
    both
        For each touchpoint whether a chosen comment has the flaw and praise of staff elsewhere.
    praised
        Whether it has praise of staff at all.
    chosen
        Which rows of the design to take.

    Returns
    -------
    pandas.DataFrame
        Indexed by touchpoint: loss_alone, loss_with and softened with 95 % limits; p, the larger of linear regression and log
        odds, 1 where either has the other sign; odds_loss, odds_softened and odds_error on the log odds of a good rating. A
        touchpoint whose interaction follows from other columns is left out.
    """
    model = _model(of, both, praised, chosen)
    kept = {str(name) for name in model.predictors}
    names = [name for name in both if {_flaw(name), _joint(name)} <= kept]
    if np.ptp(model.outcome) == 0:
        names = []
    found: pd.DataFrame = pd.DataFrame(_rows(model, names) if names else [], index=names)
    return found


def _rows(model: Design, names: list[str]) -> list[dict[str, float]]:
    flawed = model.predictors[[_flaw(name) for name in names]].to_numpy().any(axis=1)
    good = split(model.outcome, flawed) if model.kind == "rating" else 1 - model.outcome
    x = np.column_stack([model.predictors.to_numpy(float), model.controls.to_numpy(float)])
    odds = log_odds(x, good, model.clusters)
    linear, column = fit(model), {str(name): k for k, name in enumerate(model.predictors)}
    rows = []
    for name in names:
        flaw, joint = column[_flaw(name)], column[_joint(name)]
        gained, error = float(odds.effects[joint]), float(np.sqrt(odds.covariance[joint, joint]))
        row = _points(linear, flaw, joint, -1.0 if model.kind == "rating" else 1.0)
        agree = gained > 0 and row["softened"] > 0
        row["p"] = max(row["p"], float(2 * norm.sf(gained / error))) if agree else 1.0
        loss = -float(odds.effects[flaw])
        rows.append(row | {"odds_loss": loss, "odds_softened": gained, "odds_error": error})
    return rows


def _points(linear: Fit, flaw: int, joint: int, sign: float) -> dict[str, float]:
    """Loss alone, with praise, and the difference; `sign` makes a loss positive."""
    v = linear.covariance
    alone, added = sign * float(linear.effects[flaw]), sign * float(linear.effects[joint])
    variances = v[flaw, flaw], v[flaw, flaw] + 2 * v[flaw, joint] + v[joint, joint], v[joint, joint]
    errors = np.sqrt(np.maximum(variances, 0))
    freedom = linear.freedom[[flaw, joint, joint]]
    half = student.ppf(0.975, freedom) * errors
    row: dict[str, float] = {}
    values = {"loss_alone": alone, "loss_with": alone + added, "softened": -added}
    limits = (("loss_alone_low", "loss_alone_high"), ("loss_with_low", "loss_with_high"), ("low", "high"))
    for (name, value), (low, high), width in zip(values.items(), limits, half.tolist(), strict=True):
        row |= {name: value, low: value - width, high: value + width}
    return row | {"p": float(2 * student.sf(abs(added) / max(errors[2], 1e-300), freedom[2]))}


def _model(of: Design, both: dict[str, Flags], praised: Flags, chosen: Flags) -> Design:
    """The design of the chosen rows with praise and its interactions, less columns that follow from others."""
    predictors = of.predictors.loc[chosen]
    added = {PRAISED: praised} | {_joint(name): there for name, there in both.items()}
    more = pd.DataFrame(added, index=predictors.index).astype(float)
    predictors = pd.concat([predictors, more], axis=1)
    controls = of.controls.loc[chosen]
    free = independent(np.column_stack([controls.to_numpy(float), predictors.to_numpy(float)]))
    width = controls.shape[1]
    predictors, controls = predictors.loc[:, free[width:]], controls.loc[:, free[:width]]
    clusters = np.unique(of.clusters[chosen], return_inverse=True)[1]
    row, column = np.nonzero(predictors.to_numpy())
    worth = effective_customers(column, clusters[row], predictors.shape[1])
    return replace(
        of,
        outcome=of.outcome[chosen],
        predictors=predictors,
        controls=controls,
        clusters=clusters,
        rows=of.rows[chosen],
        counts=pd.DataFrame({"worth": worth}, index=predictors.columns),
    )


def _flaw(name: str) -> str:
    return f"{name}|negative"


def _joint(name: str) -> str:
    return f"{name}|negative, {PRAISED}"
