"""How far groups differ in a mean beyond chance, among units that are alike (of one stratum)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import ncx2, norm

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
PLAIN = 1e4
"""Chi-square above which nothing hangs on its degrees of freedom."""


@dataclass(frozen=True)
class Between:
    """Differences of groups within strata.

    Attributes
    ----------
    effects : ndarray of shape (groups,)
        Each group's mean less that of all, for units alike.
    spread, low, high : float
        Standard deviation of the effects over the units, less what chance adds, with its 95 % interval.
    p : float
        Of the permutation test that no group differs.
    """

    effects: Array
    spread: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class _Compared:
    """Units by stratum and group, and the sums a comparison within strata needs."""

    values: Array
    stratum: Ints
    group: Ints
    sizes: Array
    """Units of each stratum in each group."""

    @property
    def within(self) -> Array:
        """Information on the groups' differences that is left within strata."""
        n = self.sizes.sum(axis=1, keepdims=True)
        matrix: Array = np.diag(self.sizes.sum(axis=0)) - self.sizes.T @ (self.sizes / n)
        return matrix

    def sums(self) -> Array:
        """For each group the sum of its values less the means of their strata."""
        n = self.sizes.sum(axis=1)
        mean = np.bincount(self.stratum, self.values, minlength=len(n)) / n
        sums = np.bincount(self.group, self.values - mean[self.stratum], minlength=self.sizes.shape[1])
        return sums.astype(float)

    def by_chance(self) -> Array:
        """Covariance of the sums were groups drawn anew within strata (Cochran, Mantel and Haenszel)."""
        n = self.sizes.sum(axis=1)
        total, squares = (np.bincount(self.stratum, self.values**k, minlength=len(n)) for k in (1, 2))
        variance = (squares - total**2 / n) / np.maximum(n - 1, 1)
        matrix: Array = np.diag(variance @ self.sizes) - self.sizes.T @ (self.sizes * (variance / n)[:, None])
        return matrix

    def by_sampling(self) -> Array:
        """Covariance of the sums, groups as they are: each with its own variance within strata."""
        cell = self.stratum * self.sizes.shape[1] + self.group
        n, total, squares = (
            np.bincount(cell, w, minlength=self.sizes.size) for w in (None, self.values, self.values**2)
        )
        inside = (squares - total**2 / np.maximum(n, 1)).reshape(self.sizes.shape).sum(axis=0)
        degrees = np.maximum(self.sizes - 1, 0).sum(axis=0)
        # Shares that are all 0 could still be as small as half a hit.
        pooled = max(inside.sum() / max(degrees.sum(), 1), 0.5 / (len(self.values) + 1))
        # A few units of a group tell little of its own variance.
        variance = (inside + 10 * pooled) / (degrees + 10)
        noise = self.sizes * variance
        share = self.sizes / self.sizes.sum(axis=1, keepdims=True)
        cross = noise.T @ share
        matrix: Array = (
            np.diag(noise.sum(axis=0)) - cross - cross.T + share.T @ (noise.sum(axis=1)[:, None] * share)
        )
        return matrix


def between_groups(
    values: Array, stratum: Ints, group: Ints, *, permutations: int = 999, seed: int = 0
) -> Between | None:
    """How far the groups' means differ within strata; None where no stratum holds two groups.

    Effects are those of least squares with a constant for each stratum. Their spread is the root of the variance between groups
    within strata per unit, less its expectation by sampling (method of moments); its interval turns round a noncentral
    chi-square distribution (J. H. Steiger, Psychological Methods 9, 2004, 164-182) whose scale and degrees of freedom allow for
    groups of unlike variance (F. E. Satterthwaite 1946). The test draws groups anew within strata (P. Good, Permutation,
    Parametric and Bootstrap Tests of Hypotheses, 2005, 5.5) and compares the general association statistic of Cochran, Mantel
    and Haenszel (J. R. Landis, E. R. Heyman and G. G. Koch, International Statistical Review 46, 1978, 237-254).

    Parameters
    ----------
    values, stratum, group : arrays of shape (units,)
        Values are shares from 0 to 1; strata and groups are numbered from 0.
    """
    sizes = np.zeros((int(stratum.max(initial=-1)) + 1, int(group.max(initial=-1)) + 1))
    np.add.at(sizes, (stratum, group), 1.0)
    shared = (sizes > 0).sum(axis=1) > 1
    if not shared.any():
        return None
    kept = shared[stratum]
    renumbered = (np.cumsum(shared) - 1)[stratum[kept]]
    found = _Compared(values[kept], renumbered, group[kept], sizes[shared])
    sums = found.sums()
    inverse = np.linalg.pinv(found.within, hermitian=True)
    spread, low, high = _spread(
        float(sums @ inverse @ sums), found.by_sampling() @ inverse, len(found.values)
    )
    weighed = np.linalg.pinv(found.by_chance(), hermitian=True)
    drawn = _drawn(found, permutations, np.random.default_rng(seed))
    as_far = np.einsum("pj,jk,pk->p", drawn, weighed, drawn) >= (1 - 1e-9) * (sums @ weighed @ sums)
    effects = inverse @ sums
    effects -= effects @ found.sizes.sum(axis=0) / len(found.values)
    return Between(effects, spread, low, high, float((1 + as_far.sum()) / (1 + permutations)))


