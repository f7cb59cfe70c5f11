import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_nlp.text import Normalized, normalize

PIECES = """
ko k đẹp đẹpppp quáaa hoà &amp; & amp; lt; &lt; br> <br> <b /> &#128512; &#x200b; &nbsp; 😀 👍🏽 👨‍👩‍👧 🏽 ❤️ a A İ ß
!!!! .... .. … :// http:// https://x.vn/a www. a@b.vn @shop @@ @ :) :( =)) :D :3 <3 3 10:3 )) (( ^^ T_T -_- emo_pos
_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_.#_. ()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()
tok_url KO vs r dc the good gooood مرحبا 한 日本 1️⃣ #tag mk nhập bt không kkkk x _ ' ’ = ſ ǅ như z
""".split()
MARKS = [
    " ",
    "\n",
    "\u200b",
    "\u200d",
    "\ufe0f",
    "\u0301",
    "\u0323",
    "\u0338",
    "e\u0302\u0323",
    "\u202e",
    "\xa0",
    "\x00",
]
TEXTS = st.one_of(
    st.text(max_size=40),
    st.lists(st.sampled_from(PIECES + MARKS), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join),
)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_spans_stay_inside_the_source_in_order_and_whole(text: str) -> None:
    comment = normalize(text)
    length = len(comment.text)
    assert len(comment.lowered) == length
    previous = (0, 0)
    for start in range(length):
        span = comment.span(start, start + 1)
        assert 0 <= span[0] <= span[1] <= len(text)
        assert span[0] >= previous[0]
        assert span[1] >= previous[1]
        if span[0] < span[1] < len(text):
            assert not unicodedata.combining(text[span[1]])
        previous = span
    for position in range(length + 1):
        start, end = comment.span(position, position)
        assert start == end <= len(text)


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalize(text).text
    assert normalize(once).text == once


@given(st.lists(st.sampled_from("giao hàng nhanh ko đẹppp 😍 hoà sp , . chậm &amp;".split()), min_size=1))
def test_words_that_stay_map_to_themselves(words: list[str]) -> None:
    comment = normalize(" ".join(words))
    source_position = position = 0
    for word in words:
        source_position = comment.source.index(word, source_position)
        if word in {"giao", "hàng", "nhanh", "chậm"}:
            position = comment.text.index(word, position)
            assert comment.span(position, position + len(word)) == (
                source_position,
                source_position + len(word),
            )
            position += len(word)
        source_position += len(word)


def quote(comment: Normalized, part: str) -> str:
    start = comment.text.index(part)
    return comment.source[slice(*comment.span(start, start + len(part)))]


def test_every_part_leads_back_to_what_was_written() -> None:
    comment = normalize("Nv  hoà nhã, sp đẹpppp 😍😍 &amp; ship nhanh!!!!")
    assert comment.text == "Nhân viên  hòa nhã, sản phẩm đẹp emo_pos & ship nhanh!!"
    assert quote(comment, "Nhân viên") == "Nv"
    assert quote(comment, "viên  hòa") == "Nv  hoà"
    assert quote(comment, "sản phẩm đẹp") == "sp đẹpppp"
    assert quote(comment, "emo_pos") == "😍😍"
    assert quote(comment, "&") == "&amp;"
    assert quote(comment, "ship nhanh") == "ship nhanh"
    assert comment.span(0, len(comment.text)) == (0, len(comment.source))


def test_decomposed_letters_stay_whole() -> None:
    source = unicodedata.normalize("NFD", "Phòng rất đẹp, sạch sẽ")
    comment = normalize(source)
    assert comment.text == "Phòng rất đẹp, sạch sẽ"
    assert quote(comment, "đẹp") == unicodedata.normalize("NFD", "đẹp")
    assert quote(comment, "hòng") == unicodedata.normalize("NFD", "hòng")


def test_lower_case_holds_the_same_places() -> None:
    comment = normalize("İ RẤT Ko ỔN")
    assert comment.lowered == "i rất không ổn"
    start = comment.lowered.index("không")
    assert comment.source[slice(*comment.span(start, start + 5))] == "Ko"


def test_unchanged_text_is_the_source() -> None:
    comment = normalize("Giao hàng nhanh, đóng gói cẩn thận.")
    assert comment.text == comment.source
    assert not comment.changed


@pytest.mark.parametrize("span", [(-1, 0), (0, 5), (3, 2)])
def test_spans_outside_the_text_are_refused(span: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match="does not lie inside"):
        normalize("tốt!").span(*span)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "é",
        "ko vs ",
        "!",
        "<",
        "<b ",
        "&",
        "&amp;",
        "@",
        "a@",
        "www.",
        ":(",
        "<3 ",
        "😀😭",
        "\u200b",
        "\u0323\u0301",
        "_",
    ],
)
def test_time_grows_with_length_only(unit: str) -> None:
    text = "o" + unit * (100_000 // len(unit))
    started = time.process_time()
    comment = normalize(text)
    comment.span(0, len(comment.text))
    assert time.process_time() - started < 3.0
