"""`cx-nlp check-fix`: did a fix do what its plan said."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, print_json, print_line, print_table, waiting

if TYPE_CHECKING:
    from cx_nlp.journey.fixes.checked import Checked


def check_fix(
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN.toml", show_default=False, help="The plan; --new writes one to fill in."),
    ],
    scored: Annotated[
        Path | None,
        typer.Argument(
            metavar="SCORED",
            show_default=False,
            help="The folder or file that `cx-nlp score` or `analyze` wrote, or comments and mentions tagged in another way.",
        ),
    ] = None,
    new: Annotated[bool, typer.Option("--new", help="Write a commented plan to PLAN.toml and leave.")] = False,
    audit: Annotated[
        Path | None,
        typer.Option("--audit", metavar="FILE", help="Comments labelled by you, for the model's error rates on your own data."),
    ] = None,
    exploratory: Annotated[
        bool,
        typer.Option(
            "--exploratory", help="Let a changed plan pass and take windows that are not over; the verdict is marked."
        ),
    ] = False,
    lang: Annotated[
        str, typer.Option("--lang", metavar="vi|en", callback=opt.one_of("vi", "en"), help="Language of what is printed.")
    ] = "en",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", show_default=False, help="A folder to make, with the figures as JSON and CSV."),
    ] = None,
    overwrite: opt.Overwrite = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:  # fmt: skip
    """Check whether a fix did what its plan said: effective, ineffective, inconclusive, harmful, or not enough data.

    The first check notes what the plan says in PLAN.lock.json; a plan that is changed later is refused, unless --exploratory.
    First it says what could be found with the plan's weeks, then the verdict, corrected for the tagger's errors where they are
    known, and whether complaints moved to neighbouring touchpoints.
    """
    console = console_for(as_json=as_json, quiet=quiet)
    if new:
        from cx_nlp.journey.fixes.planfile import write_example

        write_example(plan, lang=lang)
        print_line(console, f"Plan: {plan}")
        return
    if scored is None:
        raise typer.BadParameter(
            "Name the scored table, or give --new for a plan to fill in.", param_hint="SCORED"
        )
    from cx_nlp.journey.fixes.checked import check_plan
    from cx_nlp.journey.fixes.planfile import columns_of
    from cx_nlp.journey.table import read_scored
    from cx_nlp.report import fix_lines as lines
    from cx_nlp.report.fix_notes import note_lines
    from cx_nlp.taxonomy import load_taxonomy

    with waiting("Checking", quiet=quiet):
        table = read_scored(scored, columns=columns_of(plan))
        checked = check_plan(plan, table, audit=audit, exploratory=exploratory)
        written = _write(checked, out, overwrite=overwrite) if out else {}
    words, check = lines.fix_words(lang, table.taxonomy or load_taxonomy()), checked.check
    for block in (
        lines.plan_lines(checked, words),
        lines.power_lines(check, words),
        lines.verdict_lines(check, words),
    ):
        for line in block:
            print_line(console, line)
        print_line(console, "")
    if check.neighbours:
        print_line(console, lines.neighbour_title(check, words))
        print_table(console, *lines.neighbour_table(check, words))
        print_line(console, "")
    for line in note_lines(check, words):
        print_line(console, line)
    if out:
        print_line(console, f"Result: {written['out']}")
    if as_json:
        from cx_nlp.journey.fixes.record import record

        print_json({"command": "check-fix", **record(checked), **written})


def _write(checked: "Checked", out: Path, *, overwrite: bool) -> dict[str, Any]:
    """Writes the check into a folder; gives its path and files."""
    from cx_nlp.io.outputs import write_manifest, write_whole
    from cx_nlp.io.target import FINDINGS, findings_target
    from cx_nlp.journey.fixes.files import write_check
    from cx_nlp.scoring.manifest import versions

    target = findings_target(out)
    with write_whole(target, overwrite=overwrite) as folder:
        files = write_check(checked, folder)
        write_manifest(folder / target.manifest, {"versions": versions()}, files=files, result=FINDINGS)
    return {"out": str(target.path), "files": [*files, target.manifest]}
