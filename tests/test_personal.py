"""Personal data in a text: what is found, what is not, where it stands, and in what time."""

import importlib
import sys
import time
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.personal import KINDS, LABELS, find_personal, hide, mask
from cx_nlp.personal.numbers import luhn, mod97

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def benchmark():
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("personal")
    sys.path.remove(str(BENCHMARKS))


def found(text):
    return [(text[span.start : span.end], span.kind) for span in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "said", "kind"),
    [
        ("gọi 0912000678 nhé", "0912000678", "phone"),
        ("sdt0912000678", "0912000678", "phone"),
        ("GOI 0912.000.678", "0912.000.678", "phone"),
        ("số +84 912 000 678", "+84 912 000 678", "phone"),
        ("máy bàn 024 3800 0915", "024 3800 0915", "phone"),
        ("my cell 07700 900 456", "07700 900 456", "phone"),
        ("(202) 555-0143 please", "(202) 555-0143", "phone"),
        ("call 2025550143", "2025550143", "phone"),
        ("số 0９１２000678 ạ", "0９１２000678", "phone"),
        ("mail an.vidu@example.com nhé", "an.vidu@example.com", "email"),
        ("an.vidu a còng gmail chấm com", "an.vidu a còng gmail chấm com", "email"),
        ("write to an99 at gmail dot com", "an99 at gmail dot com", "email"),
        ("CCCD 001099000123", "001099000123", "national_id"),
        ("so cmnd 271000123", "271000123", "national_id"),
        ("my SSN is 987-65-4321", "987-65-4321", "national_id"),
        ("thẻ 4111 1111 1111 1111", "4111 1111 1111 1111", "card"),
        ("cvv 123", "123", "card"),
        ("STK 0071000012345", "0071000012345", "account"),
        ("IBAN GB82 WEST 1234 5698 7654 32.", "GB82 WEST 1234 5698 7654 32", "account"),
        ("xe 51F-000.12, ẩu", "51F-000.12", "plate"),
        ("license plate 8ABC123", "8ABC123", "plate"),
        ("ở số 12 ngõ 34 đường Ví Dụ, phường Mẫu", "số 12 ngõ 34 đường Ví Dụ, phường Mẫu", "address"),
        ("live at 12 Example Street, Sampletown", "12 Example Street, Sampletown", "address"),
        ("mã đơn hàng của em là DH-000456", "DH-000456", "order"),
        ("ma van don SPXVN000123456789", "SPXVN000123456789", "order"),
        ("PNR ABCDEF please", "ABCDEF", "order"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_what_is_found(text, said, kind, form):
    assert found(normalize(form, f"😡👍🏽 {text}")) == [(normalize(form, said), kind)]


@pytest.mark.parametrize(
    "text",
    [
        "giá 1.250.000đ, giảm còn 990k", "giao 12/03/2024 lúc 09:15", "12-08-2023 10h mới tới", "iPhone 15 Pro Max 256GB", "Galaxy A54 5G",
        "Boeing 737-800 ghế 24A", "chấm 9/10, 4.7 sao", "3 áo size 38", "giảm 30%", "từ 2018-2023", "iOS 17.2.1", "pin 5000mAh, sạc 65W 20000mAh",
        "tổng đài 1900 1234", "gọi 18001091", "hotline 1-800-555-0100", "called 0800 000 000", "đơn 350000 mà ship 45000", "mà giao tháng 05/2025",
        "quận 7, phường 5", "chi nhánh 45 đường Láng", "your store at 100 Sample Road", "nhập mã TET2024", "moved from 2 to 3 to 5",
        "a 15 minute drive", "chip SN 665", "look at amazon.com", "flight #1585 is late", "I don't know #keepingit100", "phở 50.000",
        "trừ tài khoản 49.000.000 đồng", "gọi thêm món 15000-35000", "mà phiếu khảo sát có 203 câu",
    ],
)  # fmt: skip
def test_what_is_no_personal_data(text):
    assert found(text) == []


def test_a_card_needs_its_check_digit():
    assert luhn("378282246310005")
    assert not luhn("378282246310006")
    assert found("4111 1111 1111 1112 gì đó") == []
    # A word that names the card shows that the number is one, mistyped.
    assert found("thẻ visa 4111 1111 1111 1112") == [("4111 1111 1111 1112", "card")]


def test_an_account_number_abroad_needs_its_check_digits():
    assert mod97("de89370400440532013000")
    assert not mod97("de88370400440532013000")
    assert found("DE88370400440532013000") == []


def test_a_citizens_number_alone_needs_a_province_and_a_year():
    assert found("001099000123") == [("001099000123", "national_id")]
    assert found("099099000123") == []
    # Born in 1912, or 2099: not these days.
    assert found("024012000123") == found("024399000123") == []


def test_the_mask_keeps_the_sentence():
    text = "Gọi 0912 000 678 hoặc viết an@example.com nhé 😊"
    assert mask(text, lang="vi") == "Gọi [số điện thoại] hoặc viết [email] nhé 😊"
    assert mask(text, lang="en") == "Gọi [phone] hoặc viết [email] nhé 😊"
    assert mask(text) == mask(text, lang="vi")
    assert mask("call 0912 000 678 now") == "call [phone] now"
    hidden = hide(text, find_personal(text))
    assert hidden == "Gọi •••••••••••• hoặc viết •••••••••••••• nhé 😊"


def test_each_kind_has_its_words_in_both_languages():
    assert {*LABELS["vi"]} == {*LABELS["en"]} == {*KINDS}
    for words in LABELS.values():
        assert all(not find_personal(label) for label in words.values())


@given(st.text(alphabet="0123456789 .-+()@#/aAđĐộơ\u0301\u200b\ufe0f😀mãsốđơn,", max_size=60))
def test_spans_lie_in_the_text_in_order_and_masking_twice_changes_nothing_more(text):
    spans = find_personal(text)
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    assert edges == sorted(edges)
    assert all(span.start < span.end and span.kind in KINDS for span in spans)
    assert len(hide(text, spans)) == len(text)


@pytest.mark.parametrize(
    "piece",
    [
        "1", "a@", "0 9 ", "1-", "1.", "stk ", "đơn ", "so 1 duong ", "ngo 1 ", "GB82 WEST 1234 ", "0912000678 ", "a.b@c.", " at a dot ",
        "ấp A, ", "12 Ab ", "(0", "+", "khong ", "plate A", "e\u0301 ",
    ],
)  # fmt: skip
def test_a_megabyte_takes_a_second_or_so_whatever_it_holds(piece):
    text = piece * (1_000_000 // len(piece))
    clock = time.process_time()
    find_personal(text)
    # Several times what the slowest takes on an idle core; anything that is not linear takes minutes.
    assert time.process_time() - clock < 15


@pytest.mark.parametrize("part", ["development", "held_out"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_figures_on_written_sentences_hold(benchmark, part, language):
    given_sentences = benchmark.sentences(benchmark.ROOT / f"{part}.{language}.txt")
    counts = benchmark.counted(given_sentences, find_personal)["all"]
    assert counts["marked"] >= 80
    assert counts["found"] / counts["marked"] >= 0.97
    assert counts["right"] / counts["given"] >= 0.97


def test_the_sentences_are_as_many_as_said(benchmark):
    every = [
        sentence
        for part in ("development", "held_out")
        for language in benchmark.LANGUAGES
        for sentence in benchmark.sentences(benchmark.ROOT / f"{part}.{language}.txt")
    ]
    assert len(every) >= 600
    assert len({sentence.text for sentence in every}) == len(every)
    assert sum(not sentence.spans for sentence in every) >= 250
    assert {span.kind for sentence in every for span in sentence.spans} == {*KINDS}
