"""`cx-nlp distill`: a fast model that learns from an accurate one, on texts without labels."""

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, print_json, print_line, progress_bar
from cx_nlp.cli.labelled import RejectedPath, check_rejected, write_rejected


def distill(
    texts: Annotated[
        Path,
        typer.Argument(
            metavar="TEXTS",
            show_default=False,
            help="An export with one comment a row, as for score; no labels.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", metavar="BUNDLE", show_default=False, help="The folder to make.")
    ],
    teacher: Annotated[
        str,
        typer.Option("--teacher", metavar="MODEL", help="accurate, or the folder of a model of mentions."),
    ] = "accurate",
    labelled: Annotated[
        list[Path] | None,
        typer.Option(
            "--labelled",
            metavar="FILE",
            show_default=False,
            help="Labelled comments to learn from, too; repeatable.",
        ),
    ] = None,
    dev: Annotated[
        Path | None,
        typer.Option(
            "--dev",
            metavar="FILE",
            show_default=False,
            help="Labelled comments to measure on; without it the figures say how far it agrees with its teacher.",
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            "--most", min=1, metavar="N", show_default=False, help="Texts to take at most, chosen at random."
        ),
    ] = None,
    rejected: RejectedPath = None,
    text_column: opt.TextColumn = None,
    encoding: opt.Encoding = None,
    sheet: opt.Sheet = None,
    min_support: Annotated[
        int, typer.Option("--min-support", min=1, help="Texts a label needs; one with fewer is left out.")
    ] = 8,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="The model's name, by default that of the folder."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed of the choice, the folds and the intervals.")
    ] = 0,
    jobs: opt.FitJobs = -1,
    overwrite: opt.Overwrite = False,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Fit a fast model on what an accurate one says of your texts: it learns their vocabulary without labels."""
    from cx_nlp.bundle import load
    from cx_nlp.cli.figures import main_lines
    from cx_nlp.io.outputs import check_free_folder
    from cx_nlp.tagger.left_out import with_counts
    from cx_nlp.training.distilling import distill as learn
    from cx_nlp.training.distilling import export_texts
    from cx_nlp.training.learning import rejected_notes

    check_free_folder(out, overwrite=overwrite)
    rejected = rejected or Path(f"{out}.rejected.csv")
    check_rejected(rejected)
    console = console_for(as_json=as_json, quiet=quiet)
    found, unread = export_texts(texts, text_column=text_column, encoding=encoding, sheet=sheet)
    model = load(teacher, trusted=trusted, kind="mentions")
    with progress_bar("Tagging and fitting", quiet=quiet) as report, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        trained = learn(
            found, model, labelled=labelled or None, dev=dev, most=most, min_support=min_support, seed=seed, n_jobs=jobs,
            report=report,
        )  # fmt: skip
    refused = {str(texts): unread} if unread else {}
    trained = replace(
        trained,
        notes=(*trained.notes, *rejected_notes(refused)),
        rejected={**refused, **trained.rejected},
    )
    trained.save(out, name=name, overwrite=overwrite)
    for line in (*(f"Note: {note}" for note in trained.notes), *main_lines(trained.evaluation)):
        print_line(console, line)
    print_line(console, f"Measured: {trained.measured_on}.")
    if trained.left_out:
        print_line(
            console, f"Left out, fewer than {min_support} texts: {with_counts(trained.left_out.items())}."
        )
    if listed := write_rejected(rejected, trained.rejected):
        print_line(console, listed)
    print_line(console, f"Model: {out}")
    if as_json:
        print_json(
            {
                "command": "distill", "out": str(out), "comments": trained.comments, "measured_on": trained.measured_on,
                "left_out": trained.left_out, "notes": list(trained.notes), "evaluation": trained.evaluation.to_dict(),
            }
        )  # fmt: skip
