"""A change of level after a fix: an interrupted series of weeks, or the difference of two differences with a control group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from cx_nlp.journey.fixes.estimate import Student
from cx_nlp.journey.fixes.noise import Noise, noise_of
from cx_nlp.journey.fixes.weeks import Weeks

FEWEST = 6
"""Weeks with comments on either side below which the noise between weeks cannot be told."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """A group's weeks before and after."""

    before: Weeks
    after: Weeks


@dataclass(frozen=True)
class Level:
    """What a run of weeks says: its mean, how fast it changes with its log odds, and each week's deviation in these.

    Attributes
    ----------
    mean, slope : float
        Of shares half a comment is added on either side, so that their odds are finite; a mean has the slope 1.
    counted : float
        Variance that counting alone gives.
    away : ndarray of shape (weeks,)
    """

    mean: float
    slope: float
    counted: float
    away: Array

    @property
    def link(self) -> float:
        """Log odds of a share."""
        return float(logit(self.mean))


@dataclass(frozen=True)
class Part:
    """The change of one group whose fix came on one day.

    Attributes
    ----------
    seen, error, degrees : float
        The change as tagged, its standard error and degrees of freedom.
    before, after, expected : float
        The levels, and where the level after would be had the group gone like its control group (without: as before).
    noise : Noise
        Of its weeks, in log odds of a share.
    slopes : tuple of float
        How fast the levels expected and after change with it.
    away : tuple of ndarray
        Deviations of the weeks before and after.
    """

    seen: float
    error: float
    degrees: float
    before: float
    after: float
    expected: float
    noise: Noise
    slopes: tuple[float, float]
    away: tuple[Array, Array]

    @property
    def estimate(self) -> Student:
        """The change as an estimate."""
        return Student(self.seen, self.error, self.degrees)


def level(weeks: Weeks, *, share: bool) -> Level:
    """The level of a run of weeks that all have comments."""
    n, each = weeks.n, weeks.comments
    mean = (float(weeks.total.sum()) + 0.5 * share) / (n + share)
    slope = _slope(mean, share=share)
    spread = slope if share else max(float(weeks.squares.sum()) / n - mean**2, 1e-9)
    # A week counts by its comments, as in the share of all comments (a ratio estimate, Cochran 1977, section 6.3).
    away = each / each.mean() * (weeks.total / each - weeks.mean) / slope
    return Level(mean, slope, spread / n / slope**2, away)


def part_change(treated: Side, control: Side | None, *, share: bool) -> Part | None:
    """The change of a group, beyond that of its control group if there is one; None with fewer than `FEWEST` weeks on a side.

    The level after the fix is compared with the level before or, with a control group, with where the level before would be
    had it moved by as much as the control group's, in log odds of a share (difference in differences). The noise of weeks is
    a first-order autoregression around the levels, as in `cx_nlp.journey.trends.series`; with a control group it is that of
    the difference of the groups, in which shocks that hit both are gone. Its error is turned into points by the delta method.

    Parameters
    ----------
    treated, control
        Weeks before and after of the same calendar weeks; those in which a group has no comment are left out.
    share
        Whether a share is measured, else a mean.
    """
    groups = _both_there(treated, control)
    own = [level(weeks, share=share) for weeks in (groups[0].before, groups[0].after)]
    if min(len(one.away) for one in own) < FEWEST:
        return None
    other = [level(weeks, share=share) for side in groups[1:] for weeks in (side.before, side.after)]
    before, after = groups[0].before.mean, groups[0].after.mean
    expected = _moved(own[0], *other, share=share) if other else before
    slopes = (_slope(expected, share=share) if other else own[0].slope, own[1].slope)
    runs, counted = _deviations(own, other, slopes)
    noise = noise_of(runs)
    error, degrees = _error(noise, runs, counted, slopes, groups[0].before.n + groups[0].after.n)
    return Part(after - expected, error, degrees, before, after, expected, noise, slopes, runs)


def _error(
    noise: Noise,
    runs: Sequence[Array],
    counted: Sequence[float],
    slopes: tuple[float, float],
    comments: float,
) -> tuple[float, float]:
    """Standard error of the change and its degrees of freedom."""
    squares = np.square(slopes)
    weekly, counting = (float(squares @ one) for one in ([noise.of_mean(len(run)) for run in runs], counted))
    # Weeks can be no quieter than the counts in them allow; where counting is all there is, its variance is known.
    worth = sum(noise.worth(len(run)) for run in runs) if weekly > counting else comments
    return float(np.sqrt(max(weekly, counting))), max(worth - 2, 1.0)


def _deviations(
    own: Sequence[Level], other: Sequence[Level], slopes: tuple[float, float]
) -> tuple[tuple[Array, Array], tuple[float, float]]:
    """Deviations of the weeks before and after, less those of the control group, and the variance counting gives their means."""
    if not other:
        return (own[0].away, own[1].away), (own[0].counted, own[1].counted)
    # What a swing of the control group moves the expected level by, in terms of the level after.
    ratio = slopes[0] / slopes[1]
    return (
        (own[0].away - other[0].away, own[1].away - ratio * other[1].away),
        (own[0].counted + other[0].counted, own[1].counted + ratio**2 * other[1].counted),
    )


def _moved(before: Level, control: Level, later: Level, *, share: bool) -> float:
    if not share:
        return before.mean + later.mean - control.mean
    return float(expit(before.link + later.link - control.link))


def _slope(mean: float, *, share: bool) -> float:
    return mean * (1 - mean) if share else 1.0


def _both_there(treated: Side, control: Side | None) -> list[Side]:
    """The groups without the weeks in which one of them has no comment."""
    groups = [treated] if control is None else [treated, control]
    there = [
        np.min([one.comments for one in runs], axis=0) > 0
        for runs in ([side.before for side in groups], [side.after for side in groups])
    ]
    return [Side(side.before.only(there[0]), side.after.only(there[1])) for side in groups]
