"""Effects on the rating: those that are there, those that are not, and what is said where nothing can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.outliers_influence import variance_inflation_factor

from cx_nlp.journey.drivers.design import design
from cx_nlp.journey.drivers.model import COLUMNS, drivers
from cx_nlp.journey.drivers.regression import fit
from cx_nlp.journey.drivers.tagged import corrected_effects
from cx_nlp.journey.drivers.within import within
from cx_nlp.journey.scores.correction import ErrorRates
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
NO_MENTION = pd.DataFrame(
    {name: [] for name in ("comment_id", "touchpoint", "factor", "sentiment")}, dtype=str
)


def journey(n: int = 600, *, seed: int = 0, outcome: bool = False, **columns: Any) -> Scored:
    """Late deliveries cost 1.5 points; the hotline is called because of them and costs nothing; the app is liked."""
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, max(n // 3, 1), n)
    late = rng.random(n) < 0.25
    called = rng.random(n) < np.where(late, 0.6, 0.1)
    liked = rng.random(n) < 0.3
    points = 3.8 - 1.5 * late + 0.6 * liked + rng.normal(0, 0.4, n // 3 + 1)[customer] + rng.normal(0, 0.7, n)
    said: dict[str, Any] = {"rating": np.clip(np.round(points), 1, 5)}
    if outcome:
        said = {"outcome": np.where(points < 2.8, "churned", "retained")}
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{k}" for k in range(n)],
            "customer_id": [f"k{k}" for k in customer],
            **said,
            **columns,
        }
    )
    parts = [
        ("delivery", "responsiveness", "negative", late),
        ("hotline", "attitude_expertise", "negative", called),
        ("app", "convenience", "positive", liked),
    ]
    return scored_table(comments, pd.concat([NO_MENTION, *(mentions(comments, *part) for part in parts)]))


def mentions(
    comments: pd.DataFrame, touchpoint: str, factor: str, side: str, rows: NDArray[Any]
) -> pd.DataFrame:
    ids = comments["comment_id"][rows]
    return pd.DataFrame({"comment_id": ids, "touchpoint": touchpoint, "factor": factor, "sentiment": side})


def row(table: pd.DataFrame, name: str, polarity: str) -> pd.Series[Any]:
    found: pd.Series[Any] = table[(table["name"] == name) & (table["polarity"] == polarity)].iloc[0]
    return found


def test_the_culprit_is_found_and_the_innocent_beside_it_is_not_blamed() -> None:
    scored = journey()
    table = drivers(scored, TAXONOMY, resamples=50).table
    assert tuple(table.columns) == COLUMNS
    culprit, innocent, liked = (
        row(table, *one) for one in (("delivery", "negative"), ("hotline", "negative"), ("app", "positive"))
    )
    assert culprit["low"] < -1.2 < culprit["high"] + 0.4
    assert culprit["q"] < 1e-6
    assert innocent["low"] < 0 < innocent["high"]
    assert liked["low"] > 0
    called = scored.comments["comment_id"].isin(
        scored.mentions.loc[scored.mentions["touchpoint"] == "hotline", "comment_id"]
    )
    # The mean rating alone would blame the hotline.
    assert scored.comments["rating"][called].mean() < scored.comments["rating"][~called].mean() - 0.5
    assert culprit["relative_weight"] > 3 * innocent["relative_weight"]
    assert (culprit["n"], culprit["outcome"], culprit["note"]) == (
        int((scored.mentions["touchpoint"] == "delivery").sum()), "rating", "ordered logit agrees",
    )  # fmt: skip


def test_figures_are_those_of_statsmodels() -> None:
    rng = np.random.default_rng(1)
    n = 600
    of = design(
        journey(
            n, channel=rng.choice(["a", "b", "c"], n), time=pd.date_range("2024-01-01", periods=n, freq="3h")
        ),
        TAXONOMY,
    )
    assert of is not None
    found = fit(of)
    x = sm.add_constant(np.column_stack([of.predictors, of.controls]))
    theirs = sm.OLS(of.outcome, x).fit(cov_type="cluster", cov_kwds={"groups": of.clusters})
    k = len(found.names)
    np.testing.assert_allclose(found.effects, theirs.params[1 : k + 1], atol=1e-10)
    np.testing.assert_allclose(found.errors, theirs.bse[1 : k + 1], rtol=1e-8)
    np.testing.assert_allclose(found.covariance, theirs.cov_params()[1 : k + 1, 1 : k + 1], atol=1e-12)
    np.testing.assert_allclose(found.vif, [variance_inflation_factor(x, j + 1) for j in range(k)], rtol=1e-8)


def test_q_is_over_touchpoints_and_factors_together() -> None:
    table = drivers(journey(), TAXONOMY, resamples=5).table
    assert {*table["by"]} == {"touchpoint", "factor"}
    expected = multipletests(table["p"].to_numpy(float), method="fdr_bh")[1]
    np.testing.assert_allclose(table["q"].to_numpy(float), expected)


def test_relative_weights_sum_to_the_explained_variance_of_each_model() -> None:
    scored = journey()
    table = drivers(scored, TAXONOMY, resamples=5).table
    for by in ("touchpoint", "factor"):
        of = design(scored, TAXONOMY, by=by)
        assert of is not None
        explained = sm.OLS(of.outcome, sm.add_constant(of.predictors.to_numpy())).fit().rsquared
        assert table[table["by"] == by]["relative_weight"].sum() == pytest.approx(explained, abs=1e-9)


def test_comments_of_the_same_customer_tell_less_than_those_of_others() -> None:
    one = journey(200)
    comments = pd.concat(
        [one.comments.assign(comment_id=one.comments["comment_id"] + f"_{k}") for k in range(4)]
    )
    said = pd.concat([one.mentions.assign(comment_id=one.mentions["comment_id"] + f"_{k}") for k in range(4)])
    first = row(drivers(one, TAXONOMY, resamples=5).table, "delivery", "negative")
    copied = row(drivers(scored_table(comments, said), TAXONOMY, resamples=5).table, "delivery", "negative")
    assert copied["effect"] == pytest.approx(first["effect"])
    assert copied["customers"] == first["customers"]
    assert copied["high"] - copied["low"] == pytest.approx(first["high"] - first["low"], rel=0.05)


def test_an_outcome_is_explained_in_points_of_probability() -> None:
    found = drivers(journey(outcome=True), TAXONOMY, resamples=5)
    late = row(found.table, "delivery", "negative")
    assert late["outcome"] == "outcome"
    assert 0.3 < late["low"] < late["effect"] < late["high"] < 1
    assert row(found.table, "hotline", "negative")["low"] < 0
    assert "linear_probability" in [one.reason for one in found.limits]
    assert not found.table["note"].str.contains("logit").any()


def test_a_theme_whose_customers_all_leave_has_an_interval() -> None:
    scored = journey(400, outcome=True)
    lost = np.flatnonzero((scored.comments["outcome"] == "churned").to_numpy())[:25]
    ids = scored.comments["comment_id"].iloc[lost]
    extra = pd.DataFrame(
        {"comment_id": ids, "touchpoint": "store", "factor": "value", "sentiment": "negative"}
    )
    extra = pd.concat([scored.mentions.astype(str), extra])
    found = row(
        drivers(scored_table(scored.comments, extra), TAXONOMY, resamples=5).table, "store", "negative"
    )
    assert found["note"] == "same outcome throughout"
    assert found["effect"] > 0.2
    # Of 25 comments that all went one way, a share down to about 0.86 may be behind it.
    assert found["high"] - found["low"] > 0.2


def test_what_the_model_leaves_out_has_a_row_without_figures() -> None:
    scored = journey(400)
    extra = mentions(scored.comments, "email", "value", "negative", np.arange(400) % 80 == 0)
    found = drivers(
        scored_table(scored.comments, pd.concat([scored.mentions.astype(str), extra])), TAXONOMY, resamples=5
    )
    rare = row(found.table, "email", "negative")
    assert rare["n"] == 5
    assert rare["note"] == "not enough data: too few comments"
    assert rare[["effect", "low", "high", "p", "q", "relative_weight", "vif"]].isna().all()
    assert [one for one in found.limits if one.reason == "left_out" and one.values["needed"] == 20]  # noqa: PD011


@pytest.mark.parametrize(
    ("lacking", "note"), [(2, "not enough data: not apart from the others"), (13, "collinear")]
)
def test_themes_that_nearly_go_together_are_left_out_or_marked(lacking: int, note: str) -> None:
    scored = journey(800)
    late = set(scored.mentions.loc[scored.mentions["touchpoint"] == "delivery", "comment_id"])
    rows = scored.comments["comment_id"].isin(late).to_numpy().copy()
    rows[np.flatnonzero(rows)[:lacking]] = False
    extra = mentions(scored.comments, "email", "value", "negative", rows)
    both = scored_table(scored.comments, pd.concat([scored.mentions.astype(str), extra]))
    found = row(drivers(both, TAXONOMY, resamples=5).table, "email", "negative")
    assert found["note"].startswith(note)
    assert not found["low"] > 0
    assert not found["high"] < 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rating": 4.0}, "rating_hardly_varies"),
        ({"rating": np.nan}, "no_rating"),
    ],
)
def test_a_rating_that_tells_nothing_gives_an_empty_table_and_the_reason(
    change: dict[str, float], reason: str
) -> None:
    scored = journey(150, **change)
    found = drivers(scored, TAXONOMY)
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS
    assert [one.reason for one in found.limits] == [reason]


@pytest.mark.parametrize("n", [0, 3])
def test_next_to_no_comments_give_no_drivers(n: int) -> None:
    comments = pd.DataFrame({"comment_id": [f"c{k}" for k in range(n)], "rating": [1.0, 3.0, 5.0][:n]})
    found = drivers(scored_table(comments, NO_MENTION), TAXONOMY)
    assert found.table.empty
    assert [one.reason for one in found.limits] == ["few_ratings" if n else "no_rating"]


def test_ratings_without_any_mention_give_an_empty_table() -> None:
    scored = journey(200)
    found = drivers(scored_table(scored.comments, NO_MENTION), TAXONOMY)
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS


def test_all_positive_comments_still_tell_what_praise_goes_with() -> None:
    scored = journey()
    liked = scored.mentions[scored.mentions["sentiment"] == "positive"]
    table = drivers(scored_table(scored.comments, liked), TAXONOMY, resamples=5).table
    assert {*table["polarity"]} == {"positive"}
    assert row(table, "app", "positive")["low"] > 0


def test_without_customers_the_comments_count_as_independent_and_that_is_said() -> None:
    scored = journey()
    found = drivers(
        scored_table(scored.comments.drop(columns="customer_id"), scored.mentions), TAXONOMY, resamples=5
    )
    assert "no_customers" in [one.reason for one in found.limits]
    assert (found.table["customers"] == 0).all()
    assert row(found.table, "delivery", "negative")["high"] < 0


def test_a_rating_of_effort_is_taken_as_more_is_better_and_that_is_said() -> None:
    one = journey()
    scored = Scored(one.comments, one.mentions, {"rating": {"kind": "ces"}})
    assert "more_is_better" in [said.reason for said in drivers(scored, TAXONOMY, resamples=5).limits]


def moody(n: int, customers: int, seed: int = 0) -> Scored:
    """Mood lowers ratings and makes complaints about website and delivery likelier; only deliveries cost."""
    rng = np.random.default_rng(seed)
    customer = rng.integers(0, customers, n)
    mood = rng.normal(size=customers)[customer]
    late, clumsy = rng.random((2, n)) < 1 / (1 + np.exp(1.5 - mood))
    points = 3.8 - 1.2 * late - 0.8 * mood + rng.normal(0, 0.6, n)
    comments = pd.DataFrame(
        {
            "comment_id": [f"c{k}" for k in range(n)],
            "customer_id": [f"k{k}" for k in customer],
            "rating": points,
        }
    )
    said = [
        mentions(comments, "delivery", "responsiveness", "negative", late),
        mentions(comments, "website", "convenience", "negative", clumsy),
    ]
    return scored_table(comments, pd.concat(said))


def test_an_effect_that_is_only_mood_is_marked_where_customers_wrote_often() -> None:
    table = drivers(moody(3000, 600), TAXONOMY, resamples=5).table
    assert row(table, "website", "negative")["high"] < 0
    assert row(table, "website", "negative")["note"] == "not found within customers"
    assert row(table, "delivery", "negative")["note"] == ""
    # Of customers who wrote once nothing can be told.
    assert row(drivers(moody(3000, 10**6), TAXONOMY, resamples=5).table, "website", "negative")["note"] == ""


def test_effects_within_customers_are_those_with_a_constant_for_each() -> None:
    of = design(moody(400, 50), TAXONOMY)
    assert of is not None
    found = within(of)
    assert found is not None
    own = pd.get_dummies(of.clusters).to_numpy(float)
    theirs = sm.OLS(of.outcome, np.column_stack([of.predictors, own])).fit()
    np.testing.assert_allclose(found.effects, theirs.params[: len(found.names)], atol=1e-9)


def seen_through(scored: Scored, sensitivity: float, seed: int = 0) -> Scored:
    kept = np.random.default_rng(seed).random(len(scored.mentions)) < sensitivity
    return scored_table(scored.comments, scored.mentions[kept])


def test_an_effect_that_the_taggers_misses_would_make_is_marked() -> None:
    scored = seen_through(journey(6000), 0.8)
    counts = {"tp": 800, "fn": 200, "fp": 0, "tn": 4000}
    held_out = {
        f"{name}#{side}": counts
        for name in ("delivery", "hotline", "app")
        for side in ("negative", "positive")
    }
    manifest = {"model": {"heldout": {"touchpoint_sentiment": held_out}}}
    found = drivers(Scored(scored.comments, scored.mentions, manifest), TAXONOMY, resamples=100)
    innocent, culprit = row(found.table, "hotline", "negative"), row(found.table, "delivery", "negative")
    assert innocent["high"] < 0
    assert innocent["note"] == "within the tagger's errors"
    assert culprit["note"] == ""
    reasons = {one.reason for one in found.limits}
    assert {"tagger_errors_assumed", "tagger_errors_unknown"} <= reasons
    # A tagger that is known to miss next to nothing is no excuse.
    sure = {"touchpoint_sentiment": {name: ErrorRates(9990, 10, 0, 9000) for name in held_out}}
    audited = drivers(scored, TAXONOMY, rates=sure, resamples=100)
    assert row(audited.table, "hotline", "negative")["note"] == ""
    assert "tagger_errors_audited" in {one.reason for one in audited.limits}


def test_corrected_effects_are_those_behind_the_tagger() -> None:
    of = design(seen_through(journey(8000), 0.8), TAXONOMY)
    assert of is not None
    rates = {f"{name}#negative": ErrorRates(800, 200, 0, 4000) for name in ("delivery", "hotline")}
    found = corrected_effects(of, rates, resamples=100)
    effects = dict(zip(of.predictors, zip(found.low, found.effects, found.high, strict=True), strict=True))
    assert effects["hotline|negative"][0] < 0 < effects["hotline|negative"][2]
    assert effects["delivery|negative"][0] < -1.4 < effects["delivery|negative"][2]
    assert np.isnan(effects["app|positive"]).all()


@pytest.mark.parametrize(
    "useless", [ErrorRates(0, 0, 0, 10), ErrorRates(5, 95, 5, 95), ErrorRates(1, 0, 0, 0)]
)
def test_error_rates_that_tell_nothing_correct_nothing(useless: ErrorRates) -> None:
    of = design(journey(300), TAXONOMY)
    assert of is not None
    found = corrected_effects(of, {"delivery#negative": useless}, resamples=5)
    assert np.isnan(found.effects).all()


def test_the_same_table_gives_the_same_figures() -> None:
    first, second = (drivers(journey(300), TAXONOMY, resamples=20).table for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
