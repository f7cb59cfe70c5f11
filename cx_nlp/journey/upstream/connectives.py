"""Words that say in a comment itself that one thing came of another: vì, nên, do, từ khi; because, so, due to, after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True)
class Connective:
    """Words of one language that join a cause and an effect.

    Attributes
    ----------
    words : tuple of str
    cause : str
        `BEFORE` or `AFTER`: the side on which the cause stands ("giao chậm NÊN hủy đơn", "hủy đơn VÌ giao chậm").
    opens : bool
        Whether it may open a sentence with the cause after it and the effect after a comma ("Do giao chậm, hoa héo hết").
    not_after : frozenset of str
        Words that must not stand right before: "lý do", "không nên".
    not_before : frozenset of str
        Words that must not stand right after: "vì sao", "nên cải thiện", "after all".
    needs : frozenset of str
        Words of which one must stand right after, where there are any: "so I", "so the", not "so slow".
    """

    words: tuple[str, ...]
    cause: str
    opens: bool = False
    not_after: frozenset[str] = frozenset()
    not_before: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """A connective in a text, from `start` to `end`."""

    start: int
    end: int
    cause: str
    opens: bool


def _w(words: str) -> frozenset[str]:
    """Words apart by blanks; those of two syllables are written with an underscore."""
    return frozenset(word.replace("_", " ") for word in words.split())


_NO = _w("không ko k kg kh khong hông hok chẳng chả đừng chưa")
_NO_REASON = _NO | _w("không_phải ko_phải k_phải chẳng_phải đâu_phải chứ_không_phải đâu")
# After these "nên" is advice ("không nên mua", "shop nên xem lại") or part of another word ("trở nên").
_ADVISED = _NO | _w(
    "chỉ cũng rất trở tạo làm dựng nảy hãy người bạn shop app bank hàng quán hotel sạn ad admin sếp nghiệp triển viên công_ty "
    "mn ae cty thì vẫn sẽ đáng càng ai bên hãng tiki timo momo bidv nv thật đều vị thuật"
)
_ADVICE = _w(
    "cải khắc bổ_sung xem_xét xem_lại kiểm nâng sửa thêm đào_tạo rút_kinh tránh cân_nhắc tuyển cập_nhật lưu chú_ý chăng nhớ "
    "tải xóa xoá đổi nghỉ học chọn hỗ_trợ hướng_dẫn đầu_tư tối_ưu mua ghé đến dẹp lưu_ý cẩn_thận gửi bỏ đừng tìm_hiểu thay"
)
_I_WE = _w(
    "tôi mình tui tớ t mk m em chúng anh chị khách người gia nhà cả con con_tôi toàn ai ngta mọi họ bọn"
)
_SUBJECTS = _w(
    "i i'm i've i'd i'll im ive we we're we've we'd they he she you you're it its it's the my our this that's there now had have having "
    "couldn't can't cannot can't will won't am not no didn't don't both all everything nothing nobody"
)
# What is told to have come first, not how long something took ("after 3 hours", "after all", "after sales").
_DONE_VI = _w(
    "cập_nhật nâng_cấp update up bị bảo_hành app shop bên nhân_viên ngân_hàng hệ_thống lắp sửa đổi thay giao nhận thanh_toán chuyển nạp hủy huỷ"
)
_DONE_EN = _w(
    "my your our their his her i we they you he she the this these updating update upgrading upgrade installing installation cancelled "
    "canceled cancelling canceling"
)
_WHEN = _w(
    "then yesterday monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec last this early late day forever ages "
    "a about at around mid christmas noon"
)

VIETNAMESE = (
    Connective(
        ("vì vậy", "vì thế", "vì lẽ đó", "do đó", "do vậy", "do thế", "bởi vậy", "bởi thế", "cho nên", "thế nên", "vậy nên", "thành ra",
         "thành thử", "kết quả là", "hậu quả là", "dẫn đến", "dẫn tới", "khiến cho", "khiến", "làm cho", "gây ra"), BEFORE,
        not_after=_NO | _w("chỉ"), not_before=_w("tình"),
    ),
    Connective(("làm", "nên làm"), BEFORE, not_after=_NO | _w("cứ đã vừa còn mới thích"), needs=_I_WE),
    Connective(("nên",), BEFORE, not_after=_ADVISED, not_before=_ADVICE),
    Connective(
        ("bởi vì", "tại vì", "tại do", "do vì", "vì", "bởi"), AFTER, not_after=_NO_REASON | _w("cũng_chỉ đừng ai thay tạo mua chọn mua_nó chọn_nó"),
        not_before=_w("sao đâu gì khách cộng lý lí lẽ tương tình dân vậy thế 1 một mục dụ"),
    ),
    Connective(
        ("do",), AFTER, opens=True, not_after=_NO_REASON | _w("tự lý lí ly nguyên duyên căn có_thể chắc không_biết"),
        not_before=_w("dự thám đâu gì sao ai đó vậy thế"),
    ),
    Connective(("chỉ tại", "là tại", "cũng tại", "toàn tại", "chắc tại"), AFTER, not_before=_w("sao nhà cửa quầy chi đây ngân")),
    Connective(
        ("kể từ khi", "kể từ lúc", "từ khi", "từ lúc", "từ hồi", "từ ngày", "từ đợt", "từ sau khi"), AFTER, opens=True,
        not_after=_w("trước"),
    ),
    Connective(("ngay sau khi", "sau khi"), AFTER, opens=True, needs=_DONE_VI),
)  # fmt: skip
# Without marks "do", "tai" and "boi" are other words as often.
PLAIN = (
    Connective(
        ("vi vay", "vi the", "cho nen", "the nen", "vay nen", "dan den", "dan toi", "khien cho", "khien", "lam cho", "thanh ra"), BEFORE,
    ),
    Connective(
        ("nen",), BEFORE, not_after=_w("khong ko k kg dung chi cung rat tro tao lam nguoi ban shop app hang quan mn ae tren man thi"),
        not_before=_w("cai khac bo xem kiem nang sua them tranh tai xoa doi chon mua den nha dat"),
    ),
    Connective(("boi vi", "tai vi", "do vi"), AFTER, not_before=_w("sao")),
    Connective(
        ("vi",), AFTER, not_after=_w("don dich hang thu gia mui huong tien y vao trong tu so mat the nap rut qua dia tai khong_phai cac moi"),
        not_before=_w("tri du dien momo tra sao tinh pham rut cua nay tien sinh khuan mo thanh the vay"),
    ),
    Connective(("tu khi", "tu luc", "tu hoi", "ke tu khi"), AFTER, opens=True),
)  # fmt: skip
ENGLISH = (
    Connective(
        ("therefore", "hence", "consequently", "as a consequence", "that's why", "thats why", "that is why", "which is why",
         "this is why", "led to", "leads to", "leading to", "resulted in", "resulting in", "caused", "causing", "made me", "makes me",
         "made us", "making me", "forced me", "forced us", "forcing me", "forcing us", "which meant", "this meant", "which means", "meant", "leaving me", "leaving us",
         "meaning that", "meaning", "as a result"), BEFORE,
        not_after=_w("not didn't doesn't never been was were being is are it's well what may could might i you they she he"), not_before=_w("of by me_feel"),
    ),
    Connective(
        ("so",), BEFORE, needs=_SUBJECTS,
        not_after=_w("not is was are were been be just and or even ever think hope said say do did if why i'm it's that's said got "
                     "feel felt like with or quite very ok told"),
        not_before=_w("far much many"),
    ),
    Connective(
        ("because of", "because", "cos", "coz", "cuz", "bcoz", "bcuz", "caused by", "thanks to"), AFTER,
        not_after=_w("not isn't just only simply mainly probably switched joined chose bought bought_it chose_it joined_it picked_it"),
    ),
    Connective(
        ("due to", "owing to", "as a result of"), AFTER, opens=True, not_after=_w("not isn't"),
        not_before=_w("expire be arrive start go have get receive happen come leave take"),
    ),
    Connective(("ever since", "since"), AFTER, opens=True, not_after=_w("years weeks months year week month days day hours long"), not_before=_WHEN),
    Connective(
        ("after",), AFTER, opens=True, needs=_DONE_EN,
        not_after=_w("look looking looked day week year soon shortly ever even right time"),
    ),
)  # fmt: skip

_VIETNAMESE_LETTER = re.compile("[ăđơưạ-ỹ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_SYLLABLE = re.compile(
    r"(?:[bdhklmprstvx]|c|g[hi]?|ch|kh|n|ng|ngh|nh|ph|qu|th|tr)?[aeiouy]{1,3}(?:ch?|m|n|n[gh]|p|t)?"
)
_PLAIN_WORDS = _w(
    "khong ko duoc dc hang giao cua minh nhan vien mua dung thi ma cung roi qua nay lam nhung va cac nguoi tien ngan khach vi voi bi "
    "chua rat tot te goi lau toi ung tai khoan dien thoai gia den cho nen shop ship nha hoai hoan nua lan"
)
_ENGLISH_WORDS = _w(
    "the and of i it is was my in for you not this that with have had on they are at your we as from or been very after because "
    "service would could will when what get got their there if just all"
)


def language(text: str) -> str:
    """The language of a text, told from its beginning: "vi" with diacritics, "plain" without, "en", or "" where unclear."""
    if _VIETNAMESE_LETTER.search(text):
        return "vi"
    words = _WORD.findall(text[:300].lower())
    plain, english = (sum(map(known.__contains__, words)) for known in (_PLAIN_WORDS, _ENGLISH_WORDS))
    if english > 1.5 * plain:
        return "en"
    shaped = len([*filter(_SYLLABLE.fullmatch, words)]) > 0.9 * len(words)
    if plain > 1.5 * english and (plain > 1 or (shaped and len(words) > 4)):
        return "plain"
    return "en" if words and not (plain or shaped) else ""


def connectives_in(text: str, code: str) -> list[Said]:
    """The causal connectives of a text in its order.

    Parameters
    ----------
    text : str
        NFC.
    code : str
        Its language, as `language` tells it.

    Examples
    --------
    >>> [(one.start, one.end, one.cause) for one in connectives_in("Giao chậm nên tôi hủy đơn", "vi")]
    [(10, 13, 'before')]
    """
    pattern, known = _compiled(code)
    lowered = text.lower().replace("’", "'")
    if pattern is None or len(lowered) != len(text):
        return []
    return [
        Said(match.start(), match.end(), one.cause, one.opens)
        for match, one in _found(lowered, pattern, known)
    ]


def _found(
    text: str, pattern: re.Pattern[str], known: dict[str, Connective]
) -> Iterator[tuple[re.Match[str], Connective]]:
    for match in pattern.finditer(text):
        one = known[" ".join(match[0].split())]
        before, after = _words_before(text, match.start()), _words_after(text, match.end())
        allowed = not (one.not_after.intersection(before) or one.not_before.intersection(after))
        digit = one.cause == AFTER and after and after[0][0].isdigit()
        if allowed and not digit and (not one.needs or one.needs.intersection(after)):
            yield match, one


def _words_before(text: str, at: int) -> tuple[str, ...]:
    """The word that stands right before in the same clause, and the last two and three together."""
    found = _WORD.findall(_CLAUSE_END.split(text[max(0, at - 40) : at])[-1])
    return tuple(" ".join(found[-n:]) for n in (1, 2, 3) if len(found) >= n)


def _words_after(text: str, at: int) -> tuple[str, ...]:
    found = _WORD.findall(_CLAUSE_END.split(text[at : at + 40])[0])
    return tuple(" ".join(found[:n]) for n in (1, 2) if len(found) >= n)


_CLAUSE_END = re.compile(r"[.,;:!?…\n]")


@cache
def _compiled(code: str) -> tuple[re.Pattern[str] | None, dict[str, Connective]]:
    table = {"vi": VIETNAMESE, "plain": PLAIN, "en": ENGLISH}.get(code, ())
    known = {words: one for one in table for words in one.words}
    if not known:
        return None, known
    longest = sorted(known, key=len, reverse=True)
    either = "|".join(re.escape(words).replace(r"\ ", r"\s+") for words in longest)
    return re.compile(rf"(?<![\w'])(?:{either})(?![\w'])"), known
