"""Which part of the complaints at a later touchpoint is attributable to complaints at an earlier one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from cx_nlp.journey.upstream.mood import NODES, Link, MoodModel


class Share(NamedTuple):
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float


UNKNOWN = Share(np.nan, np.nan, np.nan)


def attributable_share(model: MoodModel, link: Link) -> Share:
    """The population attributable fraction of a link of the model, among all complaints at the later touchpoint.

    The expected part of these that would be missing had their customers not complained at the earlier touchpoint before:
    sum over cases of E[1 - p0(u) / p1(u)] / number of cases, with p1 and p0 a customer's chance of the complaint with and
    without the link's effect, and the mood u as the customer's own complaints tell of it: the case form of Miettinen (1974) and
    Bruzzi et al. (1985) with the risks of a model (Greenland and Drescher 1993). Customers who did not tell of the earlier
    touchpoint count as cases with nothing attributable. Its error comes from each customer's influence: their own part, and
    theirs on the parameters (delta method); the interval is symmetric in log(1 - share) (Walter 1975), cut to 0 and 1.

    Raises
    ------
    ValueError
        The link is not in the model.
    """
    earlier, later = link
    at, k = model.at[later], model.links.index(link)
    cases = model.met.complained[at] == 1
    every = model.customers[model.met.row[at]] @ cases
    rows = at[cases & model.met.bad_before[at, earlier]]
    if not len(rows):
        return UNKNOWN
    here, customers = model.here, model.met.row[rows]
    moods = here.moods[customers]
    with_it = here.likely[rows]
    without = expit(model.log_odds(model.parameters)[rows] - model.effects[k])
    kept = without / with_it
    missing = ((1 - kept) * moods).sum(axis=1)
    share = float(model.customers[customers] @ missing / every)
    # How the part of each case moves with the parameters: through what its complaints tell of the mood, and by itself.
    apart = np.zeros((len(model.customers), len(NODES)))
    apart[customers] = moods * (1 - kept - missing[:, None])
    residual = (model.met.complained[:, None] - here.likely) * apart[model.met.row]
    residual[rows] -= kept * (with_it - without) * moods
    slope = model.customers @ model.gathered(residual)
    slope[2 * model.width + k] += model.customers[customers] @ (kept * (1 - without) * moods).sum(axis=1)
    influence = here.scores @ (model.covariance @ slope)
    influence[model.met.row[at[cases]]] -= share
    influence[customers] += missing
    error = float(np.sqrt(model.customers @ influence**2)) / every
    half = 1.96 * error / max(1 - share, 1e-9)
    low, high = np.clip(1 - (1 - share) * np.exp([half, -half]), 0, 1).tolist()
    return Share(share, low, high)
