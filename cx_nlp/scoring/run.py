"""Exports of any length scored into files, in constant memory."""

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cx_nlp.errors import OutputError
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.io.comments import CommentReader
from cx_nlp.io.export import Chunk, Export
from cx_nlp.io.outputs import check_free, write_manifest, write_whole, writing
from cx_nlp.io.scored import own_types, scored_tables
from cx_nlp.io.tables import csv_table
from cx_nlp.io.target import Target, output_target
from cx_nlp.scoring.cluster import cluster_pool
from cx_nlp.scoring.journal import Journal
from cx_nlp.scoring.manifest import Counts, run_manifest, versions
from cx_nlp.scoring.masked import masked, masked_record
from cx_nlp.scoring.parts import ROWS, Part, Tagged, parts_of
from cx_nlp.scoring.pool import Pool, pool_for
from cx_nlp.scoring.reasons import reason_kind
from cx_nlp.scoring.unfinished import unfinished
from cx_nlp.scoring.watch import Watch
from cx_nlp.shift import Drift
from cx_nlp.tagger.frames import Tags, check_tags, comments_with, mention_table, rejected_frame
from cx_nlp.taxonomy import Taxonomy

TAXONOMY = "taxonomy.toml"
PAGE = "report.html"
"""Name of the report, where a run has one."""

Progress = Callable[[int, float], None]
"""Called after each chunk with the rows read so far and the share of the export they are (0 to 1)."""


@dataclass(frozen=True)
class Put:
    """A run's place in a database.

    Attributes
    ----------
    database : str
        Its address, without a password.
    run_id : int
        Number of the run there.
    added : bool
        False where the database had the run already: then nothing was changed.
    rejected : str
        Name of the table of rows not scored.
    """

    database: str
    run_id: int
    added: bool
    rejected: str


@dataclass(frozen=True)
class ScoreSummary:
    """What a run gave and where it is.

    Attributes
    ----------
    out : Path or None
        The folder or main file; None where the result is in a database only.
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
    taken_over : int
        Rows whose tags an earlier start of the same run had left.
    put : Put or None
        Where in a database the run is, if one was asked for.
    drift : Drift or None
        How the comments differ from those the model was measured on; None of a model without a profile of these.
    """

    out: Path | None
    files: tuple[str, ...]
    rejected: str
    counts: Counts
    notes: tuple[str, ...]
    seconds: float
    taken_over: int = 0
    put: Put | None = None
    drift: Drift | None = None

    @property
    def report(self) -> Path | None:
        """The page, where one was written."""
        return self.out / PAGE if self.out and PAGE in self.files else None

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
    restart: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    options: Mapping[str, Any] | None = None,
    keep_personal_data: bool = False,
    progress: Progress | None = None,
) -> ScoreSummary:
    """Scores an export into a folder or file that appears whole or not at all.

    A run that was stopped or killed goes on where it was when it is started again with the same arguments.

    Parameters
    ----------
    export, plan
        As `open_export` and `plan_comments` give them.
    out, format
        Goal, see `output_target`.
    overwrite
        Whether a former result of cx_nlp may be replaced; anything else never is.
    restart
        Whether to begin anew where an earlier run was stopped before its end.
    jobs
        Processes that tag, for the fast model; by default one for each core. They do not change the result.
    scheduler
        Address of a Dask scheduler whose workers are to tag.
    options
        What the user asked for, kept in the manifest.
    keep_personal_data
        Whether rejected.csv shows rows as they are, with telephone numbers, addresses and the like.
    progress
        Told of each part.

    Raises
    ------
    OutputError
        If the goal is taken or cannot be written, another run is writing there, or an earlier one of something else was stopped.
    InputError
        If the export breaks off.
    """
    target = output_target(out, format=format)
    with scoring([target], export=export, tagger=tagger, plan=plan, overwrite=overwrite, restart=restart,
                 jobs=jobs, scheduler=scheduler, options=options,
                 keep_personal_data=keep_personal_data, progress=progress) as (_, summary):  # fmt: skip
        return summary


@contextmanager
def scoring(
    targets: Sequence[Target],
    *,
    export: Export,
    tagger: Tags,
    plan: CommentPlan,
    overwrite: bool = False,
    restart: bool = False,
    jobs: int | None = None,
    scheduler: str | None = None,
    options: Mapping[str, Any] | None = None,
    keep_personal_data: bool = False,
    progress: Progress | None = None,
) -> Iterator[tuple[Path, ScoreSummary]]:
    """Scores an export in each target's form; the first target names manifest and rejected.

    Gives the folder where the files lie until the block ends well: then they take their places, with what the block added.
    """
    check_tags(tagger)
    main = targets[0]
    check_free(main, overwrite=overwrite)
    _check_apart(export, main)
    about = _About(export, plan, tagger, dict(options or {}), export.digest(), keep_personal_data)
    with ExitStack() as stack:
        kept = stack.enter_context(unfinished(main, about.identity(), restart=restart))
        folder = stack.enter_context(write_whole(main, overwrite=overwrite, within=kept.folder))
        pool: Pool = stack.enter_context(
            cluster_pool(tagger, scheduler) if scheduler else pool_for(tagger, export.last_line, jobs)
        )
        yield folder, _scored(folder, targets, about, kept.journal, pool, progress)


