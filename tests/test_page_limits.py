"""What could not be said: every reason that a part gives has words in both languages."""

import ast
from pathlib import Path

import pytest

import cx_nlp.journey
from cx_nlp.journey.limits import Limit
from cx_nlp.report.limits import sentence, unsaid, why_empty
from cx_nlp.report.wording import catalogue, wording
from cx_nlp.taxonomy import load_taxonomy


def reasons() -> list[str]:
    """Keys of all limits written out in the code of the journey; a fix's own report speaks of fixes."""
    folder = Path(cx_nlp.journey.__path__[0])
    found = []
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Limit":
                given = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
                found += [f"limits.{given[0]}_{given[1]}"] if len(given) == 2 else []
    return sorted({key for key in found if not key.startswith("limits.fix")})


def words(lang: str = "en"):
    return wording(lang, load_taxonomy())


def test_every_reason_has_words():
    assert len(reasons()) > 5
    assert [key for key in reasons() if key not in catalogue()] == []


@pytest.mark.parametrize("about", ["causes_reach", "drivers", "importance", "contrast", "forgiveness"])
def test_every_part_that_needs_an_outcome_can_say_why_it_has_none(about):
    for reason in ("no_rating", "few_ratings", "rating_hardly_varies"):
        assert f"limits.{about}_{reason}" in catalogue()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_reason_can_be_said_without_its_values(lang):
    for key in reasons():
        about, _, reason = key.removeprefix("limits.").partition("_")
        said = sentence(Limit(about, reason), words(lang))
        assert said.endswith(".")
        assert "{" not in said


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (Limit("links", "too_few", {"pairs": 240, "of": 1272}), "For 240 of 1,272 pairs of touchpoints there are too few customers."),
        (Limit("causes", "too_few", {"needed": 20, "more": {"app": 3, "own label": 12}}), "still missing: App 3, own label 12."),
        (Limit("drivers", "left_out", {"by": "factor", "names": ["value|negative", "general|positive"], "needed": 20}), "Value for money (complaint), General (praise)."),
        (Limit("alarms", "latest_in_holiday", {"period": "2024-02-05", "holiday": "tet"}), "The last period (from 5 Feb 2024) falls in Tết"),
        (Limit("scorecard", "one_customer", {"n": 1, "share": 0.25}), "One customer wrote 1 comment, 25% of all"),
        (Limit("causes", "within_customers", {"over_all": 0.5, "within": 0.25}), "(0.25 instead of 0.5 points over all)"),
        (Limit("channels", "customers_needed", {"app": 300}), "Customers needed for an answer: App 300."),
        (Limit("links", "outside_graph", {"touchpoints": "app, email"}), "not tested: App, E-mail."),
    ],
)  # fmt: skip
def test_values_stand_in_the_words(limit, said):
    assert said in sentence(limit, words())


def test_a_reason_without_words_is_told_by_its_key():
    limit = Limit("links", "moon_too_full", {"days": 3})
    assert sentence(limit, words()) == "moon too full: days 3"


def test_parts_come_in_the_pages_order_and_say_a_thing_once():
    limits = [
        Limit("trends", "no_time"),
        Limit("nobody", "x"),
        Limit("causes", "no_value"),
        Limit("trends", "no_time"),
    ]
    parts = unsaid(limits, words())
    assert [part.name for part in parts] == ["Causes", "Change over time", "nobody"]
    assert len(parts[1].sentences) == 1
    assert why_empty(limits, ["trends"], words()) == parts[1].sentences
