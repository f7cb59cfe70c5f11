"""`cx-nlp train`: a model from labelled comments."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, print_json, print_line, training_bar, waiting
from cx_nlp.cli.labelled import Only, RejectedPath, Without, check_rejected, pairs, write_rejected
from cx_nlp.errors import InputError

if TYPE_CHECKING:
    from cx_nlp.tagger import ContextualClassifier, ContextualTagger

FEW = 1000
"""Comments under which a fast model fitted on them alone is often worse than the shipped one (docs/labelling.md)."""
LabelledPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="LABELLED...",
        show_default=False,
        help="Labelled comments: a file of suggest-labels filled in, an export of Label Studio, JSON lines with text and "
        "mentions, or a table with text and aspects (CATEGORY#polarity;CATEGORY#polarity), or with text and --label-column.",
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
            callback=opt.one_of("fast", "accurate"),
            help="fast: a sparse linear model; accurate: a fine-tuned contextual encoder, a fast model heard beside it (needs the extra "
            "train).",
        ),
    ] = "fast",
    dev: Annotated[
        Path | None,
        typer.Option(
            "--dev",
            metavar="FILE",
            show_default=False,
            help="Labelled comments to measure on; without it figures come from cross-validation (fast) or a part held "
            "out (accurate).",
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="MODEL",
            show_default=False,
            help="Accurate tier: go on from this model (accurate, or a bundle folder; of two heard together the encoder) and keep what it knows; where your labels are all new, only its encoder.",
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(
            "--epochs",
            min=1,
            show_default=False,
            help="Accurate tier: passes over the comments at most, by default 6, and up to 30 over few; it stops earlier itself.",
        ),
    ] = None,
    layers: Annotated[
        int | None,
        typer.Option(
            "--layers",
            min=1,
            max=12,
            show_default=False,
            help="Accurate tier: layers of the encoder, by default 10; fewer are faster, and a base has its own.",
        ),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            "--checkpoint",
            metavar="FILE",
            show_default=False,
            help="Accurate tier: keep the state after every pass here; the same command goes on from it.",
        ),
    ] = None,
    alone: Annotated[
        bool,
        typer.Option(
            "--alone",
            help="Accurate tier: the encoder alone, without a fast model fitted on the same comments and heard beside it.",
        ),
    ] = False,
    corrections: Annotated[
        Path | None,
        typer.Option(
            "--corrections",
            metavar="FILE",
            show_default=False,
            help="Corrected comments, in any of these forms: they override the labels of the same comments, others are added.",
        ),
    ] = None,
    only: Only = None,
    without: Without = None,
    rejected: RejectedPath = None,
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
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="Seed of folds, held-out part, weights, noise and intervals.")
    ] = 0,
    jobs: opt.FitJobs = -1,
    overwrite: opt.Overwrite = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Fit a model on labelled comments and write it as a bundle with its card and measured figures."""
    from cx_nlp.cli.figures import main_lines
    from cx_nlp.io.outputs import check_free_folder
    from cx_nlp.tagger.left_out import with_counts
    from cx_nlp.taxonomy import load_taxonomy
    from cx_nlp.training import Tuning
    from cx_nlp.training import train as fit

    check_free_folder(out, overwrite=overwrite)
    rejected = rejected or Path(f"{out}.rejected.csv")
    check_rejected(rejected)
    console = console_for(as_json=as_json, quiet=quiet)
    given = {
        "--base": base,
        "--epochs": epochs,
        "--layers": layers,
        "--checkpoint": checkpoint,
        "--alone": alone or None,
    }
    _refuse_for_fast(tier, given)
    if base is not None and layers is not None:
        raise InputError("--layers is the base's own: leave it out, or leave --base out")
    start = _base(base) if base is not None else None
    chosen: dict[str, Any] = {"layers": layers, "epochs": epochs}
    # What is left out is said below, in the order of the other lines.
    watched = training_bar(quiet=quiet) if tier == "accurate" else waiting("Fitting", quiet=quiet)
    with watched as calls, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        tuning = Tuning(
            base=start, checkpoint=checkpoint, alone=alone, **(calls or {}),
            **{name: value for name, value in chosen.items() if value is not None},
        )  # fmt: skip
        trained = fit(
            labelled, tier="accurate" if tier == "accurate" else "fast", dev=dev,
            taxonomy=load_taxonomy(taxonomy) if taxonomy else None, label_column=label_column, text_column=text_column,
            min_support=min_support, seed=seed, n_jobs=jobs, tuning=tuning if tier == "accurate" else None,
            corrections=corrections, only=pairs(only), without=pairs(without),
        )  # fmt: skip
        trained.save(out, name=name, overwrite=overwrite)
    for line in (*(f"Note: {note}" for note in trained.notes), *main_lines(trained.evaluation)):
        print_line(console, line)
    print_line(console, f"Measured on {trained.measured_on}.")
    if trained.left_out:
        print_line(
            console, f"Left out, fewer than {min_support} comments: {with_counts(trained.left_out.items())}."
        )
    if listed := write_rejected(rejected, trained.rejected):
        print_line(console, listed)
    if tier == "fast" and trained.comments < FEW and trained.taxonomy == load_taxonomy():
        print_line(
            console,
            f"Note: {trained.comments} comments alone often make a worse model than the shipped one; cx-nlp compare fast {out} "
            "HELD_OUT tells whether this one is better, with an interval. --tier accurate --base accurate goes on from the shipped one.",
        )
    print_line(console, f"Model: {out}")
    if as_json:
        print_json(
            {
                "command": "train", "out": str(out), "comments": trained.comments, "measured_on": trained.measured_on,
                "left_out": trained.left_out, "notes": list(trained.notes), "evaluation": trained.evaluation.to_dict(),
            }
        )  # fmt: skip


def _refuse_for_fast(tier: str, given: Mapping[str, object]) -> None:
    """Refuse what the fast tier does not know."""
    for flag, value in given.items():
        if value is not None and tier != "accurate":
            raise InputError(f"{flag} is for the accurate tier: add --tier accurate, or leave it out")


def _base(model: str) -> "ContextualTagger | ContextualClassifier":
    """The encoder to go on from."""
    from cx_nlp.bundle import load
    from cx_nlp.training.accurate import encoder_of

    try:
        return encoder_of(load(model))
    except InputError as error:
        raise InputError(
            f"--base {model}: this model is not of the accurate tier and cannot be gone on from; name accurate or a folder "
            "made with --tier accurate"
        ) from error
