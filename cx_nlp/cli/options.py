"""Options that several commands share, each defined once."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


def _column(flag: str, what: str) -> typer.models.OptionInfo:
    info: typer.models.OptionInfo = typer.Option(flag, metavar="NAME", help=what)
    return info


def one_of(*choices: str) -> Callable[[str | None], str | None]:
    """A check that an option is one of these words; anything else is wrong usage."""

    def check(value: str | None) -> str | None:
        if value is not None and value not in choices:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(choices)}.")
        return value

    return check


def some_processes(value: int) -> int:
    """A check that a number of processes is one."""
    if value == 0:
        raise typer.BadParameter("0 processes cannot work: give 1 or more, or -1 for all cores.")
    return value


FitJobs = Annotated[
    int,
    typer.Option("--jobs", callback=some_processes, help="Processes to fit with, -1 for all cores."),
]
ExportPath = Annotated[
    str,
    typer.Argument(
        metavar="EXPORT",
        help="CSV, TSV, Excel, Parquet or JSON lines with one comment a row, text files also as .gz; or a database's address "
        "(sqlite:///, duckdb:///, postgresql://), with --query.",
        show_default=False,
    ),
]
Model = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="MODEL",
        help="auto (fast where it is sure, else accurate), accurate, fast, or a bundle folder.",
    ),
]
TextColumn = Annotated[str | None, _column("--text-column", "The comments.")]
IdColumn = Annotated[str | None, _column("--id-column", "An id of each comment.")]
TimeColumn = Annotated[str | None, _column("--time-column", "When it was written.")]
RatingColumn = Annotated[str | None, _column("--rating-column", "Stars, NPS or another score.")]
CustomerColumn = Annotated[str | None, _column("--customer-column", "Who wrote it.")]
ChannelColumn = Annotated[str | None, _column("--channel-column", "Where it was written.")]
SegmentColumn = Annotated[str | None, _column("--segment-column", "The customer's group.")]
StageColumn = Annotated[str | None, _column("--stage-column", "The journey stage.")]
ValueColumn = Annotated[str | None, _column("--value-column", "The order's value.")]
OutcomeColumn = Annotated[str | None, _column("--outcome-column", "Churned or bought again.")]
RatingKind = Annotated[
    str | None,
    typer.Option(
        "--rating-kind",
        metavar="KIND",
        callback=one_of("stars", "nps", "csat", "ces", "percent", "unknown"),
        help="What the rating is: stars, nps, csat, ces, percent, unknown.",
    ),
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="Of a text file, where it is not found.")
]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", metavar="SIGN", help='Of a text file: one character, or "tab".')
]
Sheet = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="Of a workbook: its name or number.")
]
PageLanguage = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="vi|en",
        callback=one_of("vi", "en"),
        help="Language of the page; by default that of most comments.",
    ),
]
Query = Annotated[
    str | None,
    typer.Option(
        "--query",
        metavar="SELECT",
        help="What to read from a database: one SELECT with a row for each comment, in a fixed order.",
    ),
]
QueryFile = Annotated[
    Path | None, typer.Option("--query-file", metavar="FILE", help="A file that holds the query.")
]
Schema = Annotated[
    str | None,
    typer.Option(
        "--schema", metavar="NAME", help="Of a database: where its tables are made; by default the usual one."
    ),
]
Prefix = Annotated[
    str | None,
    typer.Option(
        "--prefix", metavar="TEXT", help="Of a database: what its tables' names begin with; by default cx_."
    ),
]
Files = Annotated[
    Path | None,
    typer.Option(
        "--files",
        metavar="DIR",
        help="With a database: a folder to make with the tables and the report as files, too.",
    ),
]
Restart = Annotated[
    bool,
    typer.Option("--restart", help="Begin anew where an earlier run was stopped; else it is gone on with."),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="N",
        min=1,
        help="Processes that tag, for the fast model; by default one for each core.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="A Dask scheduler whose workers tag, such as tcp://10.0.0.5:8786.",
    ),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier result of cx_nlp there; other files never.")
]
Trusted = Annotated[
    bool, typer.Option("--trusted", help="Let a bundle folder of your own load pickled estimators.")
]
KeepPersonalData = Annotated[
    bool,
    typer.Option(
        "--keep-personal-data",
        help="Show telephone numbers, e-mail and postal addresses, ids, cards, accounts, plates and order codes as they were written, "
        "instead of masked.",
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
