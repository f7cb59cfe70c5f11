"""What the commands print: lines and tables for people, one object for machines, a progress bar on a terminal."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from cx_nlp.encoder.schedule import Progress as Training
from cx_nlp.text.visible import visible


def console_for(*, as_json: bool = False, quiet: bool = False) -> Console:
    """Where text for people goes: stdout, or stderr where stdout belongs to a JSON object."""
    console = Console(
        file=sys.stderr if as_json else sys.stdout, quiet=quiet, markup=False, emoji=False, highlight=False
    )
    if not console.is_terminal:
        # A file or pipe has no width; rich would break paths and reasons at 80 characters.
        console.width = 200
    return console


def print_table(console: Console, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints rows in columns, every cell as the plain text it is."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in header:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    console.print(table)


def print_line(console: Console, line: str) -> None:
    """Prints one line, however long, without breaking it."""
    console.print(Text(visible(line)), soft_wrap=True)


def counted(n: int, noun: str) -> str:
    """A number with its noun in the right form.

    >>> counted(1, "row"), counted(2000, "row")
    ('1 row', '2,000 rows')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def print_json(content: dict[str, Any]) -> None:
    """Prints one object on stdout, for machines; in ASCII, which comes whole through any console."""
    typer.echo(json.dumps(content))


@contextmanager
def waiting(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Shows on stderr that something of unknown length goes on, and for how long; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(what, total=None)
        yield


@contextmanager
def progress_bar(what: str, *, quiet: bool = False) -> Iterator[Callable[[int, float], None] | None]:
    """A function that takes rows done and their share of all and draws both on stderr; None where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f} a second, left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, rows=0, rate=0.0)
        started = time.monotonic()

        def show(rows: int, share: float) -> None:
            rate = rows / max(time.monotonic() - started, 1e-9)
            # A share of 0 means that the export does not say how long it is.
            bar.update(task, completed=share, total=1.0 if share else None, rows=rows, rate=rate)

        yield show


@contextmanager
def training_bar(*, quiet: bool = False) -> Iterator[dict[str, Any]]:
    """What draws on stderr how far training is: `report` and `begins` of `Tuning`; nothing where nobody looks."""
    if quiet or not sys.stderr.isatty():
        yield {}
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Fitting", total=None, left="")

        def show(done: Training) -> None:
            minutes, seconds = divmod(round(done.seconds_left), 60)
            bar.update(
                task,
                description=f"Fitting, pass {done.epoch}, loss {done.loss:.2f}",
                completed=done.step,
                total=done.steps,
                left=f"at most {minutes}:{seconds:02d} left",
            )

        def begin() -> None:
            # A task whose length is known keeps it.
            bar.remove_task(task)
            bar.add_task("Fitting a fast model to be heard beside it", total=None, left="")

        yield {"report": show, "begins": begin}
