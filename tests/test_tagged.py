"""Whether a change may be the tagger's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from fixed_weeks import RATES, comments, noted, plan, reasons, scored, shares

from cx_nlp.journey.fixes.plan import Metric, Within
from cx_nlp.journey.fixes.tagged import model_of, of_other_model
from cx_nlp.journey.fixes.verdict import FixCheck, check_fix

COMMENTS = 52 * 100
MODEL = {"id": "fast", "digest": "3a294d694daf369c", "heldout": {"touchpoint_sentiment": {"delivery#negative": RATES}}}  # fmt: skip


def manifest(**changed: Any) -> dict[str, Any]:
    return {"model": MODEL, "counts": {"scored": COMMENTS, "mentions": COMMENTS}, **changed}


def checked(given: dict[str, Any] | None, **its: Any) -> FixCheck:
    return check_fix(plan(**its), scored(comments(shares(0.12, 0.08)), manifest=given))


def test_a_verdict_says_which_model_tagged_both_periods() -> None:
    check = checked(manifest())
    assert check.verdict == "effective"
    assert noted(check, "one_model") == {"model": "fast (3a294d69)"}


@pytest.mark.parametrize(
    ("given", "reason", "figures"),
    [
        (None, "no_manifest", {}),
        ({}, "model_unknown", {}),
        (manifest(model={"id": None, "digest": None}), "model_unknown", {}),
        (manifest(model=[1]), "model_unknown", {}),
        (manifest(counts={"scored": 2600, "mentions": COMMENTS}), "joined", {"model": "fast (3a294d69)", "told": 2600, "n": COMMENTS}),
        (manifest(counts={"scored": COMMENTS, "mentions": 5300}), "retagged", {"model": "fast (3a294d69)", "told": 5300, "n": COMMENTS}),
        (manifest(counts=None), "one_model", {"model": "fast (3a294d69)"}),
    ],
)  # fmt: skip
def test_a_manifest_that_shows_otherwise_is_named(given: Any, reason: str, figures: dict[str, Any]) -> None:
    check = checked(given)
    assert noted(check, reason) == figures
    assert len({"no_manifest", "model_unknown", "joined", "retagged", "one_model"} & reasons(check)) == 1


def test_the_counts_are_those_of_the_table_and_not_of_the_part() -> None:
    table = scored(comments(shares(0.12, 0.08), channel="App"), manifest=manifest())
    table.comments.loc[::2, "channel"] = None
    assert "one_model" in reasons(check_fix(plan(within=Within(channel="App")), table))


def test_no_tagger_has_a_part_in_a_rating() -> None:
    said, mentions = comments(shares(0.1, 0.1), per_week=40)
    said["rating"] = 3.0 + np.arange(len(said)) % 3
    metric = Metric("rating", "up")
    bare = check_fix(plan(metric=metric, smallest=0.2), scored((said, mentions)))
    assert "no_manifest" not in reasons(bare)
    part = check_fix(
        plan(metric=metric, smallest=0.2, within=Within(touchpoint="delivery")), scored((said, mentions))
    )
    assert "no_manifest" in reasons(part)


def test_a_model_that_is_less_sure_after_the_fix_is_noted() -> None:
    said, mentions = comments(shares(0.12, 0.06))
    after = np.arange(len(said)) >= 26 * 100
    at = np.arange(len(said)) % 100
    rng = np.random.default_rng(0)
    for later, is_noted in ((0.3, True), (0.2, False)):
        said["needs_review"] = rng.random(len(said)) < np.where(after, later, 0.2)
        check = check_fix(plan(), scored((said, mentions)))
        assert ("less_sure" in reasons(check)) == is_noted
    # Fewer complaints, of which the model is never sure, are what the fix was for.
    said["needs_review"] = (mentions["sentiment"] == "negative") | (at % 7 == 0)
    assert "less_sure" not in reasons(check_fix(plan(), scored((said, mentions))))


@pytest.mark.parametrize(("before", "after"), [(0.15, 0.11), (0.2, 0.24)])
def test_what_the_tagger_would_have_to_catch_were_there_no_change(before: float, after: float) -> None:
    check = check_fix(plan(), scored(comments(shares(before, after)), manifest=manifest()))
    assert check.verdict in ("effective", "harmful")
    note = noted(check, "would_catch")
    # Sensitivity 0.75, specificity 0.95: with it the share before, with the other the share after.
    there = (before - 0.05) / 0.7
    assert note["now"] == 0.75
    assert there * note["then"] + (1 - there) * 0.05 == pytest.approx(after, abs=1e-3)
    assert 0 <= note["then"] <= 1


def test_a_rise_that_no_catching_explains_takes_inventions() -> None:
    check = check_fix(plan(), scored(comments(shares(0.1, 0.2)), manifest=manifest()))
    note = noted(check, "would_invent")
    there = 0.05 / 0.7
    assert note["now"] == pytest.approx(0.05)
    assert there * 0.75 + (1 - there) * note["then"] == pytest.approx(0.2, abs=1e-3)


def test_it_is_asked_only_of_a_change_and_of_known_rates() -> None:
    assert "would_catch" not in reasons(checked(None))
    still = check_fix(plan(), scored(comments(shares(0.12, 0.12), per_week=200), manifest=manifest()))
    assert still.verdict == "ineffective"
    assert not {"would_catch", "would_invent"} & reasons(still)


def test_another_model_than_when_the_plan_was_locked_is_noted() -> None:
    table = scored(comments(shares(0.1, 0.1)), manifest=manifest())
    now = model_of(table.manifest)
    assert [*of_other_model(now, table)] == [*of_other_model(None, table)] == []
    (note,) = of_other_model("auto (12345678)", table)
    assert note.reason == "other_model"
    assert dict(note.values) == {"before": "auto (12345678)", "now": "fast (3a294d69)"}
