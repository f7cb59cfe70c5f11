"""The table in which people label: an Excel workbook with lists to choose from, or the same columns as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cx_nlp.io.formulas import as_text
from cx_nlp.io.label_explanations import SENTIMENTS as FELT
from cx_nlp.io.label_explanations import VIETNAMESE
from cx_nlp.io.label_layout import (
    DONE,
    EXPLAINED,
    PARTS,
    SENTIMENTS,
    SHEET,
    SKIPPED,
    header,
    shown,
)
from cx_nlp.io.outputs import writing
from cx_nlp.io.suggested import Suggestion
from cx_nlp.io.tables import csv_table
from cx_nlp.io.workbook import sheet_text
from cx_nlp.schema import COMMENT_SENTIMENTS
from cx_nlp.taxonomy import Factor, Taxonomy, Touchpoint, load_taxonomy

FEWEST, MOST = 3, 6
"""Groups of columns for mentions: one more than the most that the model suggests, but within these."""
_WIDTHS = {
    "comment_id": 14, "text": 60, "checked": 11, "sentiment": 20, "touchpoint": 26, "factor": 28, "quote": 30, "picked_for": 13,
    "language": 9, "source": 14, "suggestion": 50,
}  # fmt: skip
_HEAD = PatternFill("solid", fgColor="FFDDE6F0")
_UNCHECKED = Font(italic=True, color="FF7A7A7A")
_HOW = (
    (
        "Mỗi dòng là một bình luận. Chữ nghiêng màu xám là gợi ý của máy, có thể sai: hãy sửa cho đúng, rồi chọn “yes” ở cột “đã xem”.",
        "Each row is one comment. What is grey and italic is the model's suggestion and may be wrong: mend it, then choose yes under checked.",
    ),
    (
        "Mỗi ý khách nói là một nhóm cột: điểm chạm, yếu tố, cảm xúc, và đúng những chữ trong bình luận nói lên điều đó (có thể để trống).",
        "Each thing that is judged takes one group of columns: touchpoint, factor, sentiment, and the words of the comment that say so (may stay empty).",
    ),
    (
        "Không có ý nào để gắn nhãn: xóa hết gợi ý và vẫn chọn “yes”. Không chắc, không muốn dùng bình luận này: chọn “skip”.",
        "Nothing is judged: delete the suggestions and still choose yes. Unsure, or not to be used: choose skip.",
    ),
    (
        "Dòng chưa chọn gì ở cột “đã xem” thì chưa được tính. Đừng sửa cột bình luận.",
        "Rows with nothing under checked do not count yet. Do not change the text.",
    ),
)


@dataclass(frozen=True, slots=True)
class _Lists:
    """The cells of the second sheet in which each list of labels stands."""

    touchpoint: str
    factor: str
    sentiment: str
    overall: str


def write_label_workbook(
    path: Path, suggestions: Sequence[Suggestion], taxonomy: Taxonomy, *, lang: str
) -> None:
    """Writes the comments as a workbook to be filled in.

    Parameters
    ----------
    lang
        "vi" or "en", the language of the names in the lists.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    rows = label_table(suggestions, taxonomy, lang=lang)
    book = Workbook()
    sheet = book.active
    sheet.title = SHEET
    lists = _explain(book.create_sheet(EXPLAINED), taxonomy, lang)
    _write(sheet, [header(name) for name in rows.columns], bold=True)
    for row in rows.itertuples(index=False, name=None):
        _write(sheet, row)
    _lay_out(sheet, list(rows.columns), len(rows))
    _offer(sheet, list(rows.columns), len(rows), lists)
    with writing(path):
        book.save(path)


