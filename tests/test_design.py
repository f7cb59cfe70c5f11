"""Which comments and themes come into a model of the rating, and which are left out and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.drivers.design import design
from cx_nlp.journey.drivers.outcome import Outcome, outcome_of
from cx_nlp.journey.limits import Limit
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()


def table(
    n: int = 400,
    *,
    mentions: dict[tuple[str, str, str], Any] | None = None,
    factor: str = "convenience",
    seed: int = 0,
    **columns: Any,
) -> Scored:
    """Comments with ratings at will; `mentions` says which rows have (touchpoint, factor, sentiment)."""
    rng = np.random.default_rng(seed)
    every = {"rating": rng.integers(1, 6, n).astype(float), **columns}
    comments = pd.DataFrame({"comment_id": [f"c{k}" for k in range(n)], **every})
    if mentions is None:
        mentions = {
            (name, factor, side): rng.random(n) < 0.3
            for name in ("delivery", "app")
            for side in ("negative", "positive")
        }
    parts = [
        pd.DataFrame(
            {
                "comment_id": comments["comment_id"][np.asarray(rows)],
                "touchpoint": name,
                "factor": why,
                "sentiment": side,
            }
        )
        for (name, why, side), rows in mentions.items()
    ]
    empty = pd.DataFrame(
        {name: [] for name in ("comment_id", "touchpoint", "factor", "sentiment")}, dtype=str
    )
    return scored_table(comments, pd.concat([empty, *parts]))


def first(n: int, of: int = 400) -> np.ndarray[Any, Any]:
    return np.arange(of) < n


def test_predictors_say_which_comment_has_which_mention() -> None:
    praised = np.arange(400) % 3 == 0
    scored = table(
        mentions={("app", "value", "positive"): praised, ("delivery", "value", "negative"): first(50)}
    )
    found = design(scored, TAXONOMY)
    assert found is not None
    assert list(found.predictors) == ["app|positive", "delivery|negative"]
    assert found.kind == "rating"
    assert found.rows.tolist() == list(range(400))
    np.testing.assert_array_equal(found.outcome, scored.comments["rating"])
    np.testing.assert_array_equal(found.predictors["app|positive"], praised.astype(float))


def test_a_mention_said_twice_counts_once_and_a_neutral_one_not() -> None:
    rows = first(60)
    scored = table(
        mentions={
            ("delivery", "value", "negative"): rows,
            ("delivery", "convenience", "negative"): rows,
            ("app", "value", "neutral"): rows,
        }
    )
    found = design(scored, TAXONOMY)
    assert found is not None
    assert list(found.predictors) == ["delivery|negative"]
    assert found.predictors["delivery|negative"].max() == 1
    assert found.counts["n"].to_dict() == {"delivery|negative": 60}
    by_factor = design(scored, TAXONOMY, by="factor")
    assert by_factor is not None
    # Both factors are always named together: one of them stays.
    assert len(by_factor.predictors.columns) == 1
    assert [why for _, why in by_factor.left_out] == [f"always with {by_factor.predictors.columns[0]}"]


def test_what_is_left_out_is_said_with_the_reason() -> None:
    some = np.random.default_rng(1).random((2, 400)) < 0.3
    scored = table(
        mentions={
            ("delivery", "value", "negative"): some[0],
            ("hotline", "value", "negative"): some[0],
            ("app", "value", "negative"): first(19),
            ("loyalty_program", "value", "positive"): first(385),
            ("store", "value", "negative"): some[1],
            ("staff", "value", "negative"): some[0] & ~some[1],
            ("email", "value", "negative"): some[0] & some[1],
        }
    )
    found = design(scored, TAXONOMY)
    assert found is not None
    left = dict(found.left_out)
    assert left["app|negative"] == "too few comments"
    assert left["loyalty_program|positive"] == "in nearly every comment"
    assert sorted([left.get("delivery|negative", ""), left.get("hotline|negative", "")])[1].startswith(
        "always with"
    )
    assert "not apart from the others" in left.values()
    kept = np.column_stack([np.ones(400), found.predictors])
    assert np.linalg.matrix_rank(kept) == kept.shape[1]


def test_a_verdict_on_the_whole_is_the_rating_in_words_and_in_no_model() -> None:
    rng = np.random.default_rng(5)
    scored = table(
        mentions={
            ("brand", "general", "negative"): rng.random(400) < 0.3,
            ("app", "general", "negative"): rng.random(400) < 0.3,
            ("app", "value", "negative"): rng.random(400) < 0.3,
        }
    )
    found, by_factor = (design(scored, TAXONOMY, by=by) for by in ("touchpoint", "factor"))
    assert found is not None
    assert by_factor is not None
    assert list(found.predictors) == ["app|negative"]
    assert found.left_out == (("brand|negative", "a verdict on the whole"),)
    assert found.controls.empty
    app = scored.mentions[scored.mentions["touchpoint"] == "app"]
    assert by_factor.counts["n"].to_dict() == {
        f"{name}|negative": (app["factor"] == name).sum() for name in ("value", "general")
    }


def test_rare_themes_are_pooled_into_one_control() -> None:
    mentions = {
        (name, "value", "negative"): np.arange(400) % 40 == k
        for k, name in enumerate(["app", "store", "chat"])
    }
    found = design(table(mentions=mentions), TAXONOMY)
    assert found is not None
    assert list(found.predictors) == []
    assert list(found.controls) == ["other|negative"]
    assert found.controls["other|negative"].sum() == 30


def test_a_theme_of_few_customers_is_left_out() -> None:
    customers = [f"k{k % 9}" if k < 90 else f"n{k}" for k in range(400)]
    found = design(table(mentions={("app", "value", "negative"): first(90)}, customer_id=customers), TAXONOMY)
    assert found is not None
    assert found.left_out == (("app|negative", "too few customers"),)
    assert found.counts.loc["app|negative", ["n", "customers"]].tolist() == [90, 9]


def test_one_customer_with_half_the_comments_is_set_aside() -> None:
    customers = ["loud" if k % 2 else f"k{k // 4}" for k in range(400)]
    found = design(table(customer_id=customers), TAXONOMY)
    assert found is not None
    assert len(found.rows) == 200
    assert (found.rows % 2 == 0).all()
    assert (
        Limit("drivers", "customers_set_aside", {"customers": 1, "comments": 200, "of": 400}) in found.limits
    )


def test_comments_without_customer_are_each_their_own() -> None:
    customers = [None if k < 100 else f"k{k // 4}" for k in range(400)]
    found = design(table(customer_id=customers), TAXONOMY)
    assert found is not None
    assert len(np.unique(found.clusters)) == 100 + 75
    nobody = design(table(customer_id=[None] * 400), TAXONOMY)
    assert nobody is not None
    assert len(np.unique(nobody.clusters)) == 400


def test_controls_are_channel_segment_and_period_without_their_commonest() -> None:
    channel = pd.Categorical(
        np.where(np.arange(400) % 4 == 0, "app", "web"), categories=["app", "web", "never"]
    )
    segment = np.where(np.arange(400) < 390, "a", "b")
    time = pd.date_range("2024-01-01", periods=400, freq="8h")
    found = design(table(channel=channel, segment=segment, time=time), TAXONOMY)
    assert found is not None
    months = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]
    assert {name for name in found.controls if name.startswith("channel")} == {"channel=app"}
    assert sum(f"period={month}" in found.controls for month in months) == 4
    assert "segment=b" not in found.controls
    assert (
        np.linalg.matrix_rank(np.column_stack([np.ones(400), found.controls])) == found.controls.shape[1] + 1
    )


def test_a_control_that_repeats_another_is_dropped() -> None:
    side = np.where(np.arange(400) % 4 == 0, "a", "b")
    found = design(table(channel=side, segment=side), TAXONOMY)
    assert found is not None
    assert list(found.controls) == ["channel=a"]


def test_years_of_comments_and_a_stray_date_do_not_make_a_column_a_month() -> None:
    time = pd.Series(
        pd.date_range("2010-01-01", "2024-01-01", periods=1990).to_list() + [pd.Timestamp("1970-01-01")] * 10
    )
    found = design(table(2000, time=time), TAXONOMY)
    assert found is not None
    assert 10 <= found.controls.shape[1] <= 20


def test_every_optional_column_empty_changes_nothing() -> None:
    nothing: dict[str, Any] = {
        name: [None] * 400 for name in ("channel", "segment", "customer_id", "stage", "outcome")
    }
    found, plain = design(table(time=[pd.NaT] * 400, **nothing), TAXONOMY), design(table(), TAXONOMY)
    assert found is not None
    assert plain is not None
    assert found.controls.shape == (400, 0)
    pd.testing.assert_frame_equal(found.predictors, plain.predictors)


@pytest.mark.parametrize(
    ("columns", "n", "reason", "values"),
    [
        ({"rating": [5.0] * 400}, 400, "rating_hardly_varies", {"n": 400, "other": 0, "needed": 20}),
        ({"rating": [np.nan] * 400}, 400, "no_rating", {}),
        ({"rating": [1.0, 3.0, 5.0]}, 3, "few_ratings", {"n": 3, "needed": 100}),
        ({"rating": [], "outcome": []}, 0, "no_rating", {}),
        (
            {"rating": [np.nan] * 400, "outcome": ["retained"] * 400},
            400,
            "rating_hardly_varies",
            {"column": "outcome"},
        ),
    ],
)
def test_what_cannot_be_explained_is_said(columns: Any, n: int, reason: str, values: dict[str, Any]) -> None:
    scored = table(n, mentions={}, **columns)
    assert design(scored, TAXONOMY) is None
    said = outcome_of(scored)
    assert isinstance(said, Limit)
    assert said.reason == reason
    assert values.items() <= said.values.items()  # noqa: PD011


def test_the_outcome_is_taken_where_no_rating_serves() -> None:
    words = np.resize(["churned", "retained", "repurchased", "not_repurchased"], 400)
    found = outcome_of(table(rating=[np.nan] * 400, outcome=words))
    assert isinstance(found, Outcome)
    assert found.kind == "outcome"
    assert found.observed[:4].tolist() == [1, 0, 0, 1]
    few = np.where(np.arange(400) < 99, 4.0, np.nan)
    assert isinstance(one := outcome_of(table(rating=few, outcome=words)), Outcome)
    assert one.kind == "outcome"


def test_a_table_without_factors_has_no_factor_model() -> None:
    for factor in ("", "general"):
        mentions = {("app", "general", "negative"): first(90)}
        scored = table(mentions=mentions)
        scored.mentions["factor"] = factor
        found = design(scored, TAXONOMY, by="factor")
        assert found is not None
        assert found.predictors.shape == (400, 0)
        assert [one.reason for one in found.limits] == ["no_factors"]


def test_touchpoints_the_taxonomy_does_not_know_come_last() -> None:
    rng = np.random.default_rng(3)
    mentions = {
        (name, "value", "negative"): rng.random(400) < 0.3 for name in ("zeppelin", "delivery", "aerial")
    }
    found = design(table(mentions=mentions), TAXONOMY)
    assert found is not None
    assert list(found.predictors) == ["delivery|negative", "aerial|negative", "zeppelin|negative"]


def test_no_more_themes_than_the_comments_carry() -> None:
    rng = np.random.default_rng(4)
    mentions = {(f"place {k}", "value", "negative"): rng.random(200) < 0.3 for k in range(30)}
    found = design(table(200, mentions=mentions), TAXONOMY)
    assert found is not None
    assert found.predictors.shape[1] == 20
    assert {why for _, why in found.left_out} == {"too many themes"}
    assert "other|negative" in found.controls or found.controls.empty


def test_the_length_of_the_text_is_a_control_where_texts_are_known():
    rng = np.random.default_rng(0)
    n = 300
    comments = pd.DataFrame(
        {
            "comment_id": [str(k) for k in range(n)],
            "text": ["x" * int(k) for k in rng.integers(1, 400, size=n)],
            "rating": rng.integers(1, 6, size=n).astype(float),
        }
    )
    comments.loc[7, "text"] = None
    mentions = pd.DataFrame(
        {
            "comment_id": [str(k) for k in range(0, n, 3)],
            "touchpoint": "delivery",
            "factor": "responsiveness",
            "sentiment": "negative",
        }
    )
    found = design(scored_table(comments, mentions), load_taxonomy())
    length = found.controls["length"].to_numpy()
    assert length[1] == pytest.approx(np.log1p(len(comments["text"][1])))
    assert length[7] == pytest.approx(np.delete(length, 7).mean())
    bare = design(scored_table(comments.drop(columns="text"), mentions), load_taxonomy())
    assert "length" not in bare.controls
