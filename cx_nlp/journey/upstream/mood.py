"""Complaints of the same customer: how far a general mood explains that they come together, and what an earlier one adds."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import expit

from cx_nlp.journey.upstream.steps import COMPLAINED, NOT_MET, Steps

Array = NDArray[np.float64]
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


class Met(NamedTuple):
    """One row for each customer (pattern) and touchpoint met; a customer's rows stand together."""

    row: NDArray[np.intp]
    touchpoint: NDArray[np.intp]
    complained: Array
    bad_before: NDArray[np.bool_]
    """For every touchpoint: whether the customer complained there before."""
    not_before: NDArray[np.bool_]
    """For every touchpoint: whether it was not met before."""
    first: NDArray[np.intp]
    """Where each customer's rows begin."""


def met(found: Steps) -> Met:
    """The long form of steps."""
    customer, touchpoint = np.nonzero(found.state != NOT_MET)
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    state, place = found.state[customer], found.place[customer]
    before = (state != NOT_MET) & (place < place[np.arange(len(customer)), touchpoint][:, None])
    row = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(customer))))
    complained = (found.state[customer, touchpoint] == COMPLAINED).astype(float)
    return Met(row, touchpoint, complained, (state == COMPLAINED) & before, ~before, first)


class _At(NamedTuple):
    """Value, scores of each customer, and what the priors add, at some parameters."""

    value: float
    scores: Array
    own: Array
    gradient: Array
    information: Array


class MoodModel:
    """logit P(i complains at j) = a_j + l_j u_i + sum over links (c, j) of b [complained at c before] + d [c not met before].

    The mood u_i is standard normal and integrated out (two-parameter logistic model, Birnbaum 1968; marginal likelihood, Bock
    and Aitkin 1981). A link is what stands out beside it: one who complains everywhere is no evidence for any.
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
        self._here = here
        self.covariance: Array = np.asarray(np.linalg.inv(self._information(here)), np.float64)
        return self

    def adding(self, link: Link) -> tuple[float, float]:
        """What one more link would be: its efficient score as a standard normal deviate, and a first estimate of its effect.

        The score test (Rao 1948) needs no fit; the parameters of the model and the customers who did not meet the earlier
        touchpoint are allowed for.
        """
        earlier, later = link
        rows = self.at[later]
        scores = np.zeros((len(self.customers), 2))
        scores[self.met.row[rows], 0] = self._here.own[rows] * self.met.bad_before[rows, earlier]
        scores[self.met.row[rows], 1] = self._here.own[rows] * self.met.not_before[rows, earlier]
        weighed = (scores * self.customers[:, None]).T
        shared = weighed @ self._here.scores
        left = weighed @ scores - shared @ self.covariance @ shared.T + np.diag([SMALL, 1.0])
        total = weighed.sum(axis=1)
        slope = left[0, 1] / left[1, 1]
        score, information = total[0] - slope * total[1], max(left[0, 0] - slope * left[0, 1], 1e-12)
        return float(score / np.sqrt(information)), float(score / information)

    def with_link(self, link: Link) -> MoodModel:
        """The model with one more link, fitted from where this one stands."""
        n = 2 * self.width + len(self.links)
        first = np.clip(self.adding(link)[1], -2, 2)
        start = np.concatenate([self.parameters[:n], [first], self.parameters[n:], [0.0]])
        # The rows are the same; only the parameters are more.
        more = copy(self)
        more.links = [*self.links, link]
        return more.fit(start)

    def _start(self) -> Array:
        share = np.array(
            [
                (self.customers[self.met.row[at]] @ self.met.complained[at] + 0.5)
                / (self.customers[self.met.row[at]].sum() + 1)
                for at in self.at
            ]
        )
        return np.concatenate(
            [np.log(share / (1 - share)), np.full(self.width, 0.7), np.zeros(2 * len(self.links))]
        )

    def _evaluated(self, parameters: Array) -> _At:
        k, n = self.width, len(self.links)
        where, complained = self.met.touchpoint, self.met.complained
        offsets = parameters[where]
        for i, (earlier, later) in enumerate(self.links):
            at = self.at[later]
            offsets[at] += parameters[2 * k + i] * self.met.bad_before[at, earlier]
            offsets[at] += parameters[2 * k + n + i] * self.met.not_before[at, earlier]
        likely = expit(offsets[:, None] + parameters[k + where][:, None] * NODES)
        logs = np.log(np.where(complained[:, None] == 1, likely, 1 - likely) + 1e-300)
        total = np.add.reduceat(logs, self.met.first, axis=0) + LOG_SHARES
        highest = total.max(axis=1, keepdims=True)
        shares = np.exp(total - highest)
        sums = shares.sum(axis=1, keepdims=True)
        value = float(self.customers @ (np.log(sums[:, 0]) + highest[:, 0]))
        residual = (complained[:, None] - likely) * (shares / sums)[self.met.row]
        own: Array = np.asarray(residual.sum(axis=1), float)
        scores = np.zeros((len(self.customers), len(parameters)))
        scores[self.met.row, where] = own
        scores[self.met.row, k + where] = residual @ NODES
        for i, (earlier, later) in enumerate(self.links):
            at = self.at[later]
            scores[self.met.row[at], 2 * k + i] = own[at] * self.met.bad_before[at, earlier]
            scores[self.met.row[at], 2 * k + n + i] = own[at] * self.met.not_before[at, earlier]
        prior, gradient, information = self._prior(parameters)
        return _At(value + prior, scores, own, gradient, information)

    def _prior(self, parameters: Array) -> tuple[float, Array, Array]:
        """Log density, gradient and information of weak priors: loadings alike, effects finite, offsets near 0."""
        k, n = self.width, len(self.links)
        precision: NDArray[Any] = np.repeat([0.0, SMALL, 1.0], [2 * k, n, n])
        information = np.diag(precision)
        information[k : 2 * k, k : 2 * k] = ALIKE * (np.eye(k) - 1 / k)
        gradient = -information @ parameters
        return float(parameters @ gradient / 2), gradient, information

    def _information(self, here: _At) -> Array:
        weighed = (here.scores * self.customers[:, None]).T @ here.scores
        found: Array = weighed + here.information + 1e-6 * np.eye(len(weighed))
        return found
