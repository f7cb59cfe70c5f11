"""An estimated change, its interval and its tests, as seen through a tagger that errs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.stats import t as student


@dataclass(frozen=True)
class Lens:
    """How much of a change of what is there is left in what a tagger sees.

    Attributes
    ----------
    tells : float
        Sensitivity + specificity - 1: a change of 4 points is seen as one of 4 x `tells` points, as what the tagger invents is
        the same before and after.
    error : float
        Its standard error.
    source : str
        "" (nothing is corrected), "assumed" (from the model's held-out comments) or "audited".
    catches : float
        Its sensitivity; NaN where only `tells` is known.
    """

    tells: float = 1.0
    error: float = 0.0
    source: str = ""
    catches: float = float("nan")


AS_TAGGED = Lens()
"""Nothing is corrected."""


class Estimate(Protocol):
    """A change that can be compared with any other; all figures are corrected for the tagger's errors."""

    @property
    def value(self) -> float:
        """The change."""

    def interval(self, *, level: float) -> tuple[float, float]:
        """Limits of the change."""

    def p_differs(self, than: float = 0.0) -> float:
        """Two-sided p-value of a change of `than`."""

    def p_above(self, than: float) -> float:
        """One-sided p-value of a change of `than` or less."""

    def p_below(self, than: float) -> float:
        """One-sided p-value of a change of `than` or more."""


@dataclass(frozen=True)
class Student:
    """An estimate with a standard error; tests and limits are those of a ratio (E. C. Fieller, JRSS B 16, 1954, 175-185).

    So a change whose interval leaves out zero is one that differs from zero, corrected or not.

    Attributes
    ----------
    seen, error, degrees : float
        The change as tagged, its standard error and the degrees of freedom of its t distribution.
    """

    seen: float
    error: float
    degrees: float
    lens: Lens = AS_TAGGED

    @property
    def value(self) -> float:
        """The change."""
        return self.seen / self.lens.tells

    def interval(self, *, level: float) -> tuple[float, float]:
        """Limits of the change; infinite where the tagger's rates are too uncertain for that level."""
        t = float(student.ppf(0.5 + level / 2, self.degrees))
        square = self.lens.tells**2 - (t * self.lens.error) ** 2
        if square <= 0:
            return -np.inf, np.inf
        middle = self.seen * self.lens.tells
        half = np.sqrt(max(middle**2 - square * (self.seen**2 - (t * self.error) ** 2), 0.0))
        return float((middle - half) / square), float((middle + half) / square)

    def p_differs(self, than: float = 0.0) -> float:
        """Two-sided p-value of a change of `than`."""
        return float(2 * student.sf(abs(self._distance(than)), self.degrees))

    def p_above(self, than: float) -> float:
        """One-sided p-value of a change of `than` or less."""
        return float(student.sf(self._distance(than), self.degrees))

    def p_below(self, than: float) -> float:
        """One-sided p-value of a change of `than` or more."""
        return float(student.cdf(self._distance(than), self.degrees))

    def _distance(self, than: float) -> float:
        error = np.hypot(self.error, than * self.lens.error)
        return float((self.seen - than * self.lens.tells) / error)
