"""`cx-nlp train`: a model from labelled comments."""

import warnings
from pathlib import Path
from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, print_json, print_line, waiting

LabelledPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="LABELLED...",
        show_default=False,
        help="Labelled comments: JSON lines with text and mentions, or a table with text and aspects "
        "(CATEGORY#polarity;CATEGORY#polarity), or with text and --label-column.",
    ),
]
LabelColumn = Annotated[
    str | None,
    typer.Option(
        "--label-column", metavar="NAME", help="The column with one label a comment: single-label work."
    ),
]
LabelledText = Annotated[
    str | None,
    typer.Option("--text-column", metavar="NAME", help="The column with the comment, by default text."),
]


def train(
    labelled: LabelledPaths,
    out: Annotated[
        Path, typer.Option("--out", metavar="BUNDLE", show_default=False, help="The folder to make.")
    ],
    tier: Annotated[
        str,
        typer.Option(
            "--tier",
            metavar="TIER",
            callback=opt.one_of("fast"),
            help="fast: a sparse linear model.",
        ),
    ] = "fast",
    dev: Annotated[
        Path | None,
        typer.Option(
            "--dev",
            metavar="FILE",
            show_default=False,
            help="Labelled comments to measure on; without it figures come from cross-validation.",
        ),
    ] = None,
    label_column: LabelColumn = None,
    text_column: LabelledText = None,
    taxonomy: Annotated[
        Path | None,
        typer.Option(
            "--taxonomy",
            metavar="FILE",
            show_default=False,
            help="The labels, as a TOML file in the form of taxonomy.toml; by default the shipped ones for mentions "
            "and those found in the data for aspects.",
        ),
    ] = None,
    min_support: Annotated[
        int, typer.Option("--min-support", min=1, help="Comments a label needs; one with fewer is left out.")
    ] = 8,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="The model's name, by default that of the folder."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the folds and the intervals.")] = 0,
    jobs: Annotated[int, typer.Option("--jobs", help="Processes to fit with, -1 for all cores.")] = -1,
    overwrite: opt.Overwrite = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Fit a model on labelled comments and write it as a bundle with its card and measured figures."""
    from cx_nlp.cli.figures import main_lines
    from cx_nlp.io.outputs import check_free_folder
    from cx_nlp.taxonomy import load_taxonomy
    from cx_nlp.training import train as fit

    check_free_folder(out, overwrite=overwrite)
    console = console_for(as_json=as_json, quiet=quiet)
    # What is left out is said below, in the order of the other lines.
    with waiting("Fitting", quiet=quiet), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        trained = fit(
            labelled, dev=dev, taxonomy=load_taxonomy(taxonomy) if taxonomy else None, label_column=label_column,
            text_column=text_column, min_support=min_support, seed=seed, n_jobs=jobs,
        )  # fmt: skip
        trained.save(out, name=name, overwrite=overwrite)
    for line in (*(f"Note: {note}" for note in trained.notes), *main_lines(trained.evaluation)):
        print_line(console, line)
    print_line(console, f"Measured on {trained.measured_on}.")
    if trained.left_out:
        few = ", ".join(f"{label} {n}" for label, n in trained.left_out.items())
        print_line(console, f"Left out, fewer than {min_support} comments: {few}.")
    print_line(console, f"Model: {out}")
    if as_json:
        print_json(
            {
                "command": "train", "out": str(out), "comments": trained.comments, "measured_on": trained.measured_on,
                "left_out": trained.left_out, "notes": list(trained.notes), "evaluation": trained.evaluation.to_dict(),
            }
        )  # fmt: skip
