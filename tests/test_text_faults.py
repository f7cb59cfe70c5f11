import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io.text_faults import text_fault


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("Tốt", ""),
        ("👍", ""),
        ("5 sao", ""),
        ("10/10", ""),
        ("None", ""),
        ("n/a", ""),
        ("", "empty text"),
        (" \n\t\u200b\ufeff", "empty text"),
        ("NULL", "empty text"),
        (None, "empty text"),
        (np.nan, "empty text"),
        (pd.NaT, "empty text"),
        ("5", "text is only a number"),
        ("-1.250,5", "text is only a number"),
        ("85 %", "text is only a number"),
        ("0912 345 678", "text is only a number"),
        (7, "text is only a number"),
        (np.float64(4.5), "text is only a number"),
        (["a"], "text is not text but list"),
        ({"vi": "a"}, "text is not text but dict"),
        (True, "text is not text but bool"),
        (dt.datetime(2024, 1, 5), "text is not text but datetime"),
        ("half \ud83d", "text has broken characters"),
    ],
)
def test_only_text_is_scored(cell, reason):
    assert text_fault(cell) == reason


@given(st.text())
def test_any_letter_makes_it_a_comment(text):
    assert text_fault(f"{text} ngon") == ""


@pytest.mark.parametrize(
    ("text", "reason"), [("1" * 100_000, "text is only a number"), ("1" * 100_000 + "x", "")]
)
def test_a_long_text_is_judged_at_once(text, reason):
    assert text_fault(text) == reason
