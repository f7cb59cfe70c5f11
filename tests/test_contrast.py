"""Basic, performance and excitement qualities, told by what a flaw costs and what praise adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cx_nlp.journey.drivers.contrast import COLUMNS, contrast
from cx_nlp.journey.drivers.model import drivers
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
# Rating points of a complaint and of praise.
PLANTED = {
    "product": (-1.2, 0.0, "basic"),
    "store": (-0.8, 0.8, "performance"),
    "staff": (0.0, 1.2, "excitement"),
    "email": (0.0, 0.0, "indifferent"),
}


def rated(n: int = 12_000, *, best: float = 9.0, seed: int = 0, outcome: bool = False) -> Scored:
    rng = np.random.default_rng(seed)
    points, parts = 4.0 + rng.normal(0, 0.6, n), []
    for name, (cost, gain, _) in PLANTED.items():
        chance = rng.random(n)
        for side, rows, effect in (("negative", chance < 0.15, cost), ("positive", chance > 0.85, gain)):
            points = points + effect * rows
            parts.append((name, side, np.flatnonzero(rows)))
    ids = np.array([f"c{k}" for k in range(n)])
    mentions = [
        pd.DataFrame({"comment_id": ids[rows], "touchpoint": name, "factor": "value", "sentiment": side})
        for name, side, rows in parts
    ]
    said: dict[str, Any] = {"rating": np.clip(np.round(points), 0, best)}
    if outcome:
        said = {"outcome": np.where(rng.random(n) < 0.45 - (points - 4) * 0.25, "churned", "retained")}
    return scored_table(pd.DataFrame({"comment_id": ids, **said}), pd.concat(mentions))


def kinds(table: pd.DataFrame) -> dict[str, str]:
    return dict(table[table["by"] == "touchpoint"].set_index("name")["kind"])


def test_each_planted_quality_is_named_as_what_it_is() -> None:
    table = contrast(rated(), TAXONOMY).table
    assert tuple(table.columns) == COLUMNS
    assert kinds(table) == {name: kind for name, (*_, kind) in PLANTED.items()}
    for name, (cost, gain, _) in PLANTED.items():
        row = table[(table["name"] == name) & (table["by"] == "touchpoint")].iloc[0]
        assert row["penalty_low"] - 0.03 < cost < row["penalty_high"] + 0.03
        assert row["reward_low"] - 0.03 < gain < row["reward_high"] + 0.03
        assert min(row["n_negative"], row["n_positive"]) > 1500


def test_penalties_and_rewards_are_the_effects_of_the_drivers() -> None:
    scored = rated(2500)
    table = contrast(scored, TAXONOMY).table.set_index(["by", "name"])
    effects = drivers(scored, TAXONOMY, resamples=2).table
    for row in effects.itertuples():
        column = "penalty" if row.polarity == "negative" else "reward"
        assert table.loc[(row.by, row.name), column] == pytest.approx(row.effect)
        assert table.loc[(row.by, row.name), f"{column}_low"] == pytest.approx(row.low)


def test_a_difference_that_may_be_chance_gets_no_name() -> None:
    found = kinds(contrast(rated(150), TAXONOMY).table)
    assert found["email"] == "not enough data"
    assert "indifferent" not in found.values()


def test_a_theme_that_is_only_blamed_has_no_kind() -> None:
    scored = rated(600)
    blamed = scored.mentions[
        (scored.mentions["touchpoint"] != "product") | (scored.mentions["sentiment"] == "negative")
    ]
    table = contrast(scored_table(scored.comments, blamed), TAXONOMY).table
    row = table[table["name"] == "product"].iloc[0]
    assert row["kind"] == "not enough data"
    assert row["penalty"] < -1
    assert np.isnan(row["reward"])
    assert row["n_positive"] == 0


def test_for_an_outcome_a_penalty_is_what_staying_loses() -> None:
    table = contrast(rated(6000, outcome=True), TAXONOMY).table
    row = table[(table["name"] == "product") & (table["by"] == "touchpoint")].iloc[0]
    assert row["penalty_high"] < 0
    found = kinds(table)
    assert (found["product"], found["staff"]) == ("basic", "excitement")


def test_ratings_at_the_top_leave_praise_little_room_and_that_is_said() -> None:
    found = contrast(rated(1000, best=4.0), TAXONOMY)
    assert [one.reason for one in found.limits] == ["ceiling"]
    assert contrast(rated(1000), TAXONOMY).limits == ()


def test_without_a_rating_there_is_no_contrast() -> None:
    scored = rated(200)
    bare = scored_table(scored.comments.drop(columns="rating"), scored.mentions)
    for table in (bare, scored_table(bare.comments.head(0), bare.mentions.head(0))):
        found = contrast(table, TAXONOMY)
        assert found.table.empty
        assert tuple(found.table.columns) == COLUMNS
        assert [(one.about, one.reason) for one in found.limits] == [("contrast", "no_rating")]


def test_ratings_without_mentions_give_an_empty_table() -> None:
    scored = rated(200)
    found = contrast(scored_table(scored.comments, scored.mentions.head(0)), TAXONOMY)
    assert found.table.empty
    assert tuple(found.table.columns) == COLUMNS
