"""`cx-nlp drift`: whether new comments are like those that a model was measured on."""

from pathlib import Path
from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, counted, print_json, print_line, print_table, progress_bar
from cx_nlp.cli.train import LabelColumn


def drift(
    new: Annotated[
        Path,
        typer.Argument(
            metavar="NEW", show_default=False, help="An export of new comments, one a row, as for score."
        ),
    ],
    model: opt.Model = "auto",
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="EXPORT",
            show_default=False,
            help="Compare with these comments, such as a period of your own, instead of those the model was measured on.",
        ),
    ] = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(
            "--labelled",
            metavar="FILE",
            show_default=False,
            help="New comments with labels, as for evaluate: the model's figures on them beside its card's; repeatable.",
        ),
    ] = None,
    label_column: LabelColumn = None,
    text_column: opt.TextColumn = None,
    encoding: opt.Encoding = None,
    delimiter: opt.Delimiter = None,
    sheet: opt.Sheet = None,
    at_most: Annotated[
        int, typer.Option("--at-most", min=1, metavar="N", help="Comments to look at, evenly spread.")
    ] = 10_000,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            show_default=False,
            help="Write the result there as JSON, every label included.",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file of --out.")] = False,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Watch a model in use: compare new comments with those its figures were measured on.

    Compared are how sure the model is, words it does not know, languages, diacritics, length, emoji and shares of labels. A shift
    counts where chance does not explain it and it is large (population stability index 0.1 and more). The verdict says which
    shifts matter for accuracy.
    """
    import json

    from cx_nlp.analysis import drift as compare
    from cx_nlp.cli import drift_lines as lines
    from cx_nlp.errors import OutputError
    from cx_nlp.io.outputs import writing
    from cx_nlp.io.readers import open_export

    if out is not None and out.exists() and not overwrite:
        raise OutputError(f"{out}: exists; give --overwrite to replace it, or choose another name.")
    console = console_for(as_json=as_json, quiet=quiet)
    given = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet}
    with progress_bar("Tagging", quiet=quiet) as report:
        found = compare(
            open_export(new, **given), model=model, reference=open_export(reference, **given) if reference else None,
            labelled=labelled or None, label_column=label_column, columns={"text": text_column} if text_column else None,
            trusted=trusted, at_most=at_most, progress=report,
        )  # fmt: skip
    print_line(
        console,
        f"{counted(found.comments_after, 'comment')} of {found.new} against {counted(found.comments_before, 'comment')}: "
        f"{found.reference}",
    )
    print_line(console, lines.verdict_line(found))
    print_line(console, "")
    print_table(console, lines.HEADER, lines.rows(found))
    if found.accuracy:
        print_line(console, "")
        print_table(console, lines.ACCURACY_HEADER, lines.accuracy_rows(found))
    print_line(console, "")
    for line in lines.notes(found):
        print_line(console, line)
    said = {"command": "drift", **found.to_dict()}
    if out is not None:
        with writing(out):
            out.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        print_line(console, f"Result: {out}")
    if as_json:
        print_json(said)
