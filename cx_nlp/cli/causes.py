"""`cx-nlp causes`: the lower half alone, from any scored table."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cx_nlp.cli import options as opt
from cx_nlp.cli.console import console_for, counted, print_json, print_line, waiting

if TYPE_CHECKING:
    import pandas as pd

    from cx_nlp.journey.findings import Findings

AUDITED = 120
HOW_TO_LABEL = (
    "Write touchpoint#factor#sentiment into the column aspects, several parted by ';', as in "
    "delivery#responsiveness#positive;hotline#issue_resolution#negative; leave it empty where a comment judges nothing."
)
# Who says where a cause starts, in words.
SAYS = {"customers": "by customers' journeys", "texts": "as the comments say"}


def causes(
    scored: Annotated[
        Path,
        typer.Argument(
            metavar="SCORED",
            show_default=False,
            help="The folder or file that `cx-nlp score` or `analyze` wrote, or a folder with comments.csv and mentions.csv.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", show_default=False, help="The folder to make."),
    ] = None,
    lang: opt.PageLanguage = None,
    graph: Annotated[
        Path | None,
        typer.Option("--graph", metavar="FILE", help="Which touchpoint may cause which: a file as --print-graph gives it."),
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option("--audit", metavar="FILE", help="Comments labelled by you, for the model's error rates on your own data."),
    ] = None,
    at_most: Annotated[int, typer.Option("--at-most", min=1, max=20, help="Causes on the list.")] = 5,
    print_graph: Annotated[
        bool, typer.Option("--print-graph", help="Print the journey graph, to edit and give back with --graph, and leave.")
    ] = False,
    draw_audit: Annotated[
        Path | None,
        typer.Option(
            "--draw-audit", metavar="FILE",
            help=f"Write {AUDITED} comments drawn at random, to label and give back with --audit, and leave.",
        ),
    ] = None,
    keep_personal_data: opt.KeepPersonalData = False,
    overwrite: opt.Overwrite = False,
    as_json: opt.AsJson = False,
    quiet: opt.Quiet = False,
) -> None:  # fmt: skip
    """Find the root causes in a scored table and write the report.

    Needed are comments (comment_id) and mentions (comment_id, touchpoint, factor, sentiment); customer_id, time, stage, rating,
    channel, segment and value are used where there are any.

    The folder holds report.html, report.xlsx, a CSV of each table of findings, findings.json and manifest.json.
    """
    from cx_nlp.analysis import causes as find_causes
    from cx_nlp.analysis import write_audit_sample
    from cx_nlp.journey.table import read_scored

    console = console_for(as_json=as_json, quiet=quiet)
    if print_graph or draw_audit:
        table = read_scored(scored)
        said: dict[str, Any] = {}
        if print_graph:
            from cx_nlp.journey.upstream.graph import default_graph
            from cx_nlp.journey.upstream.graphfile import format_graph, graph_tables
            from cx_nlp.taxonomy import load_taxonomy

            shown = default_graph(table.taxonomy or load_taxonomy())
            said["graph"] = graph_tables(shown)
            if not as_json:
                typer.echo(format_graph(shown), nl=False)
        if draw_audit:
            n = write_audit_sample(
                table, draw_audit, n=AUDITED, overwrite=overwrite, keep_personal_data=keep_personal_data
            )
            print_line(console, f"{counted(n, 'comment')} to label: {draw_audit}; give it back with --audit.")
            print_line(console, HOW_TO_LABEL)
            said |= {"audit": str(draw_audit), "comments": n}
        if as_json:
            print_json({"command": "causes", **said})
        return
    if out is None:
        raise typer.BadParameter("Name the folder to make.", param_hint="--out")
    with waiting("Looking for causes", quiet=quiet):
        found = find_causes(
            scored, out=out, lang=lang, graph=graph, audit=audit, at_most=at_most, overwrite=overwrite,
            keep_personal_data=keep_personal_data,
        )  # fmt: skip
    for line in cause_lines(found.findings.causes):
        print_line(console, line)
    for line in audit_notes(found.findings):
        print_line(console, line)
    print_line(console, f"Report: {found.out / 'report.html'}")
    if as_json:
        from cx_nlp.report.files import records

        print_json(
            {
                "command": "causes",
                "out": str(found.out),
                "files": list(found.files),
                "causes": [*records(found.findings.causes)],
            }
        )


def cause_lines(causes: "pd.DataFrame") -> Iterator[str]:
    """The causes on the list, a line each."""
    listed = causes[causes["listed"].astype(bool)].fillna({"factor": "", "starts_at": "", "starts_by": ""})
    if listed.empty:
        yield "No cause stands out; the report says why."
    for _, cause in listed.iterrows():
        factor = f" ({cause['factor']})" if cause["factor"] else ""
        who = "customers" if cause["customers"] > 0 else "comments"
        said = f"{cause['rank']}. {cause['touchpoint']}{factor}: {_share(cause, 'share_affected', 'share')} of {who} complain"
        if cause["measure"] != "reach":
            limits = f"({cause['loss_low']:.2f} to {cause['loss_high']:.2f})"
            by = "a rating lower by" if cause["measure"] == "rating" else "a chance of leaving higher by"
            said += f", associated with {by} {cause['loss']:.2f} {limits} each"
        if cause["starts_at"]:
            said += f"; starts at {cause['starts_at']}, {SAYS[cause['starts_by']]}"
        yield said + "."


def audit_notes(findings: "Findings") -> Iterator[str]:
    """What makes the user's own audit weak, a line each."""
    from cx_nlp.report.limits import sentence
    from cx_nlp.report.wording import wording

    words = wording("en", findings.taxonomy)
    for limit in findings.limits:
        if limit.about == "scorecard" and limit.reason.startswith("audit_"):
            yield f"Note: {sentence(limit, words)}"


def _share(row: "pd.Series[Any]", value: str, limits: str) -> str:
    return f"{row[value]:.1%} ({row[f'{limits}_low']:.1%} to {row[f'{limits}_high']:.1%})"
