"""`cx-nlp evaluate`: how good a model is on labelled comments."""

from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, counted, print_json, print_line, print_table, waiting
from cx_nlp.cli.labelled import Only, RejectedPath, Without, check_rejected, pairs, write_rejected
from cx_nlp.cli.train import LabelColumn, LabelledPaths, LabelledText


def evaluate(
    labelled: LabelledPaths,
    model: opt.Model = "auto",
    label_column: LabelColumn = None,
    text_column: LabelledText = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="NAME", help="A further column or key to give figures by; may recur."),
    ] = None,
    only: Only = None,
    without: Without = None,
    rejected: RejectedPath = None,
    resamples: Annotated[
        int, typer.Option("--resamples", min=0, help="Bootstrap resamples for the intervals.")
    ] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the resamples.")] = 0,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Measure a model on labelled comments: figures with 95 % intervals, per label and per slice."""
    from cx_nlp.bundle import load
    from cx_nlp.cli.figures import figure_rows, label_rows, reliability_rows, slice_rows
    from cx_nlp.io.label_rows import NOT_FAULTS
    from cx_nlp.training.evaluating import evaluate_labelled, evaluation_data
    from cx_nlp.training.learning import rejected_notes

    if rejected is not None:
        check_rejected(rejected)
    console = console_for(as_json=as_json, quiet=quiet)
    tagger = load(model, trusted=trusted)
    with waiting("Measuring", quiet=quiet):
        data = evaluation_data(
            tagger, labelled, label_column=label_column, text_column=text_column, only=pairs(only), without=pairs(without)
        )  # fmt: skip
        found = evaluate_labelled(tagger, data, slices=by or (), resamples=resamples, seed=seed)
    for note in rejected_notes(data.rejected):
        print_line(console, f"Note: {note}")
    if rejected is not None and (listed := write_rejected(rejected, data.rejected)):
        print_line(console, listed)
    elif (
        rejected is None
        and sum(row.reason not in NOT_FAULTS for rows in data.rejected.values() for row in rows) > 1
    ):
        print_line(console, "Note: --rejected FILE lists every row not used, with its reason")
    print_line(
        console,
        f"{counted(found.comments, 'comment')}, 95 % intervals from {counted(resamples, 'resample')}, seed {seed}",
    )
    for header, rows in (figure_rows(found), *label_rows(found), *reliability_rows(found), slice_rows(found)):
        print_line(console, "")
        print_table(console, header, rows)
    if as_json:
        print_json({"command": "evaluate", "model": getattr(tagger, "model_id", None), **found.to_dict()})
