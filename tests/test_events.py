"""Customers' events: their order, what they are dated by, and what was assumed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.upstream.events import COLUMNS, Journey, events
from cx_nlp.taxonomy import load_taxonomy, taxonomy_from_categories

TAXONOMY = load_taxonomy()
NOW = pd.Timestamp("2026-01-01")


def table(rows: list[tuple[str, Any, str | None, str, str]], **columns: list[Any]) -> Scored:
    """Rows of comment, customer, day, touchpoint and sentiment; `columns` are further ones of the comments."""
    frame = pd.DataFrame(rows, columns=["comment_id", "customer_id", "time", "touchpoint", "sentiment"])
    comments = frame.drop_duplicates("comment_id")[["comment_id", "customer_id", "time"]].reset_index(
        drop=True
    )
    comments["time"] = pd.to_datetime(comments["time"])
    mentions = frame[["comment_id", "touchpoint", "sentiment"]].assign(factor="general")
    return scored_table(comments.assign(**columns), mentions)


def order(journey: Journey) -> list[tuple[str, int]]:
    return [*zip(journey.events["touchpoint"].astype(str), journey.events["place"].tolist(), strict=True)]


def reasons(journey: Journey) -> dict[str, Any]:
    return {limit.reason: dict(limit.values) for limit in journey.limits}


def test_an_event_says_where_in_the_journey_it_lies() -> None:
    rows = [("1", "a", "2025-03-02", "website", "positive"), ("1", "a", "2025-03-02", "hotline", "negative")]
    journey = events(table(rows), TAXONOMY, now=NOW)
    assert tuple(journey.events.columns) == COLUMNS
    first, second = journey.events.to_dict("records")
    place = ("touchpoint", "stage", "phase", "contact", "environment", "dated")
    assert [first[name] for name in place] == [
        "website",
        "consideration",
        "pre",
        "direct",
        "digital",
        "comment",
    ]
    assert [second[name] for name in place] == ["hotline", "use", "post", "direct", "both", "comment"]
    assert (journey.customers, journey.by_time, journey.by_stage, journey.limits) == (1, 1, 0, ())


def test_events_are_dated_by_the_purchase_and_the_delivery_where_the_export_has_them() -> None:
    rows = [
        ("1", "a", "2025-03-09", "delivery", "negative"),
        ("1", "a", "2025-03-09", "ordering", "negative"),
        ("1", "a", "2025-03-09", "product", "negative"),
        # An earlier comment, on help with something else between purchase and delivery.
        ("0", "a", "2025-03-04", "hotline", "negative"),
    ]
    plain = events(table(rows), TAXONOMY, now=NOW)
    assert order(plain) == [("hotline", 0), ("delivery", 1), ("ordering", 1), ("product", 2)]
    dates = {"purchased_at": ["2025-03-01T08:00:00", None], "delivered_at": ["2025-03-06 10:00:00", "soon"]}
    dated = events(table(rows, **dates), TAXONOMY, now=NOW)
    assert order(dated) == [("ordering", 0), ("hotline", 1), ("delivery", 2), ("product", 3)]
    assert dated.events["dated"].tolist() == ["event", "comment", "event", "comment"]


def test_a_delivery_that_comes_after_the_comment_does_not_date_it() -> None:
    rows = [("1", "a", "2025-03-02", "delivery", "negative")]
    journey = events(table(rows, delivered_at=["2025-03-05"]), TAXONOMY, now=NOW)
    assert journey.events["time"].tolist() == [pd.Timestamp("2025-03-02")]


def test_what_is_assumed_is_counted() -> None:
    rows = [
        ("1", "a", "2025-03-02", "delivery", "negative"),
        ("1", "a", "2025-03-02", "delivery", "negative"),
        ("2", "a", None, "advertising", "negative"),
        ("3", "b", "2025-03-02", "delivery", "negative"),
        ("3b", "b", "2025-03-02", "delivery", "negative"),
        ("3", "b", "2025-03-02", "hotline", "negative"),
        ("4", "c", "2035-03-02", "delivery", "negative"),
        ("5", None, "2025-03-02", "delivery", "negative"),
        ("6", "a", "2025-03-03", "cafeteria", "negative"),
    ]
    journey = events(table(rows), TAXONOMY, now=NOW)
    assert (journey.customers, journey.by_time, journey.by_stage) == (3, 1, 1)
    assert reasons(journey) == {
        "without_customer": {"mentions": 1, "of": 9},
        "future": {"mentions": 1, "of": 8},
        "labelled_twice": {"mentions": 1, "of": 8},
        "told_twice": {"mentions": 1, "of": 8},
        "without_stage": {"mentions": 1, "of": 8},
        "by_stage": {"customers": 1, "of": 2},
    }


def test_the_time_of_the_scoring_tells_what_is_the_future() -> None:
    rows = [("1", "a", "2025-03-02", "delivery", "negative")]
    for finished, future in (
        ("2025-01-01T10:00:00+07:00", True),
        ("2025-03-03T10:00:00Z", False),
        (None, False),
    ):
        scored = table(rows)
        scored = Scored(scored.comments, scored.mentions, {"finished": finished})
        assert ("future" in reasons(events(scored, TAXONOMY))) is future


def test_one_customer_with_half_the_comments_is_named() -> None:
    rows = [(str(k), "guest" if k % 2 else f"c{k}", "2025-03-02", "delivery", "negative") for k in range(60)]
    journey = events(table(rows), TAXONOMY, now=NOW)
    assert reasons(journey)["one_customer"] == {"customer": "guest", "comments": 30, "of": 60}


def test_a_zone_is_told_and_the_clock_kept() -> None:
    scored = table([("1", "a", "2025-03-02", "delivery", "negative")])
    comments = scored.comments.assign(time=scored.comments["time"].dt.tz_localize("Asia/Ho_Chi_Minh"))
    journey = events(Scored(comments, scored.mentions), TAXONOMY, now=NOW)
    assert reasons(journey)["zone"] == {"zone": "Asia/Ho_Chi_Minh"}
    assert journey.events["time"].tolist() == [pd.Timestamp("2025-03-02")]


@pytest.mark.parametrize(
    ("delivered", "when"),
    [
        ("2025-03-02T08:00:00+07:00", "2025-03-02T08:00"),
        ("2025-03-02 01:00:00Z", "2025-03-02T08:00"),
        ("2025-03-02T08:00:00", "2025-03-02T08:00"),
        ("2025-03-02", "2025-03-02"),
        ("2025-03-02T10:00:00+07:00", "2025-03-02T09:00"),
    ],
)
def test_a_delivery_written_with_its_zone_stands_on_the_clock_of_the_comments(
    delivered: str, when: str
) -> None:
    scored = table([("1", "a", "2025-03-02T09:00", "delivery", "negative")], delivered_at=[delivered])
    comments = scored.comments.assign(time=scored.comments["time"].dt.tz_localize("Asia/Ho_Chi_Minh"))
    journey = events(Scored(comments, scored.mentions), TAXONOMY, now=NOW)
    assert journey.events["time"].tolist() == [pd.Timestamp(when)]


@pytest.mark.parametrize("customers", [None, [None, None]])
def test_without_customers_there_are_no_events(customers: list[None] | None) -> None:
    comments = pd.DataFrame({"comment_id": ["1", "2"]})
    if customers is not None:
        comments["customer_id"] = pd.Series(customers, dtype="str")
    mentions = pd.DataFrame(
        {"comment_id": ["1"], "touchpoint": ["delivery"], "factor": ["general"], "sentiment": ["negative"]}
    )
    journey = events(scored_table(comments, mentions), TAXONOMY)
    assert journey.ecological
    assert journey.events.empty
    assert reasons(journey) == {"no_customers": {"comments": 2}}


def test_no_mentions_give_no_events() -> None:
    comments = pd.DataFrame(
        {"comment_id": ["1", "2"], "customer_id": ["a", "b"], "time": ["2025-01-01", None]}
    )
    mentions = pd.DataFrame(columns=["comment_id", "touchpoint", "factor", "sentiment"])
    journey = events(scored_table(comments, mentions), TAXONOMY, now=NOW)
    assert (len(journey.events), journey.customers) == (0, 0)


def test_a_taxonomy_without_stages_leaves_the_order_to_time() -> None:
    rows = [
        ("1", "a", "2025-03-02", "FOOD", "negative"),
        ("2", "a", "2025-03-01", "ROOM", "negative"),
        ("2", "a", "2025-03-01", "BAR", "negative"),
    ]
    journey = events(
        table(rows), taxonomy_from_categories([("FOOD", ""), ("ROOM", ""), ("BAR", "")]), now=NOW
    )
    assert order(journey) == [("ROOM", 0), ("BAR", 0), ("FOOD", 1)]
    assert {*journey.events["phase"]} == {""}


def test_the_mentions_own_stage_is_taken_where_the_taxonomy_knows_it() -> None:
    scored = table(
        [("1", "a", "2025-03-02", "app", "negative"), ("1", "a", "2025-03-02", "store", "negative")]
    )
    mentions = scored.mentions.assign(stage=pd.Categorical(["awareness", "elsewhere"]))
    journey = events(Scored(scored.comments, mentions), TAXONOMY, now=NOW)
    assert order(journey) == [("app", 0), ("store", 1)]
    assert journey.events["stage"].tolist() == ["awareness", "purchase"]
