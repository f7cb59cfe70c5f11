"""The readers at inputs that nobody means to write; `benchmarks/fuzz.py` runs the same for hours, led by coverage."""

from __future__ import annotations

import importlib
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cx_nlp.cli import app

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
# Runs of each target; one whole analysis of a table takes a second.
EXAMPLES = {
    "normalise": 300,
    "segment": 150,
    "taxonomy": 100,
    "plan": 100,
    "graph": 100,
    "scored": 12,
    "bundle": 40,
}


@pytest.fixture(scope="module")
def fuzz() -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("fuzz_targets")
    sys.path.remove(str(BENCHMARKS))


@pytest.mark.parametrize(
    "name", ["csv", "jsonl", "xlsx", "parquet", "normalise", "segment", "taxonomy", "bundle", "scored", "plan", "graph"]
)  # fmt: skip
def test_a_changed_file_is_read_or_refused_in_words(
    fuzz: ModuleType, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "ANALYSED", 1 << 33)
    target = fuzz.TARGETS[name]
    seeds = [*target.seeds()]

    @settings(
        max_examples=EXAMPLES.get(name, 40), derandomize=True, deadline=None, database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )  # fmt: skip
    @given(st.sampled_from(seeds), st.integers(0, 2**32))
    def changed(seed: bytes, number: int) -> None:
        data = fuzz.mutate(seed, random.Random(number), target, seeds, longest=1 << 16)
        fuzz.refuses(target, data, tmp_path / "files")

    changed()


@settings(
    max_examples=300,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(st.characters(), max_size=80))
def test_any_text_has_a_normal_form_that_leads_back_and_clauses(fuzz: ModuleType, text: str) -> None:
    fuzz.check_normal(text)
    fuzz.check_segments(text)


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx", "parquet", "taxonomy", "bundle", "plan", "graph"])
def test_most_seeds_are_valid(fuzz: ModuleType, tmp_path: Path, name: str) -> None:
    # Changed copies of files that are refused at once would try nothing.
    target = fuzz.TARGETS[name]
    taken = [not fuzz.refuses(target, seed, tmp_path / "files") for seed in target.seeds()]
    assert sum(taken) > len(taken) / 2


def test_a_reader_that_breaks_is_found(fuzz: ModuleType, tmp_path: Path) -> None:
    def run(data: bytes, folder: Path) -> None:
        raise KeyError(data[3])

    with pytest.raises(KeyError):
        fuzz.refuses(fuzz.Target(run, lambda: [b"seed"]), b"seed", tmp_path / "files")


def test_too_little_memory_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(*args: object, **options: object) -> None:
        raise MemoryError

    monkeypatch.setattr("cx_nlp.bundle.shipped.find_model", too_large)
    result = CliRunner().invoke(app, ["models"])
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: the memory is not enough")
    assert result.stderr.count("\n") == 1
