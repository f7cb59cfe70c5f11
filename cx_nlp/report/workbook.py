"""`report.xlsx`: the findings for people who go on working with them in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cx_nlp.io.workbook import EXCEL_ROWS, workbook
from cx_nlp.journey.findings import Findings
from cx_nlp.report.columns import explained
from cx_nlp.report.files import TABLES, flat
from cx_nlp.report.limits import sentence
from cx_nlp.report.wording import wording

WORKBOOK = "report.xlsx"
GUIDE, LIMITS, COMMENTS = "guide", "limits", "comments"
COMMENT_COLUMNS = ("comment_id", "customer_id", "time", "rating", "channel", "segment", "value")
MENTION_COLUMNS = ("touchpoint", "factor", "quote", "confidence")


def write_workbook(findings: Findings, path: Path, *, lang: str) -> None:
    """Writes a workbook with a sheet for each table, one that explains all columns, and the comments behind the causes.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    words = wording(lang, findings.taxonomy)
    limits = pd.DataFrame(
        [(limit.about, limit.reason, sentence(limit, words)) for limit in findings.limits],
        columns=["about", "reason", "said"],
    )
    sheets = {GUIDE: explained(lang), **{name: flat(getattr(findings, name)) for name in TABLES}}
    sheets |= {LIMITS: limits, COMMENTS: complaints(findings)}
    with workbook(path, tuple(sheets)) as written:
        for name, frame in sheets.items():
            written[name].append(frame.head(EXCEL_ROWS - 1))


def complaints(findings: Findings) -> pd.DataFrame:
    """The complaints behind the listed causes, one row a mention, with the comment's text."""
    scored = findings.scored
    listed = findings.causes.loc[findings.causes["listed"].astype(bool), "touchpoint"].astype(str)
    touchpoint = scored.mentions["touchpoint"].astype(str)
    here = ((scored.mentions["sentiment"] == "negative") & touchpoint.isin({*listed})).to_numpy()
    rows = scored.comment_rows[here]
    comments = scored.comments[[name for name in COMMENT_COLUMNS if name in scored.comments]].iloc[rows]
    mentions = scored.mentions.loc[here, [name for name in MENTION_COLUMNS if name in scored.mentions]]
    table: pd.DataFrame = pd.concat(
        [comments.reset_index(drop=True), mentions.reset_index(drop=True)], axis=1
    )
    texts = scored.texts({*table["comment_id"]})
    order = {name: place for place, name in enumerate(listed)}
    table["text"] = [texts.get(id) for id in table["comment_id"]]
    table["_place"] = table["touchpoint"].astype(str).map(order)
    ordered: pd.DataFrame = table.sort_values("_place", kind="stable").drop(columns="_place")
    ordered = ordered.reset_index(drop=True)
    return ordered
