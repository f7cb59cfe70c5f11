"""A comparison in a file: a workbook, a page of Markdown, or a folder of CSV tables."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from cx_nlp.comparison.lines import (
    compare_words,
    example_rows,
    figure_lines,
    figure_rows,
    opening_lines,
    share_lines,
    trend_lines,
)
from cx_nlp.comparison.result import Comparison
from cx_nlp.errors import OutputError
from cx_nlp.io.outputs import make_parents, writing
from cx_nlp.io.tables import csv_table
from cx_nlp.io.workbook import workbook
from cx_nlp.text.visible import visible

SUFFIXES = (".xlsx", ".md")
EXAMPLES = 30
"""Comments that a page of Markdown shows; workbook and CSV hold all that were kept."""


def check_goal(out: Path, *, overwrite: bool = False) -> None:
    """Refuses, with OutputError, what `write_comparison` would not write."""
    if out.suffix.lower() not in (*SUFFIXES, ""):
        raise OutputError(
            f"{out}: a comparison is written as .xlsx, .md, or as a folder of CSV tables; choose such a name."
        )
    if out.exists() and (out.is_dir() or not overwrite):
        cure = (
            "choose another name"
            if out.is_dir()
            else "give --overwrite to replace it, or choose another name"
        )
        raise OutputError(f"{out}: exists; {cure}.")


def write_comparison(
    found: Comparison, out: Path, *, lang: str = "en", overwrite: bool = False
) -> list[Path]:
    """Writes a comparison: FILE.xlsx with a sheet a table, FILE.md as a page, or a folder of CSV tables; gives the files.

    Raises
    ------
    OutputError
        The name has another suffix, something stands there, or the disk refuses.
    """
    check_goal(out, overwrite=overwrite)
    with writing(out):
        make_parents(out.parent)
    if out.suffix.lower() == ".md":
        with writing(out):
            out.write_text("\n".join(markdown(found, lang)) + "\n", encoding="utf-8")
        return [out]
    tables = found.tables()
    if out.suffix.lower() == ".xlsx":
        with workbook(out, tuple(tables)) as sheets:
            for name, table in tables.items():
                sheets[name].append(table)
        return [out]
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".cx_nlp-partial-") as work:
        folder = Path(work) / "tables"
        folder.mkdir()
        for name, table in tables.items():
            with csv_table(folder / f"{name}.csv") as csv:
                csv.append(table)
        with writing(out):
            shutil.move(folder, out)
    return [out / f"{name}.csv" for name in tables]


def markdown(found: Comparison, lang: str) -> Iterator[str]:
    """The lines of the page."""
    words = compare_words(lang, found)
    first, *rest = opening_lines(found, words)
    yield f"# {_plain(first)}"
    yield ""
    yield from (f"- {_plain(line)}" for line in rest)
    title, table, more = share_lines(found, words)
    verdict, *lines = trend_lines(found, words)
    yield from (
        "",
        f"## {_plain(verdict)}",
        "",
        *(_plain(line) if line.startswith("- ") else f"**{_plain(line)}**  " for line in lines),
    )
    yield from ("", f"## {_plain(title)}", "")
    if table:
        yield from _rows(*table)
    if more:
        yield from ("", more)
    if (figures := figure_rows(found, words)) is not None:
        said = [_plain(line) for line in figure_lines(found, words)]
        yield from ("", f"## {words.text('compare.main.figures')}", "", *_rows(*figures), "", *said)
    if len(found.examples):
        yield from (
            "",
            f"## {words.text('compare.main.examples')}",
            "",
            *_rows(*example_rows(found, words, most=EXAMPLES)),
        )


def _rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(_plain(cell).replace('|', chr(92) + '|') for cell in row)} |"


def _plain(text: str) -> str:
    """One line that no reader of Markdown takes for markup or HTML."""
    line = " ".join(visible(text).split())
    return (
        line.replace("\\", "\\\\")
        .replace("<", "&lt;")
        .replace("[", "\\[")
        .replace("`", "\\`")
        .replace("*", "\\*")
    )
