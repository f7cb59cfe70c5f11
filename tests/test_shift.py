"""Profiles of comments and what is said of their differences."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from invented_profiles import invented_profile, spread

from cx_nlp.metrics import Evaluation, Figure
from cx_nlp.metrics.slices import by_length
from cx_nlp.shift import Everywhere, Profile, ProfileCounter, compare, counted, known_words
from cx_nlp.shift.accuracy import beside_card
from cx_nlp.shift.expected import _by_length, expected_change
from cx_nlp.shift.known_words import Known
from cx_nlp.shift.result import Drift, Shift
from cx_nlp.tagger import Cascade, CommentClassifier, ContextualTagger, MentionTagger
from cx_nlp.tagger.tag_table import tag_table

TEXTS = [
    "giao hàng nhanh",
    "giao hang nhanh",
    "delivery was fast 😍",
    "ok",
    "nhân viên thô lỗ, app Zelunix lỗi",
    "",
]


def row(found: Drift, measure: str) -> Shift:
    return next(one for one in found.shifts if one.measure == measure)


# ------------------------------------------------------------------------------------------------ counting


def test_a_profile_counts_what_stands_in_the_comments(small_tagger: MentionTagger) -> None:
    found = counted(small_tagger, TEXTS, "six comments")
    tagged = small_tagger.tag_many(TEXTS)
    assert (found.comments, found.about) == (6, "six comments")
    assert found.shares["emoji"] == (1, 6)
    assert found.shares["none"] == (sum(not one.mentions for one in tagged), 6)
    assert found.shares["without_diacritics"] == (1, found.exclusive["language"]["vi"])
    assert found.exclusive["language"]["en"] >= 1
    assert found.held["touchpoint"]["delivery"] == sum(
        any(m.touchpoint == "delivery" for m in one.mentions) for one in tagged
    )
    assert found.shares["unknown_words"][0] >= 1
    assert found.words[0] <= found.words[1]
    least = [min([one.confidence, *(m.confidence for m in one.mentions)]) for one in tagged]
    assert found.spreads["confidence"].mean == pytest.approx(np.mean(least))
    assert found.spreads["length"].mean == pytest.approx(np.mean([len(text.split()) for text in TEXTS]))


def test_parts_of_an_export_add_up_to_the_whole(small_tagger: MentionTagger, invented: Any) -> None:
    texts = invented[0]
    counter = ProfileCounter(known_words(small_tagger))
    for first in range(0, len(texts), 7):
        part = texts[first : first + 7]
        counter.add(part, tag_table(small_tagger, part))
    counter.add([], tag_table(small_tagger, []))
    assert counter.profile("x").to_dict() == counted(small_tagger, texts, "x").to_dict()


@pytest.mark.parametrize("size", [1, 3, 5, 100])
def test_every_third_comment_is_taken_wherever_parts_begin(
    small_tagger: MentionTagger, invented: Any, size: int
) -> None:
    texts = invented[0]
    counter = ProfileCounter(known_words(small_tagger), every=3)
    for first in range(0, len(texts), size):
        part = texts[first : first + size]
        counter.add(part, tag_table(small_tagger, part))
    assert counter.profile("x").to_dict() == counted(small_tagger, texts[::3], "x").to_dict()


def test_a_profile_holds_no_text_and_is_small(small_tagger: MentionTagger, invented: Any) -> None:
    text = json.dumps(counted(small_tagger, [*invented[0], "Zelunix dở"], "x").to_dict())
    assert "zelunix" not in text.lower()
    assert len(text) < 4000
    assert Profile.from_dict(json.loads(text)).to_dict() == json.loads(text)


def test_single_labels_are_counted_instead_of_mentions(invented: Any) -> None:
    texts, records = invented
    labels = [r["mentions"][0]["touchpoint"] if r["mentions"] else "none" for r in records]
    classifier = CommentClassifier(min_support=2, folds=2).fit(texts, labels)
    found = counted(classifier, texts, "x")
    assert sum(found.exclusive["label"].values()) == len(texts)
    assert found.held == {}
    assert found.words[1] > 0
    assert Profile.from_dict(found.to_dict()).to_dict() == found.to_dict()


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda found: found.pop(name)


@pytest.mark.parametrize(
    "change",
    [
        _without("held"),
        lambda found: found.update(more=1),
        lambda found: found.update(comments=999),
        lambda found: found.update(comments=True),
        lambda found: found["exclusive"]["sentiment"].update(negative=-1),
        lambda found: found["exclusive"].update(planet={"mars": 1000}),
        lambda found: found["held"]["touchpoint"].update(app=1001),
        lambda found: found["shares"].update(emoji=[3, 2]),
        lambda found: found["shares"].update(moon=[1, 2]),
        lambda found: found.update(words="many"),
        lambda found: found["spreads"]["length"]["counts"].append(1),
        lambda found: found["spreads"]["length"].update(total=float("nan")),
        lambda found: found["spreads"]["confidence"].update(squares=None),
    ],
)
def test_a_profile_of_another_form_is_refused(change: Callable[[dict[str, Any]], None]) -> None:
    found = json.loads(json.dumps(invented_profile().to_dict()))
    Profile.from_dict(found)
    change(found)
    with pytest.raises(ValueError, match=r"\w"):
        Profile.from_dict(found)
    with pytest.raises(ValueError, match="profile"):
        Profile.from_dict([1])


# ------------------------------------------------------------------------------------------------ known words


def test_words_are_known_by_the_vocabulary_accents_aside(small_tagger: MentionTagger) -> None:
    known = known_words(small_tagger)
    assert known is not None
    assert known.unknown(["nhân", "vien", "zelunix", "emo_pos"]) == ["zelunix"]


def test_an_encoder_knows_what_is_one_piece(random_tagger: ContextualTagger) -> None:
    known = known_words(random_tagger)
    assert known is not None
    assert known.unknown(["giao", "zelunix"]) == ["zelunix"]


def test_a_cascade_knows_what_its_fast_model_knows(
    small_tagger: MentionTagger, random_tagger: ContextualTagger
) -> None:
    known = known_words(Cascade(small_tagger, random_tagger, sure=0.5))
    assert known is not None
    assert known.unknown(["zelunix", "nhân"]) == ["zelunix"]
    assert known_words(object()) is None


def test_what_only_its_own_comment_taught_is_unknown_there() -> None:
    known = Known({"good", "kind", "shop"}, str)
    everywhere = Everywhere.of(known, ["good shop", "good kind shop", "kind shop good"])
    assert known.unknown(["good", "kind", "moon"]) == ["moon"]
    assert everywhere.unknown(["good", "kind", "moon"]) == ["kind", "moon"]


# ------------------------------------------------------------------------------------------------ verdicts


def test_the_same_comments_are_alike() -> None:
    found = compare(invented_profile(), invented_profile(2000))
    assert found.verdict == "alike"
    assert {one.verdict for one in found.shifts} == {"alike"}
    assert found.mattering == ()


@pytest.mark.parametrize(
    ("changes", "measure"),
    [
        ({"bare": 0.6}, "without_diacritics"),
        ({"unknown": 0.4}, "unknown_words"),
        ({"language": {"en": 0.8, "vi": 0.2}}, "language"),
        ({"confidence": (3, 2)}, "confidence"),
    ],
)
def test_what_makes_a_model_err_more_matters(changes: dict[str, Any], measure: str) -> None:
    found = compare(invented_profile(), invented_profile(800, **changes))
    assert found.verdict == "differs"
    assert measure in found.mattering
    one = row(found, measure)
    assert one.verdict in ("some", "much")
    assert one.low <= one.difference <= one.high
    assert not one.low <= 0 <= one.high


@pytest.mark.parametrize(
    ("changes", "measure", "label"),
    [
        ({"sentiment": {"negative": 0.7, "neutral": 0.1, "positive": 0.2}}, "sentiment", ("negative", "positive")),
        ({"touchpoint": {"app": 0.6, "delivery": 0.1, "product": 0.4, "staff": 0.2}}, "touchpoint", ("app",)),
        ({"words": 40}, "length", ("",)),
        ({"emoji": 0.5}, "emoji", ("",)),
        ({"none": 0.5}, "none", ("",)),
        ({"confidence": (6, 1)}, "confidence", ("",)),
        ({"unknown": 0.001, "bare": 0.0}, "unknown_words", ("",)),
    ],
)  # fmt: skip
def test_other_content_is_no_error(changes: dict[str, Any], measure: str, label: tuple[str, ...]) -> None:
    found = compare(invented_profile(), invented_profile(800, **changes))
    assert found.verdict == "other_content"
    assert row(found, measure).verdict in ("some", "much")
    assert row(found, measure).label in label


def test_a_trifle_in_very_many_comments_is_no_alarm() -> None:
    found = compare(invented_profile(100_000), invented_profile(100_000, unknown=0.11, emoji=0.06))
    assert row(found, "unknown_words").p < 0.001
    assert found.verdict == "alike"


def test_few_comments_are_too_few_unless_all_is_different() -> None:
    few = compare(invented_profile(), invented_profile(40))
    assert few.verdict == "too_few"
    plain = compare(invented_profile(), invented_profile(60, language={"en": 0.99, "vi": 0.01}))
    assert row(plain, "language").verdict == "much"
    assert compare(invented_profile(), invented_profile(20, bare=1.0)).verdict == "too_few"


def test_comments_without_vietnamese_leave_out_its_diacritics() -> None:
    english = {"en": 1.0, "vi": 0.0}
    found = compare(invented_profile(language=english), invented_profile(800, language=english))
    assert "without_diacritics" not in {one.measure for one in found.shifts}
    assert found.verdict == "alike"


def test_all_of_it_turns_into_json_and_a_table() -> None:
    found = compare(invented_profile(), invented_profile(800, bare=0.6))
    plain = found.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    table = found.to_table()
    assert [*table["measure"]] == [one.measure for one in found.shifts]
    assert table["matters"].sum() == len(found.mattering) == 1


# ------------------------------------------------------------------------------------------------ the card's figures


def card(**slices: dict[str, float]) -> dict[str, Any]:
    of = {
        name: {
            part: {"comments": 100, "figures": {"triple": {"value": value}}} for part, value in parts.items()
        }
        for name, parts in slices.items()
    }
    return {"figures": {"triple": {"value": 0.7, "low": 0.65, "high": 0.75}}, "slices": of}


def test_a_language_that_is_read_as_well_does_not_matter() -> None:
    before, after = invented_profile(), invented_profile(language={"en": 0.8, "vi": 0.2})
    worse = compare(before, after, figures=card(language={"en": 0.6, "vi": 0.7}))
    assert row(worse, "language").expected == pytest.approx(0.5 * -0.1)
    assert worse.verdict == "differs"
    same = compare(before, after, figures=card(language={"en": 0.7, "vi": 0.7}))
    assert row(same, "language").verdict == "much"
    assert same.verdict == "other_content"


def test_length_matters_where_the_card_says_so() -> None:
    slices = {"1-5 words": 0.8, "6-20 words": 0.8, "21-60 words": 0.4, "over 60 words": 0.4}
    before, after = invented_profile(), invented_profile(words=40)
    assert compare(before, after, figures=card(length=slices)).mattering == ("length",)
    assert compare(before, after).mattering == ()


def test_lengths_fall_into_the_slices_of_the_card() -> None:
    profile, lengths = invented_profile(399), np.arange(1, 400)
    whole = replace(profile, spreads={**profile.spreads, "length": spread("length", lengths.astype(float))})
    assert _by_length(whole) == Counter(by_length({"text": "w " * int(n)}) for n in lengths)


@pytest.mark.parametrize(
    "figures", [None, {}, {"slices": 3}, {"slices": {"language": {"vi": None}}}, card(language={"vi": 0.7})]
)
def test_nothing_is_expected_where_the_card_says_nothing(figures: Any) -> None:  # fmt: skip
    assert expected_change("language", invented_profile(), invented_profile(), figures) is None


def test_figures_on_labels_stand_beside_the_cards() -> None:
    found = Evaluation(
        200, {"triple": Figure(0.5, 0.42, 0.58), "factor": Figure(0.8, 0.7, 0.9)}, {}, {}, {}, 1000, 0
    )
    [one] = beside_card(found, card())
    assert (one.figure, one.verdict, one.difference) == ("triple", "lower", pytest.approx(-0.2))
    # Zou and Donner: the bounds' distances add as squares.
    assert one.difference_low == pytest.approx(-0.2 - np.hypot(0.08, 0.05))
    close = replace(found, figures={"triple": Figure(0.68, 0.6, 0.75)})
    assert beside_card(close, card())[0].verdict == "not_told"
    assert beside_card(found, None) == ()
