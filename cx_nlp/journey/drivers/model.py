"""What goes with the rating: every touchpoint and polarity (or factor and polarity) in one regression, beside controls."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from cx_nlp.journey.drivers.design import VERDICT, Design, Designs
from cx_nlp.journey.drivers.ordered import check_signs
from cx_nlp.journey.drivers.outcome import LEAST, outcome_of
from cx_nlp.journey.drivers.regression import Fit, fit
from cx_nlp.journey.drivers.tagged import corrected_effects
from cx_nlp.journey.drivers.weights import relative_weights
from cx_nlp.journey.drivers.within import mood_alone
from cx_nlp.journey.limits import Found, Limit, nothing
from cx_nlp.journey.scores.correction import ErrorRates, held_out_rates
from cx_nlp.journey.table import Scored
from cx_nlp.taxonomy import Taxonomy

COLLINEAR = 10.0
"""Variance inflation from which on an effect is noted as hard to tell from the others'."""
COLUMNS = (
    "by", "name", "polarity", "n", "customers", "effect", "low", "high", "p", "q", "relative_weight", "weight_low",
    "weight_high", "vif", "outcome", "note",
)  # fmt: skip


def drivers(
    scored: Scored,
    taxonomy: Taxonomy,
    *,
    rates: Mapping[str, Mapping[str, ErrorRates]] | None = None,
    resamples: int = 300,
    seed: int = 0,
    designs: Designs | None = None,
) -> Found:
    """Effects and relative weights on the rating, of touchpoints and of factors, each in a model of its own.

    A rating is explained by least squares: an effect is in rating points. An outcome is, too (linear probability): its effects
    are in points of probability, add up as those of a rating do, do not change with every control as odds ratios do, and stay
    finite where a theme goes with one outcome only. The sentiment of the comment as a whole is on neither side.

    Parameters
    ----------
    rates
        The tagger's error rates by view ("touchpoint_sentiment", "factor_sentiment") and label, as an audit gives them; by
        default the held-out ones of the manifest.
    resamples
        Of the bootstrap over customers behind the intervals of the relative weights.
    designs
        Those of this table, where they are there already.

    Returns
    -------
    Found
        `COLUMNS`, one row for each theme and polarity that some comment with a rating has; q by Benjamini and Hochberg (1995)
        over the whole table. A theme left out of the model has a row without effect and the reason as note; other notes are
        "collinear", "same outcome throughout", "ordered logit agrees", "ordered logit disagrees", "within the tagger's errors"
        where the interval no longer leaves out nought once these are allowed for, and "not found within customers" where a
        customer's own ratings are the same with the theme and without it.
    """
    tables: list[pd.DataFrame] = []
    limits: list[Limit] = []
    for by, one in designs or Designs(scored, taxonomy):
        if one is None:
            said = outcome_of(scored)
            return nothing(COLUMNS, *([said] if isinstance(said, Limit) else []))
        view = f"{by}_sentiment"
        audited = (rates or {}).get(view, {})
        table, checked = _model(by, one, audited or held_out_rates(scored.manifest, view), resamples, seed)
        tables.append(table)
        trust = "audited" if audited else "assumed" if held_out_rates(scored.manifest, view) else "unknown"
        limits += [*one.limits, *_assumed(scored, one), checked, *_left(by, one)]
        limits.append(Limit("drivers", f"tagger_errors_{trust}", {"by": by}))
    told = [table for table in tables if len(table)]
    if not told:
        return nothing(COLUMNS, *_once(limits))
    table = pd.concat(told, ignore_index=True)
    there = table["p"].notna()
    if there.any():
        table.loc[there, "q"] = false_discovery_control(table.loc[there, "p"].to_numpy(float))
    ordered: pd.DataFrame = table[list(COLUMNS)]
    return Found(ordered, _once(limits))


