"""The folder of a run that is not finished: its lock, what it is a run of, and the tags it has so far."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from cx_nlp.errors import InputError, OutputError, Stopped
from cx_nlp.io.outputs import PARTIAL, make_parents, replacing, take_lock, writing
from cx_nlp.io.target import Target
from cx_nlp.scoring.journal import Journal

FORMAT = 1
"""Raised when a later version could not go on from what an earlier one left."""
_PREFIX = ".cx_nlp-unfinished-"
_LOCK, _RUN, _TAGS = "lock", "run.json", "tags.journal"
_WORDS = {
    "input": "the export",
    "model": "the model",
    "columns": "the columns, or how ratings and dates are read,",
    "options": "an option",
    "versions": "the installed version of cx_nlp or of a library",
}


def unfinished_folder(target: Target) -> Path:
    """Where an unfinished run for a target keeps its tags: a hidden folder beside the target."""
    return target.path.with_name(f"{_PREFIX}{target.path.name}")


@dataclass(frozen=True)
class Unfinished:
    """A run's hidden folder and the tags in it."""

    folder: Path
    journal: Journal


@contextmanager
def unfinished(
    target: Target, run: Mapping[str, Any] | None, *, restart: bool = False
) -> Iterator[Unfinished]:
    """The folder of a run, with the tags that an earlier start of the same run left.

    When the block ends well the folder is removed; when it fails the folder stays if it holds tags, but not where the export
    itself is at fault: then it will not be the same again.

    Parameters
    ----------
    target : Target
        Where the run's result goes.
    run : mapping or None
        What the tags depend on; a run of anything else does not go on from them. None where that cannot be told: then
        nothing is gone on from or kept.
    restart : bool
        Whether tags of an earlier start are thrown away.

    Raises
    ------
    OutputError
        Another run is writing to the target, an earlier one of something else was not finished, or the disk refuses.
    """
    with _locked(target) as (folder, lock):
        journal = _journal(folder, target, run, restart=restart or run is None)
        try:
            yield Unfinished(folder, journal)
        except BaseException as error:
            journal.close()
            if run is None or not journal.parts or isinstance(error, InputError):
                _remove(folder, lock)
            elif isinstance(error, KeyboardInterrupt):
                raise Stopped(
                    "Stopped. No result was written; what was tagged is kept, and the same command goes on from there."
                ) from None
            raise
        journal.close()
        _remove(folder, lock)


@contextmanager
def _locked(target: Target) -> Iterator[tuple[Path, FileLock]]:
    folder = unfinished_folder(target)
    with writing(target.path):
        made = make_parents(target.path.parent)
    try:
        lock = _lock(folder, target)
        try:
            yield folder, lock
        finally:
            lock.release()
    except BaseException:
        for parent in reversed(made):
            with suppress(OSError):
                parent.rmdir()
        raise


def _lock(folder: Path, target: Target) -> FileLock:
    while True:
        with writing(target.path):
            folder.mkdir(exist_ok=True)
        lock = take_lock(
            folder / _LOCK,
            f"{target.path}: another run of cx_nlp is writing there; wait for it, stop it, or choose another --out.",
        )
        # A run that ended in between has removed the file that was locked here.
        if (folder / _LOCK).exists():
            return lock
        lock.release()


def _journal(folder: Path, target: Target, run: Mapping[str, Any] | None, *, restart: bool) -> Journal:
    path, asked = folder / _RUN, {"format": FORMAT, **(run or {})}
    with writing(target.path):
        for left in folder.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)
        if not restart and path.exists():
            _check_same(path, target, asked)
        else:
            (folder / _TAGS).unlink(missing_ok=True)
            with replacing(path) as new:
                new.write_text(json.dumps(asked, ensure_ascii=False, indent=2), encoding="utf-8")
    return Journal(folder / _TAGS)


def _check_same(path: Path, target: Target, asked: Mapping[str, Any]) -> None:
    try:
        left = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        left = {}
    if not isinstance(left, dict):
        left = {}
    other = [name for name in asked if left.get(name) != json.loads(json.dumps(asked[name]))]
    if not other:
        return
    changed = " and ".join(_WORDS[name] for name in other if name in _WORDS) or _WORDS["versions"]
    raise OutputError(
        f"{target.path}: an earlier run there was stopped before its end, and since then {changed} changed; give --restart to"
        " throw away what it had tagged and begin anew, or choose another --out."
    )


def _remove(folder: Path, lock: FileLock) -> None:
    # Elsewhere than on Windows the lock may go while it is held, so that nobody takes it in between.
    if os.name == "nt":
        lock.release()
    shutil.rmtree(folder, ignore_errors=True)
    lock.release()
