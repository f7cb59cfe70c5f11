"""The examples in docstrings say what they do."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import cx_nlp

PACKAGE = Path(cx_nlp.__file__).parent


def with_examples() -> list[str]:
    """The modules whose text holds an example."""
    found = (path for path in PACKAGE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))
    names = (path.relative_to(PACKAGE.parent).with_suffix("").parts for path in found)
    return sorted(".".join(parts).removesuffix(".__init__") for parts in names)


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_hold(name: str) -> None:
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("cx_nlp"):
            raise
        pytest.skip(f"needs {error.name}")
    results = doctest.testmod(module)
    assert results.attempted
    assert not results.failed