def _model(
    by: str, of: Design, known: Mapping[str, ErrorRates], resamples: int, seed: int
) -> tuple[pd.DataFrame, Limit]:
    found = fit(of)
    table = _rows(by, of, found, resamples, seed)
    signs, checked = check_signs(of, by)
    doubts = {
        "within the tagger's errors": _doubtful(table, of, known, resamples, seed),
        "not found within customers": mood_alone(of, found),
    }
    table["note"] = _notes(table, of, signs, doubts)
    return table, checked


def _rows(by: str, of: Design, found: Fit, resamples: int, seed: int) -> pd.DataFrame:
    weights = relative_weights(
        of.predictors, of.outcome, controls=of.controls, clusters=of.clusters, resamples=resamples, seed=seed
    )
    values = pd.DataFrame(
        {
            "effect": found.effects,
            "low": found.effects - found.reach,
            "high": found.effects + found.reach,
            "p": 2 * student.sf(np.abs(found.effects) / np.maximum(found.errors, 1e-300), found.freedom),
            "q": np.nan,
            "relative_weight": weights.weights,
            "weight_low": weights.low,
            "weight_high": weights.high,
            "vif": found.vif,
        },
        index=pd.Index(found.names, dtype=object),
    )
    table: pd.DataFrame = of.counts[["n", "customers"]].join(values)
    parts = [str(name).rsplit("|", 1) for name in table.index]
    table["by"], table["outcome"] = by, of.kind
    table["name"], table["polarity"] = [part[0] for part in parts], [part[1] for part in parts]
    return table


def _doubtful(
    table: pd.DataFrame, of: Design, known: Mapping[str, ErrorRates], resamples: int, seed: int
) -> set[str]:
    """Themes whose effect, the tagger's errors allowed for, may be none or of the other sign."""
    if not known or of.predictors.empty:
        return set()
    found = corrected_effects(of, known, resamples=resamples, seed=seed)
    side = np.sign(table["effect"].reindex(of.predictors.columns).to_numpy(float))
    doubtful = np.where(side > 0, found.low <= 0, found.high >= 0)
    return {str(name) for name, is_so in zip(of.predictors, doubtful, strict=True) if is_so}


def _notes(
    table: pd.DataFrame, of: Design, signs: pd.Series[float], doubts: Mapping[str, set[str]]
) -> list[str]:
    left = {name: why if why == VERDICT else f"not enough data: {why}" for name, why in of.left_out}
    same = {str(name) for name in of.predictors if np.ptp(of.outcome[of.predictors[name] == 1]) == 0}
    clear = (table["low"] > 0) | (table["high"] < 0)
    notes = []
    for name in table.index:
        agrees = table["effect"][name] * signs.get(name, np.nan)
        said = [
            left.get(str(name), ""),
            "collinear" if table["vif"][name] > COLLINEAR else "",
            "same outcome throughout" if name in same else "",
            *(doubt for doubt, names in doubts.items() if clear[name] and name in names),
            "ordered logit agrees" if clear[name] and agrees > 0 else "",
            "ordered logit disagrees" if clear[name] and agrees < 0 else "",
        ]
        notes.append("; ".join(one for one in said if one))
    return notes


def _assumed(scored: Scored, of: Design) -> list[Limit]:
    limits = []
    if of.kind == "outcome":
        limits.append(Limit("drivers", "linear_probability", {"n": len(of.rows)}))
    if not scored.knows_customers:
        limits.append(Limit("drivers", "no_customers", {"n": len(of.rows)}))
    if ((scored.manifest or {}).get("rating") or {}).get("kind") == "ces" and of.kind == "rating":
        limits.append(Limit("drivers", "more_is_better", {"kind": "ces"}))
    return limits


def _left(by: str, of: Design) -> list[Limit]:
    if not of.left_out:
        return []
    return [
        Limit("drivers", "left_out", {"by": by, "names": [name for name, _ in of.left_out], "needed": LEAST})
    ]


def _once(limits: list[Limit]) -> tuple[Limit, ...]:
    return tuple(one for k, one in enumerate(limits) if one not in limits[:k])
