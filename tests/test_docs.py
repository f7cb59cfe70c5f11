"""What holds for all pages; tests/test_pages.py runs their code blocks."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.toml_lines import read_toml

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
sys.path.append(str(DOCS / "_ext"))
PAGES = sorted([*ROOT.glob("README*.md"), *DOCS.rglob("*.md")])
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})([^\n]*)\n.*?^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!--+ *skip.*")
INDENTED_COMMAND = re.compile(r"^ {4}(cx-nlp|pip|python|make|jupyter|source|\.venv/bin/\S+) ")
COUNTED = re.compile(r'<!-- skip: next "[^"]+" -->')
WANTS_A_PACKAGE = re.compile(r'<!-- skip: next if\(missing\("\w+"\), reason="[^"]+"\) -->')
RUN = {"python", "sh", "console", "toml", "json"}
SHOWN = {"text", "{toctree}", "{eval-rst}", "sql"}
# SQL is run by tests/test_sql_docs.py.
NOT_RUN = {
    "README.md": 3,
    "README.vi.md": 1,
    "docs/compare.md": 1,
    "docs/howto/distill.md": 1,
    "docs/howto/train.md": 1,
    "docs/labelling.md": 1,
    "docs/notebooks.md": 1,
    "docs/scale.md": 2,
    "docs/serve.md": 3,
    "docs/sql.md": 1,
    "docs/tutorials/bao-cao-dau-tien.md": 1,
    "docs/tutorials/first-report.md": 1,
}
"""Blocks that no test runs: they set up a machine, train for long, need a server or a cluster. Think twice before a number grows."""


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_what_it_is(page: Path) -> None:
    languages = {found[2].strip() for found in FENCE.finditer(page.read_text(encoding="utf-8"))}
    assert languages <= RUN | SHOWN, (
        "tests/test_pages.py says which kinds there are; `text` is for what is not run"
    )


def test_commands_stand_in_blocks_that_are_run() -> None:
    # The README opens with two commands, which CI and the user give before anything else.
    opening = {"    make demo", "    make test"}
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            assert not INDENTED_COMMAND.match(line) or line.partition("  #")[0].rstrip() in opening, (
                f"{page}: {line}"
            )


def test_blocks_that_are_not_run_are_few_and_known() -> None:
    marks = {name(page): page.read_text(encoding="utf-8").count('<!-- skip: next "') for page in PAGES}
    assert +Counter(marks) == Counter(NOT_RUN)
    for page in PAGES:
        for mark in MARK.findall(page.read_text(encoding="utf-8")):
            assert COUNTED.match(mark) or WANTS_A_PACKAGE.match(mark), f"{page}: {mark}"


def test_every_command_has_a_page() -> None:
    from made.commands import all_commands, page_of

    for command in all_commands():
        page = page_of(command)
        assert f"cx-nlp {command}" in page.read_text(encoding="utf-8"), page


def test_the_commands_page_names_every_option() -> None:
    from made.commands import all_commands, commands

    page = commands()
    for command in all_commands().values():
        for parameter in command.params:
            assert max(parameter.opts, key=len).split("-")[-1].lower() in page.lower()


def test_every_label_is_explained_in_both_languages() -> None:
    from made.taxonomy import VIETNAMESE, taxonomy

    shipped, page = load_taxonomy(), taxonomy()
    vietnamese = read_toml(VIETNAMESE.read_text(encoding="utf-8"))
    for kind, rows in (("touchpoint", shipped.touchpoints), ("factor", shipped.factors)):
        assert set(vietnamese[kind]) == {row.id for row in rows}
        for row in rows:
            assert f"`{row.id}`" in page
            assert row.description in page
            assert vietnamese[kind][row.id] in page
    assert all(f"`{sentiment}`" in page for sentiment in shipped.sentiments)


def test_every_page_has_a_place_in_the_tree() -> None:
    from made.tree import ENTRY, further_pages

    indexes = [path.read_text(encoding="utf-8") for path in DOCS.glob("*/index.md")]
    listed = [name for text in [*indexes, further_pages()] for name in ENTRY.findall(text)]
    assert sorted(listed) == sorted(path.stem for path in DOCS.glob("*.md") if path.stem != "index")
