"""NPS, CSAT, CES and the mean rating."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.scores.differences import net_interval
from cx_nlp.journey.scores.metrics import rating_metrics
from cx_nlp.journey.table import Scored, scored_table


def rated(values: Any, kind: str | None, low: float = 0, high: float = 10, **columns: Any) -> Scored:
    comments = pd.DataFrame(
        {"comment_id": [f"c{at}" for at in range(len(values))], "rating": values, **columns}
    )
    mentions = pd.DataFrame(columns=["comment_id", "touchpoint", "factor", "sentiment"])
    manifest = {"rating": {"kind": kind, "low": low, "high": high}} if kind else None
    return scored_table(comments, mentions, manifest=manifest)


def test_nps_is_promoters_less_detractors() -> None:
    found = rating_metrics(rated([10] * 40 + [9] * 20 + [8] * 15 + [6] * 10 + [0] * 15, "nps"))
    assert set(found) == {"nps", "mean"}
    assert found["nps"]["value"] == pytest.approx(35)
    assert 15 < found["nps"]["low"] < 35 < found["nps"]["high"] < 52
    assert found["nps"]["n"] == 100


def test_nps_interval_holds_the_truth() -> None:
    rng = np.random.default_rng(0)
    for shares, n in (((0.5, 0.3), 50), ((0.85, 0.02), 40), ((0.1, 0.6), 200)):
        counts = rng.multinomial(n, [*shares, 1 - sum(shares)], size=4000)
        low, high = net_interval(counts[:, 0], counts[:, 1], np.full(4000, n))
        held = ((low <= shares[0] - shares[1]) & (shares[0] - shares[1] <= high)).mean()
        assert 0.93 < held < 0.98


def test_csat_is_the_top_two_boxes_with_wilson_limits() -> None:
    from statsmodels.stats.proportion import proportion_confint

    found = rating_metrics(rated([5] * 30 + [4] * 25 + [3] * 20 + [1] * 25, "csat", 1, 5))
    low, high = proportion_confint(55, 100, method="wilson")
    assert found["csat"] == pytest.approx({"value": 0.55, "low": low, "high": high, "n": 100})
    assert rating_metrics(rated([7, 6, 5], "csat", 1, 7))["csat"]["value"] == pytest.approx(2 / 3)
    assert "csat" not in rating_metrics(rated([90, 20, 60], "csat", 0, 100))


def test_ces_and_mean_have_students_limits() -> None:
    from statsmodels.stats.weightstats import DescrStatsW

    values = np.random.default_rng(0).integers(1, 8, 60).astype(float)
    found = rating_metrics(rated(values, "ces", 1, 7))
    low, high = DescrStatsW(values).tconfint_mean()
    assert found["ces"] == found["mean"]
    assert found["mean"] == pytest.approx({"value": values.mean(), "low": low, "high": high, "n": 60})


@pytest.mark.parametrize("kind", ["stars", "percent", "unknown", None])
def test_other_kinds_have_the_mean_only(kind: str | None) -> None:
    assert set(rating_metrics(rated([1, 5, 4, np.nan], kind, 1, 5))) == {"mean"}


def test_what_is_named_nps_on_another_scale_has_no_nps() -> None:
    assert set(rating_metrics(rated([1, 5, 4], "nps", 1, 5))) == {"mean"}


def test_without_ratings_there_are_no_measures() -> None:
    assert rating_metrics(rated([np.nan, np.nan], "nps")) == {}
    assert rating_metrics(rated([], "nps")) == {}
    no_rating = Scored(pd.DataFrame({"comment_id": ["a"]}), pd.DataFrame())
    assert rating_metrics(no_rating) == {}


@pytest.mark.parametrize("values", [[4], [4, 4, 4]])
def test_a_rating_that_never_varies_has_a_mean_without_limits(values: list[int]) -> None:
    mean = rating_metrics(rated(values, "stars", 1, 5))["mean"]
    assert (mean["value"], mean["n"]) == (4, len(values))
    assert np.isnan([mean["low"], mean["high"]]).all()


def test_customers_who_wrote_often_widen_the_limits() -> None:
    rng = np.random.default_rng(0)
    level = np.clip(rng.normal(6, 3, 60).round(), 0, 10)
    values = np.clip(np.repeat(level, 5) + rng.integers(-1, 2, 300), 0, 10)
    customers = [f"k{at // 5}" for at in range(300)]
    alone, several = (
        rating_metrics(rated(values, "nps", **columns)) for columns in ({}, {"customer_id": customers})
    )
    for name in ("nps", "mean"):
        widths = [found[name]["high"] - found[name]["low"] for found in (alone, several)]
        assert alone[name]["value"] == several[name]["value"]
        assert widths[1] > 1.8 * widths[0]
    # As the mean of sixty customers' means.
    assert widths[1] == pytest.approx(4 * np.std(level) / np.sqrt(60), rel=0.15)
