"""The scorecard: counts, shares, intervals, weights, trends, and what it does where data are few or odd."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented_scores import invented_comments

from cx_nlp.journey.limits import Limit
from cx_nlp.journey.scores.audit import Audit
from cx_nlp.journey.scores.correction import ErrorRates, corrected_share
from cx_nlp.journey.scores.slopes import slopes
from cx_nlp.journey.scores.table import BY, COLUMNS, scorecard
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import Taxonomy, load_taxonomy

Rows = list[tuple[str, str, str, str]]


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def table(rows: Rows, comments: int = 0, manifest: Any = None, **columns: Any) -> Scored:
    """Mentions as (comment, touchpoint, factor, sentiment); `comments` further comments hold none."""
    ids = list(dict.fromkeys([row[0] for row in rows] + [f"x{at}" for at in range(comments)]))
    mentions = pd.DataFrame(rows, columns=["comment_id", "touchpoint", "factor", "sentiment"])
    return scored_table(pd.DataFrame({"comment_id": ids, **columns}), mentions, manifest=manifest)


def about(touchpoint: str, negative: int, positive: int, name: str = "") -> Rows:
    """One comment for each mention of a touchpoint."""
    sides = ["negative"] * negative + ["positive"] * positive
    return [(f"{name}{touchpoint}{at}", touchpoint, "general", side) for at, side in enumerate(sides)]


def reasons(found: Any) -> set[str]:
    return {limit.reason for limit in found.limits}


def row(found: Any, by: str, name: str = "") -> pd.Series[Any]:
    rows = found.table[found.table["by"] == by]
    named = (rows[["touchpoint", "factor", "group"]] == name).any(axis=1) if name else slice(None)
    return rows[named].iloc[0]


def test_every_row_agrees_with_counting_by_hand(taxonomy: Taxonomy) -> None:
    comments, mentions = invented_comments(300)
    found = scorecard(scored_table(comments, mentions), taxonomy)
    assert list(found.table.columns) == list(COLUMNS)
    assert list(dict.fromkeys(found.table["by"])) == list(BY)
    owners = {one.id: one.owner for one in taxonomy.touchpoints}
    joined = mentions.merge(comments[["comment_id", "customer_id", "channel", "segment"]], on="comment_id")
    joined["owner"] = joined["touchpoint"].map(owners)
    for _, cell in found.table.iterrows():
        here, of = joined, comments
        for name in ("touchpoint", "factor"):
            here = here[here[name] == cell[name]] if cell[name] else here
        if cell["group"]:
            here = here[here[cell["by"]] == cell["group"]]
        of = comments[comments[cell["by"]] == cell["group"]] if cell["by"] in ("channel", "segment") else of
        whole = cell["by"] in ("all", "channel", "segment")
        ids = of["comment_id"] if whole else here["comment_id"].drop_duplicates()
        negative = here.loc[here["sentiment"] == "negative", "comment_id"].nunique()
        assert cell["mentions"] == len(here)
        assert cell["comments"] == len(ids)
        assert cell["customers"] == comments.set_index("comment_id").loc[ids, "customer_id"].nunique()
        assert cell["negative"] == negative
        assert cell["share_negative"] == pytest.approx(negative / len(ids))
        assert cell["weight"] == pytest.approx(negative / 300)
        assert cell["net"] == pytest.approx(cell["share_positive"] - cell["share_negative"])
        for value, low, high in (
            ("share_negative", "negative_low", "negative_high"), ("share_positive", "positive_low", "positive_high"),
            ("net", "net_low", "net_high"), ("shrunk_negative", "shrunk_low", "shrunk_high"), ("weight", "weight_low", "weight_high"),
        ):  # fmt: skip
            assert cell[low] <= cell[value] <= cell[high]


def test_intervals_of_independent_comments_are_those_of_statsmodels(taxonomy: Taxonomy) -> None:
    from statsmodels.stats.proportion import proportion_confint

    found = scorecard(table([*about("app", 30, 50), *about("store", 5, 9)], comments=106), taxonomy)
    app = row(found, "touchpoint", "app")
    assert (app["negative_low"], app["negative_high"]) == pytest.approx(
        proportion_confint(30, 80, method="wilson")
    )
    assert (app["positive_low"], app["positive_high"]) == pytest.approx(
        proportion_confint(50, 80, method="wilson")
    )
    assert (app["weight_low"], app["weight_high"]) == pytest.approx(
        proportion_confint(30, 200, method="wilson")
    )
    assert app["enough"]
    assert not row(found, "touchpoint", "store")["enough"]
    assert np.isnan(app["customers"])
    assert "no_customers" in reasons(found)


def test_small_touchpoints_are_drawn_to_the_others(taxonomy: Taxonomy) -> None:
    rows = [
        *about("app", 60, 240),
        *about("store", 90, 210),
        *about("product", 70, 230),
        *about("chat", 3, 0),
    ]
    found = scorecard(table(rows), taxonomy)
    assert row(found, "touchpoint", "chat")["shrunk_negative"] < 0.6
    app = row(found, "touchpoint", "app")
    assert app["shrunk_negative"] == pytest.approx(app["share_negative"], abs=0.01)


def test_customers_who_repeat_themselves_widen_the_intervals(taxonomy: Taxonomy) -> None:
    rng = np.random.default_rng(0)
    angry = np.repeat(rng.random(100) < 0.4, 4)
    sides = ["negative" if one else "positive" for one in angry]
    rows: Rows = [(f"c{at}", "app", "general", side) for at, side in enumerate(sides)]
    customers = [f"k{at // 4}" for at in range(400)]
    alone, several = (
        row(scorecard(table(rows, **columns), taxonomy), "touchpoint")
        for columns in ({}, {"customer_id": customers})
    )
    assert several["customers"] == 100
    for low, high in (
        ("negative_low", "negative_high"),
        ("net_low", "net_high"),
        ("weight_low", "weight_high"),
    ):
        # Four comments that always agree are worth one.
        assert (several[high] - several[low]) / (alone[high] - alone[low]) == pytest.approx(2, rel=0.06)
    assert several["share_negative"] == alone["share_negative"]


def test_one_customer_with_half_the_comments_is_named_and_counts_little(taxonomy: Taxonomy) -> None:
    rows = [*about("app", 100, 0, "one"), *about("app", 20, 80, "many"), *about("store", 10, 40)]
    customers = ["one"] * 100 + [f"k{at}" for at in range(150)]
    found = scorecard(table(rows, customer_id=customers), taxonomy)
    app = row(found, "touchpoint", "app")
    assert app["negative_high"] - app["negative_low"] > 0.5
    assert not app["enough"]
    assert Limit("scorecard", "one_customer", {"n": 100, "share": 0.4}) in found.limits


def held_out(**rates: tuple[int, int, int, int]) -> dict[str, Any]:
    counts = {
        f"{name}#negative": dict(zip(("tp", "fn", "fp", "tn"), of, strict=True)) for name, of in rates.items()
    }
    return {"model": {"heldout": {"touchpoint_sentiment": counts}}}


def test_weights_are_corrected_by_the_held_out_errors(taxonomy: Taxonomy) -> None:
    manifest = held_out(app=(75, 25, 20, 380), store=(2, 1, 0, 400))
    rows = [*about("app", 120, 30), *about("store", 20, 5)]
    found = scorecard(table(rows, comments=825, manifest=manifest), taxonomy)
    app, expected = row(found, "touchpoint", "app"), corrected_share(120, 1000, ErrorRates(75, 25, 20, 380))
    assert expected is not None
    assert app["correction"] == "assumed"
    assert (app["corrected_weight"], app["corrected_low"], app["corrected_high"]) == pytest.approx(
        (expected.value, expected.low, expected.high)
    )
    # Three comments with the label say too little of how often it is missed.
    store = row(found, "touchpoint", "store")
    assert store["correction"] == ""
    assert np.isnan(store["corrected_weight"])
    assert row(found, "factor")["correction"] == ""
    # Eleven rows complain: all, two touchpoints, one factor, two pairs, two stages, two owners; only that of the app is corrected.
    values = {"rows": 10, "corrected": 1, "assumed": 1, "audited": False}
    assert Limit("scorecard", "assumed_errors", values) in found.limits


def test_the_users_audit_stands_before_the_held_out_errors(taxonomy: Taxonomy) -> None:
    audit = Audit(
        "mine.csv", 200,
        {"touchpoint_sentiment": {"app#negative": ErrorRates(30, 10, 4, 156), "store#negative": ErrorRates(1, 1, 1, 197)},
         "all_sentiment": {"#negative": ErrorRates(60, 20, 6, 114)}},
    )  # fmt: skip
    manifest = held_out(app=(75, 25, 20, 380), store=(50, 5, 5, 400))
    rows = [*about("app", 120, 30), *about("store", 20, 5)]
    channel = ["web"] * 400 + ["shop"] * 600
    found = scorecard(table(rows, comments=825, manifest=manifest, channel=channel), taxonomy, audit=audit)
    kinds = {name: row(found, "touchpoint", name)["correction"] for name in ("app", "store")}
    assert kinds == {"app": "audited", "store": "assumed"}
    web, whole = row(found, "channel", "web"), row(found, "all")
    assert (web["correction"], whole["correction"]) == ("audited", "audited")
    of_web = corrected_share(140, 400, ErrorRates(60, 20, 6, 114))
    assert of_web is not None
    assert web["corrected_weight"] == pytest.approx(0.4 * of_web.value)
    assert web["corrected_low"] < web["corrected_weight"] < web["corrected_high"]


@pytest.mark.parametrize(
    "manifest",
    [{}, {"model": None}, {"model": {"heldout": {"touchpoint_sentiment": {"app#negative": {"tp": "x"}}}}}],
)
def test_without_usable_error_rates_nothing_is_corrected(manifest: Any, taxonomy: Taxonomy) -> None:
    found = scorecard(table(about("app", 30, 30), manifest=manifest), taxonomy)
    assert (found.table["correction"] == "").all()
    assert found.table["corrected_weight"].isna().all()
    assert "no_error_rates" in reasons(found)


def weekly(rates: list[float], each: int = 100) -> Scored:
    """So many comments a week, of which this share complains about the app, all others praise it."""
    rows: Rows = []
    times = []
    for week, rate in enumerate(rates):
        for at in range(each):
            rows.append((f"c{week}-{at}", "app", "general", "negative" if at < rate * each else "positive"))
            times.append(pd.Timestamp("2024-01-01") + pd.Timedelta(days=7 * week + at % 7))
    return table(rows, time=times)


def test_a_trend_is_told_in_log_odds_for_30_days(taxonomy: Taxonomy) -> None:
    months = np.arange(26) * 7 / 30
    rates = 1 / (1 + np.exp(-(-1.5 + 0.2 * months)))
    found = row(scorecard(weekly(list(rates)), taxonomy), "touchpoint")
    assert found["trend"] == pytest.approx(0.2, abs=0.02)
    assert found["trend_low"] > 0
    assert found["trend_p"] < 0.001


def test_five_weeks_and_no_times_give_no_trend(taxonomy: Taxonomy) -> None:
    for scored in (weekly([0.2] * 5), table(about("app", 30, 30)), weekly([0.0] * 12), weekly([1.0] * 12)):
        assert scorecard(scored, taxonomy).table["trend"].isna().all()
    assert "few_weeks" in reasons(scorecard(weekly([0.2] * 5), taxonomy))
    assert "few_weeks" not in reasons(scorecard(weekly([0.2] * 6), taxonomy))


def test_slopes_agree_with_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(0)
    times = np.arange(40) * 7 / 30
    trials = rng.poisson(40, (12, 40))
    trials[:, 7] = 0
    hits = rng.binomial(trials, 1 / (1 + np.exp(1.4 + rng.normal(0, 0.6, (12, 40)))))
    found = slopes(times, hits, trials)
    for at in range(12):
        there = trials[at] > 0
        counts = np.column_stack([hits[at], trials[at] - hits[at]])[there]
        model = sm.GLM(counts, sm.add_constant(times[there]), family=sm.families.Binomial())
        fitted = model.fit(scale="X2")
        assert found.value[at] == pytest.approx(fitted.params[1], abs=1e-8)
        # Weeks that are like their neighbours only widen the interval.
        assert found.high[at] - found.value[at] >= 1.96 * fitted.bse[1]
    assert (found.periods == 39).all()


@pytest.mark.parametrize(("alike", "most"), [(0.0, 0.06), (0.6, 0.13)])
def test_noisy_weeks_are_seldom_taken_for_a_trend(alike: float, most: float) -> None:
    rng = np.random.default_rng(2)
    shocks = rng.normal(0, 0.35, (1000, 26))
    for at in range(1, 26):
        shocks[:, at] = alike * shocks[:, at - 1] + np.sqrt(1 - alike**2) * shocks[:, at]
    hits = rng.binomial(150, 1 / (1 + np.exp(2.2 - shocks)))
    found = slopes(np.arange(26) * 7 / 30, hits, np.full((1000, 26), 150))
    assert (found.p < 0.05).mean() < most


def test_no_comments_give_an_empty_table(taxonomy: Taxonomy) -> None:
    found = scorecard(table([]), taxonomy)
    assert found.table.empty
    assert list(found.table.columns) == list(COLUMNS)
    assert reasons(found) == {"no_comments"}


def test_without_mentions_the_comments_own_sentiment_counts(taxonomy: Taxonomy) -> None:
    sentiment = ["negative"] * 4 + ["mixed"] * 2 + ["positive"] * 14
    found = scorecard(table([], comments=20, sentiment=sentiment, channel=["web"] * 20), taxonomy)
    assert list(found.table["by"]) == ["all", "channel"]
    assert found.table["negative"].tolist() == [6, 6]
    assert found.table["positive"].tolist() == [16, 16]
    assert "no_mentions" in reasons(found)


def test_three_rows_and_one_label(taxonomy: Taxonomy) -> None:
    found = scorecard(table(about("app", 1, 2)), taxonomy)
    app = row(found, "touchpoint")
    assert app["negative_low"] < 1 / 3 < app["negative_high"]
    assert app["shrunk_negative"] == pytest.approx(1 / 3)
    assert not found.table["enough"].any()


def test_all_positive(taxonomy: Taxonomy) -> None:
    found = scorecard(table([*about("app", 0, 40), *about("store", 0, 30), *about("chat", 0, 2)]), taxonomy)
    assert (found.table["negative"] == 0).all()
    assert (found.table["weight"] == 0).all()
    assert found.table["shrunk_negative"].lt(0.2).all()
    assert reasons(found) == {"no_customers", "few_weeks"}


def test_touchpoints_that_the_taxonomy_does_not_know_have_no_owner(taxonomy: Taxonomy) -> None:
    scored = table([*about("somewhere", 5, 5), *about("hotline", 5, 5)])
    staged = scored_table(
        scored.comments, scored.mentions.assign(stage=["nowhere"] * 10 + ["elsewhere"] * 10)
    )
    rows = scorecard(staged, taxonomy).table
    assert set(rows.loc[rows["by"] == "touchpoint", "touchpoint"]) == {"somewhere", "hotline"}
    assert set(rows.loc[rows["by"] == "owner", "group"]) == {"customer_care"}
    # A stage that only the table knows is kept, one that the taxonomy knows otherwise is not.
    assert set(rows.loc[rows["by"] == "stage", "group"]) == {"nowhere", taxonomy.touchpoint("hotline").stage}


def test_missing_values_and_unused_levels_are_left_out(taxonomy: Taxonomy) -> None:
    rows = about("app", 10, 20)
    nothing = [None] * 30
    levels = pd.Categorical(["web"] * 20 + [None] * 10, categories=["web", "never", "shop"])
    full = table(rows, customer_id=nothing, time=nothing, rating=nothing, segment=nothing, channel=levels, value=nothing)  # fmt: skip
    mentions = full.mentions.assign(
        touchpoint=full.mentions["touchpoint"].cat.add_categories("email"), stage=None
    )
    found = scorecard(scored_table(full.comments, mentions), taxonomy).table
    assert set(found["by"]) == {
        "all",
        "touchpoint",
        "factor",
        "touchpoint_factor",
        "stage",
        "owner",
        "channel",
    }
    assert found.loc[found["by"] == "channel", "comments"].tolist() == [20]
    assert found.loc[found["by"] == "touchpoint", "touchpoint"].tolist() == ["app"]
    assert found["customers"].isna().all()


def test_a_table_without_factors_has_no_rows_of_them(taxonomy: Taxonomy) -> None:
    scored = table(about("app", 10, 20))
    bare = Scored(scored.comments, scored.mentions.assign(factor=""))
    assert set(scorecard(bare, taxonomy).table["by"]) == {"all", "touchpoint", "stage", "owner"}
