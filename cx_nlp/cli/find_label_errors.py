"""`cx-nlp find-label-errors`: labels that are likely wrong, to be looked at again."""

import warnings
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, counted, print_json, print_line, print_table, waiting
from cx_nlp.cli.train import LabelColumn, LabelledText

SHOWN = 20
WIDTH = 70
KIND = {
    "missing": "missing mention",
    "extra": "extra mention",
    "mention": "other touchpoint or factor",
    "sentiment": "other sentiment",
    "comment_sentiment": "other comment sentiment",
    "label": "other label",
}


def find_label_errors(
    labelled: Annotated[
        Path,
        typer.Argument(
            metavar="LABELLED",
            show_default=False,
            help="Labelled comments: JSON lines with text and mentions, or a table with text and aspects, or with text and --label-column.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            show_default=False,
            help="The list as .xlsx or .csv, to be corrected; with --apply the labelled file to write.",
        ),
    ] = None,
    apply: Annotated[
        Path | None,
        typer.Option(
            "--apply",
            metavar="LIST",
            show_default=False,
            help="A corrected list: write LABELLED with its labels to --out.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="MODEL",
            show_default=False,
            help="A model that has not seen these labels; by default one is fitted on them in folds.",
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option("--most", metavar="N", min=1, help="Comments on the list at most.", show_default=False),
    ] = None,
    taxonomy: Annotated[
        Path | None,
        typer.Option(
            "--taxonomy",
            metavar="FILE",
            show_default=False,
            help="The labels, where they are not the shipped ones.",
        ),
    ] = None,
    label_column: LabelColumn = None,
    text_column: LabelledText = None,
    min_support: Annotated[
        int, typer.Option("--min-support", min=1, help="Comments a label needs to be judged.")
    ] = 8,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the folds.")] = 0,
    jobs: opt.FitJobs = -1,
    trusted: opt.Trusted = False,
    keep_personal_data: opt.KeepPersonalData = False,
    overwrite: opt.Overwrite = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """List labels that are likely wrong: missing and extra mentions, wrong touchpoints, factors and sentiments.

    Every comment is judged by a model that has not seen it. Correct the columns sentiment and aspects of the list, then give it
    back with --apply.
    """
    console = console_for(as_json=as_json, quiet=quiet)
    known = _taxonomy(taxonomy)
    if apply is not None:
        from cx_nlp.training.label_review import apply_review

        if out is None:
            raise typer.BadParameter("Name the labelled file to write.", param_hint="--out")
        changed = apply_review(
            labelled, apply, out, label_column=label_column, text_column=text_column, taxonomy=known
        )
        print_line(console, f"Changed: {counted(changed, 'comment')}.")
        print_line(console, f"Written: {out}")
        if as_json:
            print_json(
                {"command": "find-label-errors", "applied": str(apply), "changed": changed, "out": str(out)}
            )
        return
    from dataclasses import replace

    from cx_nlp.bundle import load
    from cx_nlp.training import find_label_errors as find
    from cx_nlp.training.label_review import check_review_path, write_review

    if out is not None:
        check_review_path(out, overwrite=overwrite)
    judge: Any = load(model, trusted=trusted) if model is not None else None
    with waiting("Fitting" if judge is None else "Judging", quiet=quiet), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        found = find(
            labelled, model=judge, taxonomy=known, label_column=label_column, text_column=text_column,
            min_support=min_support, seed=seed, n_jobs=jobs,
        )  # fmt: skip
    if most is not None:
        first = set(found.rows[:most])
        found = replace(found, errors=tuple(error for error in found.errors if error.row in first))
    _print(console, found, keep_personal_data=keep_personal_data)
    if out is not None:
        write_review(found, out, overwrite=overwrite, keep_personal_data=keep_personal_data)
        print_line(console, f"List: {out}")
    if as_json:
        print_json({"command": "find-label-errors", **_record(found, keep_personal_data=keep_personal_data), "out": str(out) if out else None})  # fmt: skip


def _taxonomy(path: Path | None) -> Any:  # noqa: ANN401 - a Taxonomy, imported late
    if path is None:
        return None
    from cx_nlp.taxonomy import load_taxonomy

    return load_taxonomy(path)


def _print(console: Any, found: Any, *, keep_personal_data: bool) -> None:  # noqa: ANN401 - imported late
    from cx_nlp.personal import mask

    for note in found.data.notes:
        print_line(console, f"Note: {note}")
    counts = Counter(error.kind for error in found.errors)
    kinds = ", ".join(f"{n:,} {KIND[kind]}" for kind, n in counts.most_common()) or "none"
    print_line(
        console,
        f"{len(found.rows):,} of {counted(len(found.data.records), 'comment')} have a label to look at again ({kinds}); judged by {found.judged_by}.",
    )
    if found.not_judged:
        few = ", ".join(f"{label} {n}" for label, n in found.not_judged.items())
        print_line(console, f"Not judged, too rare or unknown to the model: {few}.")
    rows = []
    for error in found.errors[:SHOWN]:
        record = found.data.records[error.row]
        words = error.quote or record.text
        words = words if keep_personal_data else mask(words)
        shown = words if len(words) <= WIDTH else f"{words[: WIDTH - 1]}…"
        rows.append(
            (
                str(record.line),
                KIND[error.kind],
                error.given or "–",
                error.says or "–",
                f"{error.probability:.2f}",
                shown,
            )
        )
    if rows:
        print_table(console, ("line", "what", "given", "model says", "probability", "words"), rows)
    if len(found.errors) > SHOWN:
        print_line(console, f"… and {len(found.errors) - SHOWN:,} more; --out writes all of them.")


def _record(found: Any, *, keep_personal_data: bool) -> dict[str, Any]:  # noqa: ANN401 - imported late
    from cx_nlp.personal import mask

    def shown(text: str) -> str:
        return text if keep_personal_data else mask(text)

    return {
        "comments": len(found.data.records),
        "doubtful": len(found.rows),
        "judged_by": found.judged_by,
        "not_judged": found.not_judged,
        "errors": [
            {
                "line": found.data.records[error.row].line, "kind": error.kind, "given": error.given, "model_says": error.says,
                "probability": error.probability, "doubt": error.doubt, "quote": shown(error.quote),
                "text": shown(found.data.records[error.row].text),
            }
            for error in found.errors
        ],
    }  # fmt: skip
