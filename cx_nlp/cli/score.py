"""`cx-nlp score`: tags only."""

from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.request import Request


def score(
    export: opt.ExportPath,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="FILE-OR-DIR-OR-URL",
            show_default=False,
            help="A folder of tables, or one file: .jsonl (mentions nested), .xlsx (two sheets), .csv or .parquet "
            "(comments; mentions in NAME.mentions.csv beside it); or a database: sqlite:///FILE, duckdb:///FILE, "
            "postgresql://USER@HOST/DATABASE.",
        ),
    ],
    model: opt.Model = "auto",
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            callback=opt.one_of("parquet", "csv", "xlsx", "jsonl"),
            help="Form of a folder's tables: parquet (default), csv, xlsx, jsonl.",
        ),
    ] = None,
    text_column: opt.TextColumn = None,
    id_column: opt.IdColumn = None,
    time_column: opt.TimeColumn = None,
    rating_column: opt.RatingColumn = None,
    customer_column: opt.CustomerColumn = None,
    channel_column: opt.ChannelColumn = None,
    segment_column: opt.SegmentColumn = None,
    stage_column: opt.StageColumn = None,
    value_column: opt.ValueColumn = None,
    outcome_column: opt.OutcomeColumn = None,
    rating_kind: opt.RatingKind = None,
    encoding: opt.Encoding = None,
    delimiter: opt.Delimiter = None,
    sheet: opt.Sheet = None,
    query: opt.Query = None,
    query_file: opt.QueryFile = None,
    schema: opt.Schema = None,
    prefix: opt.Prefix = None,
    files: opt.Files = None,
    keep_personal_data: opt.KeepPersonalData = False,
    overwrite: opt.Overwrite = False,
    restart: opt.Restart = False,
    jobs: opt.Jobs = None,
    scheduler: opt.Scheduler = None,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Tag an export's comments.

    Columns are found by name and content and printed; an option such as --text-column overrules what was found, an
    empty name leaves a column out.

    A run that was stopped or killed goes on where it was when the same command is given again.

    Beside the tables lie manifest.json (input, columns, model, counts) and rejected.csv (every row not scored, with
    its line and reason); beside a single file they are called FILE.manifest.json and FILE.rejected.csv; in a database they are
    in the tables runs and rejected (docs/sql.md).
    """
    request = Request(**locals())
    from cx_nlp.cli.run import run
    from cx_nlp.io.target import output_target

    run("score", request, None if request.to_database else output_target(out, format=format))
