"""What the tables of findings and their columns mean, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from cx_nlp.journey.drivers.critical import WHY_NOT
from cx_nlp.report.limits import PARTS
from cx_nlp.report.wording import ONE_MANY, catalogue
from cx_nlp.toml_lines import read_toml

TITLES = {
    "journey": "journey.parquet",
    "comments": "Sheet comments of report.xlsx",
    "findings": "findings.json",
    "metrics": "metrics in findings.json",
    "limits": "limits in findings.json, and the sheet limits of report.xlsx",
}
"""What is no CSV file of its name."""
TABLE = "_"
"""Key of what a whole table is."""


def explained(lang: str) -> pd.DataFrame:
    """One row for each table, column and code: table, column ("" for the table itself), meaning."""
    rows = [
        (table, "" if column == TABLE else column, meaning[lang])
        for table, columns in _meanings().items()
        for column, meaning in columns.items()
    ]
    rows += [("causes", f"why_not = {code}", said) for code, said in _reasons(lang)]
    table: pd.DataFrame = pd.DataFrame(rows, columns=["table", "column", "meaning"])
    return table


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table, in their order."""
    return tuple(name for name in _meanings()[table] if name != TABLE)


def markdown() -> str:
    """docs/findings.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The tables of findings"
    yield ""
    yield (
        "`cx-nlp analyze` and `cx-nlp causes` write every finding as a CSV file, in `findings.json` (a list of objects for each "
        "table, under its name) and as a sheet of `report.xlsx`, whose first sheet, `guide`, explains the columns. Shares go from 0 "
        "to 1; intervals are of 95 %; an empty cell (null) is what the data do not tell. Figures are associations: they say what "
        "goes together, not what would happen if something were changed."
    )
    for table, columns in _meanings().items():
        yield from ("", f"## {TITLES.get(table, f'{table}.csv')}", "", f"{columns[TABLE]['en']}.", "")
        yield from _rows(
            "column" if table not in TITLES else "name",
            ((name, meaning["en"]) for name, meaning in columns.items() if name != TABLE),
        )
        yield from _codes(table)


def _codes(table: str) -> Iterator[str]:
    """What stands in a column of codes, as the page says it."""
    if table == "causes":
        yield from ("", "The codes of `why_not`, of several that hold the first:", "")
        yield from _rows("code", _reasons("en"))
    if table == "limits":
        yield from (
            "",
            "The reasons, with the words that `said` makes of them; what stands in braces is in `values`:",
            "",
        )
        yield "| about | reason | said |"
        yield "|---|---|---|"
        for about in PARTS:
            prefix = f"limits.{about}_"
            reasons = [key for key in catalogue() if key.startswith(prefix)]
            yield from (f"| `{about}` | `{key.removeprefix(prefix)}` | {_english(key)} |" for key in reasons)


def _reasons(lang: str) -> Iterator[tuple[str, str]]:
    """The codes of `why_not` with their meaning."""
    return ((code, catalogue()[f"causes.why_{code}"][lang]) for code in WHY_NOT)


def _rows(head: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"| {head} | meaning |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in rows)


def _english(key: str) -> str:
    return catalogue()[key]["en"].split(ONE_MANY)[-1]


@cache
def _meanings() -> dict[str, dict[str, dict[str, str]]]:
    text = (files("cx_nlp.report") / "columns.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, Any]]] = read_toml(text)
    return found


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - the one thing this module does when run
