"""Where complaints start, over whole scored tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from cx_nlp.journey.limits import Found
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.upstream.graph import Graph
from cx_nlp.journey.upstream.links import COLUMNS, links
from cx_nlp.journey.upstream.needed import customers_needed
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
MET = ("advertising", "pricing", "delivery", "hotline", "brand")
CAUSES = {("delivery", "hotline"): 1.6, ("hotline", "brand"): 1.6}


def survey(
    seed: int = 3, *, customers: int = 2500, causes: dict[tuple[str, str], float] = CAUSES, apart: bool = True
) -> Scored:
    """Customers who tell of five touchpoints, each in a comment of its own or all in one."""
    rng = np.random.default_rng(seed)
    mood = 0.8 * rng.normal(size=customers)
    bad = np.zeros((customers, len(MET)), bool)
    for k, name in enumerate(MET):
        added = sum(
            effect * bad[:, MET.index(cause)] for (cause, later), effect in causes.items() if later == name
        )
        bad[:, k] = rng.random(customers) < expit(mood - 1.5 + added)
    told = rng.random(bad.shape) < 0.8
    customer, touchpoint = np.nonzero(told)
    mentions = pd.DataFrame(
        {
            "comment_id": [f"{i}-{k if apart else 0}" for i, k in zip(customer, touchpoint, strict=True)],
            "touchpoint": np.array(MET)[touchpoint],
            "factor": np.where(rng.random(len(customer)) < 0.7, "responsiveness", "general"),
            "sentiment": np.where(bad[told], "negative", "positive"),
        }
    )
    comments = mentions[["comment_id"]].drop_duplicates().reset_index(drop=True)
    number = comments["comment_id"].str.split("-", expand=True).astype(int)
    comments["customer_id"] = "c" + number[0].astype(str)
    comments["time"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(number[1], unit="D")
    return scored_table(comments, mentions)


def row(found: Found, cause: str, effect: str) -> Any:
    table = found.table
    return table[(table["cause_touchpoint"] == cause) & (table["effect_touchpoint"] == effect)].iloc[0]


def supported(found: Found) -> list[tuple[str, str]]:
    rows = found.table[found.table["verdict"] == "supported"]
    return [*zip(rows["cause_touchpoint"], rows["effect_touchpoint"], strict=True)]


@pytest.fixture(scope="module")
def chain() -> Found:
    return links(survey(), TAXONOMY)


def test_planted_causes_are_found_with_their_share_and_their_factor(chain: Found) -> None:
    assert tuple(chain.table.columns) == COLUMNS
    assert {*supported(chain)} == {*CAUSES}
    found = row(chain, "delivery", "hotline")
    assert found["low"] < np.exp(1.6) < found["high"]
    assert found["cause_factor"] == "responsiveness"
    assert 0.02 < found["attributable_low"] < found["attributable"] < found["attributable_high"] < 0.4
    # Supported links stand first.
    assert chain.table["verdict"].tolist()[:2] == ["supported"] * 2


def test_the_ends_of_a_chain_are_not_blamed_directly_and_what_is_carried_is_told(chain: Found) -> None:
    ends = row(chain, "delivery", "brand")
    assert ends["verdict"] != "supported"
    assert ends["carried_via"] == "hotline"
    assert ends["carried"] > 1.1
    assert np.isnan(ends["attributable"])
    other = row(chain, "advertising", "brand")
    assert other["carried_via"] == ""
    assert np.isnan(other["carried"])
    assert other["direct"] == other["odds_ratio"]


def test_only_pairs_of_the_graph_are_tested() -> None:
    graph = Graph((("delivery", "hotline"), ("advertising", "pricing")))
    found = links(survey(), TAXONOMY, graph=graph)
    assert len(found.table) == 2
    assert supported(found) == [("delivery", "hotline")]
    assert [dict(limit.values) for limit in found.limits if limit.reason == "outside_graph"] == [
        {"touchpoints": "brand"}
    ]


def test_links_that_rest_on_single_comments_are_told() -> None:
    found = links(survey(apart=False), TAXONOMY)
    assert {*supported(found)} == {*CAUSES}
    assert {dict(limit.values)["effect"] for limit in found.limits if limit.reason == "one_comment"} == {
        "hotline",
        "brand",
    }
    assert not [limit for limit in links(survey(), TAXONOMY).limits if limit.reason == "one_comment"]


def test_too_few_customers_are_told_with_how_many_more_are_needed() -> None:
    found = links(survey(customers=150), TAXONOMY)
    few = found.table[found.table["verdict"] == "not enough data"]
    assert len(few)
    assert (few["customers_needed"] > 50).all()
    assert found.limits[0].reason == "too_few"
    rest = found.table[found.table["verdict"] != "not enough data"]
    assert rest["customers_needed"].isna().all()


def test_what_is_said_to_be_needed_does_suffice() -> None:
    planted = {("pricing", "hotline"): float(np.log(2))}
    few = row(links(survey(1, customers=400, causes=planted), TAXONOMY), "pricing", "hotline")
    assert few["verdict"] == "not enough data"
    # Told of are 0.8 x 0.8 of the customers.
    customers = int((few["n"] + few["customers_needed"]) / 0.64)
    graph = Graph((("pricing", "hotline"),))
    found = [
        supported(links(survey(k, customers=customers, causes=planted), TAXONOMY, graph=graph))
        for k in range(4)
    ]
    assert sum(map(bool, found)) >= 3


def test_the_rarer_the_complaints_the_more_customers_are_needed() -> None:
    assert customers_needed(20, 4, np.nan, 0.2) < customers_needed(20, 1, np.nan, 0.2)
    assert customers_needed(20, 4, np.nan, 0.2) < customers_needed(20, 4, np.nan, 0.05)
    assert customers_needed(100, 50, 2.5, 0.2) < customers_needed(100, 50, 4.0, 0.2)
    assert customers_needed(100, 0, np.nan, 0.0) > 1000


def test_a_table_without_customers_says_so() -> None:
    scored = survey(customers=30)
    found = links(Scored(scored.comments.drop(columns="customer_id"), scored.mentions), TAXONOMY)
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS
    assert [(limit.about, limit.reason) for limit in found.limits] == [("links", "no_customers")]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_few_rows_give_no_verdict(rows: int) -> None:
    scored = survey(customers=3)
    mentions = scored.mentions.iloc[:rows].reset_index(drop=True)
    found = links(Scored(scored.comments, mentions), TAXONOMY)
    assert {*found.table["verdict"]} <= {"not enough data"}
    assert found.limits


@pytest.mark.parametrize("sentiment", ["negative", "positive"])
def test_where_all_say_the_same_nothing_is_a_cause(sentiment: str) -> None:
    scored = survey(customers=400)
    words = pd.Categorical([sentiment] * len(scored.mentions), categories=["negative", "neutral", "positive"])
    found = links(Scored(scored.comments, scored.mentions.assign(sentiment=words)), TAXONOMY)
    assert supported(found) == []


def test_one_customer_with_half_the_comments_counts_once() -> None:
    scored = survey()
    guest = scored.comments["customer_id"].where(np.arange(len(scored.comments)) % 2 == 0, "guest")
    found = links(Scored(scored.comments.assign(customer_id=guest), scored.mentions), TAXONOMY)
    assert found.table["n"].max() < 2500


def test_missing_values_in_optional_columns_change_nothing_but_the_order() -> None:
    scored = survey(customers=300)
    comments = scored.comments.assign(
        time=pd.NaT, stage=None, rating=np.nan, channel=None, segment=None, value=np.nan
    )
    assert len(links(Scored(comments, scored.mentions), TAXONOMY).table) == len(links(scored, TAXONOMY).table)


def test_a_table_that_a_tagger_made_says_so() -> None:
    scored = survey(customers=100)
    tagged = Scored(scored.comments, scored.mentions, {"model": {"id": "fast"}})
    assert "tagged" in {limit.reason for limit in links(tagged, TAXONOMY).limits}
    assert "tagged" not in {limit.reason for limit in links(scored, TAXONOMY).limits}
