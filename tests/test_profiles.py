import pandas as pd
import pytest

from cx_nlp.io.profiles import profile_column


@pytest.mark.parametrize(
    ("cells", "share"),
    [
        (["Giao nhanh", "Tốt", "Would buy again"], "prose"),
        (["4", "5", "1"], "ratings"),
        (["★★★★☆", "5 sao", "3/5"], "ratings"),
        (["24/02/2015", "2 tuần trước", "2024-01-05"], "dates"),
        (["1.250.000đ", "90k", "$12.50"], "amounts"),
        (["1700000000", "1700086400"], "times"),
        ([["a"], {"b": 1}], "nested"),
    ],
)
def test_a_column_is_known_by_its_cells(cells, share):
    profile = profile_column("x", pd.Series(cells, dtype=object))
    assert getattr(profile, share) == 1.0


def test_blank_cells_do_not_count():
    profile = profile_column("x", pd.Series(["a b", "", None, "a b", "N/A", "c"], dtype=object))
    assert (profile.rows, profile.filled, profile.distinct) == (6, 3, 2)
    assert profile.words == pytest.approx(5 / 3)
    assert profile_column("x", pd.Series(["", None], dtype=object)).prose == 0.0


@pytest.mark.parametrize(
    "cell", ["1" * 100_000 + "x", "5" + " " * 100_000 + "5 x", "hay " * 100_000, "1.1" * 50_000]
)
def test_a_long_cell_is_judged_at_once(cell):
    profile = profile_column("x", pd.Series([cell]))
    assert (profile.dates, profile.ratings, profile.amounts) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("cells", [[], [None, "", " - "]])
def test_a_column_that_says_nothing_has_no_shares(cells):
    profile = profile_column("note", pd.Series(cells, dtype="str"))
    assert (profile.rows, profile.filled, profile.distinct, profile.levels) == (len(cells), 0, 0, 0)
    assert profile.prose == profile.dates == profile.ratings == profile.length == 0
