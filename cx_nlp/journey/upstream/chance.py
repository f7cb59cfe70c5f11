"""How often a pair of touchpoints is said to be cause and effect, against how often any pair is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom, chi2, hypergeom, norm

Array = NDArray[np.float64]
_Z = float(norm.ppf(0.975))


class Stratum(NamedTuple):
    """Neighbouring complaints in texts of one language; matrices by the touchpoint spoken of first and second."""

    pairs: Array
    forward: Array
    """Of these, said that the first is the cause of the second."""
    backward: Array


class Chance(NamedTuple):
    """A pair against chance; `seen` customers say so, `others` are the neighbours it is compared with."""

    seen: float
    others: float
    expected: float
    ratio: float
    low: float
    high: float
    p: float


def against_chance(strata: Sequence[Stratum], cause: int, effect: int) -> Chance:
    """How often `cause` is said to bring `effect`, against how often all other neighbours are joined.

    The interval of the ratio is that of the count (F. Garwood, Biometrika 28, 1936, 437-442) joined with the delta method's for
    what is expected, as in G. Y. Zou and A. Donner, Statistics in Medicine 27, 2008, 1693-1702. `p` is the larger of two: joined
    more often than other neighbours, an exact conditional test, and more often in this direction than in the other, a
    binomial test; the pair must pass both (R. L. Berger, Technometrics 24, 1982, 295-300).
    """
    counts = _counts(strata, cause, effect)
    seen, reverse = counts[:, 0].sum(), _counts(strata, effect, cause)[:, 0].sum()
    expected, error = _expected(counts)
    others = float((counts[:, 2] - counts[:, 1]).sum() / 2)
    if not seen:
        return Chance(0.0, others, expected, 0.0, 0.0, float(chi2.ppf(0.975, 2) / 2 / expected), 1.0)
    share = expected / (expected + _expected(_counts(strata, effect, cause))[0])
    p = max(_more_often(counts), float(binom.sf(seen - 1, seen + reverse, share)))
    low, high = chi2.ppf([0.025, 0.975], [2 * seen, 2 * seen + 2]) / 2
    ratio, at_most = seen / expected, _Z * error
    down, up = np.exp(np.hypot(np.log([seen / low, high / seen]), at_most))
    return Chance(float(seen), others, expected, ratio, ratio / float(down), ratio * float(up), min(p, 1.0))


def _counts(strata: Sequence[Stratum], cause: int, effect: int) -> Array:
    """Rows of joined so, neighbours of this pair, neighbours of all, joined so of all; by language and order in the text."""
    rows = [
        row
        for one in strata
        for row in (
            (one.forward[cause, effect], one.pairs[cause, effect], one.pairs.sum(), one.forward.sum()),
            (one.backward[effect, cause], one.pairs[effect, cause], one.pairs.sum(), one.backward.sum()),
        )
    ]
    return np.array(rows, float)


def _expected(counts: Array) -> tuple[float, float]:
    """Joined as often as the other neighbours are, half a one added; and the standard error of its logarithm."""
    joined, own, every, all_joined = counts.T
    weight = own / (every - own + 1)
    told = all_joined - joined + 0.5
    expected = max(float(weight @ told), 1e-9)
    return expected, float(np.sqrt(weight**2 @ told)) / expected


def _more_often(counts: Array) -> float:
    """P of at least so many, were those that are joined drawn at random from all neighbours of their language and order."""
    share = np.ones(1)
    for _, own, every, joined in counts:
        if own:
            share = np.convolve(share, hypergeom.pmf(np.arange(min(own, joined) + 1), every, joined, own))
    return float(share[int(counts[:, 0].sum()) :].sum())
