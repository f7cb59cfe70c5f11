"""Exports of any length scored into files, in constant memory."""

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cx_nlp.errors import OutputError
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Chunk, Export
from cx_nlp.io.outputs import write_manifest, write_whole, writing
from cx_nlp.io.scored import own_types, scored_tables
from cx_nlp.io.tables import csv_table
from cx_nlp.io.target import Target, output_target
from cx_nlp.scoring.manifest import Counts, run_manifest
from cx_nlp.scoring.reasons import reason_kind
from cx_nlp.tagger.frames import Scored, Tags, check_tags, scored_chunks
from cx_nlp.taxonomy import Taxonomy

TAXONOMY = "taxonomy.toml"

Progress = Callable[[int, float], None]
"""Called after each chunk with the rows read so far and the share of the export they are (0 to 1)."""


@dataclass(frozen=True)
class ScoreSummary:
    """What a run gave and where it is.

    Attributes
    ----------
    out : Path
        The folder or main file.
    files : tuple of str
        Names of all files written, in `out` or beside it.
    rejected : str
        Name of the file that lists the rows not scored.
    counts : Counts
        Rows, mentions and what became of them.
    notes : tuple of str
        What was assumed or became missing.
    seconds : float
        From the first row read to the last file closed.
    """

    out: Path
    files: tuple[str, ...]
    rejected: str
    counts: Counts
    notes: tuple[str, ...]
    seconds: float

    @property
    def comments_per_second(self) -> float:
        """Comments scored each second, reading and writing included."""
        return self.counts.scored / self.seconds if self.seconds else 0.0


def score_export(
    export: Export,
    *,
    out: Path | str,
    tagger: Tags,
    plan: CommentPlan,
    format: str | None = None,
    overwrite: bool = False,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ScoreSummary:
    """Scores an export into a folder or file that appears whole or not at all.

    Parameters
    ----------
    export, plan
        As `open_export` and `plan_comments` give them.
    out, format
        Goal, see `output_target`.
    overwrite
        Whether a former result of cx_nlp may be replaced; anything else never is.
    options
        What the user asked for, kept in the manifest.
    progress
        Told of each chunk.

    Raises
    ------
    OutputError
        If the goal is taken or cannot be written.
    InputError
        If the export breaks off.
    """
    target = output_target(out, format=format)
    with write_whole(target, overwrite=overwrite) as folder:
        return score_into(
            folder, [target], export=export, tagger=tagger, plan=plan, options=options, progress=progress
        )


def score_into(
    folder: Path,
    targets: Sequence[Target],
    *,
    export: Export,
    tagger: Tags,
    plan: CommentPlan,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ScoreSummary:
    """Scores an export into files in `folder`, in each target's form; the first target names manifest and rejected."""
    check_tags(tagger)
    main, started, clock = targets[0], _now(), time.perf_counter()
    _check_apart(export, main)
    reader = CommentReader(plan)
    with ExitStack() as stack:
        types = own_types(export, plan.others)
        tables = [stack.enter_context(scored_tables(folder, target, types=types)) for target in targets]
        refused = stack.enter_context(csv_table(folder / main.rejected))
        tally = Counter[str]()
        for chunk, scored in scored_chunks(export, reader, tagger):
            for append in tables:
                append(scored.comments, scored.mentions)
            refused.append(scored.rejected.reset_index(names="line"))
            tally.update(_numbers(chunk, scored))
            if progress:
                progress(tally["rows_in"], _share(chunk, export))
    seconds = time.perf_counter() - clock
    files = [*(name for target in targets for name in target.tables), main.rejected, main.manifest]
    if main.is_folder and tagger.taxonomy:
        files.append(_write_taxonomy(folder, tagger.taxonomy))
    notes = (*export.notes, *plan.notes, *reader.notes())
    summary = ScoreSummary(main.path, tuple(files), main.rejected, _counts(tally), notes, seconds)
    manifest = run_manifest(export, plan, tagger, summary.counts, notes=notes, options=options or {})
    times = {"started": started, "finished": _now(), "seconds": round(seconds, 3)}
    times["comments_per_second"] = round(summary.comments_per_second, 1)
    write_manifest(folder / main.manifest, manifest | times, files=files)
    return summary


def _check_apart(export: Export, target: Target) -> None:
    source = Path(os.path.realpath(export.path))
    if export.format != "frame" and target.path in (source, *source.parents):
        raise OutputError(
            f"{target.path}: the export to be read lies there and would be lost; choose another --out."
        )


def _write_taxonomy(folder: Path, taxonomy: Taxonomy) -> str:
    """Beside the tables, so that they can be read by whoever does not have the model."""
    path = folder / TAXONOMY
    with writing(path):
        path.write_text(taxonomy.to_toml(), encoding="utf-8")
    return path.name


def _numbers(chunk: Chunk, scored: Scored) -> Counter[str]:
    numbers = Counter(f"rejected: {reason_kind(reason)}" for reason in scored.rejected["reason"])
    numbers["rows_in"] = len(chunk.frame) + len(chunk.rejected)
    numbers["scored"] = len(scored.comments)
    numbers["mentions"] = len(scored.mentions)
    numbers["needs_review"] = int(scored.comments["needs_review"].sum())
    numbers["truncated"] = scored.truncated
    return numbers


def _counts(tally: Counter[str]) -> Counts:
    """The run's counts; a row lost or counted twice on the way is a bug, of which no result may come."""
    prefix = "rejected: "
    reasons = {key.removeprefix(prefix): n for key, n in tally.most_common() if key.startswith(prefix)}
    rejected = sum(reasons.values())
    if tally["rows_in"] != tally["scored"] + rejected:
        raise RuntimeError(
            f"{tally['rows_in']} rows in, but {tally['scored']} scored and {rejected} rejected"
        )
    names = ("rows_in", "scored", "mentions", "needs_review", "truncated")
    return Counts(**{name: tally[name] for name in names}, rejected=rejected, reasons=reasons)


def _share(chunk: Chunk, export: Export) -> float:
    lines = [int(chunk.frame.index[-1])] if len(chunk.frame) else []
    last = max([*lines, *(row.line for row in chunk.rejected)], default=0)
    return min(last / export.last_line, 1.0) if export.last_line else 0.0


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
