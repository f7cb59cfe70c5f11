"""Whether a flaw costs more than praise adds: basic, performance and excitement qualities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from cx_nlp.journey.drivers.design import VERDICT, Design, Designs
from cx_nlp.journey.drivers.outcome import outcome_of
from cx_nlp.journey.drivers.regression import LEVEL, Fit, fit
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

SMALL = 0.1
"""Standard deviations of the rating within which penalty and reward must lie to be called indifferent: half of what J. Cohen
("Statistical Power Analysis for the Behavioral Sciences", 1988) calls a small effect."""
CEILING = 0.5
"""Share of best ratings from which on praise has little room to add anything."""
COLUMNS = (
    "by", "name", "penalty", "penalty_low", "penalty_high", "reward", "reward_low", "reward_high", "n_negative", "n_positive",
    "kind",
)  # fmt: skip
UNKNOWN = "not enough data"

Array = NDArray[np.float64]


def contrast(scored: Scored, taxonomy: Taxonomy, *, designs: Designs | None = None) -> Found:
    """Penalty and reward of every touchpoint and factor, and which of the two prevails.

    Penalty-reward contrast: the rating is regressed on two dummies for each quality, one for bad and one for good performance,
    against neither (D. R. Brandt, "A procedure for identifying value-enhancing service components using customer satisfaction
    survey data", in C. Surprenant (ed.), Add Value to Your Service, American Marketing Association 1987, 61-65; K. Matzler and
    E. Sauerwein, International Journal of Service Industry Management 13, 2002, 314-332). Bad is a complaint, good is praise.

    Returns
    -------
    Found
        `COLUMNS`: penalty and reward in rating points with 95 % intervals, a penalty below and a reward above nought; of an
        outcome in points of the probability to stay. Kinds: "basic", the penalty is there and larger than the reward;
        "excitement", the reward is there and larger than the penalty; "performance", both are there and neither is shown to be
        larger; "indifferent", both lie within `SMALL` standard deviations; else "not enough data".
    """
    tables: list[pd.DataFrame] = []
    limits: list[Limit] = []
    for by, one in designs or Designs(scored, taxonomy):
        if one is None:
            said = outcome_of(scored)
            return nothing(COLUMNS, *([replace(said, about="contrast")] if isinstance(said, Limit) else []))
        tables.append(_rows(by, one))
        limits = limits or _ceiling(one)
    told = [table for table in tables if len(table)]
    if not told:
        return nothing(COLUMNS, *limits)
    found: pd.DataFrame = pd.concat(told, ignore_index=True)[list(COLUMNS)]
    return Found(found, tuple(limits))


def _rows(by: str, of: Design) -> pd.DataFrame:
    found = fit(of)
    verdicts = {name for name, why in of.left_out if why == VERDICT}
    names = list(
        dict.fromkeys(str(name).rsplit("|", 1)[0] for name in of.counts.index if name not in verdicts)
    )
    places = pd.Index(found.names, dtype=object)
    # What is good for a rating is bad for the probability to leave.
    sign = 1.0 if of.kind == "rating" else -1.0
    table: pd.DataFrame = pd.DataFrame({"by": by, "name": names}, columns=list(COLUMNS))
    for column, side in (("penalty", "negative"), ("reward", "positive")):
        at = places.get_indexer(pd.Index([f"{name}|{side}" for name in names], dtype=object))
        value, half = (_taken(values, at) for values in (sign * found.effects, found.reach))
        table[column], table[f"{column}_low"], table[f"{column}_high"] = value, value - half, value + half
        n = of.counts["n"].reindex([f"{name}|{side}" for name in names]).fillna(0)
        table[f"n_{side}"] = n.to_numpy(np.int64)
        table[side] = at
    table["kind"] = _kinds(table, found, sign, SMALL * float(of.outcome.std()))
    return table


def _taken(values: Array, at: NDArray[np.intp]) -> Array:
    taken: Array = np.append(values, np.nan)[at]
    return taken


def _kinds(table: pd.DataFrame, found: Fit, sign: float, small: float) -> NDArray[np.str_]:
    low, high = _larger(table, found, sign)
    ends = table[["penalty_low", "penalty_high", "reward_low", "reward_high"]].to_numpy(float)
    penalised, rewarded = ends[:, 1] < 0, ends[:, 2] > 0
    known = np.isfinite(ends).all(axis=1)
    return np.select(
        [
            ~known,
            (np.abs(ends) < small).all(axis=1),
            penalised & (low > 0),
            rewarded & (high < 0),
            penalised & rewarded,
        ],
        [UNKNOWN, "indifferent", "basic", "excitement", "performance"],
        UNKNOWN,
    )


def _larger(table: pd.DataFrame, found: Fit, sign: float) -> tuple[Array, Array]:
    """Interval of how much larger the penalty is than the reward: of minus their sum."""
    if not found.names:
        return np.full(len(table), np.nan), np.full(len(table), np.nan)
    bad, good = table["negative"].to_numpy(), table["positive"].to_numpy()
    spread = np.diag(found.covariance)
    error = np.sqrt(np.maximum(spread[bad] + spread[good] + 2 * found.covariance[bad, good], 0))
    freedom = np.minimum(found.freedom[bad], found.freedom[good])
    more = -sign * (found.effects[bad] + found.effects[good])
    half = student.ppf(0.5 + LEVEL / 2, freedom) * error
    return more - half, more + half


def _ceiling(of: Design) -> list[Limit]:
    best = float((of.outcome == of.outcome.max()).mean())
    if of.kind != "rating" or best <= CEILING:
        return []
    return [Limit("contrast", "ceiling", {"share": best, "n": len(of.rows)})]
