import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io.moments import EPOCH, SHORT, YEAR_LAST, YMD, read_moment

DAY = 86_400


def seconds(hour, minute=0, second=0):
    return ((hour * 60 + minute) * 60 + second) * 1_000_000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-05", (YMD, 2024, 1, 5, 0)),
        ("2024-01-05T10:30:00Z", (YMD, 2024, 1, 5, seconds(10, 30))),
        ("2024-01-05 10:30:00+07:00", (YMD, 2024, 1, 5, seconds(10, 30))),
        ("2024-01-05 10:30:00 -0500", (YMD, 2024, 1, 5, seconds(10, 30))),
        ("2024-01-05T10:30:00.250", (YMD, 2024, 1, 5, seconds(10, 30) + 250_000)),
        ("2024/1/5 1:02 pm", (YMD, 2024, 1, 5, seconds(13, 2))),
        ("24/2/2015 11:35", (YEAR_LAST, 24, 2, 2015, seconds(11, 35))),
        ("24.02.2015", (YEAR_LAST, 24, 2, 2015, 0)),
        ("24-02-15", (SHORT, 24, 2, 15, 0)),
        ("1/1/2024 12:00 AM", (YEAR_LAST, 1, 1, 2024, 0)),
        ("1/1/2024 12:05 p.m.", (YEAR_LAST, 1, 1, 2024, seconds(12, 5))),
        ("24/02/2015 10:00:00 CH", (YEAR_LAST, 24, 2, 2015, seconds(22))),
        ("21:57 21/12/2025", (YEAR_LAST, 21, 12, 2025, seconds(21, 57))),
        ("10h30 ngày 21/12/2025", (YEAR_LAST, 21, 12, 2025, seconds(10, 30))),
        ("Thứ hai, 24/02/2025", (YEAR_LAST, 24, 2, 2025, 0)),
        ("24 thg 2, 2015", (YMD, 2015, 2, 24, 0)),
        ("Ngày 24 tháng 2 năm 2015", (YMD, 2015, 2, 24, 0)),
        ("February 24, 2015 at 10:30 AM", (YMD, 2015, 2, 24, seconds(10, 30))),
        ("24-Feb-15", (YMD, 2015, 2, 24, 0)),
        ("3rd of March 2015", (YMD, 2015, 3, 3, 0)),
        ("Tue Feb 24 11:35:00 +0000 2015", (YMD, 2015, 2, 24, seconds(11, 35))),
        ("Tue, 24 Feb 2015 11:35:00 GMT", (YMD, 2015, 2, 24, seconds(11, 35))),
        ("20240105", (YMD, 2024, 1, 5, 0)),
        ("20240105103000", (YMD, 2024, 1, 5, seconds(10, 30))),
        ("45292.75", (EPOCH, 0, 0, 0, 1_704_132_000_000_000)),
        ("1700000000", (EPOCH, 0, 0, 0, 1_700_000_000_000_000)),
        ("1700000000123", (EPOCH, 0, 0, 0, 1_700_000_000_123_000)),
        ("1700000000123456", (EPOCH, 0, 0, 0, 1_700_000_000_123_456)),
        ("1700000000123456789", (EPOCH, 0, 0, 0, 1_700_000_000_123_456)),
    ],
)
def test_every_usual_form_is_read(text, moment):
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "12/2015",
        "May",
        "10:30",
        "1/2/3/4",
        "24/2-2015",
        "24/2/2015 25:10",
        "1 tuần trước",
        "0912345",
        "v1.2.3.4",
        "hello 24/2/2015",
        "123456789012345678901234567890",
        "Feb 2015",
        "1.5.100",
    ],
)
def test_what_is_no_moment_is_none(text):
    assert read_moment(text) is None


@given(st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2099, 1, 1)))
def test_moments_survive_writing(time):
    time = time.replace(microsecond=0)
    micros = seconds(time.hour, time.minute, time.second)
    assert read_moment(time.isoformat()) == (YMD, time.year, time.month, time.day, micros)
    assert read_moment(time.strftime("%d %b %Y %I:%M:%S %p")) == (
        YMD,
        time.year,
        time.month,
        time.day,
        micros,
    )
    assert read_moment(time.strftime("%d/%m/%Y %H:%M:%S")) == (
        YEAR_LAST,
        time.day,
        time.month,
        time.year,
        micros,
    )


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,20}([/.: -][0-9]{1,4}){0,5}", fullmatch=True))
def test_no_text_breaks_it(text):
    moment = read_moment(text)
    assert moment is None or moment.form in (YMD, YEAR_LAST, SHORT, EPOCH)
