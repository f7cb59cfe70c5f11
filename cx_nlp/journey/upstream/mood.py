"""Complaints of the same customer: how far a general mood explains that they come together, and what an earlier one adds."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import expit

from cx_nlp.journey.upstream.met import Array, met
from cx_nlp.journey.upstream.steps import NOT_MET, Steps

Link = tuple[int, int]
"""Positions of an earlier touchpoint and of a later one."""

NODES, _shares = hermegauss(13)
LOG_SHARES: Array = np.log(_shares / _shares.sum())
"""Gauss-Hermite quadrature over the mood, a standard normal variable."""

ALIKE = 4.0
"""Precision with which the touchpoints' loadings on the mood are drawn to their mean."""
SMALL = 0.04
"""Precision with which an effect is drawn to none (standard deviation 5: only what data do not tell at all)."""
STEPS, DONE = 60, 1e-4


class At(NamedTuple):
    """The fit at some parameters; rows are those of `MoodModel.met`, nodes those of the quadrature."""

    value: float
    """Log posterior density."""
    likely: Array
    """Chance of a complaint, rows x nodes."""
    moods: Array
    """What each customer's complaints tell of their mood: shares of the nodes, customers x nodes."""
    scores: Array
    """Customers x parameters."""
    own: Array
    """The score of each row's offset."""
    gradient: Array
    information: Array
    """Of the priors."""


