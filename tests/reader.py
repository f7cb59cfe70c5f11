"""What a reader of the documents has and does: a folder with files as the pages name them, and the blocks run in it."""

from __future__ import annotations

import csv
import doctest
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser
from typer.testing import CliRunner

from cx_nlp.cli import app
from cx_nlp.toml_lines import read_toml

ROOT = Path(__file__).parents[1]
BASH = shutil.which("bash")
SHOWN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: Path) -> Iterator[list[Example]]:
    """The blocks of a page that are run, in their order, each behind the marks that may skip it."""
    document: Document = SYBIL.parse(page)
    document.namespace["missing"] = lambda package: find_spec(package) is None
    marks: list[Example] = []
    for example in document.examples():
        marks.append(example)
        if isinstance(example.parsed, str):
            yield marks
            marks = []


def shell(example: Example) -> None:
    """Runs the commands of a block: plain ones of ours in this process, which saves two seconds each, the rest by bash."""
    lines = example.parsed.splitlines()
    words = [shlex.split(line, comments=True) for line in lines] if "<<" not in example.parsed else []
    if not words or not all(not said or _is_ours(said) for said in words):
        _run(example.parsed)
        return
    for said in filter(None, words):
        done = CliRunner().invoke(app, said[1:])
        assert done.exit_code == 0, f"{said}\nended with {done.exit_code}:\n{done.output}"


def _is_ours(words: list[str]) -> bool:
    return Path(words[0]).name == "cx-nlp" and not any(set(word) & set("<>|&;$`*") for word in words)


def console(example: Example) -> None:
    """Runs each `$ command` of a block and compares what it says with the lines below it; `...` stands for anything."""
    first, *sessions = f"\n{example.parsed}".split("\n$ ")
    assert not first.strip(), "a console block begins with $ and a command"
    for session in sessions:
        command, _, expected = session.partition("\n")
        said = _run(command)
        same = doctest.OutputChecker().check_output(expected.rstrip() + "\n", said.rstrip() + "\n", SHOWN)
        assert same, f"$ {command}\nsaid:\n{said}\nexpected:\n{expected}"


def _run(command: str) -> str:
    """What a command says, by bash and with the environment's own programs first."""
    if BASH is None or sys.platform == "win32":
        pytest.skip("no bash on this machine")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [BASH, "-euo", "pipefail", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        encoding="utf-8", timeout=600, env={**os.environ, "PATH": path, "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )  # fmt: skip
    assert done.returncode == 0, f"{command}\nended with {done.returncode}:\n{done.stdout}"
    return done.stdout


SYBIL = Sybil(
    parsers=[
        SkipParser(),
        PythonCodeBlockParser(),
        CodeBlockParser("sh", shell),
        CodeBlockParser("console", console),
        CodeBlockParser("toml", lambda example: read_toml(example.parsed) and None),
        CodeBlockParser("json", lambda example: json.loads(example.parsed) and None),
    ]
)


def furnish(folder: Path) -> None:
    """Fills a folder with what the pages take as given; of the repository's data every third or fourth row, to be quick."""
    (folder / "data" / "feedback").mkdir(parents=True)
    if sys.platform != "win32":
        (folder / ".venv").symlink_to(sys.prefix)
    _write_exports(folder)
    _write_labelled(folder)
    (folder / "migration.toml").write_text('[[rename]]\nfrom = "hotline"\nto = "phone"\n', encoding="utf-8")


def _write_exports(folder: Path) -> None:
    with (ROOT / "data" / "sample_reviews.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    _write(folder / "data" / "sample_reviews.csv", head, rows[::4])
    for name in ("reviews.csv", "export.csv", "new.csv", "june.csv", "july.csv"):
        _write(folder / name, head, rows[:: len(rows) // 300])


def _write_labelled(folder: Path) -> None:
    feedback = ROOT / "data" / "feedback"
    apps = (feedback / "apps_games_education.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "data" / "feedback" / "apps_games_education.jsonl").write_text(
        "".join(apps[::3]), encoding="utf-8"
    )
    lines = (feedback / "food_ride_retail.jsonl").read_text(encoding="utf-8").splitlines()[::6]
    taught, held_out = lines[:320], lines[320:400]
    (folder / "labelled.jsonl").write_text("\n".join(taught) + "\n", encoding="utf-8")
    (folder / "held_out.jsonl").write_text("\n".join(held_out) + "\n", encoding="utf-8")
    records: list[dict[str, Any]] = [json.loads(line) for line in taught]
    _write(folder / "aspects.csv", ["text", "aspects"], [[r["text"], _aspects(r)] for r in records])
    topics = [[r["text"], r["mentions"][0]["touchpoint"]] for r in records if r["mentions"]]
    _write(folder / "topics.csv", ["text", "topic"], topics)


def _aspects(record: dict[str, Any]) -> str:
    return ";".join(f"{m['touchpoint']}#{m['factor']}#{m['sentiment']}" for m in record["mentions"])


def _write(path: Path, head: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
