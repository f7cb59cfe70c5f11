"""A tagger's own way with frames: any index, any columns, the same tags as text by text."""

import pandas as pd
import pytest

from cx_nlp.errors import ColumnError
from cx_nlp.scoring import score_frame


@pytest.fixture
def reviews() -> pd.DataFrame:
    texts = ["giao hàng nhanh, nhân viên thô lỗ", "", "giá quá cao", "giao hàng nhanh, nhân viên thô lỗ"]
    return pd.DataFrame({"review": texts, "branch": ["Huế", "Vinh", "Huế", "Vinh"]}, index=[7, 3, 3, 1])


def test_a_frame_gets_the_tags_of_its_texts(small_tagger, reviews):
    scored = small_tagger.score_frame(reviews, text="review")
    assert list(scored.comments.index) == [7, 3, 1]
    assert scored.comments["branch"].tolist() == ["Huế", "Huế", "Vinh"]
    assert list(scored.rejected["reason"]) == ["empty text"]
    alone = small_tagger.tag("giao hàng nhanh, nhân viên thô lỗ")
    first = scored.mentions[scored.mentions["comment_id"] == scored.comments["comment_id"].iloc[0]]
    assert alone.mentions
    assert list(zip(first["touchpoint"], first["sentiment"], first["quote"], strict=True)) == [
        (m.touchpoint, m.sentiment, m.quote) for m in alone.mentions
    ]
    assert scored.comments["sentiment"].iloc[0] == alone.sentiment


def test_it_is_what_scoring_gives_with_the_same_roles(small_tagger, reviews):
    reviews = reviews.assign(stars=[1, 5, 2, 4])
    own = small_tagger.score_frame(reviews, text="review", rating="stars")
    other = score_frame(small_tagger, reviews, text="review", rating="stars")
    pd.testing.assert_frame_equal(own.comments, other.comments)
    pd.testing.assert_frame_equal(own.mentions, other.mentions)
    assert "rating" in own.comments


def test_a_wrong_column_is_named_with_the_nearest_one(small_tagger, reviews):
    with pytest.raises(ColumnError, match="'review'"):
        small_tagger.score_frame(reviews, text="reviews")
    with pytest.raises(TypeError, match="raiting"):
        small_tagger.score_frame(reviews, text="review", raiting="stars")
