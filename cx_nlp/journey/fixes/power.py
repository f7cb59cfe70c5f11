"""What a plan can find: the smallest change that would be seen, and the weeks it takes to see the one worth having."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import nct
from scipy.stats import t as student

from cx_nlp.journey.fixes.change import Level, level
from cx_nlp.journey.fixes.estimate import Lens
from cx_nlp.journey.fixes.noise import Noise, noise_of
from cx_nlp.journey.fixes.plan import Plan
from cx_nlp.journey.fixes.stacked import stacked
from cx_nlp.journey.fixes.waves import Wave
from cx_nlp.journey.fixes.weeks import Array, Span, Weeks

WANTED = 0.8
"""Power at which a change counts as one that would be found: four times in five."""
FEWEST = 4
"""Weeks before the fix that are needed to say anything of their noise."""
LONGEST = 260
"""Weeks on a side beyond which no plan waits."""


@dataclass(frozen=True)
class Power:
    """What the weeks before the fix say about what can be found.

    Attributes
    ----------
    level : float
        The share or mean before, as tagged.
    noise : float
        Standard deviation of a week around it, in the same unit.
    autocorrelation : float
    weeks, after : int
        Weeks with comments before the fix, and weeks the plan waits for.
    comments : float
        Comments of a mean week.
    power : float
        Chance that the smallest change worth having is found.
    detectable : float
        The change that is found four times in five; infinite where there is none.
    weeks_needed : int or None
        Weeks on each side with which the smallest change worth having is found four times in five; None above 260.
    """

    level: float
    noise: float
    autocorrelation: float
    weeks: int
    after: int
    comments: float
    power: float
    detectable: float
    weeks_needed: int | None


@dataclass(frozen=True)
class _Outlook:
    """The design before the fix: levels, noise and comments a week."""

    treated: Level
    noise: Noise
    counted: float
    """Variance that counting alone gives a week, with the control group's."""
    share: bool
    alpha: float

    def chance(self, change: float, before: int, after: int) -> float:
        """Power of the two-sided t test for a change as tagged, with the noncentral t as in `statsmodels.stats.power`."""
        now = self.treated.mean
        if self.share and now + change <= 0:
            # A share cannot fall by more than there is.
            return 0.0
        if self.share:
            later = float(np.clip(now + change, 1e-4, 1 - 1e-4))
            slopes = (now * (1 - now), later * (1 - later))
        else:
            slopes = (1.0, 1.0)
        # Rarer complaints are counted less exactly, in log odds.
        counted = (self.counted, self.counted * slopes[0] / slopes[1])
        sides = zip(slopes, counted, (before, after), strict=True)
        error = np.sqrt(sum(s**2 * max(self.noise.of_mean(w), least / w) for s, least, w in sides))
        degrees = max(self.noise.worth(before) + self.noise.worth(after) - 2, 1.0)
        limit, away = float(student.ppf(1 - self.alpha / 2, degrees)), abs(change) / float(error)
        return float(np.nan_to_num(nct.sf(limit, degrees, away), nan=1.0 if away > limit else 0.0))


def power_of(values: Array, waves: Sequence[Wave], plan: Plan, lens: Lens) -> Power | None:
    """What can be found with the windows of a plan, from the weeks before the fix; None with fewer than `FEWEST` of them.

    Parameters
    ----------
    values
        What is measured in each comment.
    """
    share = plan.metric.is_share
    treated, control = stacked(values, waves, Span(-plan.windows.before, 0))
    there = (treated.comments > 0) & (control.comments > 0 if control else True)
    weeks = int(there.sum())
    if weeks < FEWEST:
        return None
    outlook = _outlook(
        treated.only(there), control.only(there) if control else None, share=share, alpha=plan.alpha
    )
    after = plan.windows.after
    sign = -1 if plan.metric.direction == "down" else 1
    smallest = sign * plan.smallest * lens.tells
    return Power(
        outlook.treated.mean,
        float(np.sqrt(outlook.noise.variance)) * outlook.treated.slope,
        outlook.noise.autocorrelation,
        weeks,
        after,
        treated.n / weeks,
        outlook.chance(smallest, weeks, after),
        _detectable(outlook, sign, weeks, after) / lens.tells,
        _weeks_needed(outlook, smallest),
    )


def _outlook(treated: Weeks, control: Weeks | None, *, share: bool, alpha: float) -> _Outlook:
    own = level(treated, share=share)
    away, counted = own.away, own.counted
    if control is not None:
        other = level(control, share=share)
        away, counted = away - other.away, counted + other.counted
    return _Outlook(own, noise_of([away]), counted * len(away), share, alpha)


def _detectable(outlook: _Outlook, sign: int, before: int, after: int) -> float:
    most = 100.0
    if outlook.share:
        most = 0.999 * outlook.treated.mean if sign < 0 else 0.95 - outlook.treated.mean

    def lacking(change: float) -> float:
        return outlook.chance(sign * change, before, after) - WANTED

    if most <= 0 or lacking(most) < 0:
        return float("inf")
    return float(brentq(lacking, 1e-6, most, xtol=1e-5)) if lacking(1e-6) < 0 else 0.0


def _weeks_needed(outlook: _Outlook, smallest: float) -> int | None:
    low, high = 1, LONGEST
    if outlook.chance(smallest, high, high) < WANTED:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if outlook.chance(smallest, middle, middle) >= WANTED else (middle, high)
    return max(high, FEWEST)
