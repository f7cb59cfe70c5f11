"""From the scored table to customers' ways through the touchpoints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.journey.upstream.customers import customer_steps, factors_blamed, touchpoint_names
from cx_nlp.journey.upstream.events import events
from cx_nlp.journey.upstream.pairs import upstream_pairs
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
    steps = customer_steps(events(scored, TAXONOMY), TAXONOMY).steps
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


def test_one_time_missing_leaves_the_order_to_the_stages() -> None:
    rows = [
        ("1", "a", "2025-03-02", "delivery", "negative"),
        ("2", "a", None, "advertising", "negative"),
        ("3", "a", "2025-03-03", "cafeteria", "negative"),
    ]
    # What the taxonomy lacks comes last.
    assert [*ways(table(rows))] == [(("advertising", 1), ("delivery", 1), ("cafeteria", 1))]


def test_the_factor_blamed_most_by_those_who_complained_at_both() -> None:
    rows = [
        # Three who complained at both blame slowness once and quality twice; the fourth complained at one only.
        ("1", "a", "delivery", "responsiveness"),
        ("1", "a", "hotline", "issue_resolution"),
        ("2", "b", "delivery", "product_quality"),
        ("2", "b", "delivery", "general"),
        ("2", "b", "hotline", "general"),
        ("3", "c", "delivery", "product_quality"),
        ("3", "c", "hotline", "general"),
        ("4", "d", "delivery", "responsiveness"),
        ("5", "e", "delivery", "responsiveness"),
    ]
    frame = pd.DataFrame(rows, columns=["comment_id", "customer_id", "touchpoint", "factor"])
    comments = frame[["comment_id", "customer_id"]].drop_duplicates().reset_index(drop=True)
    mentions = frame[["comment_id", "touchpoint", "factor"]].assign(sentiment="negative")
    journey = events(scored_table(comments, mentions), TAXONOMY)
    found = customer_steps(journey, TAXONOMY)
    assert touchpoint_names(journey, TAXONOMY) == ("delivery", "hotline")
    assert factors_blamed(journey, found) == {(0, 1): "product_quality"}


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
    found = customer_steps(events(table(rows), TAXONOMY), TAXONOMY)
    links = upstream_pairs(found.steps).table
    supported = links[links["verdict"] == "supported"]
    assert [*zip(supported["cause_touchpoint"], supported["effect_touchpoint"], strict=True)] == [
        ("delivery", "hotline")
    ]
