"""What a batch of texts is read as equals what `normalize`, `segment` and `clause_ranges` give text by text."""

import gc
import weakref

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cx_nlp.features import TextFeatures
from cx_nlp.features.reading import REMEMBERED
from cx_nlp.segment import CONTRAST_EN, CONTRAST_VI, HOLDS, JOINING, TURNS_EN, TURNS_VI, segment
from cx_nlp.text import normalize
from cx_nlp.text.emoji import TOKENS
from cx_nlp.text.teencode import rules

Token = tuple[str, int, int]
WORDS = sorted(
    {*CONTRAST_EN, *CONTRAST_VI, *JOINING, *TURNS_EN, *TURNS_VI, *HOLDS, *rules(), *TOKENS.values()}
)
SIGNS = (
    ":) :( :3 :v <3 <33 </3 </b> <br> :-) ;; (( )) ((( ))) ... … .. , . ! ? !! !!! ?! - / 5 3 k 10k 24/7 @abc a@b.vn www.a.vn "
    "http://x.vn/a?b=1. &amp; &lt;3 &amp;lt;br> &nbsp; 😍 👍🏽 ❤️ ⭐⭐⭐⭐⭐ \u200d \ufe0f e\u0301 hoa\u0300 \u0301 \u200b \xa0 \ud83d İ ß A. "
    "a. C++ 8) :/ ' '' — °C. đẹppp QUÁAA Www.a.vn =)) T_T ^^ o_0 I'm don't k/h A.k ngon.rẻ tốt,rẻ x:3 3 ngày"
).split(" ")
PIECES = st.one_of(st.sampled_from(WORDS), st.sampled_from(SIGNS), st.text(max_size=6))
BLANKS = st.sampled_from(["", " ", " ", " ", "  ", "   ", "\n", " \n", "\n ", "\n\n", "\t", "\r\n", "\u2028"])
TEXTS = st.lists(st.tuples(BLANKS, PIECES), max_size=14).map(lambda found: "".join(a + b for a, b in found))


@pytest.fixture(scope="module")
def features() -> TextFeatures:
    return TextFeatures(min_df=1).fit(segment(["giao nhanh, không thân thiện"]))


def as_defined(text: str) -> tuple[list[str], list[list[Token]]]:
    """The words of a text, and the tokens of its clauses with their places in the text as given."""
    normal = normalize(text)
    (parts,) = segment([normal.text])
    tokens = [
        (word, normal.source_start(start), normal.source_end(end))
        for word, start, end in zip(parts.words, parts.starts, parts.ends, strict=True)
    ]
    return [_same_blank(word) for word in parts.words], [tokens[a:b] for a, b in parts.clauses]


def as_read(texts: list[str], features: TextFeatures) -> list[tuple[list[str], list[list[Token]]]]:
    reading = features.read(texts)
    tokens = reading.tokens
    word_of = {number: word for word, number in tokens.lexicon._numbers.items()}
    words = [word_of[number] for number in tokens.number.tolist()]
    flat = list(zip(words, reading.starts.tolist(), reading.ends.tolist(), strict=True))
    found: list[tuple[list[str], list[list[Token]]]] = [([], []) for _ in texts]
    for word, comment in zip(words, tokens.comment.tolist(), strict=True):
        found[comment][0].append(_same_blank(word))
    for a, b, comment in zip(
        tokens.first.tolist(), tokens.after.tolist(), tokens.comment_of.tolist(), strict=True
    ):
        found[comment][1].append(flat[a:b])
    return found


def _same_blank(word: str) -> str:
    return " " if word.isspace() else word


@given(st.lists(TEXTS, max_size=4))
@example(["", " ", "  ", "\n", "a ", "a  ", " a", "a  b", "a \n b", "và   ", "ăn   và   ", "tốt và  c"])
@example(
    [
        "giá :3 ngày",
        "ok <3 3 ngày",
        "(( ok",
        "ok ((",
        "ok )) x",
        "a < b > c",
        "x <br> y",
        "Www.a.vn http://b.vn",
    ]
)
@example(
    ["k dc", "đc k", "mk cho mk", "ko ko k", "3 k", "thanks k", "sp\nk tốt", "the k is good and fast", "k"]
)
@example(
    [
        "hàng : 3 )",
        "giá: ) :",
        ") :)",
        "8 ) x",
        "o_ o",
        "A. B. c. d.",
        "C++ 8)",
        "\ud83d ok",
        "e\u0301\u0301 a",
    ]
)
@example(["từ " * 95, "a" * 300, "nhưng " * 40, "giao hàng " * 40 + "."])
def test_a_batch_is_read_as_text_by_text(features: TextFeatures, texts: list[str]) -> None:
    assert as_read(texts, features) == [as_defined(text) for text in texts]


@given(st.lists(st.text(max_size=40), max_size=4))
@example(["\x01", "a \x01 b", "\x00", "a\n\x01"])
def test_any_text_is_read_as_defined(features: TextFeatures, texts: list[str]) -> None:
    assert as_read(texts, features) == [as_defined(text) for text in texts]


@given(
    st.text(st.characters(categories=["L", "N", "P", "S", "M"]), min_size=1, max_size=5),
    st.sampled_from("abăếX7"),
)
def test_letters_and_a_mark_are_read_as_defined(features: TextFeatures, piece: str, letter: str) -> None:
    texts = [piece, letter + piece, piece + letter, letter * 2 + piece[0]]
    assert as_read(texts, features) == [as_defined(text) for text in texts]


def test_what_is_remembered_stays_bounded(features: TextFeatures) -> None:
    reader = features._reader
    texts = [" ".join(f"w{batch}x{i}" for i in range(REMEMBERED // 4)) for batch in range(6)]
    for text in texts:
        assert len(as_read([text], features)[0][0]) == REMEMBERED // 4
    assert features._reader is not reader
    assert len(features._reader) < 1.5 * REMEMBERED


def test_what_was_forgotten_does_not_wait_for_the_garbage_collector(features: TextFeatures) -> None:
    features.read(["giao nhanh, không thân thiện"])
    reader = weakref.ref(features._reader)
    gc.disable()
    try:
        features._forget()
        assert reader() is None
    finally:
        gc.enable()


def test_a_reading_outlives_what_was_remembered_when_it_was_made(features: TextFeatures) -> None:
    reading = features.read(["giao nhanh, không thân thiện"])
    before = features.features(reading.tokens).blocks["words"].toarray()
    features._forget()
    assert (features.features(reading.tokens).blocks["words"].toarray() == before).all()
