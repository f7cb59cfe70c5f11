import datetime as dt

import pandas as pd
import pytest

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.frames import frame_export
from cx_nlp.io.readers import open_export


def export(tmp_path, **columns):
    path = tmp_path / "reviews.csv"
    pd.DataFrame(columns).to_csv(path, index=False, encoding="utf-8")
    return open_export(path)


TEXTS = ["giao hàng rất nhanh", "phòng không được sạch", "the app is slow again"]


def test_what_was_assumed_is_said(tmp_path):
    plan = plan_comments(
        export(tmp_path, comment=TEXTS, score=[9, 10, 3], date=["1/2/2025", "3/4/2025", "5/6/2025"])
    )
    ids, rating, dates = plan.notes
    assert "ids are made from line numbers" in ids
    assert "only its mean is given" in rating
    assert "read as day first" in dates
    assert [line.split(" (")[0] for line in plan.describe()] == [
        "text: column 'comment'",
        "time: column 'date'",
        "rating: column 'score'",
    ]
    assert plan.describe()[1].endswith("read as day first")
    assert plan.describe()[2].endswith("read as unknown from 0 to 10")


def test_the_users_rating_kind_is_taken(tmp_path):
    plan = plan_comments(export(tmp_path, comment=TEXTS, score=[9, 10, 3]), rating_kind="nps")
    assert (plan.rating.kind, plan.rating.note) == ("nps", "")


def test_a_rating_kind_that_does_not_fit_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"reviews\.csv: .*'score' runs from 3 to 10, which is no scale of stars"
    ):
        plan_comments(export(tmp_path, comment=TEXTS, score=[9, 10, 3]), rating_kind="stars")


def test_a_rating_kind_without_ratings_has_no_effect_and_that_is_said(tmp_path):
    plan = plan_comments(export(tmp_path, comment=TEXTS), rating_kind="nps")
    assert any("--rating-kind nps has no effect" in note for note in plan.notes)


def test_dates_that_the_first_rows_leave_open_are_settled_by_later_ones(tmp_path):
    rows = 2100
    dates = ["1/2/2025"] * (rows - 1) + ["1/31/2025"]
    comments = [f"{TEXTS[row % 3]} {row}" for row in range(rows)]
    plan = plan_comments(export(tmp_path, comment=comments, date=dates))
    assert (plan.dates.order, plan.dates.note) == ("month", "")


def test_an_empty_start_of_the_time_column_does_not_hide_its_order(tmp_path):
    rows = 2100
    dates = ["2 ngày trước"] * (rows - 1) + ["31/1/2025"]
    comments = [f"{TEXTS[row % 3]} {row}" for row in range(rows)]
    plan = plan_comments(export(tmp_path, comment=comments, date=dates), chosen={"time": "date"})
    assert plan.dates.order == "day"


def test_errors_name_the_file(tmp_path):
    with pytest.raises(ColumnError, match=r"reviews\.csv: no text column found"):
        plan_comments(export(tmp_path, score=[1, 2, 5]))


def test_taken_names_are_prefixed(tmp_path):
    plan = plan_comments(
        export(tmp_path, content=TEXTS, comment_id=["x"] * 3, sentiment=["good"] * 3, brand=["a"] * 3)
    )
    assert plan.others == {
        "comment_id": "source_comment_id",
        "sentiment": "source_sentiment",
        "brand": "brand",
    }


def test_an_id_column_that_repeats_is_not_taken_and_that_is_said(tmp_path):
    plan = plan_comments(export(tmp_path, ticket_id=[7] * 3, comment=TEXTS))
    assert "column 'ticket_id' has too few different ids" in plan.notes[0]


def test_dates_that_excel_swapped_are_reported():
    dates = [dt.datetime(2024, day, 3) for day in range(1, 9)] + [f"{day}/03/2024" for day in range(13, 21)]
    frame = pd.DataFrame(
        {"comment": [f"{TEXTS[0]} {row}" for row in range(16)], "date": pd.Series(dates, dtype=object)}
    )
    assert "Excel seems to have swapped" in plan_comments(frame_export(frame)).notes[-1]


HEADERLESS = "giao hàng chậm quá trời luôn"


def header_doubted(plan):
    return any("line 1 is taken as the header; if it is a comment" in note for note in plan.notes)


def test_a_header_that_looks_like_a_comment_is_doubted(tmp_path):
    more = [f"{text}, lần thứ {n} rồi đấy" for n, text in enumerate(TEXTS)]
    assert header_doubted(plan_comments(export(tmp_path, **{HEADERLESS: more})))
    for question in ("Why did you give us this?", "Tell us why you say so:", "text", "verbatim x"):
        plan = plan_comments(export(tmp_path, **{question: more}))
        assert not header_doubted(plan), question


def test_a_header_is_not_doubted_where_the_user_named_it_or_there_is_none(tmp_path):
    more = [f"{text}, lần thứ {n} rồi đấy" for n, text in enumerate(TEXTS)]
    assert not header_doubted(
        plan_comments(export(tmp_path, **{HEADERLESS: more}), chosen={"text": HEADERLESS})
    )
    assert not header_doubted(plan_comments(frame_export(pd.DataFrame({HEADERLESS: more}))))
