"""Cells of an export's column as plain strings, whatever types the file gave them."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

T = TypeVar("T")

# Spellings of "no value", case as machines and forms write it: "Na" is a Vietnamese given name, "NA" is not.
MISSING = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "–",
        ".",
        "?",
        "N/A",
        "n/a",
        "NA",
        "NaN",
        "nan",
        "NULL",
        "null",
        "Null",
        "None",
        "none",
        "NaT",
    )
) | {"#N/A", "<NA>", "(null)", "(blank)", "undefined"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MARKS = re.compile(r"[\u0300-\u036f]")


def fold(text: str) -> str:
    """Text in lower case without accents: "Đánh giá" gives "danh gia"."""
    lowered = text.lower().replace("đ", "d")
    return lowered if lowered.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", lowered))


def fold_name(name: str) -> str:
    """A column name as lower-case words: "NgàyĐánhGiá", "ngay_danh_gia" and "Ngày đánh giá" give the same.

    >>> fold_name("reviewerID"), fold_name("Số sao (1-5)")
    ('reviewer id', 'so sao 1 5')
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFD", name)).replace("Đ", "D").replace("đ", "d")
    return " ".join(re.findall(r"[^\W_]+|[%#]", _CAMEL.sub(" ", plain).lower()))


def is_nested(value: object) -> bool:
    """Whether a cell holds a list or an object instead of one value."""
    return isinstance(value, (list, tuple, set, Mapping, np.ndarray))


def written(value: Any) -> str:  # noqa: ANN401 - a cell may hold anything
    """One cell as a string, empty where it is missing; whole floats lose their ".0"."""
    if isinstance(value, str):
        return value
    if is_nested(value):
        return str(value)
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp) and not dt.MINYEAR <= value.year <= dt.MAXYEAR:
        return str(value.to_datetime64())
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def cell_text(value: Any) -> str | None:  # noqa: ANN401 - a cell may hold anything
    """One cell as a stripped string, None where it says nothing; whole floats lose their ".0"."""
    text = written(value).strip()
    return None if text in MISSING else text


def cell_texts(values: pd.Series) -> list[str | None]:
    """Every cell of a column as by `cell_text`."""
    return [cell_text(value) for value in values.tolist()]


def read_distinct(texts: Iterable[str | None], read: Callable[[str], T | None]) -> list[T | None]:
    """What `read` makes of each text, called once for each distinct one; None for None."""
    known: dict[str | None, T | None] = {None: None}
    result = []
    for text in texts:
        if text not in known and text is not None:
            known[text] = read(text)
        result.append(known[text])
    return result


def text_series(texts: Sequence[str | None], index: pd.Index) -> pd.Series:
    """Strings as a column of text, the same under pandas 2 and 3; half characters become "?"."""
    values: list[Any] = list(texts)
    try:
        "".join(text for text in texts if text).encode()
    except UnicodeEncodeError:
        values = [text and text.encode(errors="replace").decode() for text in texts]
    series: pd.Series = pd.Series(values, index=index, dtype="str")
    return series
