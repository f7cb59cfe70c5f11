"""The command line `cx-nlp`: thin front doors, each of which imports what it needs when it is called."""

import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from cx_nlp import __version__
from cx_nlp.cli.analyze import analyze
from cx_nlp.cli.causes import causes
from cx_nlp.cli.check_fix import check_fix
from cx_nlp.cli.compare import compare
from cx_nlp.cli.distill import distill
from cx_nlp.cli.drift import drift
from cx_nlp.cli.evaluate import evaluate
from cx_nlp.cli.find_label_errors import find_label_errors
from cx_nlp.cli.migrate import migrate
from cx_nlp.cli.models import models
from cx_nlp.cli.score import score
from cx_nlp.cli.serve import serve
from cx_nlp.cli.suggest_labels import suggest_labels
from cx_nlp.cli.train import train
from cx_nlp.errors import CxError
from cx_nlp.text.visible import visible

INTERRUPTED = 130
NO_MEMORY = "the memory is not enough; close other programs, give --jobs 1 or --model fast, or part the file, and start again."


class Commands(TyperGroup):
    """The commands, with one way to end for all that a person can mend or stop."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own click or the package, by version
        """Runs the command; says errors of ours and too little memory in one line and gives status 1, 130 after Ctrl-C."""
        try:
            return super().invoke(ctx)
        except CxError as error:
            typer.echo(f"Error: {visible(' '.join(str(error).split()))}", err=True)
            raise typer.Exit(1) from None
        except MemoryError:
            typer.echo(f"Error: {NO_MEMORY}", err=True)
            raise typer.Exit(1) from None
        except KeyboardInterrupt as stop:
            typer.echo(str(stop) or "Stopped. Nothing was written.", err=True)
            raise typer.Exit(INTERRUPTED) from None


app = typer.Typer(
    name="cx-nlp",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# In the order of a first day's work. Each command is one module of this folder.
COMMANDS = (
    analyze, score, causes, check_fix, suggest_labels, train, distill, evaluate, find_label_errors,
    compare, migrate, drift, models, serve,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cx-nlp {__version__}")
        raise typer.Exit


@app.callback()
def _cx_nlp(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Tags customer feedback by touchpoint, sentiment and success factor, offline, in Vietnamese and English.

    Exit status: 0 done, 1 input, model or output cannot be used, 2 wrong usage, 130 stopped by Ctrl-C.
    """


def main() -> None:
    """Runs the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page shows "?" for a letter it lacks, instead of an error.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _terminated)
    app()


def _terminated(number: int, frame: object) -> NoReturn:
    # As an exception, so that temporary files are removed on the way out.
    raise SystemExit(128 + number)
