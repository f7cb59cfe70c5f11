"""Ratings: which scale a column is on, and its values as numbers, also from "4/5", "5 sao" and "★★★★☆"."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cx_nlp.errors import InputError
from cx_nlp.io.cells import cell_texts, fold, fold_name, read_distinct

KINDS = ("stars", "nps", "csat", "ces", "percent", "unknown")
# Words of a column name that say what its numbers mean, the surer first: "NPS score" is no star rating.
_NAMED = {
    "nps": r"e?nps|net promoter|recommend(?:ation)?|gioi thieu",
    "percent": r"%|percent(?:age)?|pct|phan tram|ty le|ti le",
    "ces": r"ces|(?:customer )?effort|ease|de dang|no luc",
    "csat": r"csat|c sat|satisf\w*|hai long",
    "stars": r"n?stars?|sao|ratings?|rate|rated|score|scores|review|danh gia|xep hang|overall|diem(?: so)?|point",
}
_SURELY_NPS = ("nps", "enps", "net promoter")
# Scales each kind is asked on, the narrowest first.
_SCALES = {
    "stars": ((1, 5),),
    "nps": ((0, 10),),
    "csat": ((1, 5), (1, 7), (0, 10), (0, 100)),
    "ces": ((1, 5), (1, 7), (0, 10)),
    "percent": ((0, 1), (0, 100)),
    "unknown": ((1, 5), (0, 10), (0, 100)),
}
# One typing slip in twenty does not change the scale; it becomes missing. What the user says stands more.
_ENOUGH, _ENOUGH_CHOSEN = 0.95, 0.5
_WORDS = dict(zip("one two three four five mot hai ba bon nam".split(), (1, 2, 3, 4, 5) * 2, strict=True))
_LEADING = re.compile(
    r"(?:rated |diem[: ]+|score[: ]+|rating[: ]+)?(\d+(?:[.,]\d+)?)\s*(?:(?:/|out of|of|tren)\s*(\d+)(?!\d))?([^\d]*)"
)
_NAMED_NUMBER = re.compile(rf"({'|'.join(_WORDS)})(?:[ _-]?(?:sao|stars?))?")
_STARS = "★⭐🌟✭✮"
_DRAWN = re.compile(rf"[{_STARS}][\ufe0f{_STARS}☆✩ ]*|☆+")


@dataclass(frozen=True)
class RatingKind:
    """What a rating column measures: kind, the ends of its scale, and a note where something was assumed."""

    kind: str
    low: float
    high: float
    note: str = ""


@dataclass(frozen=True)
class ReadRatings:
    """Ratings as floats, and how many values became missing because unreadable or off the scale."""

    numbers: pd.Series
    unreadable: int
    off_scale: int


def rating_kind(name: str, values: pd.Series, chosen: str | None = None) -> RatingKind:
    """The kind of a rating column, from its name and range together.

    Parameters
    ----------
    name
        The column's name, Vietnamese or English.
    values
        Numbers or text, as the export has them.
    chosen
        A kind given by the user, which wins over the name.

    Returns
    -------
    RatingKind
        Kind "unknown", with a note, where the name says nothing or does not fit the range: then only a mean
        can be given.

    Raises
    ------
    InputError
        `chosen` is no kind, or none of its scales holds the values.
    """
    if chosen is not None and chosen not in KINDS:
        raise InputError(f"unknown rating kind {chosen!r}; use --rating-kind with one of {', '.join(KINDS)}.")
    numbers, tops, marked = _numbers(values)
    kind = chosen or _kind_of(name, marked, numbers)
    if not len(numbers):
        return RatingKind(kind, *_SCALES[kind][0])
    scale = _scale(numbers, tops, _SCALES[kind], enough=_ENOUGH_CHOSEN if chosen else _ENOUGH)
    if scale is not None and (chosen or kind != "unknown"):
        return RatingKind(kind, *scale)
    runs = f"rating column {name!r} runs from {numbers.min():g} to {numbers.max():g}"
    if chosen:
        raise InputError(f"{runs}, which is no scale of {chosen}; {_cure()}.")
    reason = "its name does not say what it measures" if kind == "unknown" else f"that is no scale of {kind}"
    scale = scale or _scale(numbers, tops, _SCALES["unknown"]) or (float(numbers.min()), float(numbers.max()))
    return RatingKind("unknown", *scale, note=f"{runs} and {reason}, so only its mean is given; {_cure()}")


def read_ratings(values: pd.Series, kind: RatingKind) -> ReadRatings:
    """Ratings as floats; what cannot be read or lies off the kind's scale is missing and counted."""
    read = read_distinct(cell_texts(values), lambda text: _rating(text) or (np.nan, None))
    given = np.array([pair is not None for pair in read], dtype=bool)
    numbers = np.array([_on_scale(pair, kind) for pair in read], dtype=float)
    readable = ~np.isnan(numbers)
    # The ends of an unknown scale are only those seen so far.
    inside = readable & ((kind.kind == "unknown") | ((numbers >= kind.low) & (numbers <= kind.high)))
    floats = pd.Series(np.where(inside, numbers, np.nan), index=values.index, dtype=float)
    return ReadRatings(floats, int((given & ~readable).sum()), int((readable & ~inside).sum()))


