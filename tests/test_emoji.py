import pytest

from cx_nlp.text import normalize
from cx_nlp.text.emoji import TOKENS, polarity


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("đẹp 😍", "đẹp emo_pos"),
        ("đẹp😍😍😍quá", "đẹp emo_pos quá"),
        ("👍🏽 giao nhanh", "emo_pos giao nhanh"),
        ("❤️❤️", "emo_pos"),
        ("chán 😡👎", "chán emo_neg"),
        ("nửa vui 😍 nửa 😡", "nửa vui emo_pos nửa emo_neg"),
        ("bó tay 🤦‍♀️", "bó tay emo_neg"),
        ("nhà mình 👨‍👩‍👧", "nhà mình emo_neu"),
        ("⭐⭐⭐⭐⭐", "emo_pos"),
        ("⭐⭐", "emo_neu"),
        ("shop dễ thương :D", "shop dễ thương emo_pos"),
        ("thích ^^", "thích emo_pos"),
        ("yêu shop <3", "yêu shop emo_pos"),
        ("hàng rách :(", "hàng rách emo_neg"),
        ("buồn:((", "buồn emo_neg"),
        ("hết tiền T_T", "hết tiền emo_neg"),
        ("nhân viên nhiệt tình:3", "nhân viên nhiệt tình emo_pos"),
        ("yêu shop :*", "yêu shop emo_pos"),
        ("vui :x", "vui emo_pos"),
        ("hay ghê =)))", "hay ghê emo_neu"),
    ],
)
def test_emoji_and_emoticons_become_polarity_tokens(text: str, plain: str) -> None:
    assert normalize(text).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "giao lúc 10:30, tỉ số 10:3",
        "phiên bản:3.2 bị lỗi",
        "số lượng:3, giao thiếu 1",
        "thái độ:3 chất lượng:2",
        "size:X hơi rộng",
        "mật khẩu:***",
        "chị N.T.T",
        "(1) vải mỏng (2) chỉ thừa",
        "pin <3 tiếng là hết",
        "chờ <3 ngày",
        "file C:\\ảnh",
        "giá: 300k; cỡ: 42",
        "ưu điểm:(rẻ) nhược điểm:(mỏng)",
        "3 - 4 ngày",
        "a = b",
        "tốt (rất tốt)",
    ],
)
def test_numbers_brackets_and_colons_are_no_emoticons(text: str) -> None:
    assert not set(TOKENS.values()) & set(normalize(text).text.split())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("tệ!!!!!!", "tệ!!"),
        ("sao vậy????", "sao vậy??"),
        ("ờ......", "ờ..."),
        ("ờ..", "ờ..."),
        ("ờ…", "ờ..."),
        ("được, tốt.", "được, tốt."),
    ],
)
def test_repeated_punctuation_has_one_form(text: str, plain: str) -> None:
    assert normalize(text).text == plain


def test_token_covers_the_whole_emoji_and_nothing_else() -> None:
    comment = normalize("ngon👍🏽!")
    start = comment.text.index("emo_pos")
    assert comment.source[slice(*comment.span(start, start + len("emo_pos")))] == "👍🏽"
    assert comment.source[slice(*comment.span(0, start))] == "ngon"


def test_polarity_of_an_emoji_nobody_listed_is_neutral() -> None:
    assert (polarity("😍"), polarity("😡"), polarity("🪗")) == ("pos", "neg", "neu")
