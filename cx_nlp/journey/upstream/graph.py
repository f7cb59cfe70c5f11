"""The journey graph: which earlier touchpoint may be looked at as the start of complaints at a later one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from cx_nlp.taxonomy import Taxonomy

Pair = tuple[str, str]
"""A touchpoint and another at which its complaints may show later."""


@dataclass(frozen=True)
class Graph:
    """Allowed pairs of touchpoints.

    Attributes
    ----------
    links : tuple of (str, str)
        Cause and effect.
    together : tuple of tuple of str
        Touchpoints that may come in any order, and either of two be the other's cause: time decides, customer by customer.

    Raises
    ------
    ValueError
        The links lead from a touchpoint (or one together with it) back to it, or a pair is given twice.
    """

    links: tuple[Pair, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        names = [name for group in self.together for name in group]
        if len(self.pairs) < len(self.links) + sum(len(group) * (len(group) - 1) for group in self.together):
            raise ValueError("a pair of touchpoints is given twice")
        if len({*names}) < len(names):
            raise ValueError("a touchpoint stands in two groups")
        if (found := cycle(self.links, self.together)) is not None:
            raise ValueError(f"the links lead in a circle: {spelled(found)}")

    @property
    def pairs(self) -> frozenset[Pair]:
        """All allowed pairs, those of touchpoints together in both directions."""
        both = (pair for group in self.together for pair in permutations(group, 2))
        return frozenset((*self.links, *both))

    @property
    def touchpoints(self) -> frozenset[str]:
        """Touchpoints of any pair."""
        return frozenset(name for pair in self.pairs for name in pair)


def default_graph(taxonomy: Taxonomy, *, also: Iterable[str] = ()) -> Graph:
    """Every touchpoint may bring complaints at those of later stages; those of one stage come together.

    Parameters
    ----------
    also
        Touchpoints that the taxonomy does not know; as those without stage they come together after all stages.
    """
    stages = {one.id: one.stage for one in taxonomy.touchpoints}
    rest = [
        *(name for name, stage in stages.items() if not stage),
        *(name for name in also if name not in stages),
    ]
    groups = [[name for name, stage in stages.items() if stage == one] for one in taxonomy.stage_ids]
    groups = [group for group in (*groups, rest) if group]
    links = [
        (cause, effect)
        for k, group in enumerate(groups)
        for cause in group
        for later in groups[k + 1 :]
        for effect in later
    ]
    return Graph(tuple(links), tuple(tuple(group) for group in groups if len(group) > 1))


def cycle(links: Sequence[Pair], together: Iterable[Sequence[str]] = ()) -> list[Pair] | None:
    """Links that lead in a circle, in their order; None where none do. Touchpoints together count as one."""
    group = {name: at for at, names in enumerate(together) for name in names}
    out: dict[object, list[Pair]] = {}
    for pair in links:
        out.setdefault(group.get(pair[0], pair[0]), []).append(pair)
    done: set[object] = set()

    def search(here: object, way: list[Pair]) -> list[Pair] | None:
        for pair in out.get(here, ()):
            there = group.get(pair[1], pair[1])
            on_way = [group.get(cause, cause) for cause, _ in (*way, pair)]
            if there in on_way:
                return [*way, pair][on_way.index(there) :]
            if there not in done and (found := search(there, [*way, pair])):
                return found
        done.add(here)
        return None

    return next((found for start in out if start not in done and (found := search(start, []))), None)


def spelled(links: Sequence[Pair]) -> str:
    """A circle in words; "~" joins touchpoints that come together.

    >>> spelled([("delivery", "hotline"), ("chat", "delivery")])
    'delivery -> hotline ~ chat -> delivery'
    """
    return "".join(_steps(links)) + (f" ~ {links[0][0]}" if links[-1][1] != links[0][0] else "")


def _steps(links: Sequence[Pair]) -> Iterator[str]:
    at = None
    for cause, effect in links:
        yield cause if at is None else "" if at == cause else f" ~ {cause}"
        yield f" -> {effect}"
        at = effect
