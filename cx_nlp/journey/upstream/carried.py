"""How much of an earlier complaint's effect reaches a later touchpoint directly, and how much is carried by others between."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from cx_nlp.journey.upstream.met import Array
from cx_nlp.journey.upstream.mood import NODES, Link, MoodModel

LONGEST = 4
"""Links in the longest chain that is named."""
APART = 6
"""Causes of one touchpoint whose states are gone through; further ones enter with their mean."""


class Effects(NamedTuple):
    """Odds ratios of an effect's two parts, and the touchpoints between that carry most of the second."""

    direct: float
    carried: float
    via: tuple[int, ...]


def effects(model: MoodModel, link: Link, odds_ratio: float, supported: Collection[Link]) -> Effects | None:
    """Direct and carried-over effect of the first touchpoint on the second; None where no chain of supported links joins them.

    Natural direct and indirect effects (Pearl 2001), computed by standardisation over the fitted model (Robins 1986;
    VanderWeele and Vansteelandt 2010 for odds ratios) for the customers who complained at the first and met the second later,
    with the mood as their complaints tell of it: the touchpoints between answer to the first as the supported links say, and
    the log odds of a complaint at the second are compared, averaged over customers. A chain counts only where each of its
    links is supported (joint significance, MacKinnon et al. 2002).

    Parameters
    ----------
    odds_ratio
        Of the link itself, beside all links of the model.
    supported
        Links of the model that may carry.
    """
    between = _between(link, supported)
    if not between:
        return None
    rows = model.at[link[1]][model.met.bad_before[model.at[link[1]], link[0]]]
    if not len(rows):
        return None
    world = _World(model, link, float(np.log(odds_ratio)), supported, between, rows)
    calm, upset = world.chances(0.0), world.chances(1.0)
    moods = model.here.moods[model.met.row[rows]] * model.customers[model.met.row[rows]][:, None]
    neither, direct, both = (
        logit(world.outcome(a, told)) for a, told in ((0.0, calm), (1.0, calm), (1.0, upset))
    )
    parts = [float(np.exp((part * moods).sum() / moods.sum())) for part in (direct - neither, both - direct)]
    return Effects(parts[0], parts[1], _strongest(model, link, supported))


class _World:
    """The customers of a pair, and what touchpoints between would be if the first had been fine, or not."""

    def __init__(
        self,
        model: MoodModel,
        link: Link,
        effect: float,
        supported: Collection[Link],
        between: Sequence[int],
        rows: NDArray[np.intp],
    ) -> None:
        self.model, self.link, self.between = model, link, between
        self.strength = {one: float(model.effects[model.links.index(one)]) for one in supported} | {
            link: effect
        }
        self.fitted = {one: float(b) for one, b in zip(model.links, model.effects, strict=True)}
        self.log_odds = model.log_odds(model.parameters)
        row_of = np.full((len(model.customers), model.width), -1)
        row_of[model.met.row, model.met.touchpoint] = np.arange(len(model.met.row))
        self.rows = row_of[model.met.row[rows]]

    def chances(self, first: float) -> dict[int, Array]:
        """Chance of a complaint at each touchpoint between, customers x nodes, with the first one so."""
        found = {one: np.zeros((len(self.rows), len(NODES))) for one in self.between}
        # Each round settles those whose causes are settled; no customer's way has more of them than there are.
        for _ in self.between:
            found = {one: self._chance(one, first, found) for one in self.between}
        return found

    def outcome(self, first: float, between: Mapping[int, Array]) -> Array:
        """Chance of a complaint at the second touchpoint."""
        return self._chance(self.link[1], first, between)

    def _chance(self, touchpoint: int, first: float, between: Mapping[int, Array]) -> Array:
        model, row = self.model, self.rows[:, touchpoint]
        log_odds = self.log_odds[row]
        causes = []
        for cause in (self.link[0], *between):
            if (cause, touchpoint) not in self.strength:
                continue
            log_odds -= (self.fitted.get((cause, touchpoint), 0.0) * model.met.bad_before[row, cause])[
                :, None
            ]
            met = ~model.met.not_before[row, cause] & (row >= 0)
            chance = np.full((len(row), len(NODES)), first) if cause == self.link[0] else between[cause]
            causes.append((chance, (self.strength[cause, touchpoint] * met)[:, None]))
        causes.sort(key=lambda one: -float(np.abs(one[1]).max(initial=0.0)))
        log_odds = log_odds + sum((chance * effect for chance, effect in causes[APART:]), np.zeros(()))
        return np.clip(_mixed(log_odds, causes[:APART]), 1e-12, 1 - 1e-12)


def _mixed(log_odds: Array, causes: Sequence[tuple[Array, Array]]) -> Array:
    """The expected chance when each cause is there with its own chance."""
    if not causes:
        return np.asarray(expit(log_odds), float)
    (chance, effect), *rest = causes
    return chance * _mixed(log_odds + effect, rest) + (1 - chance) * _mixed(log_odds, rest)


def _between(link: Link, supported: Collection[Link]) -> list[int]:
    """Touchpoints on a chain of supported links from the first to the second."""
    first, second = link
    after, before = _reached(first, supported), _reached(second, [(b, a) for a, b in supported])
    return sorted((after & before) - {first, second})


def _reached(start: int, links: Collection[Link]) -> set[int]:
    found: set[int] = set()
    rest = [start]
    while rest:
        here = rest.pop()
        new = {b for a, b in links if a == here} - found
        found |= new
        rest += new
    return found


def _strongest(model: MoodModel, link: Link, supported: Collection[Link]) -> tuple[int, ...]:
    """What lies between on the chain with the largest product of log odds ratios."""
    strength = {one: float(model.effects[model.links.index(one)]) for one in supported if one != link}
    chains: list[tuple[float, tuple[int, ...]]] = [(1.0, (link[0],))]
    whole: list[tuple[float, tuple[int, ...]]] = []
    while chains:
        product, chain = chains.pop()
        for (earlier, later), b in strength.items():
            if earlier == chain[-1] and later not in chain:
                longer = (product * b, (*chain, later))
                if later == link[1]:
                    whole.append(longer)
                elif len(chain) < LONGEST:
                    chains.append(longer)
    return max(whole)[1][1:-1] if whole else ()
