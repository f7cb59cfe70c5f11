"""What the tables of findings and their columns mean, in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from cx_nlp.toml_lines import read_toml

FILES = {"journey": "journey.parquet"}
"""Tables that are not CSV files: too long for a spreadsheet."""
TABLE = "_"
"""Key of what a whole table is."""


def explained(lang: str) -> pd.DataFrame:
    """One row for each table and each of its columns: table, column ("" for the table itself), meaning."""
    rows = [
        (table, "" if column == TABLE else column, meaning[lang])
        for table, columns in _meanings().items()
        for column, meaning in columns.items()
    ]
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
        "`cx-nlp analyze` and `cx-nlp causes` write every finding as a table of this name, all but the last as `findings.json` "
        "(lists of objects under the same names) and as sheets of `report.xlsx`. Shares go from 0 to 1; intervals are of 95 %; an "
        "empty cell (null) is what the data do not tell."
    )
    for table, columns in _meanings().items():
        yield from (
            "",
            f"## {FILES.get(table, f'{table}.csv')}",
            "",
            f"{columns[TABLE]['en']}.",
            "",
            "| column | meaning |",
            "|---|---|",
        )
        yield from (f"| `{name}` | {meaning['en']} |" for name, meaning in columns.items() if name != TABLE)


@cache
def _meanings() -> dict[str, dict[str, dict[str, str]]]:
    text = (files("cx_nlp.report") / "columns.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, Any]]] = read_toml(text)
    return found


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - the one thing this module does when run
