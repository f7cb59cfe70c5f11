import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_scores import invented_comments
from scipy.stats import binomtest

from cx_nlp.journey.period import all_starts, choose_unit, core_span, start_of
from cx_nlp.journey.scores.scorecard import (
    ENOUGH,
    comment_cells,
    leads,
    mention_cells,
    owners,
    period_cells,
    repeats,
    touchpoints,
    wilson,
)
from cx_nlp.journey.table import Scored, scored_table
from cx_nlp.taxonomy import load_taxonomy


def table(rows: list[tuple[str, str, str, str]], comments: int = 0, **columns: list) -> Scored:
    """Mentions as (comment, touchpoint, factor, sentiment); further comments hold none."""
    ids = list(dict.fromkeys([row[0] for row in rows] + [f"x{at}" for at in range(comments)]))
    mentions = pd.DataFrame(rows, columns=["comment_id", "touchpoint", "factor", "sentiment"])
    return scored_table(pd.DataFrame({"comment_id": ids, **columns}), mentions)


@given(n=st.integers(1, 10_000), data=st.data())
def test_wilson_agrees_with_scipy(n, data):
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n)
    reference = binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert (float(low), float(high)) == pytest.approx((reference.low, reference.high), abs=1e-9)
    assert low <= hits / n <= high


def test_wilson_of_nothing_rules_nothing_out():
    low, high = wilson([0, 3], [0, 3])
    assert (low[0], high[0]) == (0, 1)
    assert high[1] == 1


def test_a_comment_counts_once_in_a_cell_and_on_both_sides():
    scored = table(
        [
            ("a", "delivery", "responsiveness", "negative"),
            ("a", "delivery", "product_quality", "negative"),
            ("b", "delivery", "responsiveness", "negative"),
            ("b", "delivery", "responsiveness", "positive"),
            ("c", "delivery", "general", "neutral"),
        ]
    )
    cell = mention_cells(scored, ["touchpoint"]).loc["delivery"]
    assert (cell["mentions"], cell["comments"], cell["negative"], cell["positive"]) == (5, 3, 2, 1)
    assert cell["share_negative"] == pytest.approx(2 / 3)
    assert cell["net"] == pytest.approx(-1 / 3)
    assert not cell["enough"]
    by_factor = mention_cells(scored, ["touchpoint", "factor"])
    assert by_factor.loc[("delivery", "responsiveness"), "comments"] == 2


def test_a_cell_has_enough_from_twenty_comments():
    rows = [
        (f"c{at}", "app" if at < ENOUGH else "store", "general", "negative") for at in range(2 * ENOUGH - 1)
    ]
    cells = mention_cells(table(rows), ["touchpoint"])
    assert cells.loc["app", "enough"]
    assert not cells.loc["store", "enough"]


def test_cells_agree_with_counting_by_hand():
    comments, mentions = invented_comments(300)
    cells = mention_cells(scored_table(comments, mentions), ["channel", "touchpoint"])
    joined = mentions.merge(comments[["comment_id", "channel"]], on="comment_id")
    for (channel, touchpoint), cell in cells.iterrows():
        here = joined[(joined["channel"] == channel) & (joined["touchpoint"] == touchpoint)]
        assert cell["comments"] == here["comment_id"].nunique()
        assert cell["negative"] == here.loc[here["sentiment"] == "negative", "comment_id"].nunique()
        assert cell["mentions"] == len(here)
    assert cells["mentions"].sum() == len(mentions)


def test_journey_stage_is_the_exports_own():
    rows = [("a", "delivery", "general", "negative"), ("b", "delivery", "general", "positive")]
    scored = table(rows, stage=["Đặt hàng", "Nhận hàng"])
    cells = mention_cells(scored, ["touchpoint", "journey_stage"])
    assert cells.loc[("delivery", "Đặt hàng"), "share_negative"] == 1
    assert cells.loc[("delivery", "Nhận hàng"), "share_negative"] == 0


def test_touchpoints_are_ranked_by_weight_not_by_rate():
    often = [(f"a{at}", "delivery", "general", "negative" if at < 40 else "positive") for at in range(100)]
    always = [(f"b{at}", "hotline", "general", "negative") for at in range(10)]
    ranked = touchpoints(table(often + always, comments=90))
    assert list(ranked.index) == ["delivery", "hotline"]
    assert ranked.loc["delivery", "weight"] == pytest.approx(40 / 200)
    assert ranked.loc["delivery", "weight_low"] < 0.2 < ranked.loc["delivery", "weight_high"]
    assert ranked.loc["hotline", "share_negative"] > ranked.loc["delivery", "share_negative"]


