"""The labels of a network and the parts they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Labels:
    """One label for each category and polarity, as positions of their parts.

    Parts share what they learn: a rare category leans on its touchpoint and on its factor.
    """

    touchpoint: Ints
    factor: Ints
    category: Ints
    polarity: Ints
    sentiments: int
    """Classes of the whole comment."""

    def __len__(self) -> int:
        return len(self.polarity)

    def parts(self) -> tuple[Ints, ...]:
        """For every kind of part the position of each label's: touchpoint, factor, category, polarity, and pairs of them."""
        polarities = int(self.polarity.max(initial=0)) + 1
        return (
            self.touchpoint, self.factor, self.category, self.polarity,
            self.touchpoint * polarities + self.polarity, self.factor * polarities + self.polarity, np.arange(len(self)),
        )  # fmt: skip
