import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cx_nlp.io.cells import cell_text, cell_texts, fold_name, read_distinct, text_series


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Nội dung", "noi dung"),
        ("noi_dung", "noi dung"),
        ("NoiDung", "noi dung"),
        ("NỘI DUNG", "noi dung"),
        ("ĐánhGiá", "danh gia"),
        ("NPSScore", "nps score"),
        ("reviewerID", "reviewer id"),
        ("Số sao (1-5)", "so sao 1 5"),
        ("n_star", "n star"),
        ("Tỷ lệ %", "ty le %"),
    ],
)
def test_names_are_compared_by_their_words(name, folded):
    assert fold_name(name) == folded


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  Hà Nội ", "Hà Nội"),
        (19614068.0, "19614068"),
        (np.int64(7), "7"),
        (4.5, "4.5"),
        (True, "true"),
        (dt.date(2024, 5, 1), "2024-05-01"),
        (pd.Timestamp("2024-05-01 10:30"), "2024-05-01T10:30:00"),
        ("N/A", None),
        ("NULL", None),
        ("Na", "Na"),
        (None, None),
        (np.nan, None),
        (pd.NaT, None),
        (pd.NA, None),
    ],
)
def test_a_cell_is_read_whatever_its_type(cell, text):
    assert cell_text(cell) == text


def test_each_distinct_text_is_read_once():
    seen = []
    assert read_distinct(["a", None, "b", "a"], lambda text: seen.append(text) or text.upper()) == [
        "A",
        None,
        "B",
        "A",
    ]
    assert seen == ["a", "b"]


def test_half_characters_do_not_stop_a_column():
    index = pd.RangeIndex(2)
    assert cell_texts(text_series(["ok \ud83d", None], index)) == ["ok ?", None]
