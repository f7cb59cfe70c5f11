"""How large a rise must be for an alarm, at the comments and the noise that a table has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri

from cx_nlp.journey.trends.background import Background
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.newest import chance, estimates, recent_cuts

SINCE = {"day": 7, "week": 12, "month": 6, "quarter": 6}
"""Periods for which the rise has lasted."""
POWER = 0.8
"""Share of such rises that raise an alarm."""

Array = NDArray[np.float64]


class Rise(NamedTuple):
    """The share of a cause without a change, and the one it must rise to."""

    before: float
    after: float


def smallest_rise(counts: Counts, found: Background, share: float, least_p: float) -> Rise | None:
    """The rise of a cause with this share that is found in `POWER` of cases; None where the periods are too few for any.

    The noise is that of the middle cause. Nothing else has changed, so that the p-value must be the smallest one that counts alone.

    Parameters
    ----------
    least_p
        The p-value below which one rise among all tests raises an alarm.
    """
    run = np.flatnonzero(found.usable)
    cuts = recent_cuts(run, (), counts.judged, counts.unit)
    since = np.flatnonzero(cuts == len(run) - SINCE[counts.unit])
    if not len(since):
        return None
    apart = np.abs(run[:, None] - run)
    shocks = float(np.median(found.variance)) * float(np.median(found.noise.autocorrelation)) ** apart
    counting = 1 / (np.maximum(counts.comments[run], 1) * share * (1 - share))
    tested = estimates(shocks + np.diag(counting), np.ones((len(run), 1)), cuts)
    degrees = float(np.median(found.degrees))
    size = float(brentq(lambda at: np.log(chance(at, degrees, tested.alike) / least_p), 0.0, 30.0))
    effect = (size + float(ndtri(POWER))) / np.sqrt(tested.information[since[0]])
    return Rise(share, float(expit(logit(share) + effect)))