def _kind_of(name: str, marked: str, numbers: np.ndarray) -> str:
    words = fold_name(name)
    for kind, pattern in _NAMED.items():
        match = re.search(rf"(?<!\w)(?:{pattern})(?!\w)", words)
        # "Would you recommend us?" from 1 to 5 is no NPS.
        if match and (kind != "nps" or match[0] in _SURELY_NPS or (len(numbers) and numbers.max() > 5)):
            return marked if marked and kind == "stars" else kind
    return marked or "unknown"


def _numbers(values: pd.Series) -> tuple[np.ndarray, list[int], str]:
    """The readable numbers, the tops written with them ("/5"), and the kind that most values' own marks show."""
    read = read_distinct(cell_texts(values), lambda text: (text, *(_rating(text) or (np.nan, None))))
    pairs = [item for item in read if item is not None and not np.isnan(item[1])]
    marks = [_mark(text) for text, _, _ in pairs]
    marked = next((kind for kind in ("stars", "percent") if marks.count(kind) * 2 > len(marks)), "")
    return np.array([pair[1] for pair in pairs], dtype=float), [pair[2] for pair in pairs if pair[2]], marked


def _mark(text: str) -> str:
    if "%" in text:
        return "percent"
    return "stars" if re.search(rf"[{_STARS}☆]|\b(?:stars?|sao)\b", text.lower()) else ""


def _rating(text: str) -> tuple[float, int | None] | None:
    """The number in one rating, and the top of its scale where that is written with it."""
    # The pattern is slow on long text, and a rating with its label is not long.
    if len(text) > 100:
        return None
    folded = fold(text)
    if match := _LEADING.fullmatch(folded):
        return float(match[1].replace(",", ".")), int(match[2]) if match[2] else None
    if _DRAWN.fullmatch(folded):
        return float(sum(folded.count(star) for star in _STARS)), None
    if match := _NAMED_NUMBER.fullmatch(folded):
        return float(_WORDS[match[1]]), None
    return None


def _on_scale(pair: tuple[float, int | None] | None, kind: RatingKind) -> float:
    if pair is None or (pair[1] is not None and pair[1] != kind.high):
        return np.nan
    return pair[0]


def _scale(
    numbers: np.ndarray, tops: list[int], scales: tuple[tuple[int, int], ...], *, enough: float = _ENOUGH
) -> tuple[float, float] | None:
    """The narrowest scale that holds the numbers and ends at the top written with most of them."""
    top = max(set(tops), key=tops.count) if len(tops) * 2 > len(numbers) else None
    for low, high in scales:
        inside = ((numbers >= low) & (numbers <= high)).mean()
        if inside >= enough and top in (None, high):
            return float(low), float(high)
    return None


def _cure() -> str:
    return f"say it with --rating-kind ({', '.join(KINDS[:-1])})"
