"""Alarms, and what they are about."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.trends.alarms import COLUMNS, EVIDENCE, alarms
from cx_nlp.journey.trends.background import background
from cx_nlp.journey.trends.causes_over_time import trends
from cx_nlp.journey.trends.counts import Counts
from cx_nlp.journey.trends.detectable import smallest_rise
from cx_nlp.journey.trends.levels import levels
from cx_nlp.journey.trends.signals import FALL, LATEST, LEVEL, RISE, Signal, judge
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
TOUCHPOINTS = ("website", "app", "store", "staff", "payment", "delivery", "product", "hotline")
USUAL = ("chậm quá", "thái độ kém", "gọi không nghe", "not happy with it", "làm mất thời gian")


def complaints(
    shares: dict[str, list[float]],
    *,
    weeks: int = 40,
    comments: int = 150,
    first: str = "2024-04-01",
    noise: float = 0.2,
    seed: int = 0,
    said: dict[str, tuple[int, str]] | None = None,
) -> Scored:
    """Weeks of comments; each touchpoint has 6 % complaints but for `shares`, week by week.

    From a given week on, complaints at a touchpoint of `said` hold the words given there.
    """
    rng = np.random.default_rng(seed)
    n = weeks * comments
    times = pd.Timestamp(first) + pd.to_timedelta(np.arange(n) * 7 / comments + 0.01, unit="D")
    texts, mentions = [""] * n, []
    for touchpoint in TOUCHPOINTS:
        usual = np.array(shares.get(touchpoint, [0.06] * weeks))
        share = np.repeat(expit(logit(usual) + rng.normal(0, noise, weeks)), comments)
        for row in np.flatnonzero(rng.random(n) < share).tolist():
            since, words = (said or {}).get(touchpoint, (weeks, ""))
            text = f"{rng.choice(USUAL)}{', ' + words if row >= since * comments else ''}"
            texts[row] = f"{texts[row]}. {text}"
            mentions.append((f"c{row}", touchpoint, "general", "negative", text))
    frame = pd.DataFrame(mentions, columns=["comment_id", "touchpoint", "factor", "sentiment", "quote"])
    ids = [f"c{row}" for row in range(n)]
    return scored_table(
        pd.DataFrame({"comment_id": ids, "time": times, "text": texts}), frame, taxonomy=TAXONOMY
    )


def found(scored: Scored) -> pd.DataFrame:
    return alarms(scored, TAXONOMY, trends(scored, TAXONOMY).table).table


def reasons(scored: Scored) -> list[str]:
    return [limit.reason for limit in alarms(scored, TAXONOMY, trends(scored, TAXONOMY).table).limits]


@pytest.fixture(scope="module")
def shifted() -> Scored:
    """Deliveries get worse in week 28 of 40, with a new word; nothing else changes."""
    return complaints(
        {"delivery": [0.06] * 28 + [0.16] * 12},
        said={"delivery": (28, "hộp móp méo")},
    )


def test_a_new_level_is_one_alarm_with_owner_words_and_evidence(shifted: Scored) -> None:
    table = found(shifted)
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 1
    alarm = table.iloc[0]
    assert (alarm["touchpoint"], alarm["factor"], alarm["kind"]) == ("delivery", "", "level")
    assert (alarm["direction"], alarm["owner"]) == ("worse", "logistics")
    assert abs(alarm["period"] - pd.Timestamp("2024-10-14")) <= pd.Timedelta(weeks=1)
    assert alarm["before"] == pytest.approx(0.06, abs=0.02)
    assert alarm["after"] == pytest.approx(0.16, abs=0.03)
    assert alarm["q"] < 0.01
    assert alarm["p"] <= alarm["q"]
    assert "móp méo" in alarm["rising_words"]


def test_evidence_is_the_newest_complaints_of_the_cause(shifted: Scored) -> None:
    evidence = found(shifted)["evidence"].iloc[0]
    assert len(evidence) == EVIDENCE
    mentions = shifted.mentions
    those = mentions[(mentions["touchpoint"] == "delivery") & (mentions["sentiment"] == "negative")][
        "comment_id"
    ]
    rows = [int(id[1:]) for id in those]
    assert evidence == [f"c{row}" for row in sorted(rows, reverse=True)[:EVIDENCE]]


def test_words_come_from_the_texts_where_there_are_no_quotes(shifted: Scored) -> None:
    bare = Scored(shifted.comments, shifted.mentions.drop(columns="quote"))
    assert "móp méo" in found(bare)["rising_words"].iloc[0]
    empty = Scored(shifted.comments, shifted.mentions.assign(quote=None))
    assert "móp méo" in found(empty)["rising_words"].iloc[0]
    silent = Scored(shifted.comments.drop(columns="text"), shifted.mentions.drop(columns="quote"))
    assert found(silent)["rising_words"].iloc[0] == []


def test_the_last_week_alone() -> None:
    table = found(complaints({"hotline": [0.06] * 39 + [0.3]}, first="2024-07-29"))
    assert len(table) == 1
    alarm = table.iloc[0]
    assert (alarm["touchpoint"], alarm["kind"], alarm["direction"]) == ("hotline", "latest", "worse")
    assert alarm["period"] == pd.Timestamp("2024-07-29") + pd.Timedelta(weeks=39)
    assert alarm["share"] == pytest.approx(0.3, abs=0.12)
    assert alarm["expected"] == pytest.approx(0.06, abs=0.01)


def test_a_fall_is_told_as_better_and_has_no_rising_words() -> None:
    table = found(complaints({"staff": [0.2] * 26 + [0.06] * 14}))
    assert table[["touchpoint", "direction"]].to_numpy().tolist() == [["staff", "better"]]
    assert table["rising_words"].iloc[0] == []
    assert table["after"].iloc[0] < table["before"].iloc[0]


def test_nothing_changed_nothing_alarmed() -> None:
    with_any = sum(bool(len(found(complaints({}, seed=seed, noise=0.35)))) for seed in range(3))
    assert with_any == 0


def test_an_incomplete_week_is_not_judged() -> None:
    whole = complaints({"hotline": [0.06] * 39 + [0.5]})
    kept = whole.comments["time"] < pd.Timestamp("2024-04-01") + pd.Timedelta(weeks=39, days=3)
    comments = whole.comments[kept].reset_index(drop=True)
    mentions = whole.mentions[whole.mentions["comment_id"].isin(comments["comment_id"])].reset_index(
        drop=True
    )
    partial = Scored(comments, mentions)
    assert found(partial).empty
    assert "latest_incomplete" in reasons(partial)


def test_a_holiday_week_is_not_judged() -> None:
    # 40 weeks that end with the week of Tết 2025 (29 January).
    tet = complaints({"delivery": [0.06] * 39 + [0.3]}, first="2024-04-29")
    assert found(tet).empty
    assert "latest_in_holiday" in reasons(tet)
    assert (
        "tet_left_out"
        in found(complaints({"delivery": [0.06] * 20 + [0.2] * 20}, first="2024-04-29"))["season"].iloc[0]
    )


def test_few_weeks_no_time_and_three_rows() -> None:
    assert reasons(complaints({}, weeks=6, comments=80)) == ["few_periods"]
    timeless = complaints({}, weeks=12)
    timeless = Scored(timeless.comments.drop(columns="time"), timeless.mentions)
    three = complaints({}, weeks=1, comments=3)
    for scored in (timeless, three):
        result = alarms(scored, TAXONOMY, trends(scored, TAXONOMY).table)
        assert tuple(result.table.columns) == COLUMNS
        assert result.table.empty
        assert [limit.reason for limit in result.limits] == ["no_trends"]


def test_a_touchpoint_the_taxonomy_does_not_know_has_no_owner() -> None:
    scored = complaints({"delivery": [0.06] * 28 + [0.2] * 12})
    renamed = scored.mentions["touchpoint"].cat.rename_categories({"delivery": "drone"})
    table = found(Scored(scored.comments, scored.mentions.assign(touchpoint=renamed)))
    assert table[["touchpoint", "owner"]].to_numpy().tolist() == [["drone", ""]]


def test_one_customer_who_writes_most_of_it_is_said(shifted: Scored) -> None:
    rows = np.arange(len(shifted.comments))
    blamed = shifted.mentions["comment_id"][shifted.mentions["touchpoint"] == "delivery"]
    flood = shifted.comments["comment_id"].isin(blamed) & (rows > 28 * 150) & (rows % 4 > 0)
    customers = pd.Series(rows.astype(str)).where(~flood, "angry").where(rows % 7 > 0)
    scored = Scored(shifted.comments.assign(customer_id=customers), shifted.mentions)
    result = alarms(scored, TAXONOMY, trends(scored, TAXONOMY).table)
    said = [limit for limit in result.limits if limit.reason == "one_customer"]
    assert [limit.values["touchpoint"] for limit in said] == ["delivery"]  # noqa: PD011
    assert len(result.table) == 1
    nobody = Scored(shifted.comments.assign(customer_id=None), shifted.mentions)
    assert "one_customer" not in reasons(nobody)


def test_only_the_causes_of_the_given_table_are_tested(shifted: Scored) -> None:
    over_time = trends(shifted, TAXONOMY).table
    others = over_time[over_time["touchpoint"] != "delivery"]
    assert alarms(shifted, TAXONOMY, others).table.empty


def simulated(
    seed: int, *, autocorrelation: float, shift: float = 1.0, weeks: int = 45, causes: int = 30
) -> Counts:
    rng = np.random.default_rng(seed)
    shock = rng.normal(0, 0.35, (causes, weeks))
    shock[:, 1:] *= np.sqrt(1 - autocorrelation**2)
    for week in range(1, weeks):
        shock[:, week] += autocorrelation * shock[:, week - 1]
    odds = logit(rng.uniform(0.02, 0.1, (causes, 1))) + shock
    odds[0, -12:] += np.log(shift)
    comments = rng.poisson(300, weeks)
    periods = pd.date_range("2024-04-08", periods=weeks, freq="7D")
    names = tuple((f"cause {k}", "") for k in range(causes))
    return Counts("week", periods, names, comments, rng.binomial(comments, expit(odds)), True)


def signals(counts: Counts) -> list[Signal]:
    found = background(counts)
    changes, level, expected = levels(counts, found)
    return [signal for signal in judge(counts, found, level, expected, changes) if signal.q < 0.1]


@pytest.mark.parametrize("autocorrelation", [0.0, 0.6])
def test_noise_that_lasts_is_no_alarm(autocorrelation: float) -> None:
    # The rates over thousands of runs are measured by benchmarks/alarms.py.
    with_any = sum(bool(signals(simulated(seed, autocorrelation=autocorrelation))) for seed in range(12))
    assert with_any <= 3


def test_a_tripled_share_is_found_among_many_causes() -> None:
    right = [
        any(
            signal.cause == 0 and signal.worse
            for signal in signals(simulated(seed, autocorrelation=0.3, shift=3))
        )
        for seed in range(8)
    ]
    assert sum(right) >= 6


def test_both_kinds_of_all_causes_share_one_false_discovery_rate() -> None:
    counts = simulated(0, autocorrelation=0.0)
    found = background(counts)
    changes, level, expected = levels(counts, found)
    every = judge(counts, found, level, expected, changes)
    assert [sum(signal.kind == kind for signal in every) for kind in (LATEST, LEVEL)] == [30, 30]
    least = min(every, key=lambda signal: signal.p)
    assert least.q <= 60 * least.p + 1e-12
    alone = dataclasses.replace(counts, causes=counts.causes[:1], complaints=counts.complaints[:1])
    assert len(signals(alone)) <= 1


def test_rises_count_for_more_than_falls_and_the_weights_are_one_in_the_mean() -> None:
    assert (RISE + FALL) / 2 == 1
    for shift, weight in ((4.0, RISE), (1 / 6, FALL)):
        counts = simulated(3, autocorrelation=0.0, shift=shift)
        found = background(counts)
        changes, level, expected = levels(counts, found)
        judged = judge(counts, found, level, expected, changes)
        least = min(judged, key=lambda signal: signal.q)
        assert least.cause == 0
        assert least.worse == (shift > 1)
        assert least.q == pytest.approx(len(judged) * least.p / weight)


def test_how_large_a_rise_an_alarm_needs_is_said_and_is_true() -> None:
    scored = complaints({}, comments=60, noise=0.0)
    limits = {
        limit.reason: limit for limit in alarms(scored, TAXONOMY, trends(scored, TAXONOMY).table).limits
    }
    said = limits["detectable"].values  # noqa: PD011
    assert (said["comments"], said["unit"], said["periods"]) == (60, "week", 12)
    assert 0.04 < said["middle_share"] <= said["most_share"] < 0.1
    assert said["most_share_after"] == pytest.approx(said["most_share"] + said["points"] / 100, abs=0.001)
    rng, seen = np.random.default_rng(1), 0
    for _ in range(40):
        share = np.full((10, 50), 0.06)
        share[0, -12:] = 0.06 * said["most_share_after"] / said["most_share"]
        periods = pd.date_range("2024-01-01", periods=50, freq="7D")
        names = tuple((f"cause {k}", "") for k in range(10))
        counts = Counts("week", periods, names, np.full(50, 60), rng.binomial(60, share), True)
        seen += any(signal.cause == 0 and signal.worse for signal in signals(counts))
    assert 0.6 <= seen / 40 <= 0.98


def test_more_comments_make_smaller_rises_visible() -> None:
    rng, periods = np.random.default_rng(0), pd.date_range("2024-04-08", periods=45, freq="7D")
    names = tuple((f"cause {k}", "") for k in range(5))
    rises = []
    for comments in (100, 2000):
        n = np.full(45, comments)
        quiet = Counts("week", periods, names, n, rng.binomial(n, np.full((5, 45), 0.05)), True)
        rises.append(smallest_rise(quiet, background(quiet), 0.05, 0.001))
    assert rises[0] is not None
    assert rises[1] is not None
    assert 0.05 < rises[1].after < rises[0].after
    short = simulated(0, autocorrelation=0.0, causes=5, weeks=14)
    assert smallest_rise(short, background(short), 0.05, 0.001) is None


def test_a_change_that_is_no_news_any_more_is_said() -> None:
    old = complaints({"delivery": [0.03] * 20 + [0.15] * 40}, weeks=60)
    limits = {limit.reason: limit for limit in alarms(old, TAXONOMY, trends(old, TAXONOMY).table).limits}
    assert limits["older"].values == {"touchpoints": ["delivery"], "periods": 26, "unit": "week"}  # noqa: PD011
