"""Where a complaint starts: which earlier bad experience of the same customer goes with it, beyond a general mood."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from cx_nlp.journey.upstream.mood import Link, MoodModel
from cx_nlp.journey.upstream.steps import COMPLAINED, NOT_MET, Steps

ALPHA = 0.05
"""False-discovery rate over all pairs tested."""
FEW = 10
"""Customers who had the bad experience and met the later touchpoint: with fewer nothing is said."""
WORTH = 2.0
"""Odds ratio worth finding: a pair for which it would mostly be missed is not called unsupported."""
POWER = 0.8
TOLD = float(norm.ppf(1 - ALPHA) + norm.ppf(POWER))
"""Standard errors that an effect must measure to be found."""
SUPPORTED, NOT_SUPPORTED, UNKNOWN = "supported", "not supported", "not enough data"

COLUMNS = (
    "cause_touchpoint", "effect_touchpoint", "n", "exposed", "complaints", "odds_ratio", "low", "high", "p", "q",
    "detectable", "verdict",
)  # fmt: skip


class Pairs(NamedTuple):
    """The pairs tested, the position of each, and the model that holds those that stand out (None where none was tested)."""

    table: pd.DataFrame
    pairs: tuple[Link, ...]
    model: MoodModel | None


def upstream_pairs(found: Steps, *, pairs: Sequence[Link] | None = None, alpha: float = ALPHA) -> Pairs:
    """Every pair of an earlier and a later touchpoint, and whether a complaint at the one raises the odds of one at the other.

    The pair with the strongest evidence joins the model, then all others are tested beside it, until none is left whose
    false-discovery rate is below `alpha` (Benjamini and Hochberg 1995, over all pairs). What a customer's mood explains is in
    the model from the beginning (`cx_nlp.journey.upstream.mood`).

    Parameters
    ----------
    pairs
        Positions of the pairs to test; by default all. Those that no customer met in that order are left out.

    Returns
    -------
    Pairs
        Its table has `COLUMNS`: n customers met both in that order, `exposed` of them complained at the first, `complaints` of
        these at the second, too; odds ratio with 95 % interval; one-sided p and its q over all pairs; the odds ratio that would
        be found in four of five such tables; verdict "supported", "not supported" or "not enough data".
    """
    every = permutations(range(len(found.touchpoints)), 2)
    counts = {link: _counts(found, link) for link in (every if pairs is None else dict.fromkeys(pairs))}
    counts = {link: counted for link, counted in counts.items() if counted[0]}
    tested = [link for link, (_, exposed, _) in counts.items() if exposed >= FEW]
    model = _selected(MoodModel(found).fit(), tested, alpha) if tested else None
    rows = [_row(found, link, counts[link], model) for link in counts]
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("q", "verdict")])
    there = table["p"].notna()
    table["q"] = np.nan
    if there.any():
        table.loc[there, "q"] = false_discovery_control(table.loc[there, "p"].to_numpy(float))
    kept = np.array([model is not None and link in model.links for link in counts], bool)
    table["verdict"] = np.select(
        # Tested one-sided, told with a two-sided interval: what is supported must hold by both.
        [~there, kept & (table["q"] < alpha) & (table["low"] > 1), table["detectable"] > WORTH],
        [UNKNOWN, SUPPORTED, UNKNOWN],
        NOT_SUPPORTED,
    )
    return Pairs(table[list(COLUMNS)], tuple(counts), model)


def _counts(found: Steps, link: Link) -> tuple[int, int, int]:
    """Customers who met both in that order, of these who complained at the first, and of these at the second."""
    earlier, later = link
    first, second = found.state[:, earlier], found.state[:, later]
    both = (first != NOT_MET) & (second != NOT_MET) & (found.place[:, earlier] < found.place[:, later])
    exposed = both & (first == COMPLAINED)
    complaints = exposed & (second == COMPLAINED)
    n, m, k = (int(found.customers[rows].sum()) for rows in (both, exposed, complaints))
    return n, m, k


def _selected(model: MoodModel, tested: Sequence[Link], alpha: float) -> MoodModel:
    """The model with the links that stand out, one after another."""
    while rest := [link for link in tested if link not in model.links]:
        best, score = max(((link, model.adding(link)[0]) for link in rest), key=lambda one: one[1])
        if norm.sf(score) * len(tested) / (len(model.links) + 1) >= alpha:
            break
        model = model.with_link(best)
    return model


def _row(found: Steps, link: Link, counts: tuple[int, int, int], model: MoodModel | None) -> list[object]:
    names = [found.touchpoints[k] for k in link]
    if model is None or counts[1] < FEW:
        return [*names, *counts, *[np.nan] * 5]
    if link in model.links:
        at = model.links.index(link)
        effect, error = float(model.effects[at]), float(model.errors[at])
    else:
        score, effect = model.adding(link)
        error = abs(effect / score) if score else np.inf
    low, high = effect - 1.96 * error, effect + 1.96 * error
    values = np.exp(np.clip([effect, low, high], -50, 50)).tolist()
    return [*names, *counts, *values, float(norm.sf(effect / error)), float(np.exp(min(TOLD * error, 50.0)))]
