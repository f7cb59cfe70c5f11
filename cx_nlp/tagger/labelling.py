"""The labels a network gives, as names and as positions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cx_nlp.encoder.examples import Felt
from cx_nlp.encoder.labels import Labels
from cx_nlp.tagger.mention import Annotation, Target, category_name

GENERAL = "general"


@dataclass(frozen=True)
class Labelling:
    """Categories (`touchpoint#factor`), polarities of mentions, and sentiments of comments, each in a fixed order.

    Label k is category k // p with polarity k % p, where p is the number of polarities.
    """

    categories: tuple[str, ...]
    polarities: tuple[str, ...]
    sentiments: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[tuple[str, str, str], ...]:
        """Touchpoint, factor and polarity of every label."""
        parts = [name.partition("#") for name in self.categories]
        return tuple((touchpoint, factor, p) for touchpoint, _, factor in parts for p in self.polarities)

    @cached_property
    def judgement(self) -> npt.NDArray[np.intp]:
        """Of every label the number of its judgement: of touchpoint and polarity, whatever the factor."""
        found = [(touchpoint, polarity) for touchpoint, _, polarity in self.names]
        place = {one: k for k, one in enumerate(dict.fromkeys(found))}
        return np.array([place[one] for one in found], np.intp)

    @cached_property
    def of_polarity(self) -> dict[str, npt.NDArray[np.intp]]:
        """The labels of every polarity."""
        return {
            polarity: np.array([k for k, name in enumerate(self.names) if name[2] == polarity], np.intp)
            for polarity in self.polarities
        }

    @cached_property
    def _position(self) -> dict[tuple[str, str, str], int]:
        return {name: k for k, name in enumerate(self.names)}

    def of(self, target: Target) -> int | None:
        """The label of a target; None where it is not learnt."""
        return self._position.get((*target.category, target.sentiment))

    def occurs_in(self, found: Iterable[Annotation]) -> bool:
        """Whether any mention is of one of these categories."""
        known = {*self.categories}
        return any(category_name(*target.category) in known for one in found for target in one.targets)

    @cached_property
    def labels(self) -> Labels:
        """The labels as the network takes them."""
        touchpoints = sorted({name[0] for name in self.names})
        factors = sorted({name[1] for name in self.names})
        polarity = np.tile(np.arange(len(self.polarities)), len(self.categories))
        return Labels(
            np.array([touchpoints.index(name[0]) for name in self.names], np.intp),
            np.array([factors.index(name[1]) for name in self.names], np.intp),
            np.repeat(np.arange(len(self.categories)), len(self.polarities)),
            polarity,
            len(self.sentiments),
        )

    @cached_property
    def felt(self) -> Felt:
        """How comment sentiments combine."""

        def position(name: str) -> int:
            return self.sentiments.index(name) if name in self.sentiments else -2

        return Felt(position("neutral"), tuple(position(name[2]) for name in self.names))

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Labels as `touchpoint#factor#polarity`."""
        return tuple(f"{category_name(t, f)}#{p}" for t, f, p in self.names)


def labelling_of(
    categories: Sequence[str], found: Sequence[Annotation], known: Labelling | None = None
) -> Labelling:
    """The labelling of training data: polarities and sentiments as they occur in it, those of a `known` one first."""
    polarities = {target.sentiment for one in found for target in one.targets}
    sentiments = {one.sentiment for one in found} | {"neutral"}
    if known is None:
        return Labelling(tuple(sorted(categories)), tuple(sorted(polarities)), tuple(sorted(sentiments)))
    return Labelling(
        _continued(known.categories, categories), _continued(known.polarities, polarities),
        _continued(known.sentiments, sentiments),
    )  # fmt: skip


def _continued(known: tuple[str, ...], found: Iterable[str]) -> tuple[str, ...]:
    return (*known, *sorted({*found} - {*known}))
