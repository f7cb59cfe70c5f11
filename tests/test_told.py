"""Decisions: which mentions a comment holds, where they stand, and a sentiment that agrees with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cx_nlp.encoder.pieces import Read
from cx_nlp.encoder.session import Scores
from cx_nlp.tagger.labelling import Labelling
from cx_nlp.tagger.scale import Scale
from cx_nlp.tagger.told import Likely, Tags, decide, likely, pooled, word_span

LABELLING = Labelling(
    ("delivery#general", "delivery#responsiveness", "staff#general"),
    ("negative", "neutral", "positive"),
    ("mixed", "negative", "neutral", "positive"),
)
NAMES = LABELLING.names
SCALE = Scale(label_threshold=0.5)
EVENLY = {"mixed": 0.25, "negative": 0.25, "neutral": 0.25, "positive": 0.25}
READ = Read((0, 7, 8, 9, 2), (-1, 0, 1, 2, -1))


def found(sure: dict[str, float], felt: dict[str, float]) -> Likely:
    """`sure` by `touchpoint factor polarity`."""
    labels = np.array([sure.get(" ".join(name), 0.01) for name in NAMES])
    sentiment = np.array([felt.get(name, 0.0) for name in LABELLING.sentiments])
    said = np.full((5, len(NAMES)), 0.1, np.float32)
    return Likely(labels, sentiment / sentiment.sum(), ((READ, said),))


def tags(sure: dict[str, float], felt: dict[str, float], words: int = 3) -> Tags:
    return decide(LABELLING, SCALE, found(sure, felt), np.ones(words, bool))


def told(given_tags: Tags) -> set[str]:
    return {" ".join(NAMES[one.label]) for one in given_tags.told}


def felt(given_tags: Tags) -> str:
    return LABELLING.sentiments[given_tags.sentiment]


def test_labels_above_the_threshold_are_told() -> None:
    one = tags({"delivery responsiveness negative": 0.9, "staff general negative": 0.49}, {"negative": 1})
    assert told(one) == {"delivery responsiveness negative"}
    assert one.told[0].confidence == 0.9


def test_a_general_judgement_gives_way_to_a_named_factor_of_its_touchpoint_and_polarity() -> None:
    sure = {"delivery general negative": 0.9, "delivery responsiveness negative": 0.6}
    assert told(tags(sure, {"negative": 1})) == {"delivery responsiveness negative"}


def test_a_general_judgement_stays_beside_another_polarity_or_touchpoint() -> None:
    sure = {
        "delivery general positive": 0.9, "delivery responsiveness negative": 0.6, "staff general negative": 0.8,
    }  # fmt: skip
    assert told(tags(sure, {"mixed": 1})) == {*sure}


def test_a_judgement_whose_factor_is_open_gets_the_likeliest() -> None:
    open_ = {"delivery responsiveness negative": 0.4, "delivery general negative": 0.35}
    assert told(tags(open_, {"negative": 1})) == {"delivery responsiveness negative"}
    # With a rival of another touchpoint or polarity no judgement is likely enough.
    apart = {"delivery responsiveness negative": 0.4, "staff general negative": 0.35}
    assert told(tags(apart, {"neutral": 1})) == set()
    apart = {"delivery responsiveness negative": 0.4, "delivery general positive": 0.35}
    assert told(tags(apart, {"neutral": 1})) == set()


def test_what_is_all_but_excluded_makes_no_judgement_likely() -> None:
    many = Labelling(tuple(f"delivery#f{k:02d}" for k in range(20)), ("negative",), LABELLING.sentiments)
    said = np.full((5, 20), 0.1, np.float32)
    neutral = np.array([0, 0, 1.0, 0])
    found_ = Likely(np.full(20, 0.045), neutral, ((READ, said),))
    assert not decide(many, SCALE, found_, np.ones(3, bool)).told


def test_a_sentiment_that_needs_a_mention_gets_the_likeliest() -> None:
    one = tags(
        {"delivery general positive": 0.2, "staff general positive": 0.4}, {"positive": 0.97, "neutral": 0.03}
    )
    assert felt(one) == "positive"
    assert told(one) == {"staff general positive"}


def test_a_mixed_comment_gets_a_mention_of_each_pole() -> None:
    sure = {"delivery responsiveness negative": 0.9, "staff general positive": 0.45}
    one = tags(sure, {"mixed": 0.95, "negative": 0.05})
    assert felt(one) == "mixed"
    assert told(one) == {*sure}


def test_a_sentiment_without_any_likely_mention_yields() -> None:
    assert felt(tags({}, {"positive": 0.6, "neutral": 0.4})) == "neutral"
    assert felt(tags({"staff general negative": 0.9}, {"positive": 0.6, "negative": 0.4})) == "negative"


def test_a_polarity_that_no_label_has_needs_no_mention() -> None:
    only = Labelling(("delivery#general",), ("negative",), LABELLING.sentiments)
    said = np.full((5, 1), 0.1, np.float32)
    glad = np.array([0, 0.001, 0, 0.999])
    one = decide(only, SCALE, Likely(np.array([0.1]), glad, ((READ, said),)), np.ones(3, bool))
    assert (only.sentiments[one.sentiment], one.told) == ("positive", ())
    assert one.confidence == pytest.approx(0.999)


def test_where_no_word_stands_nothing_is_said() -> None:
    one = tags({"staff general positive": 0.99}, {"positive": 0.99, "neutral": 0.01}, words=0)
    assert (felt(one), one.told) == ("neutral", ())


def test_doubt_grows_with_what_is_unsure() -> None:
    sure = tags({"staff general positive": 0.98}, {"positive": 0.99, "neutral": 0.01}).doubt
    of_sentiment = tags({"staff general positive": 0.98}, {"positive": 0.6, "neutral": 0.4}).doubt
    of_mention = tags({"staff general positive": 0.55}, {"positive": 0.99, "neutral": 0.01}).doubt
    missed = tags(
        {"staff general positive": 0.98, "delivery general negative": 0.45},
        {"positive": 0.99, "neutral": 0.01},
    ).doubt
    assert sure < 0.15
    assert sure < missed < of_mention
    assert of_sentiment == pytest.approx((0.02 + 0.4) * 0.4, abs=0.01)
    many = tags({" ".join(name): 0.6 for name in NAMES if name[2] == "negative"}, {"negative": 1.0})
    one = tags({"staff general negative": 0.6}, {"negative": 1.0})
    assert many.doubt > 1.5 * one.doubt


def test_a_quote_grows_over_words_nearly_as_sure() -> None:
    said = np.zeros((7, len(NAMES)), np.float32)
    said[:, 2] = [0.9, 0.1, 0.4, 0.8, 0.2, 0.2, 0.9]
    one = Likely(np.zeros(9), np.ones(4) / 4, ((Read((0, 4, 5, 6, 7, 8, 2), (-1, 0, 1, 2, 3, 4, -1)), said),))
    assert word_span(one, 2, np.ones(5, bool)) == (1, 3)
    said[4, 2] = 0.35
    assert word_span(one, 2, np.ones(5, bool)) == (1, 4)


def test_blanks_carry_nothing_but_may_stand_in_a_quote() -> None:
    said = np.zeros((7, len(NAMES)), np.float32)
    said[:, 2] = [0, 0.9, 0.8, 0.9, 0.7, 0.9, 0]
    one = Likely(np.zeros(9), np.ones(4) / 4, ((Read((0, 4, 5, 6, 7, 8, 2), (-1, 0, 1, 2, 3, 4, -1)), said),))
    assert word_span(one, 2, np.array([False, True, False, True, False])) == (1, 4)


def test_a_word_of_many_pieces_counts_by_their_mean() -> None:
    said = np.zeros((5, len(NAMES)), np.float32)
    said[:, 0] = [0, 0.5, 0.5, 0.6, 0]
    one = Likely(np.zeros(9), np.ones(4) / 4, ((Read((0, 4, 5, 6, 2), (-1, 0, 0, 1, -1)), said),))
    assert word_span(one, 0, np.ones(2, bool)) == (0, 2)
    said[1:3, 0] = [0.4, 0.0]
    assert word_span(one, 0, np.ones(2, bool)) == (1, 2)


def test_the_best_window_tells_a_label_and_the_longer_one_weighs_more_for_the_sentiment() -> None:
    long, short = Read((0,) * 30, (-1,) * 30), Read((0,) * 10, (-1,) * 10)
    labels, sentiment = pooled(
        [
            (long, Scores(np.array([1.0, -2.0]), np.array([4.0, 0.0]), np.zeros((30, 2)))),
            (short, Scores(np.array([-1.0, 3.0]), np.array([0.0, 4.0]), np.zeros((10, 2)))),
        ]
    )
    assert labels.tolist() == [1, 3]
    assert sentiment.tolist() == [3, 1]


def test_temperatures_make_scores_less_sure() -> None:
    windows = [(READ, Scores(np.array([2.0]), np.array([2.0, 0.0]), np.zeros((5, 1))))]
    cold, warm = (
        likely(Scale(), windows),
        likely(Scale(label_temperature=4, sentiment_temperature=4), windows),
    )
    assert 0.5 < warm.labels[0] < cold.labels[0]
    assert 0.5 < warm.sentiment[0] < cold.sentiment[0]
    assert warm.sentiment.sum() == pytest.approx(1)


chances = st.floats(0, 1)


@given(
    sure=arrays(float, len(NAMES), elements=chances), scores=arrays(float, 4, elements=st.floats(0.001, 1))
)
def test_the_sentiment_always_agrees_with_the_mentions(sure: np.ndarray, scores: np.ndarray) -> None:
    said = np.full((5, len(NAMES)), 0.1, np.float32)
    one = decide(LABELLING, SCALE, Likely(sure, scores / scores.sum(), ((READ, said),)), np.ones(3, bool))
    poles = {NAMES[k.label][2] for k in one.told}
    if felt(one) in ("positive", "negative"):
        assert felt(one) in poles
    if felt(one) == "mixed":
        assert {"positive", "negative"} <= poles
    assert 0 <= one.doubt <= len(NAMES) + 1
    assert all(0 <= k.words[0] < k.words[1] <= 3 for k in one.told)
