"""Causes over time, from the scored table."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest
from invented_scores import invented_comments
from scipy.special import expit, logit

from cx_nlp.journey.scores.scorecard import wilson
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.trends.background import background
from cx_nlp.journey.trends.breaks import change_points
from cx_nlp.journey.trends.causes_over_time import COLUMNS, trends
from cx_nlp.journey.trends.counts import Counts, count
from cx_nlp.journey.trends.levels import levels
from cx_nlp.journey.trends.newest import chance, estimates
from cx_nlp.journey.trends.noise import shared_noise
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()


def table(
    hits: dict[tuple[str, str], list[int]], comments: list[int], *, first: str = "2024-04-01", **more: object
) -> Scored:
    """A table with so many comments a week, some of which complain of each cause; the others praise the product."""
    weeks = np.repeat(np.arange(len(comments)), comments)
    within = np.concatenate([np.arange(n) / max(n, 1) for n in comments])
    times = pd.Timestamp(first) + pd.to_timedelta(weeks * 7 + within * 6.99, unit="D")
    ids = [f"c{k}" for k in range(len(times))]
    mentions = [(id, "product", "general", "positive", "") for id in ids]
    for (touchpoint, factor), counted in hits.items():
        for week, number in enumerate(counted):
            chosen = np.flatnonzero(weeks == week)[:number]
            mentions += [(ids[at], touchpoint, factor, "negative", "") for at in chosen]
    frame = pd.DataFrame(mentions, columns=["comment_id", "touchpoint", "factor", "sentiment", "quote"])
    said = pd.DataFrame({"comment_id": ids, "time": times, **more})
    return scored_table(said, frame.drop(columns="quote"), taxonomy=TAXONOMY)


def simulated(
    seed: int, *, weeks: int = 52, causes: int = 20, autocorrelation: float = 0.3, noise: float = 0.35
) -> Counts:
    rng = np.random.default_rng(seed)
    shock = rng.normal(size=(causes, weeks))
    shock[:, 1:] *= np.sqrt(1 - autocorrelation**2)
    for week in range(1, weeks):
        shock[:, week] += autocorrelation * shock[:, week - 1]
    share = rng.uniform(0.02, 0.1, causes)[:, None]
    comments = rng.poisson(300, weeks)
    periods = pd.date_range("2023-03-20", periods=weeks, freq="7D")
    names = tuple((f"cause {k}", "") for k in range(causes))
    return Counts(
        "week", periods, names, comments, rng.binomial(comments, expit(logit(share) + noise * shock)), True
    )


def test_one_row_for_each_cause_and_week() -> None:
    hits = {("delivery", "responsiveness"): [4, 2, 0, 6, 5] * 4, ("delivery", "product_quality"): [3] * 20}
    found = trends(table(hits, [50] * 20), TAXONOMY)
    assert tuple(found.table.columns) == COLUMNS
    causes = found.table[["touchpoint", "factor"]].drop_duplicates()
    assert [*causes.itertuples(index=False, name=None)] == [
        ("delivery", ""),
        ("delivery", "product_quality"),
        ("delivery", "responsiveness"),
        ("product", ""),
    ]
    row = found.table.query("factor == 'responsiveness'").iloc[3]
    assert (row["comments"], row["complaints"], row["share"]) == (50, 6, 0.12)
    assert (row["low"], row["high"]) == pytest.approx(tuple(map(float, wilson(6, 50))))
    assert row["unit"] == "week"
    assert row["period"] == pd.Timestamp("2024-04-22")
    # A comment with two complaints at one touchpoint is one complaint.
    assert found.table.query("touchpoint == 'delivery' and factor == ''")["complaints"].iloc[3] == 6
    assert found.limits == ()


def test_a_factor_that_is_all_of_its_touchpoint_is_not_said_twice() -> None:
    found = trends(table({("delivery", "responsiveness"): [4] * 20}, [50] * 20), TAXONOMY).table
    assert {*found["factor"]} == {""}
    general = trends(
        table({("delivery", "general"): [4] * 20, ("delivery", "value"): [3] * 20}, [50] * 20), TAXONOMY
    )
    assert {*general.table["factor"]} == {"", "value"}


def test_a_change_of_level_is_seen_where_it_was() -> None:
    rng = np.random.default_rng(3)
    hits = [*rng.binomial(300, 0.05, 24), *rng.binomial(300, 0.12, 14)]
    found = trends(table({("delivery", "general"): hits}, [300] * 38), TAXONOMY).table.query(
        "touchpoint == 'delivery'"
    )
    at = np.flatnonzero(found["change_point"])
    assert len(at) == 1
    assert abs(at[0] - 24) <= 1
    assert found["level"].iloc[0] == pytest.approx(0.05, abs=0.01)
    assert found["level"].iloc[-1] == pytest.approx(0.12, abs=0.02)
    inside = found["share"].between(found["limit_low"], found["limit_high"])
    assert inside.mean() > 0.95


def test_level_series_seldom_show_a_change() -> None:
    seen = [sum(map(len, levels(counts, background(counts))[0])) for counts in map(simulated, range(6))]
    assert np.mean(seen) / 20 < 0.03


def test_the_last_week_has_no_part_in_what_it_is_held_against() -> None:
    hits = [10] * 25 + [40]
    found = trends(table({("app", "general"): hits}, [200] * 26), TAXONOMY).table.query("touchpoint == 'app'")
    assert found["expected"].iloc[-1] == pytest.approx(0.05, abs=0.002)
    assert found["share"].iloc[-1] > found["limit_high"].iloc[-1]


def test_noise_of_the_weeks_is_found_again() -> None:
    for autocorrelation in (0.0, 0.6):
        counts = [simulated(seed, autocorrelation=autocorrelation) for seed in range(5)]
        usable = np.ones(52, bool)
        noises = [
            shared_noise(
                one.complaints.astype(float),
                one.comments.astype(float),
                usable,
                np.zeros((20, 52), int),
                np.arange(20),
            )
            for one in counts
        ]
        assert np.sqrt(np.mean([noise.variance for noise in noises])) == pytest.approx(0.35, abs=0.05)
        assert np.mean([noise.autocorrelation for noise in noises]) == pytest.approx(
            autocorrelation, abs=0.12
        )


def test_what_happens_to_one_touchpoint_is_no_noise_to_itself() -> None:
    counts = simulated(2)
    struck = counts.complaints.copy()
    struck[:2, -4:] = np.minimum(struck[:2, -4:] * 6 + 20, counts.comments[-4:])
    # A touchpoint and its factor.
    names = (("shop", ""), ("shop", "value"), *counts.causes[2:])
    calm, noisy = (
        background(dataclasses.replace(counts, causes=names, complaints=complaints)).noise
        for complaints in (counts.complaints, struck)
    )
    np.testing.assert_allclose(noisy.variance[:2], calm.variance[:2])
    assert noisy.variance[5] > 1.2 * calm.variance[5]


def test_a_growing_number_of_comments_is_no_change() -> None:
    rng = np.random.default_rng(0)
    comments = np.linspace(40, 900, 60).astype(int)
    counts = dataclasses.replace(
        simulated(0, weeks=60),
        comments=comments,
        complaints=rng.binomial(comments, np.full((20, 1), 0.01)),
    )
    assert sum(map(len, levels(counts, background(counts))[0])) <= 1


def test_a_wave_of_the_year_is_expected_and_no_change() -> None:
    counts = simulated(1, weeks=117)
    wave = 0.8 * np.sin(2 * np.pi * np.arange(117) / 52.18)
    share = expit(logit(0.06) + wave + np.random.default_rng(2).normal(0, 0.2, (20, 117)))
    counts = dataclasses.replace(counts, complaints=np.random.default_rng(3).binomial(counts.comments, share))
    found = background(counts)
    assert "year" in found.season.words
    changes, level, expected = levels(counts, found)
    assert sum(map(len, changes)) <= 1
    assert np.corrcoef(logit(expected[0]) - logit(level[0]), wave)[0, 1] > 0.95


def test_holidays_are_left_out_until_two_years_tell_their_effect() -> None:
    one, two = simulated(0), simulated(0, weeks=117)
    assert background(one).season.words == ("tet_left_out", "shopping_left_out")
    season = background(two).season
    assert season.words == ("year", "tet_allowed", "shopping_allowed")
    doubled = np.where(season.marks == "tet", 2, 1) * two.complaints
    known = dataclasses.replace(two, complaints=np.minimum(doubled, two.comments))
    _, level, expected = levels(known, background(known))
    ratio = (expected / level)[:, season.marks == "tet"] / (expected / level)[
        :, np.flatnonzero(season.marks == "tet") - 6
    ]
    assert np.median(ratio) == pytest.approx(2, abs=0.5)


def test_weight_tells_which_periods_count() -> None:
    away = np.r_[np.zeros(15), np.full(4, 9.0), np.zeros(15)]
    weight = np.where(away > 0, 0.0, 25.0)
    assert change_points(away, weight) == []
    assert change_points(np.r_[np.zeros(15), np.ones(15)], np.full(30, 25.0)) == [15]
    assert change_points(np.ones(8), np.ones(8)) == []


def test_choosing_the_place_makes_chance_larger() -> None:
    alike = estimates(np.eye(50), np.ones((50, 1)), np.arange(24, 45)).alike
    assert chance(1.96, 1e6, alike[:0]) == pytest.approx(0.05, abs=0.0002)
    assert chance(4.0, 10, alike) > chance(4.0, 1e6, alike) > chance(4.0, 1e6, alike[:0])
    assert chance(0.1, 10, alike) == 1
    assert 0 <= chance(40, 1e6, alike) < 1e-100


def test_the_largest_change_of_noise_that_lasts_is_at_most_as_frequent_as_said() -> None:
    rng, apart = np.random.default_rng(5), np.abs(np.arange(40)[:, None] - np.arange(40))
    covariance = 0.5**apart + 0.2 * np.eye(40)
    tested = estimates(covariance, np.ones((40, 1)), np.arange(6, 35))
    series = rng.multivariate_normal(np.zeros(40), covariance, 20000)
    largest = np.abs(series @ tested.contrast.T / np.sqrt(tested.information)).max(axis=1)
    # The inequality is one: never too small, and not much too large.
    assert 1 <= chance(3.2, 1e6, tested.alike) / (largest > 3.2).mean() < 1.5
    # A change of 1 is estimated without bias.
    changed = (series + (np.arange(40) >= 28)) @ tested.contrast[28 - 6] / tested.information[28 - 6]
    assert changed.mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("comments", [[0, 0], [0]])
def test_no_comments(comments: list[int]) -> None:
    found = trends(table({}, comments), TAXONOMY)
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS
    assert found.limits[0].reason == "no_time"


def test_no_time_column_and_no_known_time() -> None:
    scored = table({("app", "general"): [9] * 12}, [30] * 12)
    without = Scored(scored.comments.drop(columns="time"), scored.mentions)
    unknown = Scored(scored.comments.assign(time=pd.NaT), scored.mentions)
    for one in (without, unknown):
        found = trends(one, TAXONOMY)
        assert found.table.empty
        assert [limit.reason for limit in found.limits] == ["no_time"]


def test_everything_on_one_day() -> None:
    scored = table({("app", "general"): [40]}, [100])
    day = Scored(scored.comments.assign(time=pd.Timestamp("2024-05-05 10:00")), scored.mentions)
    found = trends(day, TAXONOMY)
    assert found.table.empty
    assert found.limits[0].reason == "one_period"


def test_three_rows() -> None:
    found = trends(table({("app", "general"): [1, 1, 1]}, [1, 1, 1]), TAXONOMY)
    assert found.table.empty
    assert found.limits[0].reason == "few_comments"


def test_few_weeks_have_shares_and_no_limits() -> None:
    found = trends(table({("app", "general"): [9] * 5}, [60] * 5), TAXONOMY)
    assert len(found.table.query("touchpoint == 'app'")) == 5
    assert found.table["limit_low"].isna().all()
    assert found.table["share"].notna().all()
    assert [limit.reason for limit in found.limits] == ["few_periods"]
    assert found.limits[0].values["needed"] == 9  # noqa: PD011


def test_weeks_without_a_comment_stay_in_the_table_without_a_share() -> None:
    comments = [60] * 10 + [0, 0] + [60] * 10
    found = trends(table({("app", "general"): [9 if n else 0 for n in comments]}, comments), TAXONOMY).table
    gap = found.query("touchpoint == 'app' and comments == 0")
    assert len(gap) == 2
    assert gap[["share", "low", "high", "limit_low"]].isna().all(axis=None)
    assert not found["change_point"].any()


def test_times_in_the_future_and_unknown_ones_are_left_out_and_said() -> None:
    scored = table({("app", "general"): [9] * 20}, [60] * 20)
    times = scored.comments["time"].copy()
    times.iloc[5] = pd.Timestamp("2031-01-01")
    times.iloc[6:9] = pd.NaT
    found = trends(Scored(scored.comments.assign(time=times), scored.mentions), TAXONOMY)
    assert found.table["period"].max() == pd.Timestamp("2024-08-12")
    said = {limit.reason: limit.values["comments"] for limit in found.limits}  # noqa: PD011
    assert said == {"without_time": 3, "stray_times": 1}


def test_mixed_zones_and_dates_alone() -> None:
    scored = table({("app", "general"): [9] * 12}, [60] * 12)
    times = scored.comments["time"]
    mixed = [f"{time.isoformat()}{'+07:00' if at % 2 else 'Z'}" for at, time in enumerate(times)]
    again = scored_table(scored.comments.assign(time=mixed), scored.mentions)
    zoned = Scored(scored.comments.assign(time=times.dt.tz_localize("Asia/Ho_Chi_Minh")), scored.mentions)
    days = Scored(scored.comments.assign(time=times.dt.normalize()), scored.mentions)
    expected = trends(scored, TAXONOMY).table
    for one in (zoned, days):
        pd.testing.assert_frame_equal(trends(one, TAXONOMY).table, expected)
    # A few comments fall into the week before the first.
    assert trends(again, TAXONOMY).table["comments"].sum() > 0.98 * expected["comments"].sum()


def test_the_unit_grows_where_comments_are_few() -> None:
    scored = table({("app", "general"): [2] * 110}, [6] * 110)
    assert {*trends(scored, TAXONOMY).table["unit"]} == {"month"}
    days = Scored(
        scored.comments.assign(time=pd.date_range("2024-01-01", "2024-01-15", periods=len(scored.comments))),
        scored.mentions,
    )
    assert {*trends(days, TAXONOMY).table["unit"]} == {"day"}


def test_a_thin_past_is_left_out_and_said() -> None:
    # An export of the newest reviews: a few for each week of two years, then nine weeks of many.
    scored = table({("app", "general"): [0] * 100 + [60] * 9}, [2] * 100 + [400] * 9)
    found = trends(scored, TAXONOMY)
    assert {*found.table["unit"]} == {"day"}
    assert found.table["period"].min() >= pd.Timestamp("2026-02-23")
    assert [limit.reason for limit in found.limits] == ["thin_past"]
    assert found.limits[0].values["comments"] in range(190, 202)  # noqa: PD011
    # One that grows is counted whole.
    growing = trends(table({("app", "general"): [9] * 40}, [30 + 4 * week for week in range(40)]), TAXONOMY)
    assert (growing.limits, growing.table["comments"].sum()) == (
        (),
        2 * sum(30 + 4 * week for week in range(40)),
    )


@pytest.mark.parametrize(("until", "complete"), [(6.99, True), (6.2, True), (3.0, False)])
def test_a_week_is_over_when_its_last_day_has_comments(until: float, complete: bool) -> None:
    scored = table({("app", "general"): [9] * 12}, [60] * 12)
    kept = scored.comments["time"] < pd.Timestamp("2024-06-17") + pd.Timedelta(days=until)
    comments = scored.comments[kept].reset_index(drop=True)
    mentions = scored.mentions[scored.mentions["comment_id"].isin(comments["comment_id"])].reset_index(
        drop=True
    )
    counts = count(Scored(comments, mentions)).counts
    assert counts is not None
    assert counts.complete is complete
    assert counts.judged == 12 - (not complete)


def test_unknown_touchpoints_unused_levels_and_missing_factors() -> None:
    scored = table(
        {("kiosk", "general"): [9] * 12, ("app", "value"): [5] * 12, ("app", "general"): [8] * 12}, [60] * 12
    )
    wide = scored.mentions["touchpoint"].cat.add_categories(["never"])
    factor = scored.mentions["factor"].cat.add_categories([""])
    odd = Scored(
        scored.comments, scored.mentions.assign(touchpoint=wide, factor=factor.where(factor != "general", ""))
    )
    found = trends(odd, TAXONOMY).table
    assert found["touchpoint"].iloc[-1] == "kiosk"
    assert {*found["factor"]} == {"", "value"}
    pd.testing.assert_frame_equal(found, trends(scored, TAXONOMY).table)
    missing = odd.mentions.assign(factor=odd.mentions["factor"].where(odd.mentions["factor"] != "", None))
    pd.testing.assert_frame_equal(trends(Scored(odd.comments, missing), TAXONOMY).table, found)


def test_all_positive() -> None:
    found = trends(table({}, [60] * 20), TAXONOMY).table
    assert (found["complaints"] == 0).all()
    assert np.isfinite(found[["share", "expected", "level", "limit_high"]]).all(axis=None)
    assert not found["change_point"].any()


def test_a_whole_table_and_no_warning() -> None:
    comments, mentions = invented_comments(1500)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = trends(scored_table(comments, mentions), TAXONOMY).table
    late = found.query("touchpoint == 'delivery' and factor == 'responsiveness'")
    assert late["change_point"].sum() == 1
    assert late.loc[late["change_point"], "period"].iloc[0] > pd.Timestamp("2024-09-15")
