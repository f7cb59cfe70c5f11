"""`cx-nlp compare`: two models on one history."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, print_json, print_line, print_table, progress_bar
from cx_nlp.cli.labelled import Only, Without, pairs
from cx_nlp.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 6


def compare(
    a: Annotated[
        str,
        typer.Argument(
            metavar="BUNDLE_A",
            show_default=False,
            help="The model in use: a bundle folder, auto, accurate or fast.",
        ),
    ],
    b: Annotated[str, typer.Argument(metavar="BUNDLE_B", show_default=False, help="The model to come.")],
    history: Annotated[
        Path,
        typer.Argument(
            metavar="HISTORY",
            show_default=False,
            help="An export with one comment a row, as for score; or labelled comments, for the F1 of both, too.",
        ),
    ],
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="DAY",
            show_default=False,
            help="The day B takes over, as 2025-03-01; by default the last month is compared with the one before.",
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="NAME", help="A further key of labelled comments to give F1 by; may recur."
        ),
    ] = None,
    only: Only = None,
    without: Without = None,
    examples: Annotated[
        int,
        typer.Option(
            "--examples", metavar="N", min=0, help="Comments to keep of each label gained and lost."
        ),
    ] = 3,
    resamples: Annotated[int, typer.Option("--resamples", min=0, help="Bootstrap resamples for F1.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the resamples.")] = 0,
    text_column: opt.TextColumn = None,
    time_column: opt.TimeColumn = None,
    id_column: opt.IdColumn = None,
    encoding: opt.Encoding = None,
    delimiter: opt.Delimiter = None,
    sheet: opt.Sheet = None,
    lang: Annotated[
        str,
        typer.Option(
            "--lang", metavar="vi|en", callback=opt.one_of("vi", "en"), help="Language of what is printed."
        ),
    ] = "en",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE-OR-DIR",
            show_default=False,
            help="FILE.xlsx, FILE.md, or a folder of CSV tables.",
        ),
    ] = None,
    keep_personal_data: opt.KeepPersonalData = False,
    overwrite: opt.Overwrite = False,
    jobs: opt.Jobs = None,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Tag one history with two models and show what changes, and what of a trend would be the model's.

    Shares of comments before and after, with paired intervals; if the history has dates, what of each change from one period to
    the next comes from the model and what from the customers; if it has labels, the F1 of both.
    """
    from cx_nlp.comparison import compare as run
    from cx_nlp.comparison import lines
    from cx_nlp.comparison.files import check_goal, write_comparison
    from cx_nlp.io.readers import open_export

    console = console_for(as_json=as_json, quiet=quiet)
    if out is not None:
        check_goal(out, overwrite=overwrite)
    named = {"text": text_column, "time": time_column, "id": id_column}
    export = open_export(history, encoding=encoding, delimiter=delimiter, sheet=sheet)
    with progress_bar("Tagging twice", quiet=quiet) as progress:
        found = run(
            a, b, export, since=_day(since), columns={role: name for role, name in named.items() if name is not None},
            slices=by or (), examples=examples, resamples=resamples, seed=seed, jobs=jobs, trusted=trusted,
            keep_personal_data=keep_personal_data, only=pairs(only), without=pairs(without), progress=progress,
        )  # fmt: skip
    words = lines.compare_words(lang, found)
    for note in found.notes:
        print_line(console, f"Note: {note}")
    for line in lines.opening_lines(found, words):
        print_line(console, line)
    print_line(console, "")
    for line in lines.trend_lines(found, words):
        print_line(console, line)
    print_line(console, "")
    title, table, more = lines.share_lines(found, words)
    print_line(console, title)
    if table:
        print_table(console, *table)
    if more:
        print_line(console, more)
    if (figures := lines.figure_rows(found, words)) is not None:
        print_line(console, "")
        print_line(console, words.text("compare.main.figures"))
        print_table(console, *figures)
        for line in lines.figure_lines(found, words):
            print_line(console, line)
    if len(found.examples):
        print_line(console, "")
        print_line(console, words.text("compare.main.examples"))
        print_table(console, *lines.example_rows(found, words, most=EXAMPLES))
    written = write_comparison(found, out, lang=lang, overwrite=overwrite) if out is not None else []
    for path in written:
        print_line(console, f"Written: {path}")
    if as_json:
        print_json({"command": "compare", **found.to_dict(), "files": [str(path) for path in written]})


def _day(text: str | None) -> "pd.Timestamp | None":
    import pandas as pd

    if text is None:
        return None
    try:
        day: pd.Timestamp = pd.to_datetime(text, format="%Y-%m-%d")
        return day
    except ValueError:
        raise InputError(f"--since {text}: is no day; write it as 2025-03-01") from None
