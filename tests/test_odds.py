"""A fast tagger where mentions are more or less common than in what it learnt from."""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from cx_nlp.tagger import MentionTagger
from cx_nlp.tagger.odds import with_odds

TEXTS = ["giao hàng nhanh", "nhân viên thô lỗ, giá cao", "the staff was rude", "", "vải đẹp và giá rẻ"]


def test_other_odds_of_a_mention_change_how_sure_it_is_and_not_what_is_told(
    small_tagger: MentionTagger,
) -> None:
    moved = with_odds(small_tagger, -0.8)
    before, after = small_tagger.tag_many(TEXTS), moved.tag_many(TEXTS)
    told = [[(m.touchpoint, m.factor, m.sentiment, m.quote) for m in one.mentions] for one in before]
    assert told == [[(m.touchpoint, m.factor, m.sentiment, m.quote) for m in one.mentions] for one in after]
    pairs = [
        (a, b)
        for x, y in zip(before, after, strict=True)
        for a, b in zip(x.mentions, y.mentions, strict=True)
    ]
    # One that is all but certain stays so to the fourth digit.
    assert all(b.confidence <= a.confidence for a, b in pairs)
    assert any(b.confidence < a.confidence for a, b in pairs)
    assert (moved.predict_proba(TEXTS) <= small_tagger.predict_proba(TEXTS)).all()


def test_log_odds_move_by_the_number_given(small_tagger: MentionTagger) -> None:
    before, after = (
        tagger.decision_.probabilities(
            tagger.clause_model_.score([p.parts for p in tagger._prepare(TEXTS)])
        ).mention
        for tagger in (small_tagger, with_odds(small_tagger, 0.7))
    )
    np.testing.assert_allclose(logit(after) - logit(before), 0.7, atol=1e-6)
    np.testing.assert_allclose(after, expit(logit(before) + 0.7))


def test_the_tagger_given_is_left_as_it_is(small_tagger: MentionTagger) -> None:
    before = small_tagger.tag_many(TEXTS)
    with_odds(small_tagger, 2.0)
    assert small_tagger.tag_many(TEXTS) == before
    assert with_odds(small_tagger, 0.0).tag_many(TEXTS) == before
