"""Excel workbooks (XLSX, XLSM), read row by row.

Cells keep their types; error cells such as #N/A are empty. The texts of a workbook stand in one list that openpyxl
holds in memory, so memory grows with the texts, not with the rows.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from cx_nlp.errors import InputError
from cx_nlp.io.export import CONTENT_CHARS, Chunk, Export, Rejected, Row, in_chunks
from cx_nlp.io.header import check_header, check_width, column_names, is_blank
from cx_nlp.io.packed import PackedError
from cx_nlp.io.sheet_parts import check_workbook

HEAD_ROWS = 200
TITLE_ROWS = 50
_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class _Table:
    """Where the table of a sheet stands: row of the header, its cells, rows below it."""

    sheet: str
    header_row: int
    header: Cells
    rows: tuple[Cells, ...]
    last_row: int


def open_workbook(path: Path, sheet: str | int | None = None) -> Export:
    """Export of one sheet: the one asked for, else the first that is shown and holds a table.

    Raises
    ------
    InputError
        The workbook is damaged, has no such sheet or no table, or its table has no rows.
    """
    with _damage(path, "the workbook"):
        check_workbook(path)
    with _workbook(path) as book:
        names = [each.title for each in book.worksheets]
        table = (
            _table(path, book[_asked(path, names, sheet)]) if sheet is not None else _first_table(path, book)
        )
    if table is None or not table.rows:
        raise InputError(_no_table(path, names, table))
    check_width(len(table.header), path)
    columns, renamed = column_names(table.header)
    odd = check_header(table.header, table.rows, path=path, place=f"row {table.header_row}")
    return Export(
        path=path,
        format="xlsx",
        columns=columns,
        encoding=None,
        delimiter=None,
        sheet=table.sheet,
        notes=(*_notes(table, names, asked=sheet is not None), *odd, *renamed),
        last_line=table.last_row,
        _read=partial(_chunks, path, table, columns),
    )


def _chunks(path: Path, table: _Table, columns: tuple[str, ...], size: int) -> Iterator[Chunk]:
    return in_chunks(_rows(path, table), columns=columns, size=size, typed=True)


def _rows(path: Path, table: _Table) -> Iterator[Row | Rejected]:
    width = len(table.header)
    with _workbook(path) as book:
        for number, cells in _cells(path, book[table.sheet]):
            if number <= table.header_row or not cells:
                continue
            if len(cells) > width:
                reason = f"{len(cells)} cells where the header has {width}"
                yield Rejected(
                    number, reason, "\t".join("" if c is None else str(c) for c in cells)[:CONTENT_CHARS]
                )
            else:
                yield number, cells + (None,) * (width - len(cells))


def _cells(path: Path, sheet: Any) -> Iterator[tuple[int, Cells]]:  # noqa: ANN401
    """Row numbers and cells without the empty ones at the end."""
    # Some programs write a wrong size of the sheet, and openpyxl would believe it.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(values_only=True)
    number = 0
    while True:
        number += 1
        with _damage(path, f"row {number} of sheet {sheet.title!r}"):
            row = next(rows, None)
        if row is None:
            return
        yield number, _trimmed(row)


def _trimmed(row: Sequence[Any]) -> Cells:
    from openpyxl.utils.escape import unescape

    cells = [unescape(cell) if isinstance(cell, str) and "_x" in cell else cell for cell in row]
    cells = [None if isinstance(cell, str) and cell in _ERRORS else cell for cell in cells]
    while cells and is_blank(cells[-1]):
        cells.pop()
    return tuple(cells)


def _table(path: Path, sheet: Any) -> _Table | None:  # noqa: ANN401
    last_row = sheet.max_row or 0
    head = [(number, cells) for number, cells in islice(_cells(path, sheet), HEAD_ROWS) if cells]
    widest = max((_filled(cells) for _, cells in head[:TITLE_ROWS]), default=0)
    for place, (number, cells) in enumerate(head[:TITLE_ROWS]):
        # Titles and merged group names above the table fill fewer cells than its header.
        if _filled(cells) >= 0.6 * widest:
            below = [row for _, row in head[place + 1 :]]
            width = max(map(len, (cells, *below)))
            header, *rows = (row + (None,) * (width - len(row)) for row in (cells, *below))
            return _Table(sheet.title, number, header, tuple(rows), last_row)
    return None


def _first_table(path: Path, book: Any) -> _Table | None:  # noqa: ANN401
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    tables = [table for table in (_table(path, sheet) for sheet in shown) if table is not None]
    full = [table for table in tables if table.rows]
    wide = [table for table in full if _filled(table.header) > 1]
    return next(iter(wide or full or tables), None)


def _filled(cells: Cells) -> int:
    return sum(not is_blank(cell) for cell in cells)


def _asked(path: Path, names: list[str], sheet: str | int) -> str:
    if isinstance(sheet, str) and sheet in names:
        return sheet
    if str(sheet).isdecimal() and 1 <= int(sheet) <= len(names):
        return names[int(sheet) - 1]
    raise InputError(
        f"{path}: has no sheet {sheet!r}; expected one of {', '.join(map(repr, names))}, "
        f"or a number from 1 to {len(names)}, for --sheet."
    )


def _notes(table: _Table, names: list[str], *, asked: bool) -> Iterator[str]:
    if len(names) > 1 and not asked:
        others = ", ".join(repr(name) for name in names if name != table.sheet)
        yield f"sheet {table.sheet!r}, the first with a table (others: {others})"
    if table.header_row > 1:
        yield f"column names are taken from row {table.header_row}; what stands above is left out"


def _no_table(path: Path, names: list[str], table: _Table | None) -> str:
    if table is None:
        return f"{path}: is empty (sheets: {', '.join(map(repr, names))}); expected a row of column names and rows."
    return (
        f"{path}: sheet {table.sheet!r} has column names (row {table.header_row}) but no rows below them; "
        "name another sheet with --sheet or export it again."
    )


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    import openpyxl

    # Opened here, because openpyxl would judge the file by its name.
    with path.open("rb") as stream:
        with _damage(path, "the workbook"), warnings.catch_warnings():
            # About styles and validations, which do not matter here.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _damage(path: Path, place: str) -> Iterator[None]:
    try:
        yield
    except PackedError as error:
        raise InputError(
            f"{path}: {error}; open it in Excel or LibreOffice and save it as CSV, if you trust where it comes from."
        ) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); check the file.") from error
    except Exception as error:
        # A damaged file may raise nearly anything from the zip, XML and openpyxl layers.
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"{path}: {place} is damaged ({why}); open the file in Excel or LibreOffice and save it again as XLSX, "
            "or export it as CSV."
        ) from error
