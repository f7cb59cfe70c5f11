"""Channels that differ and channels that only seem to, among made-up comments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

from cx_nlp.journey.scores.between import between_groups
from cx_nlp.journey.scores.channels import COLUMNS, channel_consistency
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy


def made(
    seed: int,
    *,
    customers: int = 900,
    worse: float = 0.0,
    segments: tuple[float, ...] = (0.2,),
    channels: int = 3,
) -> Scored:
    """Comments on delivery and hotline; `worse` is added to the share of complaints of delivery in the channel "web".

    Segments complain with these shares, and the first of them writes through the first channel mostly.
    """
    rng = np.random.default_rng(seed)
    names = np.array(["app", "shop", "web"][:channels])
    of = rng.integers(len(segments), size=customers)
    own = np.where((rng.random(customers) < 0.6) & (of == 0), 0, rng.integers(channels, size=customers))
    customer = np.repeat(np.arange(customers), rng.integers(1, 4, size=customers))
    channel = np.where(
        rng.random(len(customer)) < 0.8, own[customer], rng.integers(channels, size=len(customer))
    )
    touchpoint = rng.choice(["delivery", "hotline"], size=len(customer))
    share = np.array(segments)[of[customer]] + worse * (
        (names[channel] == "web") & (touchpoint == "delivery")
    )
    ids = [f"c{k}" for k in range(len(customer))]
    comments = pd.DataFrame(
        {
            "comment_id": ids, "customer_id": customer.astype(str), "channel": names[channel],
            "segment": of[customer].astype(str),
            "time": pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 150, size=len(ids)), unit="D"),
        }
    )  # fmt: skip
    mentions = pd.DataFrame(
        {
            "comment_id": ids, "touchpoint": touchpoint, "factor": rng.choice(["value", "channel_consistency"], len(ids)),
            "sentiment": np.where(rng.random(len(ids)) < share, "negative", "positive"),
        }
    )  # fmt: skip
    return scored_table(comments, mentions)


def table(scored: Scored, **options: Any) -> pd.DataFrame:
    return channel_consistency(scored, load_taxonomy(), **options).table.set_index("touchpoint")


def test_a_channel_that_is_worse_is_found_with_how_far_and_which() -> None:
    found = table(made(1, worse=0.25))
    row = found.loc["delivery"]
    assert row["verdict"] == "inconsistent"
    assert row["worst"] == "web"
    assert row["q"] < 0.01
    # A third of the customers is 25 points worse: sqrt(1/3 * 2/3) * 0.25.
    assert row["low"] < 0.118 < row["high"]
    assert row["spread"] == pytest.approx(0.118, abs=0.04)
    assert row["channels"] == 3
    assert found.loc["hotline", "verdict"] != "inconsistent"
    assert found.loc["hotline", "worst"] == ""


def test_channels_that_differ_by_whom_they_serve_are_not_called_inconsistent() -> None:
    scored = made(2, customers=2500, segments=(0.1, 0.5))
    found = table(scored)
    assert "inconsistent" not in {*found["verdict"]}
    # Without the segments they would be.
    assert {*table(scored_table(scored.comments.drop(columns="segment"), scored.mentions))["verdict"]} == {
        "inconsistent"
    }


def test_many_alike_are_consistent_and_few_tell_nothing() -> None:
    assert {*table(made(3, customers=5000))["verdict"]} == {"consistent"}
    found = channel_consistency(made(12, customers=220), load_taxonomy())
    assert {*found.table["verdict"]} == {"not enough data"}
    needed = {limit.reason: dict(vars(limit)["values"]) for limit in found.limits}["customers_needed"]
    assert needed["delivery"] > found.table.set_index("touchpoint").loc["delivery", "customers"]


def test_the_test_agrees_with_a_chi_square_test_where_nothing_is_stratified() -> None:
    rng = np.random.default_rng(4)
    group = np.repeat([0, 1, 2], [400, 300, 100])
    values = (rng.random(800) < np.array([0.2, 0.2, 0.3])[group]).astype(float)
    found = between_groups(values, np.zeros(800, np.int64), group, permutations=4000)
    expected = chi2_contingency(pd.crosstab(group, values), correction=False).pvalue
    assert found is not None
    assert found.p == pytest.approx(expected, abs=0.03)
    means = np.array([values[group == k].mean() for k in range(3)]) - values.mean()
    np.testing.assert_allclose(found.effects, means, atol=1e-12)


def test_draws_have_the_moments_of_a_permutation_also_for_shares_between() -> None:
    rng = np.random.default_rng(5)
    stratum, group = rng.integers(4, size=300), rng.integers(3, size=300)
    values = rng.choice([0.0, 1 / 3, 0.5, 1.0], size=300)
    # With labels drawn at random, p is uniform: its mean over draws of the labels is one half.
    p = []
    for _ in range(60):
        for k in range(4):
            group[stratum == k] = rng.permutation(group[stratum == k])
        found = between_groups(values, stratum, group, permutations=99)
        assert found is not None
        p.append(found.p)
    assert 0.35 < np.mean(p) < 0.65
    assert np.mean(np.array(p) <= 0.1) < 0.25


def test_groups_that_share_no_stratum_are_not_compared() -> None:
    two = np.repeat([0, 1], 50)
    assert between_groups(np.ones(100), two, two) is None


def test_one_customer_with_half_the_comments_counts_once_a_channel() -> None:
    scored = made(6, customers=400)
    many = pd.DataFrame({"comment_id": [f"x{k}" for k in range(800)], "customer_id": "one", "channel": "web"})
    many["time"], many["segment"] = pd.Timestamp("2024-03-05"), "0"
    said = pd.DataFrame(
        {
            "comment_id": many["comment_id"],
            "touchpoint": "delivery",
            "factor": "value",
            "sentiment": "negative",
        }
    )
    comments = pd.concat([scored.comments.drop(columns="sentiment"), many])
    found = table(scored_table(comments, pd.concat([scored.mentions, said])))
    assert found.loc["delivery", "verdict"] != "inconsistent"
    assert found.loc["delivery", "customers"] == table(scored).loc["delivery", "customers"] + 1


def test_tagged_are_the_complaints_of_inconsistency() -> None:
    scored = made(7, customers=100)
    mentions = scored.mentions
    counted = mentions[(mentions["factor"] == "channel_consistency") & (mentions["sentiment"] == "negative")]
    assert table(scored)["tagged"].sum() == len(counted)


def test_the_same_seed_gives_the_same_table() -> None:
    scored = made(8, customers=300, worse=0.1)
    pd.testing.assert_frame_equal(table(scored, seed=3), table(scored, seed=3))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda comments: comments.drop(columns="channel"), "no_channel"),
        (lambda comments: comments.assign(channel=None), "no_channel"),
        (lambda comments: comments.assign(channel="app"), "one_channel"),
        (lambda comments: comments.drop(columns="customer_id"), "no_customer"),
        (lambda comments: comments.assign(customer_id=np.nan, time=pd.NaT, segment=None), "no_customer"),
        (lambda comments: comments.assign(channel=["tiny"] * 5 + ["app"] * (len(comments) - 5)), "few_customers"),
        (lambda comments: comments.assign(channel=comments["customer_id"].astype(int) % 2), "one_channel_per_customer"),
        (lambda comments: comments.assign(channel=comments["channel"].where(comments.index > 9)), "without_channel"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_a_limit(change: Any, reason: str) -> None:
    scored = made(9, customers=120)
    comments = change(scored.comments.astype({"channel": object, "segment": object}))
    found = channel_consistency(scored_table(comments, scored.mentions), load_taxonomy())
    assert reason in {limit.reason for limit in found.limits}
    assert tuple(found.table.columns) == COLUMNS


@pytest.mark.parametrize(
    "case", ["no rows", "three rows", "all positive", "all negative", "no mentions", "unused", "unknown"]
)
def test_odd_tables_give_no_verdict_that_they_do_not_carry(case: str) -> None:
    scored = made(10, customers=200)
    comments, mentions = scored.comments.drop(columns="sentiment"), scored.mentions
    if case == "no rows":
        comments, mentions = comments.iloc[:0], mentions.iloc[:0]
    elif case == "three rows":
        comments, mentions = comments.iloc[:3], mentions.iloc[:3]
    elif case.startswith("all"):
        mentions = mentions.assign(sentiment=case.split()[1])
    elif case == "no mentions":
        mentions = mentions.iloc[:0]
    elif case == "unused":
        comments = comments[comments["channel"] != "web"]
        mentions = mentions[mentions["comment_id"].isin(comments["comment_id"])]
    else:
        mentions = mentions.astype({"touchpoint": str}).replace({"touchpoint": {"hotline": "fax"}})
    found = channel_consistency(scored_table(comments, mentions), load_taxonomy())
    assert tuple(found.table.columns) == COLUMNS
    assert "inconsistent" not in {*found.table["verdict"]}
    if case.startswith("all"):
        assert {*found.table["spread"]} == {0.0}
        assert found.table["high"].between(0.001, 0.05).all()


def test_many_segments_and_weeks_stay_fast_enough_to_be_told_apart() -> None:
    scored = made(11, customers=1500, worse=0.3)
    rng = np.random.default_rng(0)
    comments = scored.comments.assign(segment=rng.integers(0, 200, len(scored.comments)).astype(str))
    found = channel_consistency(scored_table(comments, scored.mentions), load_taxonomy()).table
    assert found.loc[0, "verdict"] == "inconsistent"
