"""No text from elsewhere steers a terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from cx_nlp.cli import app
from cx_nlp.cli.console import print_line, print_table
from cx_nlp.text.visible import LONGEST_LINE, visible

EVIL = "\x1b]0;title\x07\x1b[2J\x9b31m\r\u202egnihton\u2066\ufeff"
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize("text", ["giao hàng chậm 😍", "e\u0301a\u0323\u0302", "", "👩\u200d👩\u200d👧"])
def test_what_people_write_is_left(text: str) -> None:
    assert visible(text) == text


def test_what_steers_is_shown() -> None:
    assert not STEERING.search(visible(EVIL))
    assert "\\x1b[2J" in visible(EVIL)
    assert "\\u202e" in visible(EVIL)


def test_piles_of_marks_and_long_lines_are_cut() -> None:
    assert len(visible("e" + "\u0301" * 5000)) < 20
    assert len(visible("a" * 10_000_000)) == LONGEST_LINE + 1


def test_lines_and_tables_are_printed_safe() -> None:
    out = io.StringIO()
    console = Console(file=out, width=400, force_terminal=True, color_system=None, markup=False)
    print_line(console, EVIL)
    print_table(console, ("column",), [(EVIL,)])
    assert not re.search("[\x07\x1b\x9b\u202e]", out.getvalue())


@pytest.mark.parametrize("content", ["{0},{0}\n1,2\n", "a,b\n", "{0}\n5\n6\n"])
def test_names_of_columns_and_files_reach_no_terminal_raw(tmp_path: Path, content: str) -> None:
    evil = "\x1b[31mtext\u202e"
    path = tmp_path / "\x1b[2Jexport\u202e.csv"
    try:
        path.write_text(content.format(evil), encoding="utf-8")
    except OSError:
        pytest.skip("this system takes no such name")
    done = CliRunner().invoke(app, ["score", str(path), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "\\x1b[2Jexport" in done.output
    assert not STEERING.search(done.output)
