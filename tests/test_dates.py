import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io.dates import DateFormat, find_date_order, is_date, looks_swapped, parse_times

TIMES = st.lists(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2069, 1, 1)), min_size=1, max_size=30)


def column(*cells):
    return pd.Series(list(cells), dtype=object)


def read(*cells):
    values = column(*cells)
    return parse_times(values, find_date_order(values))


def days(parsed):
    return [None if pd.isna(time) else str(time.date()) for time in parsed.times]


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2024", "25/04/2024"], "day"),
        (["03/04/2024", "04/25/2024"], "month"),
        (["3/4/24", "25/4/24"], "day"),
        (["3.4.2024 10:00", "31.12.2024 23:59"], "day"),
        (["24-01-30", "24-01-31", "24-02-01"], "year"),
        (["99-01-02"], "year"),
        (["2024-03-04", "4 May 2024"], "iso"),
        (["1 tuần trước", "03/04/2024", "25/04/2024"], "day"),
    ],
)
def test_the_whole_column_tells_the_order(cells, order):
    found = find_date_order(column(*cells))
    assert (found.order, found.decided) == (order, True)


def test_without_evidence_the_day_comes_first_and_that_is_said():
    found = find_date_order(column("03/04/2024", "05/06/2024"))
    assert (found.order, found.decided) == ("day", False)
    assert "read as day first" in found.note


def test_a_column_at_odds_with_itself_says_so():
    found = find_date_order(column("25/04/2024", "26/04/2024", "04/27/2024"))
    assert found.order == "day"
    assert "1 of 3" in found.note


def test_a_date_that_does_not_fit_the_order_is_never_bent_to_fit():
    parsed = parse_times(column("03/04/2024", "25/03/2024"), DateFormat("month", decided=True))
    assert days(parsed) == ["2024-03-04", None]
    assert parsed.raw.tolist()[1] == "25/03/2024"
    assert (parsed.relative, parsed.misfit, parsed.invalid) == (0, 1, 0)


def test_after_iso_dates_only_an_unmistakable_other_form_is_read():
    parsed = parse_times(
        column("2024-03-04", "03/04/2024", "25/03/2024", "5/5/2024"), DateFormat("iso", decided=True)
    )
    assert days(parsed) == ["2024-03-04", None, "2024-03-25", "2024-05-05"]
    assert parsed.misfit == 1


def test_relative_times_stay_text_and_are_counted():
    parsed = read("2 tuần trước", "14/09/2019", "hôm qua", "soon", "30/02/2020", "", None)
    assert days(parsed) == [None, "2019-09-14", None, None, None, None, None]
    assert parsed.raw.dropna().tolist() == ["2 tuần trước", "hôm qua", "soon", "30/02/2020"]
    assert (parsed.relative, parsed.misfit, parsed.invalid) == (2, 0, 2)


def test_local_time_is_kept_as_written():
    zoned = pd.Timestamp("2024-01-05 10:30", tz="Asia/Ho_Chi_Minh")
    parsed = read("2024-01-05T10:30:00+07:00", zoned, "2024-01-05T10:30:00Z")
    assert parsed.times.tolist() == [pd.Timestamp("2024-01-05 10:30")] * 3
    assert parse_times(pd.Series([zoned, pd.NaT]), DateFormat("iso", decided=True)).times.iloc[0].hour == 10


def test_cells_of_a_workbook_are_read():
    parsed = read(dt.datetime(2024, 1, 5, 10, 30), dt.date(2024, 1, 6), 45292, "07/01/2024", 45292.5)
    assert days(parsed) == ["2024-01-05", "2024-01-06", "2024-01-01", "2024-01-07", "2024-01-01"]
    assert parsed.times.iloc[4].hour == 12


@pytest.mark.parametrize("text", ["01/01/0001", "1900-01-01", "2999-12-31", "99/99/9999"])
def test_a_time_that_feedback_cannot_have_is_invalid(text):
    parsed = read(text)
    assert days(parsed) == [None]
    assert parsed.invalid == 1


def test_times_have_one_type_whatever_the_input():
    for values in (column("x"), pd.Series([], dtype="str"), pd.Series(pd.to_datetime(["2024-01-01"]))):
        assert parse_times(values, DateFormat("day", decided=True)).times.dtype == np.dtype("datetime64[us]")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [("2024-01-05", True), ("5/1/2024", True), ("20240105", False), ("1700000000", False), ("ok", False)],
)
def test_plain_numbers_do_not_look_like_dates(cell, answer):
    assert is_date(cell) is answer


@given(
    TIMES,
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y-%m-%dT%H:%M:%SZ",
            "%d/%m/%Y %H:%M:%S",
            "%d-%m-%y %I:%M:%S %p",
            "%d/%m/%Y %I:%M:%S %p",
        ]
    ),
)
def test_times_survive_writing(times, form):
    times = [time.replace(microsecond=0) for time in times]
    parsed = parse_times(pd.Series([time.strftime(form) for time in times]), DateFormat("day", decided=True))
    assert parsed.times.tolist() == times


@given(TIMES)
def test_month_first_survives_writing_beside_other_forms(times):
    texts = [time.strftime("%m/%d/%Y") for time in times] + ["12/31/2020", "March 3, 2020", "2020-03-03"]
    values = pd.Series(texts)
    parsed = parse_times(values, find_date_order(values))
    assert [time.date() for time in parsed.times] == [
        *(time.date() for time in times),
        dt.date(2020, 12, 31),
        dt.date(2020, 3, 3),
        dt.date(2020, 3, 3),
    ]


@given(st.lists(st.text(max_size=20) | st.integers() | st.floats() | st.none() | st.datetimes(), max_size=8))
def test_every_cell_is_a_time_or_kept_as_text(cells):
    values = column(*cells)
    parsed = parse_times(values, find_date_order(values))
    assert not (parsed.times.notna() & parsed.raw.notna()).any()
    assert parsed.raw.notna().sum() == parsed.relative + parsed.misfit + parsed.invalid


def test_dates_that_excel_swapped_are_noticed():
    cells = [dt.datetime(2024, day, 3) for day in range(1, 9)]
    texts = [f"{day}/03/2024" for day in range(13, 31)]
    assert looks_swapped(column(*cells, *texts))
    assert not looks_swapped(column(*cells, *texts, dt.datetime(2024, 3, 25)))
    assert not looks_swapped(column(*cells, "31/03/2024"))


@pytest.mark.parametrize(
    "text", ["1" * 100_000, "5" + " " * 100_000 + "x", "24/2/2015" + " " * 100_000 + "x", "1." * 50_000]
)
def test_a_long_cell_takes_no_time(text):
    assert read(text).invalid == 1
