import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.errors import InputError
from cx_nlp.io.ratings import RatingKind, rating_kind, read_ratings

FIVE, TEN, HUNDRED = [1, 2, 5], [0, 7, 10], [0, 55, 100]
STARS = RatingKind("stars", 1, 5)


@pytest.mark.parametrize(
    ("name", "values", "kind", "scale"),
    [
        ("score", FIVE, "stars", (1, 5)),
        ("stars", FIVE, "stars", (1, 5)),
        ("rating", ["4.5", "1", "5"], "stars", (1, 5)),
        ("n_star", FIVE, "stars", (1, 5)),
        ("Số sao", FIVE, "stars", (1, 5)),
        ("Đánh giá", FIVE, "stars", (1, 5)),
        ("nps_score", TEN, "nps", (0, 10)),
        ("NPSScore", FIVE, "nps", (0, 10)),
        ("How likely are you to recommend us?", TEN, "nps", (0, 10)),
        ("Khả năng giới thiệu", TEN, "nps", (0, 10)),
        ("csat", FIVE, "csat", (1, 5)),
        ("Mức độ hài lòng", [1, 4, 7], "csat", (1, 7)),
        ("Customer Effort Score", [1, 4, 7], "ces", (1, 7)),
        ("Satisfaction %", HUNDRED, "percent", (0, 100)),
        ("Tỷ lệ hài lòng", ["85%", "90%"], "percent", (0, 100)),
        ("Điểm", ["★★★★☆", "★★☆☆☆"], "stars", (1, 5)),
        ("q7", ["5 sao", "4 sao"], "stars", (1, 5)),
    ],
)
def test_name_and_range_together_tell_the_kind(name, values, kind, scale):
    found = rating_kind(name, pd.Series(values))
    assert (found.kind, (found.low, found.high), found.note) == (kind, scale, "")


@pytest.mark.parametrize(
    ("name", "values", "scale"),
    [
        ("q7", FIVE, (1, 5)),
        ("score", TEN, (0, 10)),
        ("rating", HUNDRED, (0, 100)),
        ("nps", HUNDRED, (0, 100)),
        ("Would you recommend us?", FIVE, (1, 5)),
    ],
)
def test_a_range_alone_gives_only_a_mean(name, values, scale):
    found = rating_kind(name, pd.Series(values))
    assert (found.kind, (found.low, found.high)) == ("unknown", scale)
    assert "--rating-kind" in found.note
    assert repr(name) in found.note


def test_the_users_kind_wins_over_the_name():
    assert rating_kind("score", pd.Series(TEN), "nps") == RatingKind("nps", 0, 10)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [("likert", "unknown rating kind 'likert'"), ("stars", "runs from 0 to 100, which is no scale of stars")],
)
def test_a_kind_that_cannot_be_is_refused(chosen, message):
    with pytest.raises(InputError, match=message):
        rating_kind("score", pd.Series(HUNDRED), chosen)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", 5),
        ("5.0", 5),
        ("4,5", 4.5),
        ("5 sao", 5),
        ("3 stars", 3),
        ("4/5", 4),
        ("4 / 5", 4),
        ("4.0 out of 5 stars", 4),
        ("Rated 2 out of 5", 2),
        ("4 trên 5", 4),
        ("★★★★☆", 4),
        ("⭐⭐⭐", 3),
        ("⭐️⭐️", 2),
        ("FIVE", 5),
        ("năm sao", 5),
        ("1 - Rất tệ", 1),
        (4, 4),
    ],
)
def test_ratings_are_read_as_written(text, number):
    assert read_ratings(pd.Series([text]), STARS).numbers.tolist() == [number]


def test_what_does_not_fit_is_missing_and_counted():
    read = read_ratings(pd.Series(["5", "0", "55", "good", "8/10", "10:30", "", None]), STARS)
    assert read.numbers.notna().tolist() == [True] + [False] * 7
    assert (read.unreadable, read.off_scale) == (3, 2)


def test_an_unknown_scale_keeps_every_number():
    kind = rating_kind("q7", pd.Series([1, 3, 5]))
    assert read_ratings(pd.Series([7]), kind).numbers.tolist() == [7]


@given(st.lists(st.sampled_from(np.arange(1, 5.5, 0.5).tolist()), min_size=1))
def test_stars_survive_writing(stars):
    for form in ("{:g}", "{:g} sao", "{:g}/5", "{:.1f} out of 5"):
        texts = pd.Series([form.format(star) for star in stars])
        assert read_ratings(texts, rating_kind("rating", texts)).numbers.tolist() == stars


@given(st.lists(st.text() | st.floats() | st.none(), max_size=5))
def test_anything_is_a_rating_or_counted(cells):
    values = pd.Series(cells, dtype=object)
    read = read_ratings(values, STARS)
    assert read.numbers.dropna().between(1, 5).all()
    assert read.numbers.notna().sum() + read.unreadable + read.off_scale <= len(cells)