@dataclass(frozen=True)
class _About:
    """What a run reads, and with what."""

    export: Export
    plan: CommentPlan
    tagger: Tags
    options: Mapping[str, Any]
    sha256: str
    keep_personal_data: bool

    def identity(self) -> dict[str, Any] | None:
        """What the tags depend on; None for data or a model that cannot be told from others."""
        digest = getattr(self.tagger, "digest", None)
        if digest is None or self.export.format == "frame":
            return None
        roles = {role: guess.column for role, guess in self.plan.columns.roles.items()}
        return {
            "input": self.sha256,
            "model": digest,
            "columns": {"roles": roles, "rating": asdict(self.plan.rating) if self.plan.rating else None},
            "options": dict(self.options),
            "versions": versions(),
            "rows": ROWS,
        }


def _scored(
    folder: Path,
    targets: Sequence[Target],
    about: _About,
    journal: Journal,
    pool: Pool,
    progress: Progress | None,
) -> ScoreSummary:
    main, started, clock = targets[0], _now(), time.perf_counter()
    export, plan, tagger = about.export, about.plan, about.tagger
    reader, tally, known = CommentReader(plan), Counter[str](), journal.parts
    watch = Watch(tagger, export)
    with ExitStack() as stack:
        types = own_types(export, plan.others)
        tables = [stack.enter_context(scored_tables(folder, target, types=types)) for target in targets]
        refused = stack.enter_context(csv_table(folder / main.rejected))
        for part, tags in tagged(parts_of(export, reader), journal, pool):
            comments = comments_with(part.comments, tags)
            mentions = mention_table(part.comments, tags, tagger.taxonomy)
            for append in tables:
                append(comments, mentions)
            rejected = rejected_frame(part.rejected)
            refused.append(
                (rejected if about.keep_personal_data else masked(rejected, tally)).reset_index(names="line")
            )
            tally.update(_numbers(part, tags))
            watch.add(part.comments["text"].tolist(), tags)
            if progress:
                progress(tally["rows_in"], _share(part.chunk, export))
    seconds = time.perf_counter() - clock
    files = [*(name for target in targets for name in target.tables), main.rejected, main.manifest]
    if main.is_folder and tagger.taxonomy:
        files.append(_write_taxonomy(folder, tagger.taxonomy))
    notes = (*export.notes, *plan.notes, *reader.notes())
    counts, taken_over = _counts(tally), min(known * ROWS, tally["rows_in"])
    drift = watch.drift()
    summary = ScoreSummary(
        main.path, tuple(files), main.rejected, counts, notes, seconds, taken_over, drift=drift
    )
    manifest = run_manifest(
        export, plan, tagger, summary.counts, sha256=about.sha256, notes=notes, options=about.options
    )
    manifest["drift"] = drift.to_dict() if drift else None
    manifest["personal_data"] = masked_record(tally, kept=about.keep_personal_data)
    times = {"started": started, "finished": _now(), "seconds": round(seconds, 3)}
    times["comments_per_second"] = round(summary.comments_per_second, 1)
    write_manifest(folder / main.manifest, manifest | times, files=files)
    return summary


def tagged(parts: Iterable[Part], journal: Journal, pool: Pool) -> Iterator[tuple[Part, pa.Table]]:
    """Every part with the tags of its comments, those of its new texts taken from the journal as far as it goes."""
    known, repeats = journal.read(), Tagged()
    waiting: deque[tuple[Part, Any]] = deque()

    def first() -> tuple[Part, pa.Table]:
        part, task = waiting.popleft()
        tags = pool.result(task)
        journal.append(tags)
        return part, repeats.rows(part, tags)

    for part in parts:
        if (tags := next(known, None)) is not None:
            if len(tags) != len(part.texts):
                raise OutputError(
                    "the tags that an earlier run left do not fit the export; give --restart to begin anew."
                )
            yield part, repeats.rows(part, tags)
            continue
        waiting.append((part, pool.submit(part.texts)))
        if len(waiting) > pool.ahead:
            yield first()
    while waiting:
        yield first()


def _check_apart(export: Export, target: Target) -> None:
    source = Path(os.path.realpath(export.path))
    if export.size is not None and target.path in (source, *source.parents):
        raise OutputError(
            f"{target.path}: the export to be read lies there and would be lost; choose another --out."
        )


def _write_taxonomy(folder: Path, taxonomy: Taxonomy) -> str:
    """Beside the tables, so that they can be read by whoever does not have the model."""
    path = folder / TAXONOMY
    with writing(path):
        path.write_text(taxonomy.to_toml(), encoding="utf-8")
    return path.name


def _numbers(part: Part, tags: pa.Table) -> Counter[str]:
    numbers = Counter(f"rejected: {reason_kind(row.reason)}" for row in part.rejected)
    numbers["rows_in"] = len(part.chunk.frame) + len(part.chunk.rejected)
    numbers["scored"] = len(part.comments)
    numbers["mentions"] = pc.sum(pc.list_value_length(tags["mentions"])).as_py() or 0
    for name in ("needs_review", "truncated"):
        numbers[name] = pc.sum(tags[name]).as_py() or 0
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
