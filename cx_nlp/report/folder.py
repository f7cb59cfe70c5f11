"""The whole report: page, workbook, and every table of findings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cx_nlp.journey.findings import Findings
from cx_nlp.report.files import write_tables
from cx_nlp.report.page import PAGE, guess_lang, write_page
from cx_nlp.report.personal import Personal, personal_in
from cx_nlp.report.workbook import WORKBOOK, write_workbook


def write_report(
    findings: Findings, folder: Path, *, lang: str | None = None, personal: Personal | None = None
) -> tuple[str, ...]:
    """Writes report.html, report.xlsx, a CSV of each table and findings.json; gives the files' names.

    Parameters
    ----------
    lang
        "vi" or "en"; by default the language most comments are in.
    personal
        What of the comments is masked; by default it is looked for.

    Raises
    ------
    OutputError
        If the disk refuses.
    """
    lang = lang or guess_lang(findings.scored)
    findings = replace(findings, scored=(personal or personal_in(findings.scored)).shown(lang))
    write_page(findings, folder / PAGE, lang=lang)
    write_workbook(findings, folder / WORKBOOK, lang=lang)
    return (PAGE, WORKBOOK, *write_tables(findings, folder))
