"""From the scored table to customers' ways through the touchpoints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.upstream.customers import customer_steps
from cx_nlp.journey.upstream.links import upstream_links
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()


def table(rows: list[tuple[str, Any, str | None, str, str]]) -> Scored:
    """Rows of comment, customer, day, touchpoint and sentiment; a comment may have several."""
    frame = pd.DataFrame(rows, columns=["comment_id", "customer_id", "time", "touchpoint", "sentiment"])
    comments = frame.drop_duplicates("comment_id")[["comment_id", "customer_id", "time"]]
    comments["time"] = pd.to_datetime(comments["time"])
    mentions = frame[["comment_id", "touchpoint", "sentiment"]].assign(factor="general")
    return scored_table(comments.reset_index(drop=True), mentions)


def ways(scored: Scored) -> dict[tuple[tuple[str, int], ...], float]:
    """Every way as touchpoints with their state, in order, and how many customers went it."""
    found = customer_steps(scored, TAXONOMY)
    assert found is not None
    steps = found.steps
    out = {}
    for state, place, customers in zip(steps.state, steps.place, steps.customers, strict=True):
        met = [k for k in np.argsort(place, kind="stable") if state[k] >= 0]
        out[tuple((steps.touchpoints[k], int(state[k])) for k in met)] = float(customers)
    return out


def test_comments_are_put_in_order_of_time() -> None:
    rows = [
        ("1", "a", "2025-03-02", "delivery", "negative"),
        ("2", "a", "2025-03-01", "hotline", "positive"),
        ("3", "b", "2025-03-01", "delivery", "positive"),
        ("4", "b", "2025-03-05", "hotline", "negative"),
    ]
    assert ways(table(rows)) == {(("hotline", 0), ("delivery", 1)): 1, (("delivery", 0), ("hotline", 1)): 1}


def test_within_one_comment_the_stages_of_the_journey_decide() -> None:
    rows = [
        ("1", "a", "2025-03-02", "loyalty_program", "positive"),
        ("1", "a", "2025-03-02", "advertising", "negative"),
        ("1", "a", "2025-03-02", "delivery", "negative"),
    ]
    assert [*ways(table(rows))] == [(("advertising", 1), ("delivery", 1), ("loyalty_program", 0))]


def test_a_touchpoint_is_met_at_its_first_complaint() -> None:
    rows = [
        ("1", "a", "2025-01-01", "delivery", "positive"),
        ("2", "a", "2025-02-01", "hotline", "neutral"),
        ("3", "a", "2025-03-01", "delivery", "negative"),
        ("4", "a", "2025-04-01", "delivery", "negative"),
    ]
    assert [*ways(table(rows))] == [(("hotline", 0), ("delivery", 1))]


def test_what_is_assumed_is_counted() -> None:
    rows = [
        ("1", "a", "2025-03-02", "delivery", "negative"),
        ("2", "a", None, "advertising", "negative"),
        ("3", "b", "2025-03-02", "delivery", "negative"),
        ("3", "b", "2025-03-02", "hotline", "negative"),
        ("4", "c", "2025-03-02", "delivery", "negative"),
        ("5", None, "2025-03-02", "delivery", "negative"),
        ("6", "a", "2025-03-03", "cafeteria", "negative"),
    ]
    found = customer_steps(table(rows), TAXONOMY)
    assert found is not None
    assert (found.customers, found.by_time, found.by_stage, found.without_customer) == (3, 1, 1, 1)
    # One comment lacks a time: the stages decide for all of that customer's, what the taxonomy lacks comes last.
    assert (("advertising", 1), ("delivery", 1), ("cafeteria", 1)) in ways(table(rows))


@pytest.mark.parametrize("customers", [None, [None, None]])
def test_without_customers_there_are_no_ways(customers: list[None] | None) -> None:
    comments = pd.DataFrame({"comment_id": ["1", "2"]})
    if customers is not None:
        comments["customer_id"] = pd.Series(customers, dtype="str")
    mentions = pd.DataFrame(
        {"comment_id": ["1"], "touchpoint": ["delivery"], "factor": ["general"], "sentiment": ["negative"]}
    )
    assert customer_steps(scored_table(comments, mentions), TAXONOMY) is None


def test_a_cause_planted_in_comments_is_found_upstream() -> None:
    rng = np.random.default_rng(0)
    rows: list[tuple[str, Any, str | None, str, str]] = []
    for customer in range(1200):
        mood = rng.normal()
        late = rng.random() < 1 / (1 + np.exp(1.4 - 0.8 * mood))
        rude = rng.random() < 1 / (1 + np.exp(1.6 - 0.8 * mood - 1.6 * late))
        dear = rng.random() < 1 / (1 + np.exp(1.4 - 0.8 * mood))
        said = {"delivery": late, "hotline": rude, "pricing": dear}
        rows += [
            (
                f"{customer}-{k}",
                f"c{customer}",
                f"2025-01-{10 + k:02d}",
                name,
                "negative" if bad else "positive",
            )
            for k, (name, bad) in enumerate(said.items())
        ]
    found = customer_steps(table(rows), TAXONOMY)
    assert found is not None
    links = upstream_links(found.steps)
    supported = links[links["verdict"] == "supported"]
    assert [*zip(supported["cause_touchpoint"], supported["effect_touchpoint"], strict=True)] == [
        ("delivery", "hotline")
    ]
