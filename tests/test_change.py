"""A change is found where it starts: on made-up quarters in which the touchpoint that changed is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.trends.change import COLUMNS, period_change
from cx_nlp.journey.trends.parts import parts_of, upstream_states
from cx_nlp.journey.trends.robust import robust_parts
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
LINK = pd.DataFrame(
    [
        {
            "cause_touchpoint": "ordering",
            "effect_touchpoint": "hotline",
            "odds_ratio": 6.0,
            "verdict": "supported",
        },
        {
            "cause_touchpoint": "delivery",
            "effect_touchpoint": "hotline",
            "odds_ratio": 1.1,
            "verdict": "not supported",
        },
    ]
)


def made(
    seed: int,
    *,
    upstream: float = 0.0,
    downstream: float = 0.0,
    comments: int = 6000,
    start: str = "2024-01-01",
    days: int = 182,
) -> Scored:
    """Two quarters; later on complaints about ordering, or about the hotline itself, are so much more frequent.

    A complaint about ordering makes one about the hotline in the same comment 30 points likelier.
    """
    rng = np.random.default_rng(seed)
    day = rng.integers(0, days, comments)
    later = day >= days // 2
    ordering = rng.random(comments) < 0.1 + upstream * later
    hotline = rng.random(comments) < 0.06 + 0.3 * ordering + downstream * later
    delivery = rng.random(comments) < 0.15
    ids = np.array([f"c{k}" for k in range(comments)])
    said = {"ordering": ordering, "hotline": hotline, "delivery": delivery}
    mentions = pd.concat(
        [
            *(
                pd.DataFrame({"comment_id": ids[where], "touchpoint": name, "sentiment": "negative"})
                for name, where in said.items()
            ),
            pd.DataFrame({"comment_id": ids, "touchpoint": "product", "sentiment": "positive"}),
        ]
    )
    table = pd.DataFrame(
        {
            "comment_id": ids, "customer_id": rng.integers(0, comments // 2, comments).astype(str),
            "time": pd.Timestamp(start) + pd.to_timedelta(day, unit="D"),
        }
    )  # fmt: skip
    return scored_table(table, mentions.assign(factor="general"))


def found(scored: Scored, links: pd.DataFrame | None = LINK) -> pd.DataFrame:
    return period_change(scored, TAXONOMY, links).table.set_index("touchpoint")


@pytest.mark.parametrize("links", [LINK, None])
def test_an_upstream_change_is_own_there_and_carried_downstream(links: pd.DataFrame | None) -> None:
    table = found(made(1, upstream=0.25), links)
    assert table["verdict"].to_dict() == {"ordering": "own", "hotline": "carried", "delivery": "no change"}
    down = table.loc["hotline"]
    assert down["own"] + down["carried"] == pytest.approx(down["difference"])
    # 25 points more upstream, each with 30 points downstream.
    assert down["carried"] == pytest.approx(0.075, abs=0.02)
    assert down["own_low"] < 0 < down["own_high"]
    assert down["low"] < 0.075 < down["high"]
    assert table.loc["ordering", "carried"] == 0


def test_a_change_at_the_touchpoint_itself_is_its_own() -> None:
    table = found(made(2, downstream=0.1))
    assert table.loc["hotline", "verdict"] == "own"
    assert table.loc["hotline", "own_low"] < 0.1 < table.loc["hotline", "own_high"]
    assert table.loc["ordering", "verdict"] == "no change"


def test_a_fall_is_found_as_a_rise_is() -> None:
    table = found(made(3, upstream=-0.08, comments=9000))
    assert table.loc["ordering", "verdict"] == "own"
    assert table.loc["ordering", "high"] < 0
    assert table.loc["hotline", "carried"] < 0


@pytest.mark.parametrize("seed", range(4, 8))
def test_nothing_changed_is_not_called_a_change(seed: int) -> None:
    assert {*found(made(seed))["verdict"]} <= {"no change", "not enough data"}


def test_noisy_weeks_widen_the_interval_and_are_no_change() -> None:
    scored = made(8)
    rng = np.random.default_rng(8)
    quiet = found(scored)
    week = ((scored.comments["time"] - pd.Timestamp("2024-01-01")).dt.days // 7).to_numpy()
    # In some weeks most complaints about delivery are not made: the shares of weeks go up and down.
    kept = rng.random(27)[week] > 0.5
    drop = (scored.mentions["touchpoint"] == "delivery").to_numpy() & ~kept[scored.comment_rows]
    noisy = found(scored_table(scored.comments, scored.mentions[~drop]))
    width = noisy["high"] - noisy["low"]
    assert width["delivery"] > 1.7 * (quiet.loc["delivery", "high"] - quiet.loc["delivery", "low"])
    assert noisy.loc["delivery", "verdict"] != "own"


def test_months_are_compared_where_they_carry_it_and_only_whole_periods() -> None:
    table = found(made(9, comments=7000, days=196))
    assert table["before_period"].iloc[0] == pd.Timestamp("2024-05-01")
    assert table["after_period"].iloc[0] == pd.Timestamp("2024-06-01")
    times = made(9, comments=7000, days=196).comments["time"]
    assert table["n_after"].iloc[0] == ((times >= "2024-06-01") & (times < "2024-07-01")).sum()
    assert found(made(9, comments=1500))["before_period"].iloc[0] == pd.Timestamp("2024-01-01")


def test_parts_of_a_known_table() -> None:
    # Before: 10 of 100 complain upstream; after: 30 of 100. Downstream complain half of these and one in ten of the others.
    x = np.repeat([1, 0, 1, 0], [10, 90, 30, 70]).astype(bool)
    y = np.concatenate([np.arange(n) < hits for n, hits in ((10, 5), (90, 9), (30, 15), (70, 7))])
    after = np.repeat([False, True], 100)
    parts = parts_of(y, x[:, None], after, np.arange(200))
    assert parts.difference == pytest.approx(0.08)
    assert parts.carried == pytest.approx(0.08)
    assert parts.own == pytest.approx(0.0)
    # No more is carried than the odds ratio accounts for: 9 is all of it, 1 nothing.
    assert parts_of(y, x[:, None], after, np.arange(200), np.array([9.0])).carried == pytest.approx(0.08)
    assert parts_of(y, x[:, None], after, np.arange(200), np.array([1.0])).carried == pytest.approx(0.0)


def test_variances_agree_with_a_bootstrap_over_customers() -> None:
    rng = np.random.default_rng(10)
    customer = np.sort(rng.integers(0, 400, 900))
    mood = rng.random(400)[customer]
    after = rng.random(900) < 0.5
    x = rng.random((900, 2)) < (0.5 * mood + 0.2 * after)[:, None]
    y = rng.random(900) < 0.4 * mood + 0.2 * x[:, 0]
    parts = parts_of(y, x, after, customer)
    start = np.searchsorted(customer, np.arange(401))
    drawn = []
    for _ in range(250):
        rows = np.concatenate([np.arange(start[k], start[k + 1]) for k in rng.integers(0, 400, 400)])
        again = parts_of(y[rows], x[rows], after[rows], customer[rows])
        drawn.append((again.difference, again.own, again.carried))
    expected = np.std(drawn, axis=0)
    errors = np.sqrt([parts.variance, parts.own_variance, parts.carried_variance])
    np.testing.assert_allclose(errors, expected, rtol=0.15)


def test_states_look_back_within_the_period_and_the_customer() -> None:
    complaints = np.array([[1, 0], [0, 1], [0, 0], [0, 0], [0, 1], [0, 0]], bool)
    customer = np.array([0, 0, 0, 1, 1, 0])
    time = np.array([1, 2, 3, 5, 5, 9])
    period = np.array([0, 0, 0, 0, 0, 1], np.int8)
    assert upstream_states(complaints, customer, time, period).astype(int).tolist() == [
        [1, 0], [1, 1], [1, 1], [0, 1], [0, 1], [0, 0],
    ]  # fmt: skip


def test_the_order_of_the_rows_does_not_matter() -> None:
    scored = made(11, upstream=0.2, comments=2000)
    mixed = scored_table(
        scored.comments.sample(frac=1, random_state=0), scored.mentions.sample(frac=1, random_state=1)
    )
    pd.testing.assert_frame_equal(found(scored), found(mixed))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.drop(columns="time"), "no_time"),
        (lambda table: table.assign(time=pd.NaT), "no_time"),
        (lambda table: table.assign(time=pd.Timestamp("2024-01-05")), "short"),
        (lambda table: table.iloc[:300], "few_comments"),
        (lambda table: table.iloc[:3], "short"),
        (lambda table: table.iloc[:0], "no_time"),
    ],
)
def test_what_cannot_be_compared_is_a_limit(change: Any, reason: str) -> None:
    scored = made(12, comments=2000)
    comments = change(scored.comments)
    mentions = scored.mentions[scored.mentions["comment_id"].isin(comments["comment_id"])]
    answer = period_change(scored_table(comments, mentions), TAXONOMY)
    assert answer.table.empty
    assert tuple(answer.table.columns) == COLUMNS
    assert [limit.reason for limit in answer.limits] == [reason]


@pytest.mark.parametrize(
    "case",
    [
        "all positive",
        "no customer",
        "half of one",
        "unknown",
        "zones",
        "empty links",
        "no mentions",
        "some without time",
    ],
)
def test_odd_tables_are_answered_as_far_as_they_go(case: str) -> None:
    scored = made(13, comments=3000, upstream=0.2)
    comments, mentions, links = scored.comments.drop(columns="sentiment"), scored.mentions, LINK
    if case == "all positive":
        mentions = mentions.assign(sentiment="positive")
    elif case == "no customer":
        comments = comments.assign(customer_id=np.nan)
    elif case == "half of one":
        comments = comments.assign(customer_id=comments["customer_id"].where(comments.index % 2 == 0, "one"))
    elif case == "unknown":
        mentions = mentions.astype({"touchpoint": str}).replace({"touchpoint": {"delivery": "fax"}})
    elif case == "zones":
        comments = comments.assign(time=comments["time"].dt.tz_localize("Asia/Ho_Chi_Minh"))
    elif case == "some without time":
        # One in the far past and one in the far future beside, in microseconds.
        times = comments["time"].astype("datetime64[us]").where(comments.index % 50 > 0)
        comments = comments.assign(time=times.where(comments.index > 1, pd.Timestamp("1971-01-01")))
    elif case == "empty links":
        links = LINK.iloc[:0]
    else:
        mentions = mentions.iloc[:0]
    answer = period_change(scored_table(comments, mentions), TAXONOMY, links)
    assert tuple(answer.table.columns) == COLUMNS
    if case in ("all positive", "no mentions"):
        assert answer.table.empty
    else:
        assert answer.table.set_index("touchpoint").loc["ordering", "verdict"] == "own"
    reasons = {limit.reason for limit in answer.limits}
    assert ("no_customer" in reasons) == (case == "no customer")
    assert ("no_links" in reasons) == (case == "empty links")


def test_another_method_finds_the_same_parts() -> None:
    pytest.importorskip("dowhy", reason="the check is DoWhy's")
    rng = np.random.default_rng(14)
    after = np.arange(4000) >= 2000
    x = rng.random((4000, 1)) < (0.1 + 0.2 * after)[:, None]
    y = rng.random(4000) < 0.1 + 0.3 * x[:, 0] + 0.1 * after
    own, carried = robust_parts(y, x, after)
    ours = parts_of(y, x, after, np.arange(4000))
    assert own == pytest.approx(ours.own, abs=0.02)
    assert carried == pytest.approx(ours.carried, abs=0.02)
