"""What `train --tier accurate` draws on a terminal."""

from __future__ import annotations

import io
import sys

import pytest
from rich.progress import Progress

from cx_nlp.cli import console
from cx_nlp.cli.console import training_bar
from cx_nlp.encoder.schedule import Progress as Training


class Terminal(io.StringIO):
    """Text that says it goes to a terminal."""

    def isatty(self) -> bool:
        return True


def test_of_the_fast_model_it_is_not_known_how_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Progress] = []

    class Watched(Progress):
        def __enter__(self) -> Progress:
            shown.append(self)
            return super().__enter__()

    monkeypatch.setattr(console, "Progress", Watched)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with training_bar() as calls:
        calls["report"](Training(900, 1000, 3, 0.25, 0.1, 90.0, 10.0))
        (task,) = shown[0].tasks
        assert (task.completed, task.total) == (900, 1000)
        assert task.description == "Fitting, pass 3, loss 0.25"
        assert task.fields["left"] == "at most 0:10 left"
        calls["begins"]()
        (task,) = shown[0].tasks
        assert task.total is None
        assert task.description == "Fitting a fast model to be heard beside it"


def test_nothing_is_drawn_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with training_bar() as calls:
        assert not calls
    monkeypatch.setattr(sys, "stderr", Terminal())
    with training_bar(quiet=True) as calls:
        assert not calls
