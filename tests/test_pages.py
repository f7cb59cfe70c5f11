"""The code blocks of README and docs, each page from top to bottom, in a folder as its reader would have it.

`python` is executed, `sh` run by bash, of `console` the output is compared, `toml` and `json` are parsed, `text` is for people.
What cannot run here carries `<!-- skip: next "why" -->`, or, where only a package is wanted,
`<!-- skip: next if(missing("polars"), reason="needs polars") -->`; tests/test_docs.py counts the former.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from reader import ROOT, blocks, furnish
from sybil import Example

PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")])


def cases() -> Iterator[object]:
    """Each block of each page."""
    for page in PAGES:
        for examples in blocks(page):
            name = f"{page.relative_to(ROOT).as_posix()}:{examples[-1].line}"
            yield pytest.param(page, examples, id=name)


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """The folder in which a page is followed, made on first use."""

    @cache
    def made(page: Path) -> Path:
        folder = tmp_path_factory.mktemp(page.stem)
        furnish(folder)
        if page.stem == "scale":
            _write_partitions(folder)
        if page.stem in ("compare", "drift"):
            shutil.copytree(ROOT / "models" / "fast", folder / "mine")
        if page.stem == "labelling":
            shutil.copy(folder / "held_out.jsonl", folder / "mended.jsonl")
        return folder

    return made


def _write_partitions(folder: Path) -> None:
    reviews = pd.read_csv(folder / "reviews.csv")
    names = {"Nội dung": "comment", "Mã đánh giá": "review_id", "Số sao": "stars"}
    (folder / "reviews").mkdir()
    for i in range(2):
        part = reviews.iloc[i::2].rename(columns=names)[[*names.values()]]
        part.to_parquet(folder / "reviews" / f"part.{i}.parquet")


@pytest.mark.parametrize(("page", "examples"), [*cases()])
def test_the_block_runs(
    page: Path,
    examples: list[Example],
    folder_of: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder_of(page))
    for example in examples:
        example.evaluate()
