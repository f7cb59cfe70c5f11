"""Excel workbooks written row by row in constant memory, every text as plain text."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from cx_nlp.errors import OutputError
from cx_nlp.io.formulas import as_text
from cx_nlp.io.outputs import writing
from cx_nlp.io.tables import encodable, missing, text_of

EXCEL_ROWS = 1_048_576
EXCEL_TEXT = 32_767


class Sheet:
    """Rows of one sheet, its header taken from the first frame."""

    def __init__(self, path: Path, sheet: WriteOnlyWorksheet, max_rows: int) -> None:
        self._path = path
        self._sheet = sheet
        self._max_rows = max_rows
        self._rows = 0

    def append(self, frame: pd.DataFrame) -> None:
        """Writes the frame's rows.

        Raises
        ------
        OutputError
            If the sheet would grow over the rows that Excel can hold.
        """
        if max(self._rows, 1) + len(frame) > self._max_rows:
            raise OutputError(
                f"{self._path.name}: an Excel sheet holds {self._max_rows:,} rows at most, and {self._sheet.title!r}"
                " has more; write Parquet or CSV instead (--format parquet)."
            )
        if self._rows == 0:
            self._write([str(name) for name in frame.columns])
        for row in zip(*(cells(frame[name]) for name in frame.columns), strict=True):
            self._write(row)

    def _write(self, row: Sequence[object]) -> None:
        values = [self._text(value) if isinstance(value, str) else value for value in row]
        # Until the workbook is saved, openpyxl keeps its rows in the system's folder for temporary files.
        with writing(Path(tempfile.gettempdir())):
            self._sheet.append(values)
        self._rows += 1

    def _text(self, value: str) -> "str | WriteOnlyCell":
        value = sheet_text(value)
        formula = as_text(value).startswith("'") and not value.startswith("'")
        # openpyxl would make a live formula or an error value of these.
        if not formula and value not in ERROR_CODES:
            return value
        cell = WriteOnlyCell(self._sheet, value)
        cell.data_type = "s"
        # So that it stays text when somebody edits the cell.
        cell.quotePrefix = formula
        return cell


@contextmanager
def workbook(
    path: Path, names: Sequence[str], *, max_rows: int = EXCEL_ROWS
) -> Iterator[Mapping[str, Sheet]]:
    """A workbook at `path` with the named sheets, saved when the block ends well.

    Raises
    ------
    OutputError
        If the disk refuses or a sheet grows over `max_rows`.
    """
    book = Workbook(write_only=True)
    sheets = {name: book.create_sheet(name) for name in names}
    for sheet in sheets.values():
        sheet.freeze_panes = "A2"
    try:
        yield {name: Sheet(path, sheet, max_rows) for name, sheet in sheets.items()}
        with writing(path):
            book.save(path)
    except BaseException:
        for sheet in sheets.values():
            # openpyxl keeps rows in a temporary file each, which it removes at exit once it is closed.
            with suppress(Exception):
                sheet.close()
        raise


def cells(values: pd.Series) -> list[object]:
    """A column as Python values that a sheet can hold; None where missing."""
    return [_cell(value) for value in values.tolist()]


def sheet_text(text: str) -> str:
    """The text as a sheet can hold it, at most 32 767 characters; signs that XML cannot hold become blanks.

    Blanks and not nothing, so that character offsets into the text stay true; carriage returns too, because XML
    readers drop them before a line feed.
    """
    text = ILLEGAL_CHARACTERS_RE.sub(" ", text[:EXCEL_TEXT]).replace("\r", " ")
    return encodable(text)


def _cell(value: object) -> object:
    if isinstance(value, (str, bool, int)):
        return value
    if missing(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.tz_localize(None).to_pydatetime(warn=False)
    return value if isinstance(value, float) else text_of(value)
