"""Postal addresses: a house, an alley, a flat or a hamlet with the names that follow; places of shops stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cx_nlp.personal.cues import Cues
from cx_nlp.personal.english_addresses import english_spans
from cx_nlp.personal.reading import Reading

_HOUSE = r"k?\d{1,4}[a-z]{0,2}\d{0,2}(?:/\d{1,4}[a-z]?\d?){0,4}"
_STREET = r"(?:duong(?: so)?|pho|ngo|ngach|hem|kiet|dai lo|quoc lo|tinh lo|ql|tl)"
_PART = (
    r"(?:duong(?: so)?|pho|ngo|ngach|hem|kiet|to(?: dan pho)?|khu pho|kp|ap|thon|xom|phuong|p|quan|q|huyen|h|xa|thi tran|tt|thi xa|tx|thanh pho|tp|tinh"
    r"|toa(?: nha)?|chung cu|cc|block|can(?: ho)?|tang|lau|ward|district)"
)
_HAMLET = r"(?:ap|thon|xom|buon|khu pho|kp|to)"
# Where an address begins; what follows must name something, or be a part of an address itself.
_WITH_STREET = re.compile(rf"(?<![\w.,/])(?:(?:so nha|nha so|so|sn) )?{_HOUSE},? {_STREET}\b\.? ")
_HOUSE_NUMBER = re.compile(rf"(?<!\w)(?:so nha|nha so|sn) {_HOUSE}(?!\w)")
_NUMBERED = re.compile(rf"(?<!\w)so {_HOUSE}(?=[, ])")
_ALLEY = re.compile(
    r"(?<!\w)(?:ngo|ngach|hem|kiet) \d{1,4}[a-z]?(?:/\d{1,4}[a-z]?){0,4}(?!\w)|(?<![\w/])k\d{1,4}/\d{1,4}(?!\w)"
)
_RURAL = re.compile(rf"(?<!\w){_HAMLET} (?=\w)")
_FLAT = re.compile(r"(?<!\w)(?:can(?: ho)?|phong) [a-z]{0,2}\d{2,5}[a-z]?\d{0,3}(?!\w)")
_BUILDING = re.compile(r"(?<!\w)(?:toa(?: nha)?|chung cu|cc) (?=\w)")
_TOLD = Cues("""
    dia chi
    giao toi, den, ve, cho, hang toi, hang den, hang ve, hang cho
    ship toi, den, ve
    gui toi, den, ve
    nha em, minh, toi, o, tai, em o, minh o, toi o
    tro o, tai
    song o, tai
    tam tru
    thuong tru
    o tai
    toi o
    em o
    minh o
