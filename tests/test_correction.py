"""Shares corrected for what a tagger misses and invents."""

from __future__ import annotations

import numpy as np
import pytest

from cx_nlp.journey.scores.correction import ErrorRates, corrected_share

SENSITIVITY, SPECIFICITY = 0.75, 0.95


def seen(rng: np.random.Generator, share: float, n: int) -> int:
    """Comments that get the label through the tagger."""
    there = rng.binomial(n, share)
    return int(rng.binomial(there, SENSITIVITY) + rng.binomial(n - there, 1 - SPECIFICITY))


def audited(rng: np.random.Generator, n: int = 500, share: float = 0.08) -> ErrorRates:
    """What an audit of comments drawn at random says of the tagger."""
    there = int(rng.binomial(n, share))
    right, wrong = int(rng.binomial(there, SENSITIVITY)), int(rng.binomial(n - there, 1 - SPECIFICITY))
    return ErrorRates(right, there - right, wrong, n - there - wrong)


def test_a_share_seen_through_a_tagger_comes_out_right_with_its_interval() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(1500):
        rates = audited(rng)
        share = corrected_share(seen(rng, 0.1, 1800), 1800, rates)
        assert share is not None
        found.append((share.value, share.low < 0.1 < share.high))
    value, held = np.mean(found, axis=0)
    assert value == pytest.approx(0.1, abs=0.003)
    assert 0.93 < held < 0.97


def test_a_tagger_without_errors_changes_nothing() -> None:
    flawless = ErrorRates(10**7, 0, 0, 10**7)
    share = corrected_share(30, 200, flawless)
    assert share is not None
    assert share.value == pytest.approx(0.15)
    assert share.low == pytest.approx(0.107, abs=0.002)
    assert share.high == pytest.approx(0.206, abs=0.002)


def test_a_smaller_audit_gives_a_wider_interval() -> None:
    small, large = ErrorRates(8, 2, 3, 87), ErrorRates(80, 20, 30, 870)
    widths = []
    for rates in (small, large):
        share = corrected_share(300, 1800, rates)
        assert share is not None
        widths.append(share.high - share.low)
    assert widths[0] > 1.3 * widths[1]


def test_a_share_below_what_the_tagger_invents_is_nought() -> None:
    share = corrected_share(40, 1000, ErrorRates(75, 25, 20, 380))
    assert share is not None
    assert (share.value, share.low) == (0, 0)
    assert 0 < share.high < 0.05


@pytest.mark.parametrize("hits", [0, 10, 995])
def test_rates_that_cannot_be_those_of_these_comments_correct_nothing(hits: int) -> None:
    assert corrected_share(hits, 1000, ErrorRates(75, 25, 20, 380)) is None


@pytest.mark.parametrize(
    "rates",
    [ErrorRates(5, 5, 50, 50), ErrorRates(0, 0, 5, 95), ErrorRates(5, 5, 0, 0), ErrorRates(1, 9, 5, 95)],
)
def test_a_tagger_that_tells_nothing_is_not_corrected(rates: ErrorRates) -> None:
    assert corrected_share(100, 1000, rates) is None


def test_without_comments_there_is_no_share() -> None:
    rates = ErrorRates(75, 25, 20, 380)
    assert corrected_share(0, 0, rates) is None


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        ErrorRates(-1, 0, 0, 0)
