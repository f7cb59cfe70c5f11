"""The classes of the first stage, as positions in its scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cx_nlp.tagger.targets import NONE

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Layout:
    """The classes of the first stage, as positions."""

    categories: tuple[str, ...]
    category_columns: npt.NDArray[np.intp]
    category_none: int
    touchpoint_of: npt.NDArray[np.intp]
    factor_of: npt.NDArray[np.intp]
    touchpoint_none: int
    factor_none: int
    polarities: tuple[str, ...]
    polarity_columns: npt.NDArray[np.intp]
    polarity_none: int
    sentiments: tuple[str, ...]
    comment_touchpoint_of: npt.NDArray[np.intp]
    comment_factor_of: npt.NDArray[np.intp]
    log_prior: Array

    @cached_property
    def touchpoints(self) -> tuple[str, ...]:
        """The touchpoint of every category."""
        return tuple(category.partition("#")[0] for category in self.categories)

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """The factor of every category."""
        return tuple(category.partition("#")[2] for category in self.categories)

    @classmethod
    def of(
        cls, clause_classes: dict[str, tuple[str, ...]], sentiments: Sequence[str], prior: dict[str, float]
    ) -> Layout:
        """The layout of a first stage; `prior` is the share of comments that hold each category."""
        categories = tuple(c for c in clause_classes["category"] if c != NONE)
        polarities = tuple(p for p in clause_classes["polarity"] if p != NONE)

        def columns(head: str, labels: Sequence[str]) -> npt.NDArray[np.intp]:
            position = {label: k for k, label in enumerate(clause_classes[head])}
            return np.array([position.get(label, -1) for label in labels], np.intp)

        def shifted(head: str, found: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
            return np.where(found > clause_classes[head].index(NONE), found - 1, found)

        touchpoints = columns("touchpoint", [c.partition("#")[0] for c in categories])
        factors = columns("factor", [c.partition("#")[2] for c in categories])
        return cls(
            categories, columns("category", categories), clause_classes["category"].index(NONE),
            touchpoints, factors, clause_classes["touchpoint"].index(NONE), clause_classes["factor"].index(NONE),
            polarities, columns("polarity", polarities), clause_classes["polarity"].index(NONE), tuple(sentiments),
            shifted("touchpoint", touchpoints), shifted("factor", factors),
            np.log(np.array([prior[c] for c in categories])),
        )  # fmt: skip
