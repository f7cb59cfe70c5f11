from itertools import pairwise

import pytest

from cx_nlp.text import normalize
from cx_nlp.text.syllables import place_tone
from cx_nlp.text.teencode import respell, rules
from cx_nlp.text.words import squeeze


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ko thích", "không thích"),
        ("Ko thích", "Không thích"),
        ("KO THÍCH", "KHÔNG THÍCH"),
        ("k đẹp như hình", "không đẹp như hình"),
        ("hok dc đẹp lém", "không được đẹp lắm"),
        ("nv tư vấn sp rất ok", "nhân viên tư vấn sản phẩm rất ok"),
        ("ship trc mà r cx trễ", "ship trước mà rồi cũng trễ"),
        ("thik wá, iu shop", "thích quá, yêu shop"),
        ("oki nha, tks ad", "ok nha, cảm ơn admin"),
        ("gọi cskh ko ai rep", "gọi chăm sóc khách hàng không ai trả lời"),
        ("ngon vl lun", "ngon vãi luôn"),
        ("đt nóng, sd 2 ngày là lag", "điện thoại nóng, sử dụng 2 ngày là lag"),
        ("tốt.ko chê", "tốt.không chê"),
        ("đẹp,rẻ,đc", "đẹp,rẻ,được"),
    ],
)
def test_short_forms_are_written_out(text: str, plain: str) -> None:
    assert normalize(text).text == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("quên mk rồi", "quên mật khẩu rồi"),
        ("theo mk thì ổn", "theo mình thì ổn"),
        ("cái mk này", "cái mk này"),
        ("ai bt chỉ với", "ai biết chỉ với"),
        ("đồ ăn bt thôi", "đồ ăn bình thường thôi"),
        ("phục vụ kh chu đáo", "phục vụ khách hàng chu đáo"),
        ("máy kh bị nóng", "máy không bị nóng"),
        ("KH phàn nàn nhiều", "KHÁCH HÀNG phàn nàn nhiều"),
        ("ck mình dùng", "chồng mình dùng"),
        ("ck nhanh, không mất phí", "chuyển khoản nhanh, không mất phí"),
        ("bao h mới giao", "bao giờ mới giao"),
        ("chờ 2 h", "chờ 2 h"),
        ("hôm wa mới mua", "hôm qua mới mua"),
        ("đẹp wa", "đẹp quá"),
        ("vớ vẩn thật", "vớ vẩn thật"),
        ("vẩn chưa thấy hàng", "vẫn chưa thấy hàng"),
        ("nhà ở Sài Gòn", "nhà ở Sài Gòn"),
        ("sài rất bền", "xài rất bền"),
        ("chuyển khoản đủ đk mà", "chuyển khoản đủ điều kiện mà"),
        ("mới mua đk 3 ngày", "mới mua được 3 ngày"),
    ],
)
def test_ambiguous_forms_hang_on_their_neighbours(text: str, plain: str) -> None:
    assert normalize(text).text == plain


@pytest.mark.parametrize(
    "text",
    [
        "10k một ly, phí 30k",
        "model k1 và a50s",
        "size s hơi chật, size k vừa",
        "Samsung Galaxy J mới",
        "mua ở tiki.vn",
        "kora, kok, vsx, dcx",
        "cm nào cũng 5 đ",
    ],
)
def test_units_names_and_parts_of_words_stay(text: str) -> None:
    assert normalize(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "their prices vs yours, not even close",
        "I don't like it and it's not ok",
        "ms Lee at the front desk was great",
        "km from the airport, r u kidding",
        "the ad said free shipping to dc",
        "we can't use the e ticket, j class was full",
        "thanks for the quick refund",
    ],
)
def test_english_comments_stay(text: str) -> None:
    assert normalize(text).text == text


def test_table_is_large_and_every_form_is_reached() -> None:
    assert len(rules()) >= 400
    for form, readings in rules().items():
        assert form == form.lower().strip()
        assert all(rule.expansion != form for rule in readings), form


def test_every_form_ends_in_plain_words() -> None:
    for readings in rules().values():
        for rule in readings:
            plain = normalize(rule.expansion).text
            assert plain == rule.expansion


def test_table_holds_nothing_that_the_spelling_rules_do_anyway() -> None:
    for form, readings in rules().items():
        plain = squeeze(form)
        if not plain.isascii():
            plain = place_tone(respell(plain))
        assert plain == form or [rule.expansion for rule in readings] != [plain], form


def test_no_reading_is_hidden_behind_an_earlier_one() -> None:
    for form, readings in rules().items():
        for earlier, later in pairwise(readings):
            assert earlier.needs_neighbours or earlier.lower or earlier.upper, (form, later.expansion)
