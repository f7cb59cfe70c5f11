"""A check of a fix as files: JSON for machines, CSV for spreadsheets."""

from __future__ import annotations

import json
from pathlib import Path

from cx_nlp.io.outputs import writing
from cx_nlp.io.tables import csv_table
from cx_nlp.journey.fixes.checked import Checked
from cx_nlp.journey.fixes.record import neighbours_table, record, weeks_table

JSON_FILE = "check.json"


def write_check(checked: Checked, folder: Path) -> tuple[str, ...]:
    """Writes check.json, weeks.csv and neighbours.csv into a folder; gives the files' names.

    Raises
    ------
    OutputError
        The disk refuses.
    """
    tables = {"weeks.csv": weeks_table(checked.check), "neighbours.csv": neighbours_table(checked.check)}
    for name, frame in tables.items():
        with csv_table(folder / name) as table:
            table.append(frame)
    with writing(folder / JSON_FILE):
        text = json.dumps(
            {"made_by": "cx_nlp", **record(checked)}, ensure_ascii=False, indent=1, allow_nan=False
        )
        (folder / JSON_FILE).write_text(text + "\n", encoding="utf-8", errors="replace")
    return (*tables, JSON_FILE)
