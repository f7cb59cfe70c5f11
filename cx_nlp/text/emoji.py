"""Emoji, emoticons and repeated punctuation: polarity tokens and one form for each."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby

from cx_nlp.text.offsets import Edit

TOKENS = {"pos": "emo_pos", "neg": "emo_neg", "neu": "emo_neu"}
"""The words that stand for emoji and emoticons in normalised text."""

_TOKENS = frozenset(TOKENS.values())
_PICTOGRAPH = "\u203c\u2049\u231a\u231b\u23e9-\u23fa\u25b6\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_VARIANT = "\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff"
_UNITS = (
    r"[\d.,]*\s*(?:%|k|tr|triệu|nghìn|ngàn|đ|h|s|p|giờ|tiếng|phút|giây|ngày|tuần|tháng|năm|lần|cái|người|sao|điểm"
    r"|gb|kg|km|m|cm|mm|hours?|hrs?|minutes?|mins?|days?|weeks?|months?|years?|stars?|times?)\b"
)
_SIGN = re.compile(
    rf"""
    (?P<picture>[{_PICTOGRAPH}][{_VARIANT}{_PICTOGRAPH}]*)
  | (?P<stop>\.{{4,}} | (?<!\.)\.\.(?!\.) | …+\.* )
  | (?P<neu>                                           # laughter is as often scorn as joy
        [:;=]['’]?[-^o]?(?:\){{2,}} | \]{{2,}}) | (?<=[\w\s])\){{2,}}
      | :[-]?[oO0|](?!\w) | (?<!\w)[oO0]_[oO0](?!\w) | @@+(?!\w)
    )
  | (?P<pos>
        [:;=]['’]?[-^o]?[)\]}}]
      | (?<!\w)[:;=]-?[DdPp](?!\w)
      | (?<!\d)(?<!độ)(?<!lượng)(?<!điểm)(?<!vụ):-?3(?!\w)(?!\s*\d)(?![.,/]\d)    # no mark: "Chất lượng:3", "bản:3.2"
      | (?<!\d):-?(?:v(?!\w)(?!\s*\d) | >(?!\w)) | (?<!\d)(?<!size):-?[xX](?!\w) | (?<!\w):-?\*+
      | <3+(?!{_UNITS})(?![\w.,]*\d)
      | \^[_.\-o]?\^+
    )
  | (?P<neg>
        [:;=]['’]?[-^o]?(?:\(+ | \[+ | \{{+ )(?!\w) | (?<=[\w\s])\({{2,}}(?!\w)
      | (?<!\w)[:=]-?[/\\](?![/\\\w]) | :<+(?!\w) | :-?c(?!\w) | ;_;
      | (?<!\w)T_T(?!\w) | (?<!\w)[-=]_+[-=] | >[_.]+< | =\.=
    )
  | (?P<repeat>(?P<mark>[^\w\s.])(?P=mark){{2,}})
    """,
    re.VERBOSE,
)
_HEAP = 50
_HEAPED = re.compile(rf"[\W_](?<!\s)(?:[\W_](?<!\s)){{{_HEAP - 1}}}(?=[\W_](?<!\s))")
_SYMBOL = re.compile(r"[\W_](?<!\s)")
_SYMBOLS = re.compile(r"[^\w\s]+(?:[DdPpvxXoO3c](?!\w))?|_")
_PLAIN = frozenset(
    [*".,!?-():;/\"'%+&*=>#@•“”‘’–—$₫|~°", *""" ... ), ). .) !) ?? !! ?! ." ". ", :- """.split()]
)


@cache
def _polarities() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in files("cx_nlp.text").joinpath("emoji.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            polarity, pictures = line.split("\t")
            table.update(dict.fromkeys(pictures.split(), polarity))
    return table


def polarity(picture: str) -> str:
    """Polarity of one pictograph: ``"pos"``, ``"neg"`` or ``"neu"``."""
    return _polarities().get(picture, "neu")


_STARS = frozenset("⭐★🌟")
_IGNORED = re.compile(f"[{_VARIANT}♀♂]")


def _pictures(run: str) -> str:
    shown = _IGNORED.sub("", run)
    if len(shown) > 1 and _STARS.issuperset(shown):
        return TOKENS["pos" if len(shown) > 3 else "neu"]
    return " ".join(TOKENS[name] for name, _ in groupby(map(polarity, shown))) or TOKENS["neu"]


def _apart(text: str, start: int, end: int, token: str) -> Iterator[Edit]:
    """The edit that puts the token, with a blank on either side where none stands."""
    if start > 0 and not text[start - 1].isspace():
        yield start, start, " "
    yield start, end, token
    if end < len(text) and not text[end].isspace():
        yield end, end, " "


def _signs(text: str) -> Iterator[re.Match[str]]:
    """Matches of `_SIGN`, tried only where a symbol stands: several times as fast as a search."""
    done = 0
    for symbol in _SYMBOL.finditer(text):
        start = symbol.start()
        match = (start >= done and _SIGN.match(text, start)) or (
            start > done and symbol[0] == "_" and _SIGN.match(text, start - 1)
        )
        if match:
            done = match.end()
            yield match


def emoji_edits(text: str) -> Iterator[Edit]:
    """Edits that turn emoji and emoticons into `TOKENS`, and repeated punctuation into one form."""
    for match in _signs(text):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "picture":
            yield from _apart(text, start, end, _pictures(match[0]))
        elif kind in TOKENS:
            yield from _apart(text, start, end, TOKENS[kind])
        else:
            yield start, end, "..." if kind == "stop" else match["mark"] * 2


def has_symbols(text: str) -> bool:
    """Whether any of the text may be an emoticon, an emoji or repeated punctuation (a quick look)."""
    return not (text in _TOKENS or _PLAIN.issuperset(_SYMBOLS.findall(text)))


def has_heap(text: str) -> bool:
    """Whether a long row of signs stands in the text, without letters, digits and blanks between them."""
    return len(text) > _HEAP and _HEAPED.search(text) is not None


def heap_edits(text: str) -> Iterator[Edit]:
    """Edits that part long rows of signs by blanks: spaCy takes such a row apart sign by sign, looking through the rest each time."""
    for match in _HEAPED.finditer(text):
        yield match.end(), match.end(), " "
