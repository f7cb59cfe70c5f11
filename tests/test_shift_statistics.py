"""Tests of differences: against published examples, against scipy, and against draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cx_nlp.shift.profile import Spread
from cx_nlp.shift.statistics import (
    detectable,
    g_test,
    grouped,
    holm,
    kolmogorov_smirnov,
    mean_difference,
    pooled,
    share_difference,
    share_interval,
    smallest_p,
    stability_index,
    tenths,
)


def test_the_stability_index_is_the_sum_of_siddiqi() -> None:
    p, q = np.array([0.2, 0.3, 0.5]), np.array([0.3, 0.3, 0.4])
    found = stability_index(1e6 * p, 1e6 * q)
    assert found == pytest.approx(((q - p) * np.log(q / p)).sum(), abs=1e-4)
    assert stability_index([10, 20], [100, 200]) == pytest.approx(0, abs=1e-3)
    assert np.isfinite(stability_index([0, 50], [50, 0]))


def test_chance_exceeds_the_detectable_index_as_often_as_said() -> None:
    rng, p = np.random.default_rng(0), [0.1, 0.2, 0.3, 0.4]
    bound = detectable(3, 400, 900, 0.05)
    drawn = [stability_index(rng.multinomial(400, p), rng.multinomial(900, p)) for _ in range(4000)]
    assert np.mean(np.array(drawn) > bound) == pytest.approx(0.05, abs=0.012)


def test_the_difference_of_shares_is_newcombes_example() -> None:
    # Newcombe 1998, Table II, example (a), method 10: 56/70 less 48/80 is 0.2 (0.0524 to 0.3339).
    found = share_difference((48, 80), (56, 70))
    assert found == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_wilsons_interval_is_scipys() -> None:
    other = stats.binomtest(7, 50).proportion_ci(method="wilson")
    assert share_interval(7, 50) == pytest.approx((other.low, other.high))
    assert share_interval(0, 20)[0] == pytest.approx(0)


def test_the_g_test_is_scipys_and_rare_classes_are_one() -> None:
    a, b = [50, 60, 90], [40, 80, 80]
    other = stats.chi2_contingency([a, b], correction=False, lambda_="log-likelihood").pvalue
    assert g_test(a, b) == pytest.approx(other)
    before, after = pooled([500, 2, 1, 300], [480, 1, 3, 310])
    assert before.tolist() == [500, 300, 3]
    assert after.tolist() == [480, 310, 4]
    assert g_test([3, 0], [5, 0]) == 1.0
    assert g_test([0, 0], [5, 2]) == 1.0


def test_labels_too_rare_to_test_do_not_count() -> None:
    assert smallest_p([(0, 3), (2, 0)], 1000, 1000) == 1.0
    alone = smallest_p([(100, 150)], 1000, 1000)
    assert smallest_p([(100, 150), (200, 200), (0, 3)], 1000, 1000) == pytest.approx(2 * alone)


def test_kolmogorov_smirnov_holds_its_level_and_sees_a_shift() -> None:
    rng = np.random.default_rng(1)
    bins = np.linspace(0, 1, 51)
    counts = [np.histogram(rng.beta(3, 2, 500), bins)[0] for _ in range(600)]
    p = [kolmogorov_smirnov(a, b) for a, b in zip(counts[::2], counts[1::2], strict=True)]
    assert np.mean(np.array(p) < 0.05) <= 0.08
    shifted = np.histogram(rng.beta(2, 2, 500), bins)[0]
    assert kolmogorov_smirnov(counts[0], shifted) < 1e-4
    other = stats.ks_2samp(np.repeat(bins[:-1], counts[0]), np.repeat(bins[:-1], shifted), method="asymp")
    assert np.log(kolmogorov_smirnov(counts[0], shifted)) == pytest.approx(np.log(other.pvalue), rel=0.05)


def test_holm_is_never_below_the_raw_value_and_keeps_the_order() -> None:
    assert holm([0.2, 0.001, 0.04, 0.9]) == pytest.approx([0.4, 0.004, 0.12, 0.9])
    assert holm([]) == []


def test_tenths_hold_a_tenth_each() -> None:
    counts = np.array([1, 30, 2, 3, 40, 8, 9, 4, 2, 1])
    groups = tenths(counts)
    assert (np.diff(groups) >= 0).all()
    assert grouped(counts, groups).sum() == counts.sum()
    assert (grouped(counts, groups) >= 0.05 * counts.sum()).all()
    assert tenths(np.zeros(4)).tolist() == [0, 0, 0, 0]
    assert len(set(tenths(np.full(50, 20)).tolist())) == 10


def test_the_difference_of_means_is_welchs() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(5, 1, 4000), rng.normal(5.2, 3, 5000)
    spreads = [Spread((len(x),), float(x.sum()), float((x**2).sum())) for x in (a, b)]
    found = mean_difference(*spreads)
    other = stats.ttest_ind(b, a, equal_var=False).confidence_interval()
    assert found == pytest.approx((b.mean() - a.mean(), other.low, other.high), abs=1e-3)