def write_label_csv(path: Path, suggestions: Sequence[Suggestion], taxonomy: Taxonomy, *, lang: str) -> None:
    """Writes the comments as CSV with the columns of the workbook.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    rows = label_table(suggestions, taxonomy, lang=lang)
    with csv_table(path) as table:
        table.append(rows.rename(columns=header))


def label_table(suggestions: Sequence[Suggestion], taxonomy: Taxonomy, *, lang: str) -> pd.DataFrame:
    """One row a comment with the columns of `label_layout`, filled with what the model suggests; all cells text or None."""
    named = shown(taxonomy, lang)
    most = max((len(one.mentions) for one in suggestions), default=0)
    groups = max(min(most + 1, MOST), FEWEST)
    rows = [_row(one, groups, named) for one in suggestions]
    names = [*rows[0]] if rows else []
    if rows and all(one.source is None for one in suggestions):
        names.remove("source")
    table: pd.DataFrame = pd.DataFrame(rows, columns=names, dtype=object)
    return table


def _row(one: Suggestion, groups: int, named: Mapping[str, Mapping[str, str]]) -> dict[str, str | None]:
    row: dict[str, str | None] = {"comment_id": one.comment_id, "text": one.text, "checked": None}
    row["sentiment"] = named["overall"].get(one.sentiment, one.sentiment)
    for n in range(groups):
        mention = one.mentions[n] if n < len(one.mentions) else None
        for part in PARTS:
            said = getattr(mention, part) if mention else None
            row[f"{part} {n + 1}"] = named.get(part, {}).get(said, said) if said is not None else None
    told = {"picked_for": one.picked_for, "language": one.language, "source": one.source}
    return row | told | {"suggestion": one.in_words()}


def _write(sheet: Worksheet, values: Sequence[object], *, bold: bool = False) -> None:
    """Appends a row, every text as plain text."""
    sheet.append([])
    row = sheet._current_row
    for column, value in enumerate(values, start=1):
        if value is None:
            continue
        text = sheet_text(str(value))
        cell: Cell = sheet.cell(row, column)
        cell.value = text
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if as_text(text) != text or text in ERROR_CODES:
            cell.data_type = "s"
            cell.quotePrefix = True
        if bold:
            cell.font, cell.fill = Font(bold=True), _HEAD


def _explain(sheet: Worksheet, taxonomy: Taxonomy, lang: str) -> _Lists:
    """Writes how to label and what each label means; gives where each list stands."""
    for vietnamese, english in _HOW:
        _write(sheet, [vietnamese])
        _write(sheet, [english])
    named = shown(taxonomy, lang)
    ranges = {}
    for kind, rows in _explained(taxonomy).items():
        _write(sheet, [])
        _write(sheet, [kind, "id", "tiếng Việt", "English", "gồm những gì", "what belongs here"], bold=True)
        first = sheet._current_row + 1
        for id, *told in rows:
            _write(sheet, [named[kind][id], id, *told])
        ranges[kind] = f"{EXPLAINED}!$A${first}:$A${sheet._current_row}"
    for letter, width in zip("ABCDEF", (38, 20, 30, 30, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows(max_row=2 * len(_HOW), max_col=1):
        row[0].alignment = Alignment(wrap_text=False)
    return _Lists(**ranges)


def _explained(taxonomy: Taxonomy) -> dict[str, list[tuple[str, ...]]]:
    """Id, names and explanations of every label, Vietnamese first, by kind."""
    felt = {"sentiment": taxonomy.sentiments, "overall": COMMENT_SENTIMENTS}
    return {
        "touchpoint": [_meaning(row) for row in taxonomy.touchpoints],
        "factor": [_meaning(row) for row in taxonomy.factors],
    } | {
        kind: [(id, *SENTIMENTS.get(id, (id, id)), *FELT.get(id, ("", ""))) for id in ids]
        for kind, ids in felt.items()
    }


def _meaning(row: Touchpoint | Factor) -> tuple[str, ...]:
    # A label of the user's own may have a shipped one's id and mean another thing.
    ours = load_taxonomy()
    shipped: list[Touchpoint | Factor] = [*ours.touchpoints, *ours.factors]
    same = any(row.id == one.id and row.description == one.description for one in shipped)
    return row.id, row.name_vi, row.name_en, VIETNAMESE.get(row.id, "") if same else "", row.description


def _lay_out(sheet: Worksheet, names: Sequence[str], rows: int) -> None:
    for at, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS[name.split()[0]]
    # Ids, text and whether it was seen stay in view while the mentions scroll.
    sheet.freeze_panes = f"{get_column_letter(names.index('checked') + 2)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{rows + 1}"
    checked = f"${get_column_letter(names.index('checked') + 1)}2"
    first, last = names.index("sentiment") + 1, names.index("picked_for")
    filled = f"{get_column_letter(first)}2:{get_column_letter(last)}{max(rows, 1) + 1}"
    sheet.conditional_formatting.add(filled, FormulaRule(formula=[f'{checked}=""'], font=_UNCHECKED))


def _offer(sheet: Worksheet, names: Sequence[str], rows: int, lists: _Lists) -> None:
    """Puts a list to choose from on every column that has one."""
    for at, source in _listed(names, lists):
        rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = "cx_nlp", "Hãy chọn một mục trong danh sách. / Choose one of the list."
        letter = get_column_letter(at)
        rule.add(f"{letter}2:{letter}{max(rows, 1) + 1}")
        sheet.add_data_validation(rule)


def _listed(names: Sequence[str], lists: _Lists) -> Iterator[tuple[int, str]]:
    for at, name in enumerate(names, start=1):
        part = name.split()[0]
        if name == "checked":
            yield at, f'"{DONE},{SKIPPED}"'
        elif name == "sentiment":
            yield at, lists.overall
        elif name != part and part != "quote":
            yield at, getattr(lists, part)
