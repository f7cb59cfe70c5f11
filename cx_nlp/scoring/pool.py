"""Where texts are tagged: in a thread beside the one that reads and writes, or in further processes as well."""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any, Protocol

import joblib
import psutil
import pyarrow as pa
from joblib.externals.loky import ProcessPoolExecutor
from threadpoolctl import threadpool_limits

from cx_nlp.errors import CxError
from cx_nlp.tagger.estimator import MentionTagger
from cx_nlp.tagger.frames import Tags
from cx_nlp.tagger.tag_table import packed, tag_table, unpacked

WORTH = 20_000
"""Rows from which on it pays to start a process: it takes seconds to be ready."""
WORKER_BYTES = 500_000_000
"""Memory that a further process needs at most with a model of the shipped size."""
AHEAD = 3
"""Parts sent to a process before its first is back."""


class Pool(Protocol):
    """Tags texts, several parts at a time."""

    ahead: int
    """Parts that may be under way at once."""

    def submit(self, texts: Sequence[str]) -> Any:  # noqa: ANN401 - what `result` of the same pool takes
        """Asks for the tags of some texts."""

    def result(self, task: Any) -> pa.Table:  # noqa: ANN401
        """The tags asked for, when they are there."""


class Alone:
    """Tags in one thread of this process, which leaves the other to read and write; the network of an encoder has its own."""

    ahead = 2

    def __init__(self, tagger: Tags) -> None:
        self._tagger = tagger
        self._thread = ThreadPoolExecutor(1)

    def submit(self, texts: Sequence[str]) -> Future[pa.Table]:
        """Asks for the tags of some texts."""
        return self._thread.submit(tag_table, self._tagger, texts)

    def result(self, task: Future[pa.Table]) -> pa.Table:
        """The tags asked for, when they are there."""
        return task.result()

    def close(self) -> None:
        """Drops what is not begun."""
        self._thread.shutdown(cancel_futures=True)


class _Task:
    """Texts on their way to their tags."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.sent: Future[bytes] | None = None
        self.found: pa.Table | None = None


class Processes:
    """Tags in this process and in others; this one tags what the others do not get to while it would wait for them.

    Parameters
    ----------
    tagger : Tags
    folder : Path
        Where the tagger is put for the others to read, its arrays mapped into memory that they share.
    jobs : int
        Processes, this one included.
    """

    def __init__(self, tagger: Tags, folder: Path, jobs: int) -> None:
        self._tagger = tagger
        self._model = folder / "tagger.joblib"
        joblib.dump(tagger, self._model)
        # loky ends a process that has grown by 300 MB, as the words that it remembers make it do in millions of comments, and starts
        # another: nothing that a user should be told to mend.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs were given")
        self._room = AHEAD * (jobs - 1)
        self.ahead = self._room + 2
        self._others = ProcessPoolExecutor(jobs - 1, initializer=_end_with, initargs=(os.getpid(),))
        self._sent: list[_Task] = []
        self._waiting: deque[_Task] = deque()

    def submit(self, texts: Sequence[str]) -> _Task:
        """Asks for the tags of some texts."""
        task = _Task(texts)
        self._waiting.append(task)
        self._send()
        return task

    def result(self, task: _Task) -> pa.Table:
        """The tags asked for, when they are there.

        Raises
        ------
        CxError
            A process was killed.
        """
        while task.found is None:
            self._send()
            if task.sent is not None and (task.sent.done() or not self._waiting):
                task.found = unpacked(self._answer(task.sent))
            else:
                own = self._waiting.popleft()
                with threadpool_limits(1):
                    own.found = tag_table(self._tagger, own.texts)
        return task.found

    def close(self) -> None:
        """Ends the other processes."""
        self._others.shutdown(wait=True, kill_workers=True)

    def _send(self) -> None:
        self._sent = [task for task in self._sent if task.sent is not None and not task.sent.done()]
        while self._waiting and len(self._sent) < self._room:
            task = self._waiting.popleft()
            task.sent = self._others.submit(_tagged, str(self._model), task.texts)
            self._sent.append(task)

    def _answer(self, sent: Future[bytes]) -> bytes:
        try:
            return sent.result()
        except BrokenProcessPool as error:
            raise CxError(
                "a process that tags comments was ended from outside, most likely because memory ran out; what was tagged is kept:"
                " start the same command again with --jobs 1, or with more memory."
            ) from error


def _tagged(model: str, texts: Sequence[str]) -> bytes:
    """In another process: the tags of some texts."""
    with threadpool_limits(1):
        return packed(tag_table(_loaded(model), texts))


def _end_with(parent: int) -> None:
    """In another process: ends it when the one that started it is gone, which after a kill nobody else would."""

    def watch() -> None:
        while os.getppid() == parent and psutil.pid_exists(parent):
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


@lru_cache(maxsize=1)
def _loaded(model: str) -> Any:  # noqa: ANN401 - any tagger
    return joblib.load(model, mmap_mode="r")


@contextmanager
def pool_for(tagger: Tags, rows: int, jobs: int | None = None) -> Iterator[Pool]:
    """The pool that fits a tagger, a number of rows and this machine.

    Parameters
    ----------
    tagger
    rows
        Rows of the export as far as known, 0 where not.
    jobs
        Processes at most; by default one for each core and for as many as fit into the memory that is free.
    """
    wanted = jobs if jobs is not None else usual_jobs()
    # A class of the caller's own may not be found by another process.
    if type(tagger) is not MentionTagger or wanted < 2 or (jobs is None and rows < WORTH):
        with closing(Alone(tagger)) as alone:
            yield alone
        return
    # On Windows a file that is still mapped cannot be removed at once.
    with (
        tempfile.TemporaryDirectory(prefix="cx_nlp-", ignore_cleanup_errors=True) as folder,
        closing(Processes(tagger, Path(folder), wanted)) as several,
    ):
        yield several


def usual_jobs() -> int:
    """Processes for this machine: one for each core, if memory is free for them."""
    room = int(psutil.virtual_memory().available // WORKER_BYTES)
    cores: int = joblib.cpu_count()
    return max(1, min(cores, 1 + room))
