"""The way of `score` and `analyze`: read, say what is assumed, score under a progress bar, say what came of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console

from cx_nlp.analysis import job, opened_source
from cx_nlp.bundle import load
from cx_nlp.cli.console import console_for, counted, print_json, print_line, print_table, progress_bar
from cx_nlp.cli.drift_lines import told_in_short
from cx_nlp.cli.request import Request
from cx_nlp.io.comment_plan import CommentPlan, plan_comments
from cx_nlp.io.outputs import check_free
from cx_nlp.io.target import Target
from cx_nlp.scoring import ScoreSummary


def run(
    command: str,
    request: Request,
    target: Target | None,
    *,
    found: Callable[[Any], Iterable[str]] = lambda _: (),
) -> None:
    """Does a request's "score" or "analyze", whose files go to `target`, and says what was `found`."""
    if target:
        check_free(target, overwrite=request.overwrite)
    of_page = {"lang": request.lang} if command == "analyze" else {}
    work = job(
        command, request.out, schema=request.schema, prefix=request.prefix, files=request.files, **of_page
    )
    console = console_for(as_json=request.as_json, quiet=request.quiet)
    reading = {"encoding": request.encoding, "delimiter": request.delimiter, "sheet": request.sheet}
    with opened_source(request.export, query=request.asked, **reading) as export:
        plan = plan_comments(export, chosen=request.chosen, rating_kind=request.rating_kind)
        early_notes = (*export.notes, *plan.notes)
        print_plan(console, plan, early_notes)
        tagger = load(request.model, trusted=request.trusted, kind="mentions")
        with progress_bar("Scoring", quiet=request.quiet) as progress:
            summary = work(
                export,
                tagger=tagger,
                plan=plan,
                format=request.format,
                overwrite=request.overwrite,
                restart=request.restart,
                jobs=request.jobs,
                scheduler=request.scheduler,
                options=request.options,
                keep_personal_data=request.keep_personal_data,
                progress=progress,
            )
    for line in found(summary):
        print_line(console, line)
    for line in result_lines(summary, said=len(early_notes), max_chars=getattr(tagger, "max_chars", None)):
        print_line(console, line)
    if request.as_json:
        model = {"id": getattr(tagger, "model_id", None), "digest": getattr(tagger, "digest", None)}
        print_json({"command": command, **summary_record(summary, plan), "model": model})


def print_plan(console: Console, plan: CommentPlan, notes: tuple[str, ...]) -> None:
    """Prints which column was taken for what and why, and what else is assumed."""
    # The plan's lines go on from the columns' with how ratings and dates are read.
    read_as = [
        line.removeprefix(column)
        for column, line in zip(plan.columns.describe(), plan.describe(), strict=True)
    ]
    rows = [
        (role, guess.column, guess.reason + how)
        for (role, guess), how in zip(plan.columns.roles.items(), read_as, strict=True)
    ]
    print_table(console, ("role", "column", "why"), rows)
    for note in notes:
        print_line(console, f"Note: {note}")


def result_lines(summary: ScoreSummary, *, said: int = 0, max_chars: int | None = None) -> Iterator[str]:
    """What a run gave, in words; its first `said` notes were printed before, the tagger reads `max_chars`."""
    counts = summary.counts
    for note in summary.notes[said:]:
        yield f"Note: {note}"
    if summary.put and not summary.put.added and not summary.out:
        yield (
            f"Nothing to add: run {summary.put.run_id} in {summary.put.database} has the same result already"
            f" ({counts.scored:,} of {counted(counts.rows_in, 'row')} scored)."
        )
        return
    if summary.taken_over:
        yield f"Went on from an earlier run that was stopped: {counted(summary.taken_over, 'row')} had been tagged."
    yield (
        f"Scored {counts.scored:,} of {counted(counts.rows_in, 'row')} in {summary.seconds:.1f} s "
        f"({counted(round(summary.comments_per_second), 'comment')} a second): {counted(counts.mentions, 'mention')}, "
        f"{counted(counts.needs_review, 'comment')} to review."
    )
    if counts.rejected:
        reasons = ", ".join(f"{n:,} {reason}" for reason, n in counts.reasons.items())
        yield f"Not scored: {counted(counts.rejected, 'row')} ({reasons}); each is in {summary.rejected}."
    if counts.truncated:
        part = f"the first {counted(max_chars, 'character')} were" if max_chars else "the beginning was"
        yield f"Too long: of {counted(counts.truncated, 'comment')} only {part} tagged."
    if summary.drift:
        yield from told_in_short(summary.drift)
    if summary.put:
        there = "" if summary.put.added else ", which had the same result already"
        yield f"Result: run {summary.put.run_id} in {summary.put.database}{there}"
    if summary.out:
        yield f"Result: {summary.out}"
    if summary.report:
        yield f"Report: {summary.report}"


def summary_record(summary: ScoreSummary, plan: CommentPlan) -> dict[str, Any]:
    """What a run gave, for machines."""
    return {
        "out": str(summary.out) if summary.out else None,
        "files": list(summary.files),
        "report": str(summary.report) if summary.report else None,
        "database": asdict(summary.put) if summary.put else None,
        "columns": {role: asdict(guess) for role, guess in plan.columns.roles.items()},
        "rating": asdict(plan.rating) if plan.rating else None,
        "notes": list(summary.notes),
        "counts": asdict(summary.counts),
        "seconds": round(summary.seconds, 3),
        "taken_over": summary.taken_over,
        "drift": {"verdict": summary.drift.verdict, "mattering": [*summary.drift.mattering]}
        if summary.drift
        else None,
        "comments_per_second": round(summary.comments_per_second, 1),
    }
