"""Complaints of groups of comments where no customer is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.upstream.cohorts import COLUMNS, cohort_links
from cx_nlp.journey.upstream.graph import Graph
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
PLACES = ("ordering", "delivery", "hotline", "store")


def comments(seed: int = 0, *, weeks: int = 20, size: int = 160, shared: float = 0.8) -> Scored:
    """Comments of two segments; in bad weeks at the delivery the hotline is bad, too."""
    rng = np.random.default_rng(seed)
    week = np.repeat(np.arange(weeks), size)
    shock = rng.normal(size=(weeks, len(PLACES)))
    shock[:, 2] = shared * shock[:, 1] + np.sqrt(1 - shared**2) * shock[:, 2]
    bad = rng.random((len(week), len(PLACES))) < 1 / (1 + np.exp(1.5 - 0.8 * shock[week]))
    table = pd.DataFrame({"comment_id": [f"c{k}" for k in range(len(week))]})
    table["time"] = pd.Timestamp("2025-01-06") + pd.to_timedelta(
        7 * week + rng.integers(0, 7, len(week)), unit="D"
    )
    table["segment"] = rng.choice(["new", "old"], len(week))
    row, place = np.nonzero(np.ones_like(bad))
    mentions = pd.DataFrame(
        {
            "comment_id": table["comment_id"].to_numpy()[row],
            "touchpoint": np.array(PLACES)[place],
            "factor": "general",
            "sentiment": np.where(bad[row, place], "negative", "positive"),
        }
    )
    return scored_table(table, mentions)


def test_places_that_go_bad_in_the_same_weeks_are_told_and_never_called_causes() -> None:
    found = cohort_links(comments(), TAXONOMY)
    assert tuple(found.table.columns) == COLUMNS
    first = found.table.iloc[0]
    assert (first["cause_touchpoint"], first["effect_touchpoint"]) == ("delivery", "hotline")
    assert first["low"] > 0.2
    assert (first["cohorts"], first["comments"], first["unit"]) == (40, 3200, "week")
    assert {*found.table["verdict"]} == {"ecological"}
    assert [limit.reason for limit in found.limits] == ["ecological"]


def test_places_that_have_nothing_in_common_are_seldom_joined() -> None:
    small = [cohort_links(comments(seed, shared=0.0), TAXONOMY).table["q"].min() < 0.05 for seed in range(4)]
    assert sum(small) <= 1


def test_a_bad_mood_everywhere_joins_no_pair() -> None:
    scored = comments(3, shared=0.0)
    week = ((scored.comments["time"] - pd.Timestamp("2025-01-06")).dt.days // 7).to_numpy()
    moody = (np.random.default_rng(1).random(20) < 0.5)[week][scored.comment_rows]
    spoiled = moody & (np.random.default_rng(2).random(len(moody)) < 0.5)
    sentiment = scored.mentions["sentiment"].mask(spoiled, "negative")
    found = cohort_links(Scored(scored.comments, scored.mentions.assign(sentiment=sentiment)), TAXONOMY)
    assert found.table["correlation"].abs().max() < 0.6


def test_the_graph_decides_which_pairs_are_looked_at() -> None:
    found = cohort_links(comments(), TAXONOMY, graph=Graph((("store", "hotline"), ("email", "brand"))))
    assert len(found.table) == 1


def test_few_cohorts_or_no_times_say_nothing() -> None:
    few = cohort_links(comments(weeks=5), TAXONOMY)
    assert few.table.empty
    assert [(limit.reason, dict(limit.values)["cohorts"]) for limit in few.limits] == [("too_few", 10)]
    scored = comments(weeks=5)
    none = cohort_links(Scored(scored.comments.drop(columns="time"), scored.mentions), TAXONOMY)
    assert [limit.reason for limit in none.limits] == ["no_time"]
    assert tuple(none.table.columns) == COLUMNS


@pytest.mark.parametrize("sentiment", ["negative", "positive"])
def test_where_all_say_the_same_nothing_goes_together(sentiment: str) -> None:
    scored = comments()
    words = pd.Categorical([sentiment] * len(scored.mentions), categories=["negative", "positive", "neutral"])
    assert cohort_links(
        Scored(scored.comments, scored.mentions.assign(sentiment=words)), TAXONOMY
    ).table.empty


def test_without_segments_periods_alone_are_cohorts() -> None:
    scored = comments()
    found = cohort_links(Scored(scored.comments.drop(columns="segment"), scored.mentions), TAXONOMY)
    assert {*found.table["cohorts"]} == {20}
