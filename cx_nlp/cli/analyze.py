"""`cx-nlp analyze`: the main job."""

from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.request import Request


def analyze(
    export: opt.ExportPath,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="DIR-OR-URL",
            show_default=False,
            help="The folder to make; or a database: sqlite:///FILE, duckdb:///FILE, postgresql://USER@HOST/DATABASE.",
        ),
    ],
    lang: opt.PageLanguage = None,
    model: opt.Model = "auto",
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            callback=opt.one_of("parquet", "csv", "xlsx", "jsonl"),
            help="A further form of the tables beside Parquet: csv, xlsx, jsonl.",
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
    """Tag an export's comments and write the report: the main job.

    Columns are found by name and content and printed; an option such as --text-column overrules what was found, an
    empty name leaves a column out.

    A run that was stopped or killed goes on where it was when the same command is given again.

    The folder holds report.html, the scored tables (comments.parquet, mentions.parquet), rejected.csv (every row not
    scored, with its line and reason) and manifest.json (input, columns, model, counts). A database gets comments, mentions,
    causes and the rest as tables (docs/sql.md), and with --files the folder beside it.
    """
    request = Request(**locals())
    from cx_nlp.analysis import analysis_target
    from cx_nlp.cli.causes import cause_lines
    from cx_nlp.cli.run import run

    run(
        "analyze",
        request,
        None if request.to_database else analysis_target(out),
        found=lambda summary: cause_lines(summary.causes),
    )
