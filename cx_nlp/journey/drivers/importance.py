"""What people say matters, what goes with their rating, and how well it is done: the factors side by side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.drivers.design import Design, Designs
from cx_nlp.journey.drivers.outcome import outcome_of
from cx_nlp.journey.drivers.regression import LEVEL
from cx_nlp.journey.drivers.weights import relative_weights
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.scores.cells import mention_cells_of
from cx_nlp.journey.scores.differences import net_sentiment
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import NO_FACTOR, Taxonomy

COLUMNS = (
    "factor", "polled", "measured", "measured_low", "measured_high", "performance", "performance_low", "performance_high", "n",
    "gap",
)  # fmt: skip

Array = NDArray[np.float64]


def importance(
    scored: Scored,
    taxonomy: Taxonomy,
    drivers_table: pd.DataFrame,
    *,
    resamples: int = 300,
    seed: int = 0,
    designs: Designs | None = None,
) -> Found:
    """Polled against measured importance, and performance, of every factor but the general verdict.

    Importance and performance side by side are due to J. A. Martilla and J. C. James ("Importance-performance analysis",
    Journal of Marketing 41, 1977, 77-79). Polled importance is what people say when asked, measured importance what goes with
    the ratings they give; the two often differ.

    Parameters
    ----------
    drivers_table
        Of `cx_nlp.journey.drivers.model.drivers`.
    resamples, seed, designs
        As given there.

    Returns
    -------
    Found
        `COLUMNS`, one row for each factor that is mentioned or was polled, in the taxonomy's order. Measured: the factor's share
        of the relative weights of all named factors, complaints and praise together. Performance: net sentiment, the share of
        praising less that of complaining comments among the n that mention it. Gap: place by measured importance less place by
        performance, the highest place being the number of factors compared; above nought the factor matters more than it is
        mastered.
    """
    table = _performances(scored, taxonomy)
    if table.empty:
        return nothing(COLUMNS, Limit("importance", "no_factors"))
    weights = drivers_table[(drivers_table["by"] == "factor") & drivers_table["relative_weight"].notna()]
    shares, limits = _shares(scored, designs or Designs(scored, taxonomy), weights, resamples, seed)
    table = table.join(shares)
    compared = table["measured"].notna() & table["performance"].notna()
    table["gap"] = table["measured"][compared].rank() - table["performance"][compared].rank()
    found: pd.DataFrame = table.rename_axis("factor").reset_index()[list(COLUMNS)]
    return Found(found, limits)


def _shares(
    scored: Scored, designs: Designs, weights: pd.DataFrame, resamples: int, seed: int
) -> tuple[pd.DataFrame, tuple[Limit, ...]]:
    empty = pd.DataFrame(columns=["measured", "measured_low", "measured_high"], dtype=float)
    weights = weights[weights["name"] != NO_FACTOR]
    total = float(weights["relative_weight"].astype(float).sum())
    of = designs.factor if total > 0 else None
    if of is None:
        return empty, _why(scored)
    measured = weights.groupby("name", observed=True)["relative_weight"].sum().astype(float) / total
    drawn = _drawn(of, list(measured.index), resamples, seed)
    low, high = np.quantile(drawn, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2], axis=0)
    shares: pd.DataFrame = pd.DataFrame(
        {
            "measured": measured,
            "measured_low": np.minimum(low, measured),
            "measured_high": np.maximum(high, measured),
        }
    )
    return shares, ()


def _why(scored: Scored) -> tuple[Limit, ...]:
    said = outcome_of(scored)
    return (
        replace(said, about="importance") if isinstance(said, Limit) else Limit("importance", "no_factors"),
    )


def _drawn(of: Design, names: list[str], resamples: int, seed: int) -> Array:
    """The factors' shares in each bootstrap sample."""
    found = relative_weights(
        of.predictors, of.outcome, controls=of.controls, clusters=of.clusters, resamples=resamples, seed=seed
    )
    factor = pd.Index([str(name).rsplit("|", 1)[0] for name in of.predictors], dtype=object)
    draws = found.draws if resamples else found.weights[None]
    sums = np.column_stack([draws[:, factor == name].sum(axis=1) for name in names])
    drawn: Array = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-300)
    return drawn


def _performances(scored: Scored, taxonomy: Taxonomy) -> pd.DataFrame:
    """Poll and net sentiment of the factors, as the scorecard has it."""
    cells = mention_cells_of(scored, taxonomy, "factor")
    names = ["performance", "performance_low", "performance_high"]
    net = dict(zip(names, net_sentiment(cells, scored.customers[0]), strict=True))
    n = cells.sums(np.ones(len(cells.cell)))
    every = pd.DataFrame({**net, "n": n}, index=pd.Index(cells.keys["factor"], dtype=object))
    polled = {one.id: one.poll for one in taxonomy.factors if one.poll is not None}
    seen = {*every.index} - {NO_FACTOR}
    order = [name for name in taxonomy.factor_ids if name in seen or name in polled] if seen else []
    order += sorted(seen - {*order})
    table: pd.DataFrame = every.reindex(order)
    table["n"] = table["n"].fillna(0).astype("int64")
    table.insert(0, "polled", [polled.get(name, np.nan) for name in order])
    return table
