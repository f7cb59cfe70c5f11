from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.errors import OutputError
from cx_nlp.io.workbook import EXCEL_TEXT, sheet_text, workbook


def written(path: Path, frame: pd.DataFrame) -> list[tuple[object, ...]]:
    with workbook(path, ["comments"]) as sheets:
        sheets["comments"].append(frame)
    return list(openpyxl.load_workbook(path)["comments"].iter_rows(values_only=True))


def test_cells_keep_their_kind(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "text": ["Giao nhanh 👍", None],
            "rating": [4.0, None],
            "needs_review": [True, False],
            "time": pd.to_datetime(["2024-02-03 10:30", None]),
        }
    )
    header, first, second = written(tmp_path / "t.xlsx", frame)
    assert header == ("text", "rating", "needs_review", "time")
    assert first == ("Giao nhanh 👍", 4, True, pd.Timestamp("2024-02-03 10:30").to_pydatetime())
    assert second == (None, None, False, None)


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x","y")', "#N/A", "#REF!"])
def test_text_is_never_a_formula_or_an_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "t.xlsx"
    written(path, pd.DataFrame({"text": [text, "after"]}))
    cells = [row[0] for row in openpyxl.load_workbook(path)["comments"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [(text, "s"), ("after", "s")]


@given(st.text(max_size=60))
def test_what_a_sheet_cannot_hold_becomes_blank_so_that_offsets_stay_true(text: str) -> None:
    clean = sheet_text(text)
    assert len(clean) == len(text)
    assert "\x0b" not in clean
    assert "\r" not in clean


def test_control_characters_and_long_texts_are_written(tmp_path: Path) -> None:
    rows = written(tmp_path / "t.xlsx", pd.DataFrame({"text": ["a\x00b\r\nc", "x" * 1_000_000]}))
    assert rows[1] == ("a b \nc",)
    assert rows[2] == ("x" * EXCEL_TEXT,)


def fill(path: Path, sheet_rows: int, frames: int) -> None:
    with workbook(path, ["comments", "mentions"], max_rows=sheet_rows) as sheets:
        for _ in range(frames):
            sheets["mentions"].append(pd.DataFrame({"a": [1]}))


def test_more_rows_than_a_sheet_holds_are_refused_with_the_way_out(tmp_path: Path) -> None:
    fill(tmp_path / "fits.xlsx", sheet_rows=3, frames=2)
    with pytest.raises(OutputError, match=r"holds 3 rows at most, and 'mentions' has more; write Parquet"):
        fill(tmp_path / "full.xlsx", sheet_rows=3, frames=3)
    assert [path.name for path in tmp_path.iterdir()] == ["fits.xlsx"]
