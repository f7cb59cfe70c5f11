"""`cx-nlp migrate`: from one taxonomy to another, with labelled data and history."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, counted, print_json, print_line, print_table, waiting

if TYPE_CHECKING:
    from rich.console import Console

    from cx_nlp.migration import Migrated

HOW = {
    "same": "unchanged",
    "rename": "renamed",
    "merge": "merged",
    "split_model": "split by the model",
    "split_keyword": "split by keyword",
    "unsplit": "part not told",
    "set_aside": "set aside for a person to label",
}


def migrate(
    migration: Annotated[
        Path,
        typer.Argument(
            metavar="MIGRATION.toml", show_default=False, help="[[rename]], [[merge]], [[split]] and [[add]]."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            metavar="NEW.toml",
            show_default=False,
            help="The file of the new taxonomy; everything else is written into its folder.",
        ),
    ],
    taxonomy: Annotated[
        Path | None,
        typer.Option(
            "--taxonomy",
            metavar="OLD.toml",
            show_default=False,
            help="The old taxonomy, by default the shipped one.",
        ),
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option("--labels", metavar="LABELLED", help="Labelled comments to bring along; may recur."),
    ] = None,
    history: Annotated[
        list[Path] | None,
        typer.Option(
            "--history", metavar="SCORED", help="A scored folder or table to bring along; may recur."
        ),
    ] = None,
    check: Annotated[
        list[Path] | None,
        typer.Option(
            "--check",
            metavar="FILE",
            help="A plan, graph or audit to look through for old labels; nothing is changed in it; may recur.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="BUNDLE",
            show_default=False,
            help="A model of the new taxonomy, to tell the parts of split labels in the history.",
        ),
    ] = None,
    trusted: opt.Trusted = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:
    """Rename, merge, split and add labels: a new taxonomy, and labelled data and history under its names.

    Beside NEW.toml come NAME-migrated for every input, NAME-unsplit for labelled comments that a person has to decide, and
    NEW-bridge.csv: how many mentions went from which old label to which new one, and how.
    """
    from cx_nlp.migration import migrate as carry_out

    console = console_for(as_json=as_json, quiet=quiet)
    tagger: Any = None
    if model is not None:
        from cx_nlp.bundle import load

        tagger = load(model, trusted=trusted, kind="mentions")
    with waiting("Migrating", quiet=quiet):
        done = carry_out(
            migration, out=out, taxonomy=taxonomy, labels=labels or (), history=history or (), check=check or (), model=tagger
        )  # fmt: skip
    _print(console, done)
    if as_json:
        print_json(_record(done))


def _print(console: "Console", done: "Migrated") -> None:
    from cx_nlp.migration.run import changes

    print_table(console, ("kind", "old", "new"), changes(done.migration))
    for part in done.parts:
        print_line(console, "")
        aside = f", {counted(part.comments_aside, 'comment')} set aside" if part.comments_aside else ""
        joined = (
            f", {counted(part.mentions_joined, 'mention')} joined with another of the comment"
            if part.mentions_joined
            else ""
        )
        print_line(
            console,
            f"{part.source}: {counted(part.mentions_in, 'mention')} of {counted(part.comments_in, 'comment')}{joined}{aside}.",
        )
        table = part.table()
        moved = table[table["how"] != "same"]
        rows = [
            (r.kind, r.old, r.new, HOW[r.how], f"{r.mentions:,}", f"{100 * r.share:.1f} %", f"{r.joined:,}")
            for r in moved.itertuples(index=False)
        ]
        print_table(console, ("kind", "old", "new", "how", "mentions", "share of old", "joined"), rows)
    if any(part.comments_aside for part in done.parts):
        print_line(
            console, "Note: label the comments in the files NAME-unsplit by hand before you train on them."
        )
    if done.migration.added["touchpoint"] or done.migration.added["factor"]:
        print_line(
            console,
            "Note: the history holds nothing of an added label; its share begins with a model that knows it.",
        )
    for one in done.elsewhere:
        print_line(
            console,
            f"Note: {one.path}, line {one.line}: names the {one.kind} {one.old}; write {one.new} now.",
        )
    if any(one.path.suffix.lower() == ".toml" for one in done.elsewhere):
        print_line(
            console,
            "Note: check-fix refuses a plan that is changed after its first check, unless with --exploratory.",
        )
    for path, names in done.stale.items():
        print_line(
            console,
            f"Note: {path}: {', '.join(names)} speak of the old labels and were left behind; run `cx-nlp causes` on the migrated table.",
        )
    for path in done.files:
        print_line(console, f"Written: {path}")


def _record(done: "Migrated") -> dict[str, Any]:
    from cx_nlp.migration.run import changes

    return {
        "command": "migrate",
        "taxonomy": str(done.taxonomy),
        "files": [str(path) for path in done.files],
        "changes": [dict(zip(("kind", "old", "new"), row, strict=True)) for row in changes(done.migration)],
        "bridge": done.bridge.to_dict("records"),
        "sources": [
            {
                "source": part.source, "comments_in": part.comments_in, "comments_out": part.comments_out,
                "comments_aside": part.comments_aside, "mentions_in": part.mentions_in, "mentions_out": part.mentions_out,
                "mentions_joined": part.mentions_joined, "mentions_aside": part.mentions_aside,
            }
            for part in done.parts
        ],
        "elsewhere": [
            {"file": str(one.path), "line": one.line, "kind": one.kind, "old": one.old, "new": one.new}
            for one in done.elsewhere
        ],
        "stale": {str(path): names for path, names in done.stale.items()},
    }  # fmt: skip