""")
_TOLD_HOUSE = re.compile(rf"[^\d\n]{{0,15}}?(?P<house>(?<![\w.,/]){_HOUSE}) ")
_STREET_AFTER = re.compile(rf",? {_STREET}\b\.? ")
_NEXT = re.compile(rf"[, ]{{1,3}}(?:-? ?){_PART}\b\.? {{0,2}}")
_TIGHT = re.compile(r"[, ]{1,3}(?:p|q|h|tp|quan|phuong)\.? ?\d{1,2}(?!\w)")
_CITY = re.compile(
    r",? ?(?:tp\.? ?)?(?:ha noi|hn|ho chi minh|hcm|tphcm|sai gon|sg|da nang|hai phong|can tho|hue|bien hoa|vung tau|nha trang|da lat|binh duong"
    r"|dong nai|long an|hai duong|bac ninh|nam dinh|thanh hoa|nghe an|vinh|viet nam)(?!\w)"
)
_NAMES = re.compile(r"A[Aa]*(?!0)(?: (?:A[Aa]*(?!0)|0+A?(?![a0]))){0,5}")
_CODE_NAME = re.compile(r"A?0{1,4}[Aa]?(?:[./]0{1,3}){0,2}(?!\w)(?: A[Aa]*){0,4}")
_LOWER_NAMES = re.compile(r"a+(?: a+)?(?=[ ,.!?;]|$)")
# Words that only look like a part of an address where their marks are left off.
_NO_PART = frozenset(
    (
        "cần",
        "cân",
        "cẩn",
        "phở",
        "phó",
        "quán",
        "quần",
        "xả",
        "tờ",
        "tớ",
        "tô",
        "toả",
        "hẹn",
        "tả",
        "ngó",
        "ngỏ",
    )
)
_BARE_PART = re.compile(r", ?(?=A[Aa]* A)")
# Told of a shop the address is the company's own.
_SHOP = re.compile(
    r"\b(?:chi nhanh|cua hang|cua tiem|tiem|quan|co so|cs|sieu thi|showroom|phong giao dich|pgd|khach san|nha hang|buu cuc|van phong|shop|benh vien"
    r"|phong kham|nha thuoc|rap|salon|spa|gym|cafe|coffee|mua|nhan vien|tgdd|the gioi di dong|dien may xanh|fpt|bach hoa xanh)\b(?:(?: [a-z]+)? (?:o|tai|so|duong|tren|ben))*[ ,:]{0,2}$"
)


def address_spans(reading: Reading) -> Iterator[tuple[int, int]]:
    """Vietnamese and English addresses."""
    yield from english_spans(reading)
    text = reading.folded
    last = 0
    for start, form, match in sorted(_starts(reading), key=lambda found: found[0]):
        if start < last or _SHOP.search(text[max(0, start - 40) : start]):
            continue
        end = _ENDS[form](reading, match)
        if end is not None:
            yield start, (last := _trimmed(text, start, end))


def _starts(reading: Reading) -> Iterator[tuple[int, str, re.Match[str]]]:
    """Places where an address may begin."""
    text = reading.folded
    if reading.digits:
        for name, form in _NUMBERED_STARTS.items():
            if not _FIRST_WORDS[name].isdisjoint(reading.words):
                yield from ((match.start(), name, match) for match in form.finditer(text))
        for match in _TOLD.behind(reading, _TOLD_HOUSE):
            yield match.start("house"), "told", match
    if not _HAMLETS.isdisjoint(reading.words):
        yield from ((match.start(), "rural", match) for match in _RURAL.finditer(text))


def _after_street(reading: Reading, match: re.Match[str]) -> int | None:
    end = _name(reading, match.end())
    if end is None and match[0].startswith("s"):
        lower = _lower_name(reading, match.end())
        # A street in small letters is one where the ward follows.
        end = lower if lower is not None and _tail(reading, lower) > lower else None
    return None if end is None else _tail(reading, end)


def _after_house_number(reading: Reading, match: re.Match[str]) -> int | None:
    end = _tail(reading, _named_after(reading, match.end()))
    # "SN" is a chip or a serial number, too.
    return end if end > match.end() or not match[0].startswith("sn") else None


def _after_number(reading: Reading, match: re.Match[str]) -> int | None:
    """After "số 12": a name alone may be anything, so a ward or a city must follow."""
    named = _named_after(reading, match.end())
    end = _tail(reading, named)
    # Without its mark the word is the English one, too: "so 12 can be".
    plain = reading.text[match.start() : match.start() + 2].lower() == "so"
    return end if end > named and ("," in reading.folded[match.start() : end] or not plain) else None


def _after_alley(reading: Reading, match: re.Match[str]) -> int | None:
    end = _tail(reading, _named_after(reading, match.end()))
    return end if end > match.end() else None


def _after_told(reading: Reading, match: re.Match[str]) -> int | None:
    end = _name(reading, match.end())
    return _tail(reading, end) if end is not None and " " in reading.folded[match.end() : end] else None


def _after_hamlet(reading: Reading, match: re.Match[str]) -> int | None:
    """A hamlet must be followed by its commune or ward."""
    # Without its mark the word is the English one: "from 3 to 5".
    if match[0] == "to " and reading.text[match.start() : match.start() + 2].lower() == "to":
        return None
    named = _name(reading, match.end())
    end = named if named is None else _tail(reading, named)
    return end if end != named else None


def _after_flat(reading: Reading, match: re.Match[str]) -> int | None:
    """A flat must be followed by its building."""
    end = _tail(reading, match.end())
    return end if end > match.end() else None


def _after_building(reading: Reading, match: re.Match[str]) -> int | None:
    """A building must be followed by the flat."""
    named = _name(reading, match.end())
    if named is None:
        return None
    end = _tail(reading, named)
    return end if any(char.isdecimal() for char in reading.folded[named:end]) else None


_NUMBERED_STARTS = {
    "street": _WITH_STREET, "house": _HOUSE_NUMBER, "number": _NUMBERED, "alley": _ALLEY, "flat": _FLAT, "building": _BUILDING,
}  # fmt: skip
_STREETS = frozenset(("duong", "pho", "ngo", "ngach", "hem", "kiet", "dai", "quoc", "tinh", "ql", "tl"))
_HAMLETS = frozenset(("ap", "thon", "xom", "buon", "khu", "kp", "to"))
# A form is looked for only where the text has one of its words.
_FIRST_WORDS = {
    "street": _STREETS, "house": frozenset(("nha", "sn")), "number": frozenset(("so",)), "alley": _STREETS | {"k"},
    "flat": frozenset(("can", "phong")), "building": frozenset(("toa", "chung", "cc")),
}  # fmt: skip
_ENDS = {
    "street": _after_street, "house": _after_house_number, "number": _after_number, "alley": _after_alley, "told": _after_told,
    "rural": _after_hamlet, "flat": _after_flat, "building": _after_building,
}  # fmt: skip


def _named_after(reading: Reading, at: int) -> int:
    """Where a name directly after a number ends, after an optional word for a street."""
    street = _STREET_AFTER.match(reading.folded, at)
    after = street.end() if street else at + 1 if reading.folded[at : at + 1] == " " else at
    end = _name(reading, after)
    return at if end is None else end


def _name(reading: Reading, at: int) -> int | None:
    """Where a name in capitals or a number that begins at `at` ends."""
    for form in (_NAMES, _CODE_NAME):
        if match := form.match(reading.shape, at):
            return match.end()
    return None


def _lower_name(reading: Reading, at: int) -> int | None:
    match = _LOWER_NAMES.match(reading.shape, at)
    return match.end() if match else None


def _tail(reading: Reading, end: int) -> int:
    """Where the parts that follow an address end: ward, district, city."""
    text, shape = reading.folded, reading.shape
    for _ in range(8):
        if tight := _TIGHT.match(text, end):
            end = tight.end()
        elif (part := _part(reading, end)) and (after := _part_name(reading, part.end())) is not None:
            end = after
        elif city := _CITY.match(text, end):
            return city.end()
        elif (bare := _BARE_PART.match(shape, end)) and (name := _NAMES.match(shape, bare.end())):
            end = name.end()
        else:
            break
    return end


def _part(reading: Reading, at: int) -> re.Match[str] | None:
    """A word for a part of an address, such as a ward."""
    match = _NEXT.match(reading.folded, at)
    said = reading.text[match.start() : match.end()].lower().strip(" ,.-") if match else ""
    return None if said in _NO_PART else match


def _part_name(reading: Reading, at: int) -> int | None:
    named = _name(reading, at)
    return named if named is not None else _lower_name(reading, at)


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " ,.-":
        end -= 1
    return end
