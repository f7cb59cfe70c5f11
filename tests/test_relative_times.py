import pytest

from cx_nlp.io.relative_times import is_relative


@pytest.mark.parametrize(
    "text",
    [
        "1 tuần trước",
        "2 ngày trước",
        "10 giờ trước",
        "một tháng trước",
        "hôm qua",
        "Hôm nay lúc 10:30",
        "vừa xong",
        "tuần trước",
        "năm ngoái",
        "2 days ago",
        "a month ago",
        "an hour ago",
        "yesterday at 9:15 am",
        "just now",
        "3d",
        "last week",
        "khoảng 2 năm trước",
    ],
)
def test_times_before_an_unknown_now(text):
    assert is_relative(text)


@pytest.mark.parametrize(
    "text", ["24/02/2015", "trước", "ago", "2 stars", "3 ngày nữa mới giao", "", "tuần sau", "5"]
)
def test_all_other_text(text):
    assert not is_relative(text)