def test_a_lead_needs_more_than_chance():
    far = [(f"a{at}", "delivery", "general", "negative") for at in range(60)]
    near = [(f"b{at}", "app", "general", "negative") for at in range(50)]
    behind = [(f"c{at}", "store", "general", "negative") for at in range(20)]
    scored = table(far + near + behind)
    assert leads(scored, "delivery", "store")
    assert not leads(scored, "delivery", "app")
    assert not leads(scored, "store", "delivery")


def test_comments_that_blame_both_do_not_tell_two_touchpoints_apart():
    both = [(f"a{at}", name, "general", "negative") for at in range(100) for name in ("delivery", "app")]
    scored = table([*both, ("z", "delivery", "general", "negative")])
    assert not leads(scored, "delivery", "app")


def test_mixed_comments_count_on_both_sides():
    comments = pd.DataFrame(
        {
            "comment_id": list("abcd"),
            "sentiment": ["mixed", "negative", "neutral", "positive"],
            "channel": list("xxxy"),
        }
    )
    scored = scored_table(comments, pd.DataFrame(columns=["comment_id", "touchpoint", "factor", "sentiment"]))
    cells = comment_cells(scored, "channel")
    assert cells.loc["x", ["comments", "negative", "positive", "mixed", "neutral"]].tolist() == [
        3,
        2,
        1,
        1,
        1,
    ]
    assert cells.loc["y", "share_positive"] == 1


def test_owners_gather_their_touchpoints_and_strangers_have_none():
    rows = [
        ("a", "hotline", "general", "negative"),
        ("a", "after_sales", "general", "negative"),
        ("b", "somewhere_else", "general", "negative"),
    ]
    cells = owners(table(rows), load_taxonomy())
    assert cells["comments"].to_dict() == {"customer_care": 1}


def test_repeats_counts_customers_who_wrote_again():
    rows = [(id, "app", "general", "positive") for id in "abcd"]
    found = repeats(table(rows, customer_id=["k1", "k1", "k2", None]))
    assert (found.customers, found.comments, found.repeated) == (2, 3, 2)
    assert repeats(table(rows)) is None
    assert repeats(table(rows, customer_id=[None] * 4)) is None


@pytest.mark.parametrize(
    ("days", "unit"),
    [(0, "day"), (7, "day"), (60, "week"), (365, "month"), (1500, "month"), (4000, "quarter")],
)
def test_the_period_fits_the_span(days, unit):
    first = pd.Timestamp("2024-01-15")
    last = first + pd.Timedelta(days=days)
    assert choose_unit(first, last) == unit
    starts = all_starts(first, last, unit)
    assert 1 <= len(starts) <= 63
    assert start_of(pd.Series([first, last]), unit).isin(starts).all()


def test_a_stray_date_does_not_stretch_the_axis():
    times = pd.Series([pd.Timestamp("2024-01-01") + pd.Timedelta(days=at) for at in range(300)])
    times[0] = pd.Timestamp("1970-01-01")
    first, last = core_span(times)
    assert first.year == last.year == 2024
    assert core_span(pd.Series([pd.NaT], dtype="datetime64[ns]")) is None


def test_periods_keep_the_clock_of_a_time_zone():
    comments = pd.DataFrame(
        {
            "comment_id": ["a"],
            "time": pd.to_datetime(["2024-03-01T00:30:00+07:00"]),
            "sentiment": ["negative"],
        }
    )
    scored = scored_table(comments, pd.DataFrame(columns=["comment_id", "touchpoint", "factor", "sentiment"]))
    assert period_cells(scored, "month").index[0] == pd.Timestamp("2024-03-01")


def test_no_mentions_give_no_cells():
    empty = table([], comments=3, channel=["x", "x", "y"])
    assert mention_cells(empty, ["touchpoint", "factor"]).empty
    assert touchpoints(empty).empty
    assert comment_cells(empty, "channel")["neutral"].to_dict() == {"x": 2, "y": 1}
