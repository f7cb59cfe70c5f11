"""Whether an effect is found within customers, too, or may be the mood in which some of them write everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.drivers.controls import independent
from cx_nlp.journey.drivers.design import Design
from cx_nlp.journey.drivers.outcome import LEAST
from cx_nlp.journey.drivers.regression import Fit, fit

Array = NDArray[np.float64]


def mood_alone(of: Design, found: Fit) -> set[str]:
    """Predictors whose effect is not found within customers where it would be if it were what it is over all comments.

    Who is in a bad mood complains more and rates lower wherever they are, so that harmless themes seem to cost. A customer's own
    ratings, with the theme and without it, do not share that (fixed effects: J. M. Wooldridge, "Econometric Analysis of Cross
    Section and Panel Data", 2010, section 10.5). Named are predictors whose interval within customers holds nought and leaves
    out the effect over all; where customers wrote once, none can be.
    """
    inside = within(of)
    if inside is None:
        return set()
    over_all = dict(zip(found.names, found.effects, strict=True))
    return {
        name
        for name, effect, half in zip(inside.names, inside.effects, inside.reach, strict=True)
        if abs(effect) <= half < abs(effect - over_all[name])
    }


def within(of: Design) -> Fit | None:
    """Effects from what each customer's comments differ in; None for an outcome, or where too few customers have several.

    Predictors that fewer than half of `LEAST` comments tell apart within customers are not among them.
    """
    if of.kind != "rating" or (np.bincount(of.clusters)[of.clusters] > 1).sum() < LEAST:
        return None
    columns = pd.concat([of.controls, of.predictors], axis=1)
    own = less_mean(columns.to_numpy(float), of.clusters)
    kept = independent(own, LEAST / 2)
    left = pd.DataFrame(own[:, kept], columns=columns.columns[kept])
    names = [name for name in of.predictors if name in left]
    if not names:
        return None
    controls = left.drop(columns=names)
    outcome = less_mean(of.outcome[:, None], of.clusters)[:, 0]
    return fit(replace(of, outcome=outcome, predictors=left[names], controls=controls))


def less_mean(columns: Array, clusters: NDArray[np.int64]) -> Array:
    """Columns less the mean of each customer."""
    order = np.argsort(clusters, kind="stable")
    starts = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    rows = np.diff(np.append(starts, len(clusters)))
    less = np.empty_like(columns)
    less[order] = columns[order] - np.repeat(
        np.add.reduceat(columns[order], starts, axis=0) / rows[:, None], rows, axis=0
    )
    return less
