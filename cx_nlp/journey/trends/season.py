"""What a period of the year does to a share: an effect of the holidays and of the year's course, where the past tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cx_nlp.journey.trends.calendar import SHOPPING, TET, marks

ENOUGH = 6
"""Marked periods that are needed to estimate what a holiday does ..."""
APART = pd.Timedelta(days=330)
"""... and the time between the first and the last: one Tết says nothing of the next."""
PER_YEAR = {"week": 52, "month": 12, "quarter": 4}
DAYS = 365.25

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Season:
    """What is allowed for, and what is left out.

    Attributes
    ----------
    marks : ndarray of str of shape (periods,)
        Holiday that each period touches, "" for none.
    allowed : tuple of str
        Holidays whose effect is estimated; periods of the others are not judged.
    year : bool
        Whether the course of the year is estimated: one wave a year.
    design : ndarray of shape (periods, terms)
    """

    marks: NDArray[np.str_]
    allowed: tuple[str, ...]
    year: bool
    design: Array

    @property
    def left_out(self) -> NDArray[np.bool_]:
        """Periods of holidays whose effect is not known."""
        return ~np.isin(self.marks, ["", *self.allowed])

    @property
    def words(self) -> tuple[str, ...]:
        """What was done: "year", "tet_allowed", "tet_left_out", "shopping_allowed", "shopping_left_out"."""
        there = [name for name in (TET, SHOPPING) if (self.marks == name).any()]
        said = [f"{name}_{'allowed' if name in self.allowed else 'left_out'}" for name in there]
        return (*(["year"] if self.year else []), *said)


def season(periods: pd.DatetimeIndex, unit: str, usable: NDArray[np.bool_]) -> Season:
    """The holidays of the periods, and which effects they can tell; `usable` are those with comments that are over."""
    found = marks(periods, unit)
    past = usable & (np.arange(len(periods)) < len(periods) - 1)
    allowed = tuple(name for name in (TET, SHOPPING) if _known(periods[past & (found == name)]))
    year = usable.sum() >= 2 * PER_YEAR.get(unit, 10**6)
    return Season(found, allowed, bool(year), _design(periods, found, allowed, bool(year)))


def effect(away: Array, weight: Array, design: Array, runs: Sequence[tuple[int, int]]) -> Array:
    """Log odds that the season adds to each period of one cause, by weighted least squares beside a level for each run."""
    if not design.shape[1]:
        return np.zeros(len(away))
    levels = np.zeros((len(away), len(runs)))
    for at, (begin, end) in enumerate(runs):
        levels[begin:end, at] = 1
    both = np.hstack([design, levels])
    information = (both * weight[:, None]).T @ both + 1e-9 * np.eye(both.shape[1])
    found: Array = design @ np.linalg.solve(information, both.T @ (weight * away))[: design.shape[1]]
    return found


def doubt(weight: Array, design: Array, at: int) -> Array:
    """Variance of the season's effect on one period, shape (causes,)."""
    if not design.shape[1]:
        return np.zeros(len(weight))
    information = np.einsum("tj,ct,tk->cjk", design, weight, design) + 1e-9 * np.eye(design.shape[1])
    one = np.broadcast_to(design[at][:, None], (len(weight), design.shape[1], 1))
    variance: Array = (np.linalg.solve(information, one)[:, :, 0] * design[at]).sum(axis=1)
    return variance


def _known(periods: pd.DatetimeIndex) -> bool:
    return len(periods) >= ENOUGH and bool(periods[-1] - periods[0] >= APART)


def _design(
    periods: pd.DatetimeIndex, found: NDArray[np.str_], allowed: tuple[str, ...], year: bool
) -> Array:
    columns = [(found == name).astype(float) for name in allowed]
    if year:
        turn = 2 * np.pi * ((periods - periods[0]).days.to_numpy() / DAYS)
        # Deviations from the year's mean, so that a level stays a level.
        columns += [wave - wave.mean() for wave in (np.sin(turn), np.cos(turn))]
    return np.column_stack(columns) if columns else np.zeros((len(periods), 0))
