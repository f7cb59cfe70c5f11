"""Clauses: the spans of a comment that each say one thing, found with spaCy in Vietnamese and English.

The pipeline is `spacy.blank("xx")` with a tokenizer that also cuts "tốt.giao" and a component, `cx_clauses`,
that writes `doc.spans["clauses"]`. Clauses never overlap, lie in order and hold no outer blanks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import add
from typing import cast

import spacy
from spacy.attrs import IDX, LENGTH, LOWER
from spacy.lang.char_classes import LIST_ELLIPSES, LIST_ICONS
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc
from spacy.util import compile_infix_regex

SENTENCE_END = frozenset(".!?…;")
COMMA = frozenset(
    {",", "，", "、", "-", "–", "—", "+", "•", "*", "/", "|", ":", "(", ")", "[", "]", '"', "“", "”"}
)

# Words that open a clause that stands against, or beside, the one before it.
CONTRAST_VI = (
    "nhưng", "nhưng mà", "tuy nhiên", "tuy", "mặc dù", "còn", "mà", "được cái", "được mỗi", "chỉ tội", "mỗi tội",
    "chỉ mỗi", "có điều", "chỉ có điều", "ngặt nỗi", "bù lại", "đổi lại", "ngoại trừ", "trái lại",
    "ngược lại", "thế mà", "vậy mà", "cơ mà", "chỉ là", "mỗi cái", "riêng",
)  # fmt: skip
CONTRAST_EN = (
    "but", "however", "although", "though", "even though", "yet", "except", "whereas", "despite",
    "in spite of", "nevertheless", "apart from", "other than", "on the other hand", "that said",
)  # fmt: skip
JOINING = ("và", "với cả", "với lại", "ngoài ra", "hơn nữa", "lại còn", "cũng như", "nên", "vì", "do", "bởi vì",
           "and", "also", "plus", "so", "because", "as well as", "since")  # fmt: skip

# Things customers turn to next in text without punctuation ("hàng đẹp giao nhanh nhân viên nhiệt tình").
TURNS_VI = (
    "giao hàng", "giao", "ship", "shipper", "đóng gói", "đóng hàng", "gói hàng", "nhân viên", "phục vụ", "thái độ", "tư vấn", "giá",
    "giá cả", "chất lượng", "sản phẩm", "hàng", "màu", "form", "vải", "chất", "shop", "quán", "phòng", "đồ ăn", "món", "thức ăn",
    "nước", "không gian", "view", "vị trí", "khách sạn", "lễ tân", "bảo vệ", "pin", "màn hình", "camera", "loa", "máy", "app",
    "ứng dụng", "giao diện", "tổng đài", "dịch vụ", "chăm sóc khách hàng", "bữa sáng", "ăn sáng", "hồ bơi", "vân tay", "wifi", "mạng",
    "sẽ ủng hộ", "sẽ quay lại", "sẽ mua", "lần sau", "hài lòng", "rất hài lòng", "cảm ơn", "giảng viên", "thầy", "cô", "chơi game",
    "chụp hình", "chụp ảnh", "cấu hình", "dùng", "xài", "mặc", "thiết kế", "đáng tiền", "nói chung", "tóm lại",
)  # fmt: skip
TURNS_EN = (
    "the staff", "staff were", "staff was", "the service", "service was", "the food", "food was", "delivery was", "the delivery", "the price",
    "prices are", "the room", "room was", "the app", "would recommend", "will recommend", "highly recommend", "definitely recommend",
    "will return", "will be back", "the location", "customer service", "great service", "good service", "great staff", "friendly staff",
    "good value", "easy to", "very easy", "very good", "no complaints",
)  # fmt: skip
# After these a turn word continues the same clause ("tiền giao hàng", "của nhân viên").
HOLDS = frozenset(
    "của cho về với là có bị được mua thấy các những bạn anh chị từ ở tại gọi khi trên một mấy cái mỗi chiếc con phí tiền lúc bên trong "
    "ngoài theo do vì nếu để đến tới nhờ em mọi cả phần đặt nhận thì mà như này rất quá hơi không chưa đang đã sẽ phải cần nên bằng hỏi "
    "muốn xem hết còn dù toàn lên cảm thích chê khen ngân cửa khách đơn gian siêu bán bao đúng sai hỏng lỗi tốc hết trả đổi nhầm thiếu dùng hệ mặt đánh kho gửi kỹ theo thứ nhân lô".split()
)

MIN_TURN = 3
"""A run-on clause is cut at a turn word only when it already holds this many words."""

MAX_VOCABULARY = 300_000
"""Distinct words after which the pipeline is made anew."""

MAX_CLAUSE = 30
"""Tokens after which a clause without any mark is cut, so that a 100 kB comment without punctuation stays usable."""


def _by_first_word(phrases: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        words = tuple(phrase.split())
        table.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(found, key=len, reverse=True)) for first, found in table.items()}


CONTRAST = _by_first_word((*CONTRAST_VI, *CONTRAST_EN))
JOIN = _by_first_word(JOINING)
TURN = _by_first_word((*TURNS_VI, *TURNS_EN))
OPENERS = frozenset(CONTRAST) | frozenset(JOIN) | frozenset(TURN)


@dataclass(frozen=True, slots=True)
class Segmented:
    """The tokens of one text, lower case, with their character offsets, and the clauses as token ranges."""

    words: list[str]
    starts: list[int]
    ends: list[int]
    clauses: list[tuple[int, int]]

    def spans(self) -> list[tuple[int, int]]:
        """Character offsets (start, end) of every clause."""
        return [(self.starts[a], self.ends[b - 1]) for a, b in self.clauses]


LETTER = r"[^\W\d_]"
INFIXES = (
    *LIST_ELLIPSES, *LIST_ICONS, rf"(?<={LETTER})[.!?…]+(?={LETTER})", r"[!?…]+", rf"(?<={LETTER}),(?=\w)",
    rf"(?<={LETTER}{{3}})/(?={LETTER}{{3}})",
)  # fmt: skip
"""Where a token without blanks is cut: "tốt.giao", "đẹp,bền", "great/helpful", but not "check-in", "24/7" or "5-7"."""


@lru_cache(maxsize=1)
def clause_pipeline() -> Language:
    """The spaCy pipeline: `blank("xx")`, a tokenizer that cuts "tốt.giao", and `cx_clauses`."""
    nlp = spacy.blank("xx")
    tokenizer = cast(Tokenizer, nlp.tokenizer)
    tokenizer.infix_finditer = compile_infix_regex(INFIXES).finditer
    tokenizer.url_match = None
    nlp.add_pipe("cx_clauses")
    return nlp


@Language.component("cx_clauses")
def mark_clauses(doc: Doc) -> Doc:
    """The document with `doc.spans["clauses"]` set."""
    doc.spans["clauses"] = [doc[a:b] for a, b in clause_ranges([word.lower_ for word in doc])]
    return doc


def segment(texts: Iterable[str]) -> list[Segmented]:
    """Tokens and clauses of every text; the texts should be normalised (`cx_nlp.text.normalize`)."""
    nlp = clause_pipeline()
    if len(nlp.vocab) > MAX_VOCABULARY:
        # spaCy keeps every word it ever met; a fresh pipeline now and then keeps memory flat.
        clause_pipeline.cache_clear()
        nlp = clause_pipeline()
    return [_segmented(_doc(nlp, text)) for text in texts]


def _doc(nlp: Language, text: str) -> Doc:
    try:
        return nlp.make_doc(text)
    except UnicodeEncodeError:
        # Half a surrogate pair, as cut JSON leaves it, cannot be stored by spaCy; the sign for "unreadable" is as long.
        return nlp.make_doc("".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text))


def _segmented(doc: Doc) -> Segmented:
    if not len(doc):
        return Segmented([], [], [], [])
    lower, starts, lengths = doc.to_array([LOWER, IDX, LENGTH]).T.tolist()
    strings = doc.vocab.strings
    words = [strings[word] for word in lower]
    return Segmented(words, starts, list(map(add, starts, lengths)), clause_ranges(words))


def clause_ranges(words: list[str]) -> list[tuple[int, int]]:
    """Token ranges (from, to) of the clauses in `words` (lower case), without the marks around them."""
    starts = _clause_starts(words)
    ranges = []
    for first, after in zip(starts, [*starts[1:], len(words)], strict=True):
        while first < after and is_mark(words[first]):
            first += 1
        while after > first and is_mark(words[after - 1]):
            after -= 1
        if first < after:
            ranges.append((first, after))
    return ranges


@lru_cache(maxsize=100_000)
def is_mark(word: str) -> bool:
    """Whether a token is a mark that ends a clause: it stands in none."""
    return word in COMMA or word[0] in SENTENCE_END or word.isspace()


def _clause_starts(words: list[str]) -> list[int]:
    starts, said, after_mark = [0], 0, False
    for i, word in enumerate(words):
        if is_mark(word):
            after_mark = said > 0
            continue
        if after_mark or (said >= 2 and (word in OPENERS or said >= MAX_CLAUSE) and _opens(words, i, said)):
            starts.append(i)
            said = 0
        after_mark = False
        said += 1
    return starts


def _opens(words: list[str], at: int, said: int) -> bool:
    if said >= MAX_CLAUSE or _starts_with(words, at, CONTRAST):
        return True
    if said < MIN_TURN:
        return False
    joined = _starts_with(words, at, JOIN)
    if joined:
        return len(words) - at - joined >= 2
    return words[at - 1] not in HOLDS and bool(_starts_with(words, at, TURN))


def _starts_with(words: list[str], at: int, table: dict[str, tuple[tuple[str, ...], ...]]) -> int:
    """Number of words of the longest phrase of `table` that starts at `at`, 0 when none does."""
    for phrase in table.get(words[at], ()):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0
