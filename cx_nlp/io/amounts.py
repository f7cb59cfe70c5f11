"""Amounts of money as people write them: "1.250.000đ", "1,250,000", "250k", "1,5 triệu", "$12.50"."""

import re
from collections import Counter

import numpy as np
import pandas as pd

from cx_nlp.io.cells import cell_texts, fold, read_distinct

_TIMES = {
    **dict.fromkeys(("k", "nghin", "ngan"), 1e3),
    **dict.fromkeys(("m", "mil", "mn", "tr", "trieu", "million"), 1e6),
    **dict.fromkeys(("b", "bn", "ty", "ti", "billion"), 1e9),
}
_CURRENCIES = frozenset(
    "d vnd dong $ usd us$ dollar dollars € eur euro £ gbp ¥ jpy ฿ thb rp idr rm myr s$ sgd php ₱ aud cad inr ₹ krw ₩ cny".split()
) | {"₫"}
# These patterns are slow on long text, and no amount is long.
_LONGEST = 40
_AMOUNT = re.compile(
    r"(?P<before>[^\d.,+-]*)(?P<sign>[+-]?)\s*(?P<digits>\d[\d.,\s']*|[.,]\d+)(?P<after>[^\d]*)"
)
_SPLIT = re.compile(r"(\d+)\s*(k|tr|trieu|ty)\s*(\d{1,3})")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?e[+-]?\d+")


def find_decimal(values: pd.Series) -> str:
    """The decimal sign of a column of amounts: "." or ",", or "" where "250.000" can only be read as thousands.

    Amounts such as "99.50" or "1.250,00" decide for all; "250.000" and "1,250" alone decide nothing.
    """
    votes = Counter(_decimal_shown(text) for text in cell_texts(values) if text is not None)
    del votes[""]
    return votes.most_common(1)[0][0] if votes else ""


def read_amounts(values: pd.Series, *, decimal: str = "") -> pd.Series:
    """Amounts as floats, missing where a cell holds none.

    Parameters
    ----------
    values
        Numbers or text.
    decimal
        The sign that `find_decimal` found in the whole column.

    >>> read_amounts(pd.Series(["1.250.000đ", "250k", "1,5 triệu"])).tolist()
    [1250000.0, 250000.0, 1500000.0]
    """
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        floats = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    else:
        read = read_distinct(cell_texts(values), lambda text: _amount(text, decimal))
        floats = np.array([np.nan if number is None else number for number in read], dtype=float)
    return pd.Series(np.where(np.isfinite(floats), floats, np.nan), index=values.index)


def _amount(text: str, decimal: str) -> float | None:
    if len(text) > _LONGEST:
        return None
    folded = fold(text)
    if _SCIENTIFIC.fullmatch(folded):
        return float(folded)
    if folded.startswith("(") and folded.endswith(")"):
        folded = f"-{folded[1:-1]}"
    if split := _SPLIT.fullmatch(folded):
        return float(f"{split[1]}.{split[3]}") * _TIMES[split[2]]
    match = _AMOUNT.fullmatch(folded)
    if match is None:
        return None
    times = _unit(match["before"], match["after"])
    number = _number(re.sub(r"[\s']", "", match["digits"]).rstrip(".,"), decimal)
    if times is None or number is None:
        return None
    return -number * times if match["sign"] == "-" else number * times


def _unit(before: str, after: str) -> float | None:
    """What the words around the digits multiply by; None where they are not about money."""
    times = 1.0
    for word in re.sub(r"[()/:]", " ", f"{before} {after}").split():
        if word in _TIMES:
            times *= _TIMES[word]
        elif word.strip(".,") not in _CURRENCIES:
            return None
    return times


def _number(digits: str, decimal: str) -> float | None:
    mark = _decimal_in(digits) or (decimal if digits.count(decimal) == 1 else "")
    if mark:
        head, _, tail = digits.rpartition(mark)
        whole = _grouped(head) if head else "0"
        return float(f"{whole}.{tail}") if whole is not None and tail.isdecimal() else None
    whole = _grouped(digits)
    return float(whole) if whole is not None else None


def _grouped(digits: str) -> str | None:
    """Digits without their thousands signs; None where the groups are not of three."""
    head, *groups = re.split(r"[.,]", digits)
    if groups and (not 1 <= len(head) <= 3 or any(len(group) != 3 for group in groups)):
        return None
    return head + "".join(groups)


def _decimal_shown(text: str) -> str:
    match = _AMOUNT.fullmatch(fold(text)) if len(text) <= _LONGEST else None
    return _decimal_in(re.sub(r"[\s']", "", match["digits"]).rstrip(".,")) if match else ""


def _decimal_in(digits: str) -> str:
    """The decimal sign where the digits alone show it."""
    marks = [character for character in digits if character in ".,"]
    if not marks or (len(marks) > 1 and len(set(marks)) == 1):
        return ""
    if len(set(marks)) == 2:
        return marks[-1] if marks.count(marks[-1]) == 1 else ""
    head, _, tail = digits.partition(marks[0])
    thousands = len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0")
    return "" if thousands else marks[0]