class MoodModel:
    """logit P(i complains at j) = a_j + l_j u_i + sum over links (c, j) of b [bad at c before] + (d + e u_i) [c not met before].

    The mood u_i is standard normal and integrated out (two-parameter logistic model, Birnbaum 1968; marginal likelihood, Bock
    and Aitkin 1981). A link is what stands out beside it: one who complains everywhere is no evidence for any. Customers who did
    not tell of c may have met it: d and e leave open how often it was bad for them, and that it was more often in a bad mood.
    Fitted by scoring with the information of the customers' own scores (Berndt, Hall, Hall and Hausman 1974).

    Parameters
    ----------
    found : Steps
    links : sequence of (int, int)
        Pairs of an earlier and a later touchpoint, by position.
    """

    def __init__(self, found: Steps, links: Sequence[Link] = ()) -> None:
        self.found, self.links = found, [*links]
        self.met = met(found)
        # A customer who met nothing has no row and tells nothing.
        self.customers = found.customers[(found.state != NOT_MET).any(axis=1)]
        self.at = [np.flatnonzero(self.met.touchpoint == k) for k in range(len(found.touchpoints))]

    @property
    def width(self) -> int:
        """Number of touchpoints."""
        return len(self.found.touchpoints)

    @property
    def effects(self) -> Array:
        """The effect b of every link, as log odds ratio."""
        return self.parameters[2 * self.width : 2 * self.width + len(self.links)]

    @property
    def errors(self) -> Array:
        """The standard error of every effect."""
        whole: Array = np.sqrt(np.diag(self.covariance))
        return whole[2 * self.width : 2 * self.width + len(self.links)]

    def fit(self, start: Array | None = None) -> MoodModel:
        """The parameters of greatest posterior density."""
        found: Array = self._start() if start is None else start
        here = self._evaluated(found)
        for _ in range(STEPS):
            gradient = here.scores.T @ self.customers + here.gradient
            step = np.linalg.solve(self._information(here), gradient)
            if gradient @ step < DONE:
                break
            size = 1.0
            while (there := self._evaluated(found + size * step)).value < here.value and size > 1e-3:
                size /= 2
            found, here = found + size * step, there
        self.parameters: Array = found
        self.here = here
        self.__dict__.pop("_added", None)
        self.covariance: Array = np.asarray(np.linalg.inv(self._information(here)), np.float64)
        return self

    def adding(self, link: Link) -> tuple[float, float]:
        """What one more link would be: its efficient score as a standard normal deviate, and a first estimate of its effect.

        The score test (Rao 1948) needs no fit; the parameters of the model and the customers who did not meet the earlier
        touchpoint are allowed for.
        """
        deviates, firsts = self._added
        return float(deviates[link]), float(firsts[link])

    @cached_property
    def _added(self) -> tuple[Array, Array]:
        """`adding` for all pairs, causes x effects."""
        deviates, firsts = np.zeros((2, self.width, self.width))
        for later, rows in enumerate(self.at):
            customers = self.met.row[rows]
            weights, scores = self.customers[customers], self.here.scores[customers]
            # A customer meets a touchpoint once and either complained there before or did not meet it: no row has both.
            parts = [
                self.here.own[rows, None] * there[rows]
                for there in (self.met.bad_before, self.met.not_before)
            ]
            total = [weights @ part for part in parts]
            shared = [(weights[:, None] * part).T @ scores for part in parts]
            own = [weights @ part**2 + prior for part, prior in zip(parts, (SMALL, 1.0), strict=True)]
            left = own[0] - np.einsum("ij,jk,ik->i", shared[0], self.covariance, shared[0], optimize=True)
            other = own[1] - np.einsum("ij,jk,ik->i", shared[1], self.covariance, shared[1], optimize=True)
            both = -np.einsum("ij,jk,ik->i", shared[0], self.covariance, shared[1], optimize=True)
            slope = both / other
            score, information = total[0] - slope * total[1], np.maximum(left - slope * both, 1e-12)
            deviates[:, later], firsts[:, later] = score / np.sqrt(information), score / information
        return deviates, firsts

    def with_link(self, link: Link) -> MoodModel:
        """The model with one more link, fitted from where this one stands."""
        n = 2 * self.width + len(self.links)
        first = np.clip(self.adding(link)[1], -2, 2)
        more = len(self.links)
        rest = (self.parameters[n : n + more], [0.0], self.parameters[n + more :], [0.0])
        start = np.concatenate([self.parameters[:n], [first], *rest])
        # The rows are the same; only the parameters are more.
        longer = copy(self)
        longer.links = [*self.links, link]
        return longer.fit(start)

    def _start(self) -> Array:
        share = np.array(
            [
                (self.customers[self.met.row[at]] @ self.met.complained[at] + 0.5)
                / (self.customers[self.met.row[at]].sum() + 1)
                for at in self.at
            ]
        )
        return np.concatenate(
            [np.log(share / (1 - share)), np.full(self.width, 0.7), np.zeros(3 * len(self.links))]
        )

    def log_odds(self, parameters: Array) -> Array:
        """Log odds of a complaint in each row at each node of the mood."""
        k, n = self.width, len(self.links)
        offset, loading = parameters[self.met.touchpoint], parameters[k + self.met.touchpoint]
        for i, (earlier, later) in enumerate(self.links):
            at = self.at[later]
            b, d, e = parameters[2 * k + i :: n]
            offset[at] += b * self.met.bad_before[at, earlier] + d * self.met.not_before[at, earlier]
            loading[at] += e * self.met.not_before[at, earlier]
        found: Array = offset[:, None] + loading[:, None] * NODES
        return found

    def _evaluated(self, parameters: Array) -> At:
        complained = self.met.complained
        likely = expit(self.log_odds(parameters))
        logs = np.log(np.where(complained[:, None] == 1, likely, 1 - likely) + 1e-300)
        total = np.add.reduceat(logs, self.met.first, axis=0) + LOG_SHARES
        highest = total.max(axis=1, keepdims=True)
        shares = np.exp(total - highest)
        sums = shares.sum(axis=1, keepdims=True)
        value = float(self.customers @ (np.log(sums[:, 0]) + highest[:, 0]))
        moods = shares / sums
        residual = (complained[:, None] - likely) * moods[self.met.row]
        prior, gradient, information = self._prior(parameters)
        own, scores = residual.sum(axis=1), self.gathered(residual)
        return At(value + prior, likely, moods, scores, own, gradient, information)

    def gathered(self, residual: Array) -> Array:
        """For each customer the derivatives by every parameter, from those by the log odds in each row at each node."""
        k, n = self.width, len(self.links)
        own, moody = residual.sum(axis=1), residual @ NODES
        found = np.zeros((len(self.customers), 2 * k + 3 * n))
        found[self.met.row, self.met.touchpoint] = own
        found[self.met.row, k + self.met.touchpoint] = moody
        for i, (earlier, later) in enumerate(self.links):
            at = self.at[later]
            found[self.met.row[at], 2 * k + i] = own[at] * self.met.bad_before[at, earlier]
            found[self.met.row[at], 2 * k + n + i] = own[at] * self.met.not_before[at, earlier]
            found[self.met.row[at], 2 * k + 2 * n + i] = moody[at] * self.met.not_before[at, earlier]
        return found

    def _prior(self, parameters: Array) -> tuple[float, Array, Array]:
        """Log density, gradient and information of weak priors: loadings alike, effects finite, offsets near 0."""
        k, n = self.width, len(self.links)
        precision: NDArray[Any] = np.repeat([0.0, SMALL, 1.0, ALIKE], [2 * k, n, n, n])
        information = np.diag(precision)
        information[k : 2 * k, k : 2 * k] = ALIKE * (np.eye(k) - 1 / k)
        gradient = -information @ parameters
        return float(parameters @ gradient / 2), gradient, information

    def _information(self, here: At) -> Array:
        weighed = (here.scores * self.customers[:, None]).T @ here.scores
        found: Array = weighed + here.information + 1e-6 * np.eye(len(weighed))
        return found
