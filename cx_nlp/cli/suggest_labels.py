"""`cx-nlp suggest-labels`: which comments of an export to label next."""

from pathlib import Path
from typing import Annotated

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, counted, print_json, print_line, progress_bar
from cx_nlp.errors import InputError


def suggest_labels(
    export: opt.ExportPath,
    n: Annotated[int, typer.Option("--n", min=1, metavar="N", show_default=False, help="Comments to pick.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="FILE",
            show_default=False,
            help="The file to make: .xlsx (lists to choose from), .csv (the same columns), .json (Label Studio, with the "
            "labelling config beside it) or .jsonl.",
        ),
    ],
    model: opt.Model = "auto",
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            callback=opt.one_of("labelstudio", "excel", "jsonl", "csv"),
            help="Form of the file where its ending does not say it: labelstudio, excel, jsonl, csv.",
        ),
    ] = None,
    labelled: Annotated[
        list[Path] | None,
        typer.Option(
            "--labelled",
            metavar="FILE",
            show_default=False,
            help="Comments labelled in earlier rounds: nothing like them is picked; repeatable.",
        ),
    ] = None,
    random_share: Annotated[
        float,
        typer.Option(
            "--random-share", min=0, max=1, help="Part picked at random, for an honest measurement later."
        ),
    ] = 0.2,
    cause_share: Annotated[
        float,
        typer.Option("--cause-share", min=0, max=1, help="Part picked for causes that are told rarely."),
    ] = 0.3,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The same seed, export and model give the same file.")
    ] = 0,
    text_column: opt.TextColumn = None,
    id_column: opt.IdColumn = None,
    channel_column: opt.ChannelColumn = None,
    encoding: opt.Encoding = None,
    delimiter: opt.Delimiter = None,
    sheet: opt.Sheet = None,
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            metavar="vi|en",
            callback=opt.one_of("vi", "en"),
            help="Language of the names in lists; by default that of most comments picked.",
        ),
    ] = None,
    keep_personal_data: opt.KeepPersonalData = False,
    overwrite: opt.Overwrite = False,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Pick the comments of an export that are most worth labelling, with what the model suggests for them.

    Those of which the model is unsure, unlike each other, with rare causes, languages and channels in it, and a part at
    random. The column picked_for says which: measure on the random part alone.

    Once filled in, the file goes into train, evaluate and distill as it is.
    """
    from cx_nlp.bundle import load
    from cx_nlp.cli.run import print_plan
    from cx_nlp.io.comment_plan import plan_comments
    from cx_nlp.io.outputs import check_free
    from cx_nlp.io.readers import open_export
    from cx_nlp.io.target import labels_target
    from cx_nlp.suggesting import suggest_from
    from cx_nlp.suggesting.api import labelled_texts

    if random_share + cause_share > 1:
        raise InputError(
            f"--random-share {random_share:g} and --cause-share {cause_share:g} are more than 1 together"
        )
    check_free(labels_target(out, format=format), overwrite=overwrite)
    console = console_for(as_json=as_json, quiet=quiet)
    opened = open_export(export, encoding=encoding, delimiter=delimiter, sheet=sheet)
    named = {"text": text_column, "id": id_column, "channel": channel_column}
    plan = plan_comments(opened, chosen={role: name for role, name in named.items() if name is not None})
    print_plan(console, plan, (*opened.notes, *plan.notes))
    tagger = load(model, trusted=trusted, kind="mentions")
    known = labelled_texts(labelled or (), tagger.taxonomy)
    with progress_bar("Reading", quiet=quiet) as progress:
        done = suggest_from(
            opened, tagger=tagger, n=n, out=out, plan=plan, format=format, labelled=known, random_share=random_share,
            cause_share=cause_share, seed=seed, lang=lang, keep_personal_data=keep_personal_data, overwrite=overwrite,
            progress=progress,
        )  # fmt: skip
    told = ", ".join(f"{number:,} {why}" for why, number in done.picked.items())
    print_line(console, f"Picked {len(done.suggestions):,} of {counted(done.comments, 'comment')}: {told}.")
    if done.repeated or done.labelled:
        print_line(
            console,
            f"Left out: {done.repeated:,} whose text came before, {done.labelled:,} labelled already.",
        )
    if done.masked:
        shown = "shown as written" if keep_personal_data else "masked"
        print_line(console, f"Personal data in {counted(done.masked, 'comment')}: {shown}.")
    for name in done.files[:-1]:
        print_line(console, f"Result: {done.out.parent / name}")
    if as_json:
        print_json(
            {
                "command": "suggest-labels", "out": str(done.out), "files": list(done.files), "picked": dict(done.picked),
                "rows": done.rows, "comments": done.comments, "repeated": done.repeated, "labelled": done.labelled,
                "masked": done.masked, "seed": seed,
            }
        )  # fmt: skip
