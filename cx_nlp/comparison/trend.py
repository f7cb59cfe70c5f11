"""Of the change of a share from one period to the next, how much is the model's and how much the customers'.

The earlier comments were tagged by the first model and the later ones by the second, as in a report whose model was replaced in
between. The change splits without rest (Kitagawa 1955, in the symmetric form of Shapley):

    b2 - a1 = [(a2 - a1) + (b2 - b1)] / 2   customers: the change that one and the same model sees, mean of both models
            + [(b1 - a1) + (b2 - a2)] / 2   model: the difference on the same comments, mean of both periods
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from cx_nlp.comparison.intervals import LEVEL, Array

COLUMNS = (
    "view", "label", "comments_before", "comments_after", "share_before", "share_after", "change", "model", "model_low",
    "model_high", "customers", "customers_low", "customers_high", "change_by_a", "change_by_b", "due_to",
)  # fmt: skip
MODEL, CUSTOMERS, BOTH, NEITHER = "model", "customers", "both", "neither"


def split_trend(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row a label that either period has, largest change first.

    `share_before` is by the first model, `share_after` by the second; all shares and changes are 0 to 1. Intervals are of 95 %;
    `due_to` names a part that is certain with all labels of the view taken together (Bonferroni), at 95 %: alone where the interval
    of the other part holds zero, else both.

    Parameters
    ----------
    before, after : pandas.DataFrame
        Indexed by view and label, with columns `n`, `a`, `b` and `both` as `paired_difference` takes them.
    """
    index = before.index.union(after.index)
    if not len(index) or before.empty or after.empty:
        nothing: pd.DataFrame = pd.DataFrame(columns=list(COLUMNS))
        return nothing
    sides = [
        frame.reindex(index).assign(n=lambda f: f["n"].max()).fillna(0.0).astype(float)
        for frame in (before, after)
    ]
    model = [_paired(f) for f in sides]
    felt = [_mean(f) for f in sides]
    a, b = ([side[name] / side["n"] for side in sides] for name in ("a", "b"))
    by_model = (b[0] - a[0] + b[1] - a[1]) / 2
    by_customers = (a[1] - a[0] + b[1] - b[0]) / 2
    model_error = np.sqrt(model[0][1] + model[1][1]) / 2
    customers_error = np.sqrt(felt[0][1] + felt[1][1])
    model_middle, customers_middle = (model[0][0] + model[1][0]) / 2, felt[1][0] - felt[0][0]
    z = norm.ppf((1 + LEVEL) / 2)
    views = pd.Series(index.get_level_values(0), index=index)
    strict = norm.ppf(1 - (1 - LEVEL) / 2 / views.map(views.value_counts()).to_numpy(float))
    frame = pd.DataFrame(
        {
            "comments_before": sides[0]["n"].astype(int), "comments_after": sides[1]["n"].astype(int),
            "share_before": a[0], "share_after": b[1], "change": b[1] - a[0],
            "model": by_model, "model_low": model_middle - z * model_error, "model_high": model_middle + z * model_error,
            "customers": by_customers, "customers_low": customers_middle - z * customers_error,
            "customers_high": customers_middle + z * customers_error,
            "change_by_a": a[1] - a[0], "change_by_b": b[1] - b[0],
            "due_to": _due(np.abs(model_middle) / model_error, np.abs(customers_middle) / customers_error, z, strict),
        },
        index=index,
    )  # fmt: skip
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    ordered: pd.DataFrame = frame.loc[order].rename_axis(["view", "label"]).reset_index()[list(COLUMNS)]
    return ordered


def _paired(f: pd.DataFrame) -> tuple[Array, Array]:
    """Mean and its variance of label by the second model less label by the first, with one comment added to each side."""
    n = f["n"].to_numpy() + 2
    gained, lost = (f["b"] - f["both"] + 1).to_numpy() / n, (f["a"] - f["both"] + 1).to_numpy() / n
    return gained - lost, np.maximum(gained + lost - (gained - lost) ** 2, 0) / n


def _mean(f: pd.DataFrame) -> tuple[Array, Array]:
    """Mean and its variance of half the models that give the label, with one comment that has it and one that has not added."""
    n = f["n"].to_numpy() + 2
    a, b, both = (f[name].to_numpy() for name in ("a", "b", "both"))
    mean = ((a + b) / 2 + 1) / n
    square = ((a + b + 2 * both) / 4 + 1) / n
    return mean, np.maximum(square - mean**2, 0) / n


def _due(model: Array, customers: Array, z: float, strict: Array) -> list[str]:
    """Which part is certain, from how many standard errors each is; of one alone only where the other may be nothing."""
    found = np.full(len(model), NEITHER, object)
    found[(model > strict) & (customers <= z)] = MODEL
    found[(customers > strict) & (model <= z)] = CUSTOMERS
    found[((model > strict) & (customers > z)) | ((customers > strict) & (model > z))] = BOTH
    return [str(name) for name in found]
