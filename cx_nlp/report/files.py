"""Every finding as tables for spreadsheets and as one JSON document for machines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

import cx_nlp
from cx_nlp.io.outputs import writing
from cx_nlp.io.scored import TIME
from cx_nlp.io.tables import csv_table, missing, parquet_table, text_of
from cx_nlp.journey.findings import Findings
from cx_nlp.journey.limits import Limit
from cx_nlp.report.limits import sentence
from cx_nlp.report.wording import wording

TABLES = (
    "causes", "scorecard", "links", "cohorts", "witness", "drivers", "importance", "contrast", "forgiveness", "channels", "trends",
    "alarms", "changes",
)  # fmt: skip
"""Names of the tables of findings, which are those of their CSV files."""
JSON_FILE = "findings.json"
EVENTS_FILE = "journey.parquet"
_EVENT_TYPES = {"time": TIME, "place": pa.int64()}


def write_tables(findings: Findings, folder: Path) -> tuple[str, ...]:
    """Writes each table as NAME.csv, all of them as findings.json, and the customers' ways; gives the files' names.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    for name in TABLES:
        with csv_table(folder / f"{name}.csv") as table:
            table.append(flat(getattr(findings, name)))
    with parquet_table(folder / EVENTS_FILE, types=_EVENT_TYPES) as events:
        events.append(findings.events)
    with writing(folder / JSON_FILE):
        text = json.dumps(record(findings), ensure_ascii=False, indent=1, allow_nan=False)
        (folder / JSON_FILE).write_text(text + "\n", encoding="utf-8", errors="replace")
    return (*(f"{name}.csv" for name in TABLES), EVENTS_FILE, JSON_FILE)


def flat(table: pd.DataFrame) -> pd.DataFrame:
    """The table with lists as text, parted by "; "."""
    lists = [name for name in table if any(isinstance(value, (list, tuple)) for value in table[name])]
    joined: pd.DataFrame = table.assign(
        **{str(name): ["; ".join(map(str, value)) for value in table[name]] for name in lists}
    )
    return joined


def record(findings: Findings) -> dict[str, Any]:
    """All findings as one object of plain values; what is unknown is null."""
    manifest = findings.scored.manifest or {}
    words = wording("en", findings.taxonomy)
    return {
        "made_by": "cx_nlp",
        "version": cx_nlp.__version__,
        "input": manifest.get("input"),
        "model": {name: (manifest.get("model") or {}).get(name) for name in ("id", "digest")},
        "comments": len(findings.scored.comments),
        "mentions": len(findings.scored.mentions),
        "metrics": _plain(findings.metrics),
        **{name: [*records(getattr(findings, name))] for name in TABLES},
        "limits": [_limit(limit, sentence(limit, words)) for limit in findings.limits],
    }


def _limit(limit: Limit, said: str) -> dict[str, Any]:
    return {"about": limit.about, "reason": limit.reason, "values": _plain(limit.values), "said": said}


def records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The rows of a table as objects of plain values; what is unknown is null."""
    names = [str(name) for name in table.columns]
    columns = [table[name].tolist() for name in table.columns]
    return (
        dict(zip(names, map(_plain, row), strict=True)) for row in zip(*columns, strict=True) if len(names)
    )


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, (str, bool, int, float)) and not missing(value):
        return value
    return None if missing(value) else text_of(value)