def _spread(squares: float, noise: Array, units: int) -> tuple[float, float, float]:
    first, second = float(np.trace(noise)), float(np.trace(noise @ noise))
    if first <= 0 or second <= 0:
        spread = float(np.sqrt(max(squares, 0.0) / units))
        return spread, spread, spread
    scale, degrees = second / first, first**2 / second
    # Where groups are more alike than chance allows, the upper limit is that of groups as alike as chance would have them.
    low, high = (
        np.sqrt(scale * _noncentrality(seen, degrees, below) / units)
        for seen, below in ((squares / scale, 0.975), (max(squares / scale, degrees), 0.025))
    )
    return float(np.sqrt(max(squares - first, 0.0) / units)), float(low), float(high)


def _noncentrality(seen: float, degrees: float, below: float) -> float:
    """The noncentrality with which a chi-square variable is below what is seen with this probability; 0 where none is."""
    if seen > PLAIN:
        # So far from none the root is as good as normal, with variance 1.
        return float(max(np.sqrt(seen) + norm.isf(below), 0.0) ** 2)
    if ncx2.cdf(seen, degrees, 0) <= below:
        return 0.0
    far = seen + degrees + 20 * np.sqrt(seen + degrees) + 40
    return float(brentq(lambda at: ncx2.cdf(seen, degrees, at) - below, 0, far))


def _drawn(found: _Compared, times: int, rng: np.random.Generator) -> Array:
    """The groups' sums with groups drawn anew within strata, one row a draw.

    Units of one stratum and value are alike, so that only their number in each group is drawn: hypergeometric.
    """
    levels, level = np.unique(found.values, return_inverse=True)
    strata, groups = found.sizes.shape
    counts = np.zeros((strata, len(levels)), np.int64)
    np.add.at(counts, (found.stratum, level), 1)
    left = np.broadcast_to(found.sizes.astype(np.int64), (times, strata, groups)).copy()
    n = found.sizes.sum(axis=1)
    mean = counts @ levels / n
    sums = np.zeros((times, groups)) - mean @ found.sizes
    # The most frequent value needs no draw: it fills what is left.
    for k in np.argsort(counts.sum(axis=0))[:-1]:
        here = np.flatnonzero(counts[:, k])
        taken = _dealt(left[:, here], counts[here, k], rng)
        left[:, here] -= taken
        sums += levels[k] * taken.sum(axis=1)
    last = np.argsort(counts.sum(axis=0))[-1]
    drawn: Array = sums + levels[last] * left.sum(axis=1)
    return drawn


def _dealt(left: Ints, number: Ints, rng: np.random.Generator) -> Ints:
    """How many of so many units fall to each group, of places that are left; shape (draws, strata, groups)."""
    taken = np.zeros_like(left)
    rest, open_places = np.broadcast_to(number, left.shape[:2]).copy(), left.sum(axis=2)
    for j in range(left.shape[2] - 1):
        open_places = open_places - left[:, :, j]
        taken[:, :, j] = rng.hypergeometric(left[:, :, j], open_places, rest)
        rest = rest - taken[:, :, j]
    taken[:, :, -1] = rest
    return taken
