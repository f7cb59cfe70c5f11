"""A change of a few weeks, judged by moving it through the series."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.fixes.change import Side, level
from cx_nlp.journey.fixes.estimate import AS_TAGGED, Lens
from cx_nlp.journey.fixes.weeks import Weeks

GRID = 1201
"""Changes that are tried for an interval."""
_TINY = 1e-12

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Shifted:
    """A change whose p-values come from moving-block permutation.

    If the change is the supposed one, then the weeks after the fix, less that change, are weeks like others: a block of as many
    weeks anywhere in the series, whose end is joined to its beginning, is as likely to stand out. That keeps the order of the
    weeks, and so their autocorrelation (V. Chernozhukov, K. Wüthrich and Y. Zhu, Journal of the American Statistical Association
    116, 2021, 1849-1864). No p-value is smaller than one over the number of weeks.

    Attributes
    ----------
    values, comments : ndarray of shape (weeks,)
        The share or mean of each week and its comments; a control group's swings are taken away.
    after : int
        How many weeks at the end are those after the fix.
    """

    values: Array
    comments: Array
    after: int
    lens: Lens = AS_TAGGED

    @property
    def seen(self) -> float:
        """The change as tagged."""
        return float(self._standing_out(np.zeros(1))[0, 0])

    @property
    def value(self) -> float:
        """The change."""
        return self.seen / self.lens.tells

    @property
    def least_p(self) -> float:
        """The smallest p-value there can be."""
        return 1 / len(self.values)

    def interval(self, *, level: float) -> tuple[float, float]:
        """Limits: changes that the test does not reject; infinite where it rejects none."""
        before, after = self.values[: -self.after], self.values[-self.after :]
        reach = 6 * (before.std() + after.std() + _TINY) + abs(self.seen)
        tried = np.linspace(self.seen - reach, self.seen + reach, GRID)
        there = self._standing_out(tried)
        kept = tried[(np.abs(there) >= np.abs(there[:, :1]) - _TINY).mean(axis=1) > 1 - level]
        ends = [float(kept.min()), float(kept.max())] if len(kept) else [self.seen, self.seen]
        low, high = (
            np.inf * side if abs(end - edge) < _TINY else end
            for end, edge, side in zip(ends, tried[[0, -1]], (-1, 1), strict=True)
        )
        return self._widened(low, -1), self._widened(high, 1)

    def p_differs(self, than: float = 0.0) -> float:
        """Two-sided p-value of a change of `than`."""
        there = np.abs(self._standing_out(np.array([than * self.lens.tells]))[0])
        return float((there >= there[0] - _TINY).mean())

    def p_above(self, than: float) -> float:
        """One-sided p-value of a change of `than` or less."""
        there = self._standing_out(np.array([than * self.lens.tells]))[0]
        return float((there >= there[0] - _TINY).mean())

    def p_below(self, than: float) -> float:
        """One-sided p-value of a change of `than` or more."""
        there = self._standing_out(np.array([than * self.lens.tells]))[0]
        return float((there <= there[0] + _TINY).mean())

    def _standing_out(self, than: Array) -> Array:
        """For each supposed change, by how much each block of weeks differs from the rest; the true block first."""
        weeks = len(self.values)
        values = np.tile(self.values, (len(than), 1))
        values[:, -self.after :] -= than[:, None]
        blocks = (np.arange(weeks)[:, None] + np.arange(weeks - self.after, weeks)) % weeks
        inside = self.comments[blocks].sum(axis=1)
        sums = (values * self.comments)[:, blocks].sum(axis=2)
        rest = (values @ self.comments)[:, None] - sums
        found: Array = sums / inside - rest / (self.comments.sum() - inside)
        return found

    def _widened(self, limit: float, side: int) -> float:
        """A limit corrected for the tagger, with the error of the correction added in quadrature."""
        away = abs(limit / self.lens.tells - self.value)
        unsure = 2 * abs(self.value) * self.lens.error / self.lens.tells
        return float(self.value + side * np.hypot(away, unsure))


def shifted(treated: Side, control: Side | None, *, share: bool) -> Shifted | None:
    """The change of a group by moving-block permutation; None where a side has no comments.

    Swings of a control group, scaled to the group's own level as log odds would scale them, are taken away from its weeks.
    """
    groups = [treated] if control is None else [treated, control]
    runs = [_joined(side.before, side.after) for side in groups]
    there = np.min([run.comments for run in runs], axis=0) > 0
    split = len(treated.before.comments)
    if not there[:split].any() or not there[split:].any():
        return None
    kept = [run.only(there) for run in runs]
    values = kept[0].total / kept[0].comments
    before = int(there[:split].sum())
    if control is not None:
        own, other = (level(run.only(np.arange(before)), share=share) for run in kept)
        values = values - own.slope / other.slope * (kept[1].total / kept[1].comments - other.mean)
    return Shifted(values, kept[0].comments, int(there[split:].sum()))


def _joined(before: Weeks, after: Weeks) -> Weeks:
    pairs = ((getattr(before, name), getattr(after, name)) for name in ("total", "squares", "comments"))
    return Weeks(*(np.concatenate(pair) for pair in pairs))
