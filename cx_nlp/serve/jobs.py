"""Files given to `/score`, what is becoming of them, and for how long they are kept."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from cx_nlp.errors import CxError
from cx_nlp.io.outputs import replacing, take_lock, writing
from cx_nlp.serve.job_work import EXPORT, RESULT, StopJob, score_job
from cx_nlp.serve.logs import log, log_error
from cx_nlp.serve.waiting import Full, Stopping
from cx_nlp.tagger.frames import Tags

ID = re.compile(r"[0-9a-f]{32}")
OPTION = re.compile(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)")
_RECORD, _LOCK = "job.json", "lock"
_LIVE = ("waiting", "running")


@dataclass
class Job:
    """One file on its way.

    Attributes
    ----------
    id : str
        128 random bits: whoever knows it and a token may fetch the result.
    options : mapping
        As given with the file.
    state : str
        waiting, running, done or failed.
    """

    id: str
    options: Mapping[str, Any]
    created: str
    state: str = "waiting"
    finished: str | None = None
    detail: str | None = None
    counts: dict[str, int] | None = None
    rows: int = 0
    share: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event, repr=False)

    def record(self) -> dict[str, Any]:
        """What is kept on the disk."""
        names = ("id", "options", "created", "state", "finished", "detail", "counts", "rows", "share")
        return {name: getattr(self, name) for name in names}


class Jobs:
    """The jobs of one server, scored one after the other.

    Parameters
    ----------
    folder : Path
        Made for its owner only; belongs to one server at a time.
    tagger : Tags
    most : int
        Jobs kept at once.
    keep : timedelta
        How long a finished one is kept.

    Raises
    ------
    OutputError
        The folder cannot be written, or another server uses it.
    """

    def __init__(self, folder: Path, tagger: Tags, *, most: int, keep: timedelta) -> None:
        self._folder, self._tagger, self._most, self._keep = folder, tagger, most, keep
        with writing(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.name != "nt":
                folder.chmod(0o700)
        self._lock = take_lock(
            folder / _LOCK,
            f"{folder}: another cx-nlp serve keeps its jobs there; stop it, or name another folder with --jobs-folder.",
        )
        self._jobs: dict[str, Job] = {}
        self._changing = threading.Lock()
        self._stopping = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cx_nlp-job")
        self._jobs.update((job.id, job) for job in self._left())

    def start(self) -> None:
        """Goes on with the jobs that an earlier server did not end."""
        for job in [*self._jobs.values()]:
            if job.state in _LIVE:
                job.state = "waiting"
                self._thread.submit(self._run, job, again=True)

    def __len__(self) -> int:
        return len(self._jobs)

    def new(self, options: Mapping[str, Any]) -> Job:
        """A job whose file is still to be written to `export(job)`.

        Raises
        ------
        Full
            As many as may be kept are there.
        OutputError
            The disk refuses.
        """
        self.expire()
        job = Job(secrets.token_hex(16), dict(options), _iso(_now()))
        with self._changing:
            if len(self._jobs) >= self._most:
                raise Full
            self._jobs[job.id] = job
        with writing(self._folder):
            (self._folder / job.id).mkdir(mode=0o700)
        return job

    def accept(self, job: Job) -> None:
        """Takes a job whose file is whole: from here on it outlives the server.

        Raises
        ------
        Stopping
            The server is about to end.
        """
        with self._changing:
            if self._stopping:
                raise Stopping
            self._save(job)
            self._thread.submit(self._run, job)

    def find(self, id: str) -> Job | None:
        """The job of an id."""
        self.expire()
        return self._jobs.get(id)

    def remove(self, job: Job) -> None:
        """Stops a job and removes all that belongs to it; a running one at its next part."""
        with self._changing:
            job.stop.set()
            running = job.state == "running"
            self._jobs.pop(job.id, None)
        # The record first: without it nothing goes on with the rest after a crash.
        (self._folder / job.id / _RECORD).unlink(missing_ok=True)
        if not running:
            shutil.rmtree(self._folder / job.id, ignore_errors=True)

    def expire(self) -> None:
        """Removes finished jobs that were kept long enough."""
        for job in [*self._jobs.values()]:
            if (ends := self.expires(job)) is not None and ends < _now():
                self.remove(job)

    def expires(self, job: Job) -> datetime | None:
        """When a finished job is removed."""
        return datetime.fromisoformat(job.finished) + self._keep if job.finished else None

    def export(self, job: Job) -> Path:
        """Where the file of a job lies."""
        return self._folder / job.id / EXPORT

    def result(self, job: Job) -> Path:
        """Where the result of a job lies when it is done."""
        return self._folder / job.id / RESULT

    def close(self) -> None:
        """Stops the running job at its next part; it and those that wait go on when a server is started on the folder again."""
        with self._changing:
            self._stopping = True
        for job in [*self._jobs.values()]:
            job.stop.set()
        self._thread.shutdown(wait=True, cancel_futures=True)
        self._lock.release()

    def _run(self, job: Job, *, again: bool = False) -> None:
        folder = self._folder / job.id
        with self._changing:
            if job.stop.is_set():
                return
            job.state = "running"
        try:
            summary = score_job(folder, job, self._tagger, again=again)
        except (StopJob, Stopping):
            if job.id not in self._jobs:
                shutil.rmtree(folder, ignore_errors=True)
            return
        except CxError as error:
            self._finish(job, "failed", _over_http(str(error).replace(f"{folder}{os.sep}", "")))
        except Exception as error:
            # The next job must not suffer; what happened is in the log.
            log_error("job failed", error)
            self._finish(
                job, "failed", "The server could not score this file; its log says where it stopped."
            )
        else:
            counts = asdict(summary.counts)
            job.counts = {name: counts[name] for name in ("rows_in", "scored", "rejected", "mentions")}
            job.rows, job.share = summary.counts.rows_in, 1.0
            self._finish(job, "done")

    def _finish(self, job: Job, state: str, detail: str | None = None) -> None:
        job.finished, job.detail, job.state = _iso(_now()), detail, state
        self.export(job).unlink(missing_ok=True)
        if job.id in self._jobs:
            self._save(job)
        else:
            shutil.rmtree(self._folder / job.id, ignore_errors=True)
        log("job ended", state=state, rows=job.rows)

    def _save(self, job: Job) -> None:
        path = self._folder / job.id / _RECORD
        with replacing(path) as new:
            new.write_text(json.dumps(job.record()), encoding="utf-8")

    def _left(self) -> Iterator[Job]:
        """Jobs of an earlier server, oldest first; what has no whole record was never accepted, or was removed."""
        found = []
        for folder in self._folder.iterdir():
            if not ID.fullmatch(folder.name):
                continue
            try:
                found.append(Job(**json.loads((folder / _RECORD).read_text(encoding="utf-8"))))
            except (OSError, TypeError, ValueError):
                shutil.rmtree(folder, ignore_errors=True)
        yield from sorted(found, key=lambda job: job.created)


def _over_http(message: str) -> str:
    """An error's words with the options of the command line as the query parameters that they are here."""
    return OPTION.sub(lambda found: found[1].replace("-", "_"), " ".join(message.split()))


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
