"""How noisy weeks are, and how many independent ones they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cx_nlp.journey.trends.series import stretch

LOWEST, HIGHEST = -0.2, 0.95
"""Limits of the autocorrelation: weeks that swing to and fro are not believed to do so for ever, and above the higher one a
short series tells nothing of its mean."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """First-order autoregression of what weeks differ by.

    Attributes
    ----------
    variance : float
        Of a single week.
    autocorrelation : float
        Of neighbouring weeks.
    """

    variance: float
    autocorrelation: float

    def of_mean(self, weeks: float) -> float:
        """Variance of the mean of so many consecutive weeks."""
        return self.variance / self.worth(weeks)

    def worth(self, weeks: float) -> float:
        """How many independent weeks tell as much of the mean (Zwiers and von Storch 1995)."""
        return weeks / stretch(weeks, self.autocorrelation)


def noise_of(runs: Sequence[Array]) -> Noise:
    """The noise within runs of weeks, each around a level of its own.

    The autocorrelation is corrected for the bias of short series (M. G. Kendall, Biometrika 41, 1954), the variance for what
    taking away the means hides.

    Parameters
    ----------
    runs
        Deviations of the weeks of each run from its level.
    """
    left = [run - run.mean() for run in runs if len(run)]
    squares = sum(float(one @ one) for one in left)
    if squares <= 1e-12:
        return Noise(0.0, 0.0)
    shared = sum(float(one[1:] @ one[:-1]) for one in left)
    weeks = len(left) / sum(1 / len(one) for one in left)
    # With three weeks and fewer the correction has no meaning.
    corrected = (shared / squares + 1 / weeks) / (1 - 3 / weeks) if weeks > 4 else 0.0
    autocorrelation = float(np.clip(corrected, LOWEST, HIGHEST))
    unit = Noise(1.0, autocorrelation)
    free = sum(len(one) * (1 - 1 / unit.worth(len(one))) for one in left)
    return Noise(squares / max(free, 1.0), autocorrelation)
