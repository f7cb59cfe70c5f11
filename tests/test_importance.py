"""Polled against measured importance, and performance, of the factors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.drivers.importance import COLUMNS, importance
from cx_nlp.journey.drivers.model import drivers
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
# Rating points of a complaint, and how many comments complain and praise.
PLANTED = {
    "responsiveness": (-1.5, 0.25, 0.1),
    "convenience": (-0.4, 0.15, 0.35),
    "attitude_expertise": (0.0, 0.1, 0.3),
    "general": (-0.8, 0.2, 0.2),
}


def rated(n: int = 2500, *, seed: int = 0, customers: int = 400) -> Scored:
    rng = np.random.default_rng(seed)
    points, parts = 4.0 + rng.normal(0, 0.7, n), []
    ids = np.array([f"c{k}" for k in range(n)])
    for name, (cost, blamed, praised) in PLANTED.items():
        chance = rng.random(n)
        points = points + cost * (chance < blamed)
        for side, rows in (("negative", chance < blamed), ("positive", chance > 1 - praised)):
            parts.append(
                pd.DataFrame(
                    {"comment_id": ids[rows], "touchpoint": "delivery", "factor": name, "sentiment": side}
                )
            )
    customer = [f"k{k}" for k in rng.integers(0, customers, n)]
    comments = pd.DataFrame(
        {"comment_id": ids, "customer_id": customer, "rating": np.clip(np.round(points), 1, 5)}
    )
    return scored_table(comments, pd.concat(parts))


def found(scored: Scored, **options: Any) -> pd.DataFrame:
    table = drivers(scored, TAXONOMY, resamples=30).table
    return importance(scored, TAXONOMY, table, resamples=30, **options).table.set_index("factor")


def test_importance_is_polled_and_measured_and_set_against_performance() -> None:
    table = found(rated())
    assert tuple(table.reset_index().columns) == COLUMNS
    assert table.index.tolist() == [
        "issue_resolution", "attitude_expertise", "convenience", "channel_consistency", "responsiveness",
    ]  # fmt: skip
    assert table["polled"].tolist() == [0.79, 0.69, 0.56, 0.50, 0.29]
    measured = table["measured"].dropna()
    assert measured.index.tolist() == ["attitude_expertise", "convenience", "responsiveness"]
    assert measured.sum() == pytest.approx(1)
    assert measured["responsiveness"] > 0.7
    assert (table["measured_low"].dropna() <= measured).all()
    assert (table["measured_high"].dropna() >= measured).all()
    # What matters most is done worst: first of three places against last.
    assert table["gap"].dropna().to_dict() == {
        "attitude_expertise": -2,
        "convenience": 0,
        "responsiveness": 2,
    }


def test_what_nobody_mentions_has_only_its_poll() -> None:
    row = found(rated()).loc["issue_resolution"]
    assert row["polled"] == 0.79
    assert row["n"] == 0
    assert row[["measured", "performance", "performance_low", "gap"]].isna().all()


def test_performance_is_net_sentiment_of_the_comments_that_mention_the_factor() -> None:
    scored = rated()
    factor = scored.mentions[scored.mentions["factor"] == "convenience"]
    sides = factor["sentiment"].value_counts()
    row = found(scored).loc["convenience"]
    assert row["n"] == factor["comment_id"].nunique()
    assert row["performance"] == pytest.approx((sides["positive"] - sides["negative"]) / row["n"])
    assert row["performance_low"] < row["performance"] < row["performance_high"]


def test_all_praise_is_not_known_to_be_perfect() -> None:
    scored = rated()
    praise = scored.mentions[scored.mentions["sentiment"] == "positive"]
    few = pd.concat(
        [praise[praise["factor"] == "convenience"].head(8), praise[praise["factor"] == "responsiveness"]]
    )
    table = found(scored_table(scored.comments, few))
    row = table.loc["convenience"]
    assert row["performance"] == row["performance_high"] == 1
    assert row["performance_low"] < 0.8
    assert table.loc["responsiveness", "performance_low"] > row["performance_low"]


def test_performance_is_less_sure_where_customers_repeat_themselves() -> None:
    one = rated(300, customers=10**6)
    comments = pd.concat(
        [one.comments.assign(comment_id=one.comments["comment_id"] + f"_{k}") for k in range(4)]
    )
    said = pd.concat([one.mentions.assign(comment_id=one.mentions["comment_id"] + f"_{k}") for k in range(4)])
    none = pd.DataFrame(columns=["by", "name", "relative_weight"])
    width = []
    for table in (comments, comments.drop(columns="customer_id")):
        row = (
            importance(scored_table(table, said), TAXONOMY, none).table.set_index("factor").loc["convenience"]
        )
        width.append(row["performance_high"] - row["performance_low"])
    assert width[0] == pytest.approx(2 * width[1], rel=0.05)


def test_without_a_rating_performance_is_still_told() -> None:
    scored = rated(300)
    bare = scored_table(scored.comments.drop(columns="rating"), scored.mentions)
    result = importance(bare, TAXONOMY, drivers(bare, TAXONOMY).table)
    assert result.table["measured"].isna().all()
    assert result.table["gap"].isna().all()
    assert result.table["performance"].notna().sum() == 3
    assert [(one.about, one.reason) for one in result.limits] == [("importance", "no_rating")]


@pytest.mark.parametrize("rows", [0, 200])
def test_without_factors_there_is_no_importance(rows: int) -> None:
    scored = rated(300)
    general = scored.mentions[scored.mentions["factor"] == "general"].head(rows)
    bare = scored_table(scored.comments, general)
    result = importance(bare, TAXONOMY, drivers(bare, TAXONOMY, resamples=5).table)
    assert result.table.empty
    assert tuple(result.table.columns) == COLUMNS
    assert [one.reason for one in result.limits] == ["no_factors"]
