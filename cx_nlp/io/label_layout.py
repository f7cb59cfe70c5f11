"""The table that people fill in with labels: one row a comment, a group of columns for each mention."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from cx_nlp.io.annotations import LabelFault
from cx_nlp.io.cells import fold
from cx_nlp.schema import COMMENT_SENTIMENTS
from cx_nlp.taxonomy import Taxonomy, known_spelling, nearest

SHEET = "Comments"
EXPLAINED = "Labels"
PARTS = ("touchpoint", "factor", "sentiment", "quote")
"""The columns of one mention; each has the mention's number behind it, as in "factor 2"."""
SIGN = " · "
"""Between a name as programs read it and the same in the reader's language."""
VIETNAMESE = {
    "comment_id": "mã bình luận", "text": "bình luận", "checked": "đã xem", "sentiment": "cảm xúc chung",
    "picked_for": "vì sao được chọn", "language": "ngôn ngữ", "source": "nguồn", "suggestion": "gợi ý của máy",
}  # fmt: skip
VIETNAMESE_PARTS = {
    "touchpoint": "điểm chạm",
    "factor": "yếu tố",
    "sentiment": "cảm xúc",
    "quote": "trích nguyên văn",
}
SENTIMENTS = {
    "positive": ("tích cực", "positive"),
    "negative": ("tiêu cực", "negative"),
    "neutral": ("trung tính", "neutral"),
    "mixed": ("vừa khen vừa chê", "mixed"),
}
"""Vietnamese and English name of each sentiment."""
DONE, SKIPPED = "yes", "skip"
DONE_WORDS = frozenset(
    ("yes", "y", "x", "1", "ok", "true", "done", "checked", "✓", "✔", "có", "rồi", "xong", "đã xem", "đúng")
)
SKIPPED_WORDS = frozenset(("skip", "skipped", "bỏ qua", "bỏ"))
_PART = re.compile(rf"({'|'.join(PARTS)}) ?_?(\d+)")


@dataclass(frozen=True, slots=True)
class LabelLayout:
    """Which column of a table holds what.

    Attributes
    ----------
    text : str
    checked, sentiment : str or None
        Whether a person has been through the row, and the comment's own sentiment.
    mentions : tuple of mapping
        For each mention, in order of their numbers, the column of every part that the table has.
    others : mapping
        Column of each further value, by its name.
    suggested : bool
        Whether it has the column of the model's suggestions, as `suggest-labels` writes it.
    """

    text: str
    checked: str | None
    sentiment: str | None
    mentions: tuple[Mapping[str, str], ...]
    others: Mapping[str, str]
    suggested: bool = False

    def missing(self, group: Mapping[str, str], part: str) -> str:
        """How the column of a part that this mention's group lacks would be called."""
        number = next(found[2] for column in group.values() if (found := _PART.fullmatch(_name(column))))
        return f"{part} {number}"


def header(name: str) -> str:
    """A column's heading, with what it means in Vietnamese.

    >>> header("factor 2"), header("branch")
    ('factor 2 · yếu tố', 'branch')
    """
    part = _PART.fullmatch(name)
    meaning = VIETNAMESE_PARTS[part[1]] if part else VIETNAMESE.get(name)
    return f"{name}{SIGN}{meaning}" if meaning else name


def label_layout(columns: Sequence[str], *, text: str = "text") -> LabelLayout | None:
    """The layout of a table with these columns; None where they hold no touchpoint of any mention."""
    names = {_name(column): column for column in columns}
    mentions: dict[int, dict[str, str]] = {}
    for name, column in names.items():
        if found := _PART.fullmatch(name):
            mentions.setdefault(int(found[2]), {})[found[1]] = column
    if text in columns:
        names["text"] = text
    if "text" not in names or not any("touchpoint" in group for group in mentions.values()):
        return None
    taken = {"text", "checked", "sentiment", "suggestion", *(n for n in names if _PART.fullmatch(n))}
    others = {name: column for name, column in names.items() if name not in taken}
    groups = tuple(mentions[number] for number in sorted(mentions))
    return LabelLayout(
        names["text"], names.get("checked"), names.get("sentiment"), groups, others, "suggestion" in names
    )


def _name(column: str) -> str:
    first = column.split(SIGN.strip())[0].strip()
    return first.casefold() if SIGN.strip() in column or _PART.fullmatch(first.casefold()) else first


def choice(id: str, name: str) -> str:
    """How a label stands in a list to choose from.

    >>> choice("delivery", "Giao hàng"), choice("ROOM", "ROOM")
    ('delivery · Giao hàng', 'ROOM')
    """
    return id if id == name else f"{id}{SIGN}{name}"


def chosen(cell: str, kind: str, names: Mapping[str, Sequence[str]]) -> str:
    """The id that a cell means: the id itself, one of its names, or both as in a list to choose from.

    A name may lack its accents or be a part of it between commas ("giao hàng" of "Giao hàng, lắp đặt"), where no other has it.

    Parameters
    ----------
    names
        Every id with its names.

    Raises
    ------
    LabelFault
        None is meant; the message says which is nearest.
    """
    first = cell.split(SIGN.strip())[0].strip()
    spelt = known_spelling(first, tuple(names))
    if spelt in names:
        return spelt
    said = {cell.strip().casefold(), first.casefold()}
    for id, known in names.items():
        if said & {name.casefold() for name in known}:
            return id
    spellings = _spellings(names)
    meant = spellings.get(fold(first), set())
    if len(meant) == 1:
        return next(iter(meant))
    raise LabelFault("", f"unknown {kind} {first!r}; {_nearest(first, names, spellings)}")


def _spellings(names: Mapping[str, Sequence[str]]) -> dict[str, set[str]]:
    """The ids that may be meant by each name, or part of a name between commas, without accents."""
    found: dict[str, set[str]] = {}
    for id, known in names.items():
        for name in known:
            for part in (name, *name.split(",")):
                found.setdefault(fold(part.strip()), set()).add(id)
    return found


def _nearest(said: str, names: Mapping[str, Sequence[str]], spellings: Mapping[str, set[str]]) -> str:
    """The end of an error about an unknown label: the id that it or its name resembles, or else all ids."""
    close = get_close_matches(fold(said), spellings, n=1)
    if get_close_matches(said.lower(), names, n=1) or not close:
        return nearest(said, names)
    return (
        "did you mean "
        + " or ".join(repr(choice(id, names[id][0])) for id in sorted(spellings[close[0]]))
        + "?"
    )


def names_of(taxonomy: Taxonomy) -> dict[str, dict[str, tuple[str, ...]]]:
    """Every id that a cell of each kind may hold, with its names: touchpoint, factor, sentiment, and overall."""
    named = {id: SENTIMENTS.get(id, (id, id)) for id in (*taxonomy.sentiments, *COMMENT_SENTIMENTS)}
    return {
        "touchpoint": {row.id: (row.name_vi, row.name_en) for row in taxonomy.touchpoints},
        "factor": {row.id: (row.name_vi, row.name_en) for row in taxonomy.factors},
        "sentiment": {id: named[id] for id in taxonomy.sentiments},
        "overall": {id: named[id] for id in COMMENT_SENTIMENTS},
    }


def shown(taxonomy: Taxonomy, lang: str) -> dict[str, dict[str, str]]:
    """How each label stands in a list to choose from, by kind (as `names_of`) and id; `lang` is "vi" or "en"."""
    at = 0 if lang == "vi" else 1
    return {
        kind: {id: choice(id, names[at]) for id, names in known.items()}
        for kind, known in names_of(taxonomy).items()
    }
