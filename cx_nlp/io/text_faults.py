"""Why a cell cannot be scored as a comment."""

import re

import numpy as np
import pandas as pd

from cx_nlp.io.cells import is_nested

EMPTY = "empty text"
NUMBER = "text is only a number"
BROKEN = "text has broken characters"

# Marks that show nothing: white space, zero-width and control characters, the object replacement character.
_NOTHING = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u3164\ufeff\ufffc\x00-\x1f]*")
# Blanks that machines write; "None" and "n/a" are what people answer.
_BLANK = frozenset(("NULL", "null", "NaN", "nan", "#N/A", "<NA>", "(null)"))
_NUMBER = re.compile(r"[+-]?[\d\s.,'٫٬]+%?")
_DIGIT = re.compile(r"\d")


def text_fault(value: object) -> str:
    """The reason to reject a comment's cell, empty where it holds text.

    >>> text_fault("5"), text_fault("5 sao"), text_fault(["a"])
    ('text is only a number', '', 'text is not text but list')
    """
    if isinstance(value, str):
        return _string_fault(value)
    if is_nested(value):
        return f"text is not text but {type(value).__name__}"
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return EMPTY
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return NUMBER
    return f"text is not text but {type(value).__name__}"


def _string_fault(text: str) -> str:
    if _NOTHING.fullmatch(text) or text.strip() in _BLANK:
        return EMPTY
    if _NUMBER.fullmatch(text.strip()) and _DIGIT.search(text):
        return NUMBER
    try:
        text.encode()
    except UnicodeEncodeError:
        return BROKEN
    return ""
