"""Shares of small cells drawn to the mean of their kind."""

from __future__ import annotations

import numpy as np
import pytest

from cx_nlp.journey.scores import shrinkage
from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.journey.scores.shrinkage import shrunk_shares

# Tumours in 71 groups of rats (Tarone 1982), as in Gelman and others, Bayesian Data Analysis, table 5.1.
RATS = """
0/20 0/20 0/20 0/20 0/20 0/20 0/20 0/19 0/19 0/19 0/19 0/18 0/18 0/17 1/20 1/20 1/20 1/20 1/19 1/19 1/18 1/18 2/25 2/24 2/23
2/20 2/20 2/20 2/20 2/20 2/20 1/10 5/49 2/19 5/46 3/27 2/17 7/49 7/47 3/20 3/20 2/13 9/48 10/50 4/20 4/20 4/20 4/20 4/20 4/20
4/20 10/48 4/19 4/19 4/19 5/22 11/46 12/49 5/20 5/20 6/23 5/19 6/22 6/20 6/20 6/20 16/52 15/47 15/46 9/24 4/14
"""


def test_the_prior_of_the_rat_tumours_is_that_of_the_book() -> None:
    hits, n = np.array([[int(part) for part in one.split("/")] for one in RATS.split()]).T
    cells, often = np.unique(np.column_stack([hits, n - hits]), axis=0, return_counts=True)
    mean, strength, weight = shrinkage._prior(cells.astype(float), often)
    # Section 5.3: "E(alpha | y) = 2.4 and E(beta | y) = 14.3".
    assert weight @ (mean * strength) == pytest.approx(2.4, abs=0.05)
    assert weight @ ((1 - mean) * strength) == pytest.approx(14.3, abs=0.05)
    last = shrunk_shares(hits, n)
    assert 4 / 14 > last.value[-1] > last.mean


def test_small_cells_are_drawn_and_large_ones_are_not() -> None:
    hits, n = np.array([3, 200, 450, 300, 500, 380]), np.array([3, 1000, 1500, 1200, 1600, 1400])
    found = shrunk_shares(hits, n)
    assert found.value[0] < 0.6
    assert np.abs(found.value[1:] - hits[1:] / n[1:]).max() < 0.005
    assert found.low[0] < found.value[0] < found.high[0]
    assert 0.2 < found.mean < 0.5


def test_cells_that_do_not_differ_are_drawn_together() -> None:
    rng = np.random.default_rng(0)
    alike, apart = rng.binomial(60, 0.3, 40), rng.binomial(60, rng.beta(3, 7, 40))
    drawn = [shrunk_shares(hits, np.full(40, 60)) for hits in (alike, apart)]
    assert np.ptp(drawn[0].value) < 0.5 * np.ptp(alike / 60)
    assert np.ptp(drawn[1].value) > 0.7 * np.ptp(apart / 60)
    assert drawn[0].strength > 5 * drawn[1].strength


@pytest.mark.parametrize(("cells", "strength", "runs"), [(8, 10.0, 150), (60, 30.0, 20)])
def test_intervals_hold_the_truth_and_the_error_is_smaller(cells: int, strength: float, runs: int) -> None:
    rng = np.random.default_rng(1)
    held, better = [], []
    for _ in range(runs):
        share = rng.beta(0.3 * strength, 0.7 * strength, cells)
        n = rng.integers(3, 60, cells)
        hits = rng.binomial(n, share)
        found = shrunk_shares(hits, n)
        held.append(((found.low <= share) & (share <= found.high)).mean())
        better.append(((found.value - share) ** 2).mean() / ((hits / n - share) ** 2).mean())
    assert 0.92 < np.mean(held) < 0.98
    assert np.mean(better) < 0.8


def test_with_two_cells_nothing_is_drawn() -> None:
    found = shrunk_shares([2, 300, 0], [3, 1000, 0])
    np.testing.assert_allclose(found.value, [2 / 3, 0.3, np.nan])
    low, high = wilson([2, 300, 0], [3, 1000, 0])
    np.testing.assert_allclose([found.low, found.high], [low, high])
    assert np.isnan(found.mean)
    assert shrunk_shares([], []).value.shape == (0,)


@pytest.mark.parametrize("all_of", [0, 1])
def test_cells_that_never_or_always_complain(all_of: int) -> None:
    n = np.array([2, 40, 900, 7, 30])
    found = shrunk_shares(n * all_of, n)
    assert np.isfinite([found.value, found.low, found.high]).all()
    assert np.abs(found.value - all_of).max() < 0.05
    assert (found.high - found.low)[2] < (found.high - found.low)[0]


def test_order_and_repetition_of_cells_change_nothing() -> None:
    hits, n = np.array([1, 5, 1, 30, 8]), np.array([4, 9, 4, 90, 11])
    found, turned = shrunk_shares(hits, n), shrunk_shares(hits[::-1], n[::-1])
    np.testing.assert_allclose(found.value, turned.value[::-1])
    assert found.value[0] == found.value[2]


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="hits from 0"):
        shrunk_shares([3, 1, 1], [2, 5, 5])
