"""How far two sets of counts lie apart, whether chance explains it, and between which bounds a difference lies."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from cx_nlp.shift.profile import Spread

Counts = npt.NDArray[Any]
LEVEL = 0.95
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)
EXPECTED = 5.0
"""Comments that a class must be expected to have on either side (Cochran 1954); rarer ones are tested together."""
_PRIOR = 0.5


def stability_index(before: npt.ArrayLike, after: npt.ArrayLike) -> float:
    """Population stability index: the sum over classes of (q - p) ln(q / p), with half a comment added to every class.

    As in credit scoring (N. Siddiqi, Credit Risk Scorecards, Wiley 2006, ch. 9); it is the symmetric divergence J of S. Kullback
    and R. A. Leibler (Annals of Mathematical Statistics 22, 1951).

    >>> round(stability_index([500, 500], [800, 200]), 2)
    0.41
    """
    p, q = (np.asarray(one, float) + _PRIOR for one in (before, after))
    p, q = p / p.sum(), q / q.sum()
    return float(((q - p) * np.log(q / p)).sum())


def detectable(freedom: int, n: int, m: int, level: float) -> float:
    """The stability index that chance exceeds with probability `level` where nothing differs.

    n m / (n + m) times the index is about chi-squared with that many degrees of freedom (B. Yurdakul, J. Naranjo, "Statistical
    properties of the population stability index", Journal of Risk Model Validation 14, 2020).
    """
    return float(stats.chi2.isf(level, max(freedom, 1)) * (1 / n + 1 / m))


def pooled(before: npt.ArrayLike, after: npt.ArrayLike) -> tuple[Counts, Counts]:
    """The same counts with the classes that are expected fewer than `EXPECTED` times on either side made one."""
    a, b = (np.asarray(one, float) for one in (before, after))
    if not a.sum() or not b.sum():
        return a, b
    share = (a + b) / (a + b).sum()
    rare = share * min(a.sum(), b.sum()) < EXPECTED
    if rare.sum() < 2:
        return a, b
    return np.append(a[~rare], a[rare].sum()), np.append(b[~rare], b[rare].sum())


def g_test(before: npt.ArrayLike, after: npt.ArrayLike) -> float:
    """Probability that chance alone parts two sets of counts so far: likelihood ratio test of homogeneity (S. S. Wilks 1938), rare classes pooled."""
    table = np.array(pooled(before, after))
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return 1.0
    return float(stats.chi2_contingency(table, correction=False, lambda_="log-likelihood").pvalue)


def smallest_p(parts: Sequence[tuple[int, int]], n: int, m: int) -> float:
    """Probability that chance alone parts any of several shares of the same comments so far (Bonferroni); too rare labels are not tested."""
    tested = [(a, b) for a, b in parts if (a + b) / (n + m) * min(n, m) >= EXPECTED]
    least = min((g_test([a, n - a], [b, m - b]) for a, b in tested), default=1.0)
    return min(1.0, max(len(tested), 1) * least)


def kolmogorov_smirnov(before: npt.ArrayLike, after: npt.ArrayLike) -> float:
    """Significance (p) in the two-sample test of A. Kolmogorov and N. Smirnov from counts in the same bins.

    The largest distance of the two distributions is looked for at the bins' bounds only, which errs to the side of no difference.
    """
    a, b = (np.cumsum(np.asarray(one, float)) for one in (before, after))
    n, m = a[-1], b[-1]
    if not n or not m:
        return 1.0
    distance = float(np.abs(a / n - b / m).max())
    return float(stats.kstwobign.sf(distance * sqrt(n * m / (n + m))))


def tenths(before: npt.ArrayLike) -> npt.NDArray[np.intp]:
    """For every bin its group, each of at least a tenth of the counts: deciles, where no bin holds more."""
    share = np.asarray(before, float) / max(np.sum(before), 1)
    groups, group, held = np.zeros(len(share), np.intp), 0, 0.0
    for k, part in enumerate(share):
        if held >= 0.1 - 1e-9:
            group, held = group + 1, 0.0
        groups[k] = group
        held += part
    # What is left at the end may be less than a tenth.
    if group and held < 0.05:
        groups[groups == group] = group - 1
    return groups


def grouped(counts: npt.ArrayLike, groups: npt.NDArray[np.intp]) -> Counts:
    """The counts of every group."""
    return np.bincount(groups, np.asarray(counts, float))


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson 1927)."""
    p, z2 = part / whole, _Z**2
    centre = (p + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z * sqrt(p * (1 - p) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def difference(
    before: tuple[float, float, float], after: tuple[float, float, float]
) -> tuple[float, float, float]:
    """The second value less the first, each given with its bounds, and the bounds of the difference.

    Method of variance estimates recovery (G. Y. Zou, A. Donner, Statistics in Medicine 27, 2008); of two shares with score
    intervals it is method 10 of R. G. Newcombe (Statistics in Medicine 17, 1998).
    """
    (a, a_low, a_high), (b, b_low, b_high) = before, after
    found = b - a
    return (
        found,
        found - sqrt((b - b_low) ** 2 + (a_high - a) ** 2),
        found + sqrt((b_high - b) ** 2 + (a - a_low) ** 2),
    )


def share_difference(before: tuple[int, int], after: tuple[int, int]) -> tuple[float, float, float]:
    """The difference of two shares, given as counts of part and whole, with its 95 % bounds."""
    first, second = ((part / whole, *share_interval(part, whole)) for part, whole in (before, after))
    return difference(first, second)


def mean_difference(before: Spread, after: Spread) -> tuple[float, float, float]:
    """The difference of two means with its 95 % bounds, variances unequal (B. L. Welch 1947), in large samples."""
    half = _Z * sqrt(sum(one.variance / one.n for one in (before, after)))
    found = after.mean - before.mean
    return found, found - half, found + half


def holm(values: Sequence[float]) -> list[float]:
    """Significances (p) adjusted so that a family of tests errs with the level of one (S. Holm, Scandinavian Journal of Statistics 6, 1979).

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    found, least = [0.0] * len(values), 0.0
    for k, row in enumerate(order):
        least = max(least, min(1.0, (len(values) - k) * values[row]))
        found[row] = least
    return found
