"""The few touchpoints that cost most, on tables with planted losses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted import commented, mentioned, planted, small, unsaid

from cx_nlp.journey.drivers.critical import COLUMNS, critical
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
# "advertising" is blamed most and costs nothing.
WORLD = {
    "delivery": (0.12, 1.2), "hotline": (0.1, 1.0), "app": (0.08, 1.5), "advertising": (0.3, 0.0), "store": (0.06, 0.2),
    "loyalty_program": (0.005, 1.0),
}  # fmt: skip


def rows(scored: Scored, **options: int) -> pd.DataFrame:
    table: pd.DataFrame = critical(scored, TAXONOMY, **options).table
    assert tuple(table.columns) == COLUMNS
    assert table["rank"].tolist() == [*range(1, len(table) + 1)]
    assert ((table["why_not"] == "") == table["listed"]).all()
    return table.set_index("touchpoint")


def test_touchpoints_are_listed_by_what_they_cost_and_not_by_how_often_they_are_blamed() -> None:
    table = rows(scored_table(*planted(WORLD)))
    assert {*table.index[table["listed"]]} == {"delivery", "hotline", "app"}
    assert table["share_affected"].idxmax() == "advertising"
    assert table.loc["advertising", "why_not"] in ("not_sure", "too_small")
    assert table.loc["loyalty_program", "why_not"] == "too_few"
    assert np.isnan(table.loc["loyalty_program", "loss"])
    known = table[table["loss"].notna()]
    assert (known["total_low"].diff().dropna() <= 0).all()
    for name in ("delivery", "hotline", "app"):
        row = table.loc[name]
        # Ratings end at 1 and 5, which takes a little of each loss.
        assert row["loss"] == pytest.approx(WORLD[name][1], abs=0.25)
        assert row["loss_low"] < row["loss"] < row["loss_high"]
        assert row["total"] == pytest.approx(row["loss"] * row["share_affected"])
        assert row["share_low"] < row["share_affected"] < row["share_high"]
        assert row["p_top3"] > 0.9
    assert {*table["measure"]} == {"rating"}
    assert table["value_money"].isna().all()


def test_owner_stage_and_the_factor_that_is_named() -> None:
    table = rows(scored_table(*planted(WORLD | {"drone": (0.1, 0.4)})))
    assert table.loc["delivery", ["stage", "owner"]].tolist() == ["purchase", "logistics"]
    assert table.loc["drone", ["stage", "owner"]].tolist() == ["", ""]
    # Six complaints of ten name none, and none is no factor to work on.
    assert table.loc["delivery", "factor"] == "responsiveness"
    assert table.loc["delivery", "factor_share"] == pytest.approx(0.4, abs=0.12)


def test_the_list_ends_where_it_is_told_to_and_says_so() -> None:
    table = rows(scored_table(*planted(WORLD)), at_most=2)
    assert table["listed"].sum() == 2
    assert table["why_not"].iloc[2] == "enough_listed"
    with pytest.raises(ValueError, match="at least 1"):
        critical(small(), TAXONOMY, at_most=0)


def test_one_customer_many_comments_are_one_customer() -> None:
    comments, mentions = planted({name: WORLD[name] for name in ("delivery", "hotline", "app")})
    alone = rows(scored_table(comments, mentions))
    again = [comments.assign(comment_id=comments["comment_id"] + f"-{k}") for k in range(3)]
    repeated = [mentions.assign(comment_id=mentions["comment_id"] + f"-{k}") for k in range(3)]
    thrice = rows(scored_table(pd.concat(again), pd.concat(repeated)))
    np.testing.assert_allclose(
        thrice.loc["delivery", ["loss", "share_affected"]].astype(float),
        alone.loc["delivery", ["loss", "share_affected"]].astype(float),
    )
    widths = [one.loc["delivery", "loss_high"] - one.loc["delivery", "loss_low"] for one in (alone, thrice)]
    assert widths[1] == pytest.approx(widths[0], rel=0.05)


def test_a_bad_mood_is_not_charged_to_harmless_touchpoints() -> None:
    world = {"delivery": (0.15, 1.0), "advertising": (0.2, 0.0), "store": (0.2, 0.0)}
    comments, mentions = planted(world, comments=4000, customers=1000)
    # The half of the customers who are in a bad mood complain twice as often, and rate one star lower whatever they meet.
    bad = comments["customer_id"].astype(int) % 2 == 1
    comments["rating"] = np.clip(comments["rating"] - bad, 1, 5)
    blamed_by_bad = mentions["comment_id"].isin(comments["comment_id"][bad])
    lucky = np.random.default_rng(1).random(len(mentions)) < 0.5
    mentions = mentions[blamed_by_bad | lucky]
    found = critical(scored_table(comments, mentions), TAXONOMY)
    table = found.table.set_index("touchpoint")
    assert [*table.index[table["listed"]]] == ["delivery"]
    assert table.loc["advertising", "loss"] == pytest.approx(0, abs=0.15)
    losses = unsaid(found)["within_customers"]
    assert losses["over_all"] > losses["within"]
    # The same comments, each by somebody else: the mood cannot be told from the touchpoints.
    apart = rows(scored_table(comments.drop(columns="customer_id"), mentions))
    assert apart.loc["advertising", "loss"] > 0.2


def test_judgements_of_the_whole_are_no_place_to_mend() -> None:
    comments, mentions = planted(WORLD)
    angry = comments["comment_id"][comments["rating"] <= 2]
    verdicts = [(id, "brand", "general", "negative") for id in angry]
    table = rows(scored_table(comments, pd.concat([mentions, mentioned(*verdicts)])))
    assert table["why_not"].iloc[-1] == "verdict"
    assert table.index[-1] == "brand"
    assert np.isnan(table.loc["brand", "loss"])
    # Held at an equal verdict, a late delivery would cost little; it is what brought the verdict about.
    plain = rows(scored_table(comments, mentions))
    pd.testing.assert_series_equal(
        table.loc["delivery", "loss":"total_high"], plain.loc["delivery", "loss":"total_high"]
    )


def test_churn_stands_in_where_there_is_no_rating() -> None:
    comments, mentions = planted({"delivery": (0.2, 0.0), "app": (0.2, 0.0)})
    late = comments["comment_id"].isin(mentions["comment_id"][mentions["touchpoint"] == "delivery"])
    chance = 0.1 + 0.4 * late
    lost = np.random.default_rng(9).random(len(comments)) < chance
    comments = comments.drop(columns="rating").assign(outcome=np.where(lost, "churned", "retained"))
    table = rows(scored_table(comments, mentions))
    assert {*table["measure"]} == {"outcome"}
    assert table.loc["delivery", "loss_low"] < 0.4 < table.loc["delivery", "loss_high"]
    assert table["listed"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("ratings", "why"),
    [(None, "reach_no_rating"), (np.nan, "reach_no_rating"), (5.0, "reach_rating_hardly_varies")],
)
def test_without_a_rating_that_varies_reach_ranks(ratings: float | None, why: str) -> None:
    comments, mentions = planted(WORLD)
    comments = comments.drop(columns="rating") if ratings is None else comments.assign(rating=ratings)
    found = critical(scored_table(comments, mentions), TAXONOMY)
    table = found.table.set_index("touchpoint")
    assert table.index[0] == "advertising"
    assert {*table["measure"]} == {"reach"}
    assert table[["loss", "total", "total_low"]].isna().all(axis=None)
    assert table.loc["advertising", "p_top3"] == 1
    assert table["share_low"].iloc[:5].is_monotonic_decreasing
    assert why in unsaid(found)


def test_too_few_ratings_are_counted_and_how_many_it_takes() -> None:
    comments, mentions = planted(WORLD)
    comments["rating"] = comments["rating"].where(comments.index < 60)
    found = critical(scored_table(comments, mentions), TAXONOMY)
    assert {*found.table["measure"]} == {"reach"}
    assert unsaid(found)["reach_few_ratings"] == {"column": "rating", "n": 60, "needed": 100}


def test_without_customers_comments_are_counted() -> None:
    comments, mentions = planted(WORLD)
    found = critical(scored_table(comments.drop(columns="customer_id"), mentions), TAXONOMY)
    assert found.table["customers"].isna().all()
    row = found.table.set_index("touchpoint").loc["delivery"]
    assert row["share_affected"] == row["comments"] / len(comments)
    assert unsaid(found)["customers_unknown"] == {"comments": len(comments), "of": len(comments)}


def test_how_many_more_customers_would_tell_is_said() -> None:
    found = critical(scored_table(*planted(WORLD)), TAXONOMY)
    few = found.table.set_index("touchpoint").loc["loyalty_program", "customers"]
    assert unsaid(found)["too_few"] == {"needed": 20, "more": {"loyalty_program": 20 - few}}


def test_customers_enough_without_ratings_are_not_called_too_few() -> None:
    comments, mentions = planted(WORLD)
    blamed = mentions["comment_id"][
        (mentions["touchpoint"] == "hotline") & (mentions["sentiment"] == "negative")
    ]
    unrated = comments.assign(rating=comments["rating"].mask(comments["comment_id"].isin(blamed)))
    found = critical(scored_table(unrated, mentions), TAXONOMY)
    table = found.table.set_index("touchpoint")
    assert table.loc["hotline", "customers"] >= 20
    assert np.isnan(table.loc["hotline", "loss"])
    assert table.loc["hotline", "why_not"] == "not_told"
    assert "hotline" not in unsaid(found)["too_few"]["more"]


def test_values_stand_beside_their_touchpoint() -> None:
    comments, mentions = planted(WORLD)
    table = rows(scored_table(comments.assign(value=10.0), mentions))
    np.testing.assert_allclose(table["value_orders"], table["comments"])
    np.testing.assert_allclose(table["value_money"], 10.0 * table["comments"])
    np.testing.assert_allclose(table["value_customers"], table["customers"])


def test_the_same_seed_gives_the_same_table() -> None:
    scored = scored_table(*planted(WORLD, comments=300, customers=200))
    table = rows(scored)
    pd.testing.assert_frame_equal(table, rows(scored))
    assert not rows(scored, seed=1).equals(table)


def test_three_rows_list_nothing() -> None:
    for scored in (small(), small(rating=[1, 2, 5], customer_id=["a", None, "b"])):
        table = rows(scored)
        assert table["why_not"].tolist() == ["too_few"]
        assert table.loc["delivery", "comments"] == 2


def test_no_rows_and_no_complaints() -> None:
    empty = scored_table(commented(0), mentioned())
    praised = scored_table(commented(1), mentioned(("c0", "staff", "general", "positive")))
    for scored in (empty, praised):
        found = critical(scored, TAXONOMY)
        assert found.table.empty
        assert tuple(found.table.columns) == COLUMNS
        assert {*unsaid(found)} == {"no_complaints"}


def test_one_customer_with_half_the_comments_does_not_make_a_cause() -> None:
    comments, mentions = planted(WORLD)
    half = comments.index < len(comments) // 2
    comments.loc[half, "customer_id"] = "one"
    hates = [(id, "email", "general", "negative") for id in comments["comment_id"][half]]
    comments.loc[half, "rating"] = 1.0
    table = rows(scored_table(comments, pd.concat([mentions, mentioned(*hates)])))
    assert table.loc["email", "why_not"] == "too_few"
    assert table.loc["email", "customers"] == 1


def test_unused_levels_and_tables_without_factors() -> None:
    comments, mentions = planted(WORLD)
    mentions["factor"] = "general"
    mentions["touchpoint"] = pd.Categorical(mentions["touchpoint"], [*TAXONOMY.touchpoint_ids, "never"])
    table = rows(scored_table(comments, mentions))
    assert "never" not in table.index
    assert {*table["factor"]} == {""}
    assert table["factor_share"].isna().all()
