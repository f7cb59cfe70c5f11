"""Praise of staff and losses elsewhere, on tables where it softens them or does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planted import commented, mentioned, small, unsaid

from cx_nlp.journey.drivers.forgiveness import COLUMNS, forgiveness
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()


def told(
    softened: float,
    *,
    start: float = 3.6,
    comments: int = 6000,
    praised: float = 0.3,
    lift: float = 0.5,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A flaw in delivery costs 1.4 on a latent scale, less by `softened` with praise of staff; one in the app costs as much.

    Ratings are the latent scale rounded and cut at 1 and 5; with a higher start more of them end at 5.
    """
    rng = np.random.default_rng(seed)
    late, crash = rng.random((2, comments)) < 0.25
    praise = rng.random(comments) < praised
    felt = (
        start
        - 1.4 * late
        - 1.4 * crash
        + lift * praise
        + softened * (late & praise)
        + rng.logistic(0, 0.6, comments)
    )
    table = commented(
        comments,
        customer_id=rng.integers(comments // 2, size=comments).astype(str),
        rating=np.clip(np.rint(felt), 1, 5),
    )
    parts = [
        table.loc[where, ["comment_id"]].assign(touchpoint=name, factor=factor, sentiment=sentiment)
        for where, name, factor, sentiment in (
            (late, "delivery", "responsiveness", "negative"), (crash, "app", "product_quality", "negative"),
            (praise, "staff", "attitude_expertise", "positive"),
        )
    ]  # fmt: skip
    return table, pd.concat(parts)


def rows(scored: Scored, when: str = "same comment") -> pd.DataFrame:
    table = forgiveness(scored, TAXONOMY).table
    assert tuple(table.columns) == COLUMNS
    return table[table["when"] == when].set_index("touchpoint")


def test_praise_that_softens_is_told_from_praise_that_does_not() -> None:
    table = rows(scored_table(*told(1.0)))
    late, crash = table.loc["delivery"], table.loc["app"]
    assert (late["verdict"], crash["verdict"]) == ("softened", "not softened")
    assert late["softened"] == pytest.approx(late["loss_alone"] - late["loss_with"])
    assert late["low"] > 0.4
    assert late["q"] < 0.001
    assert late["loss_with_low"] < late["loss_with"] < late["loss_with_high"] < late["loss_alone_low"]
    assert late["n"] > late["n_with_staff_praise"] > 300


def test_the_end_of_the_scale_is_no_forgiveness() -> None:
    table = rows(scored_table(*told(0.0, start=5.5, lift=1.0)))
    # Praise lifts only ratings that are not at five stars already: in points every loss looks smaller.
    assert (table["low"] > 0).all()
    assert {*table["verdict"]} == {"not softened"}
    assert (table["q"] > 0.05).all()


def test_praise_of_staff_at_the_flawed_place_itself_does_not_count() -> None:
    comments, mentions = told(1.0)
    there = mentions["touchpoint"] == "staff"
    mentions.loc[there, "touchpoint"] = "delivery"
    found = forgiveness(scored_table(comments, mentions), TAXONOMY)
    table = found.table.set_index("touchpoint")
    assert table.loc["delivery", "n_with_staff_praise"] == 0
    assert table.loc["delivery", "verdict"] == "not enough data"
    assert table.loc["app", "n_with_staff_praise"] > 300
    assert unsaid(found)["few_with_praise"]["more"]["delivery"] == 20


def test_praise_at_an_earlier_time_is_found_by_customer() -> None:
    comments, mentions = told(0.0, comments=8000)
    customer = np.arange(8000) % 4000
    first = np.arange(8000) < 4000
    comments["customer_id"] = customer.astype(str)
    comments["time"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.where(first, 0, 40), unit="D")
    # Those who praised staff in their first comment forgive in their second what is late.
    by = {
        name: comments["comment_id"].isin(mentions["comment_id"][mentions["touchpoint"] == name])
        for name in ("staff", "delivery")
    }
    praised = np.isin(customer, customer[first & by["staff"].to_numpy()])
    comments["rating"] = np.clip(comments["rating"] + (~first & praised & by["delivery"]), 1, 5)
    scored = scored_table(comments, mentions)
    table = rows(scored, "earlier")
    assert (table.loc["delivery", "verdict"], table.loc["app", "verdict"]) == ("softened", "not softened")
    second = ~first & ~by["staff"]
    assert table.loc["delivery", "n"] == (second & by["delivery"]).sum()
    assert table.loc["delivery", "n_with_staff_praise"] == (second & by["delivery"] & praised).sum()
    assert rows(scored)["verdict"]["delivery"] != "softened"
    assert len(rows(scored, "either")) == 2
    # At the same time nothing is earlier.
    at_once = forgiveness(scored_table(comments.assign(time=pd.Timestamp("2024-01-01")), mentions), TAXONOMY)
    assert {*at_once.table["when"]} == {"same comment"}
    assert "no_earlier_comments" in unsaid(at_once)


def test_few_with_both_are_not_enough_data_and_how_many_more_is_said() -> None:
    found = forgiveness(scored_table(*told(1.0, comments=600, praised=0.05)), TAXONOMY)
    row = found.table.set_index("touchpoint").loc["delivery"]
    assert row["verdict"] == "not enough data"
    assert np.isnan(row["softened"])
    assert unsaid(found)["few_with_praise"]["more"]["delivery"] == 20 - row["n_with_staff_praise"]
    # With some more an effect is estimated, and not closely.
    some = forgiveness(scored_table(*told(0.3, comments=500)), TAXONOMY)
    row = some.table.set_index("touchpoint").loc["app"]
    assert row["verdict"] == "not enough data"
    assert row["low"] < 0 < row["high"]
    assert unsaid(some)["few_with_praise"]["more"]["app"] > 0


def test_a_flaw_that_costs_nothing_cannot_be_forgiven() -> None:
    comments, mentions = told(0.0)
    comments["rating"] = comments["rating"].sample(frac=1, random_state=1).to_numpy()
    found = forgiveness(scored_table(comments, mentions), TAXONOMY)
    assert {*found.table["verdict"]} == {"not enough data"}
    assert "no_loss" in unsaid(found)


def test_churn_can_be_forgiven_too() -> None:
    comments, mentions = told(0.0)
    late, praised = (
        comments["comment_id"].isin(mentions["comment_id"][mentions["touchpoint"] == name])
        for name in ("delivery", "staff")
    )
    lost = np.random.default_rng(9).random(len(comments)) < 0.1 + 0.5 * late - 0.4 * (late & praised)
    scored = scored_table(
        comments.drop(columns="rating").assign(outcome=np.where(lost, "churned", "retained")), mentions
    )
    row = rows(scored).loc["delivery"]
    assert row["verdict"] == "softened"
    assert row["loss_alone"] == pytest.approx(0.5, abs=0.06)
    assert row["loss_with"] == pytest.approx(0.1, abs=0.08)


def test_ratings_all_alike_in_a_cell_have_an_answer() -> None:
    comments, mentions = told(0.0, comments=2000)
    both = comments["comment_id"].isin(mentions["comment_id"][mentions["touchpoint"] == "delivery"])
    both &= comments["comment_id"].isin(mentions["comment_id"][mentions["touchpoint"] == "staff"])
    table = rows(scored_table(comments.assign(rating=comments["rating"].where(~both, 5.0)), mentions))
    assert table.loc["delivery", "verdict"] == "softened"


@pytest.mark.parametrize(
    ("scored", "reason"),
    [
        (scored_table(commented(0), mentioned()), "no_rating"),
        (small(), "no_rating"),
        (small(rating=[1, 2, 5]), "few_ratings"),
        (scored_table(*told(0.0, comments=400)[:1], mentioned()), "no_complaints"),
        (scored_table(*told(0.0, comments=400, praised=0)), "no_staff_praise"),
    ],
)
def test_what_cannot_be_said_is_named(scored: Scored, reason: str) -> None:
    found = forgiveness(scored, TAXONOMY)
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS
    assert {*unsaid(found)} == {reason}


def test_all_positive_and_unused_levels() -> None:
    comments, mentions = told(0.0, comments=400)
    praised = forgiveness(scored_table(comments, mentions.assign(sentiment="positive")), TAXONOMY)
    assert {*unsaid(praised)} == {"no_complaints"}
    for name in ("touchpoint", "factor"):
        mentions[name] = pd.Categorical(mentions[name], [*mentions[name].unique(), "never"])
    assert "never" not in rows(scored_table(comments, mentions)).index
