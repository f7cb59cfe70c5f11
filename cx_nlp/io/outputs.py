"""Results on disk, whole or not at all: built in a hidden folder beside the goal, then renamed into place."""

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from cx_nlp.errors import OutputError
from cx_nlp.io.target import SCORED, Target, model_target

MADE_BY = "cx_nlp"
_HIDDEN = f".{MADE_BY}-"
PARTIAL = f"{_HIDDEN}partial-"
"""What the names of folders begin with in which results are built."""
# Files that file browsers leave behind by themselves.
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_CURES = {
    errno.ENOSPC: "no space is left on the disk; free some space or choose another --out",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another --out",
    errno.EFBIG: "a file grew over the size allowed here; raise the limit or choose another --out",
    errno.EACCES: "writing there is not permitted, or a file is open in another program; close it or choose another --out",
    errno.EPERM: "writing there is not permitted; choose another --out",
    errno.EROFS: "that disk is read-only; choose another --out",
    errno.ENAMETOOLONG: "the name or path is too long; choose a shorter --out",
    errno.ENOTDIR: "a part of that path is a file, not a folder; choose another --out",
    errno.EBUSY: "it is in use or a disk is mounted there; name a new folder inside it",
}


@contextmanager
def write_whole(target: Target, *, overwrite: bool = False, within: Path | None = None) -> Iterator[Path]:
    """An empty folder to write the result's files into; they take their places together when the block ends well.

    When the block fails, also by Ctrl-C, every trace is removed and a former result stays as it was.

    Parameters
    ----------
    target
        Where the result goes.
    overwrite
        Whether a former result may be replaced.
    within
        A folder on the same disk to build in; by default the one where the target lies.

    Raises
    ------
    OutputError
        If the target holds what cx_nlp did not write, holds a former result and `overwrite` is not set, or cannot be
        written.
    """
    check_free(target, overwrite=overwrite)
    with writing(target.path):
        made = make_parents(target.path.parent)
    work = (within or target.path.parent) / f"{PARTIAL}{secrets.token_hex(4)}"
    former = work.with_name(f"{work.name}-former")
    new = work / target.path.name if target.is_folder else work
    try:
        with writing(target.path):
            new.mkdir(parents=True)
            former.mkdir()
        yield new
        with writing(target.path):
            _sync(new)
        check_free(target, overwrite=overwrite)
        with writing(target.path):
            put_in_place(_moves(target, new), former)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        # Empty by now, unless a former result could not be put back: then it must not be lost.
        for folder in (former, *reversed(made)):
            with suppress(OSError):
                folder.rmdir()
        raise
    for folder in (work, former):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns the operating system's refusals inside the block into an `OutputError` about `path`, with the cure."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        shown = Path(*(part for part in path.parts if not part.startswith(_HIDDEN)))
        raise OutputError(f"{shown}: {_cure(error)}.") from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new name to write a file under; it takes the place of `path` when the block ends well.

    Raises
    ------
    OutputError
        The disk refuses.
    """
    new = path.with_suffix(".new")
    with writing(path):
        yield new
        os.replace(new, path)


def take_lock(path: Path, taken: str) -> FileLock:
    """The lock of a file, which no other process holds.

    Raises
    ------
    OutputError
        Another holds it, which `taken` says; or the disk refuses.
    """
    lock = FileLock(path, thread_local=False)
    with writing(path):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise OutputError(taken) from None
    return lock


def write_manifest(
    path: Path, manifest: Mapping[str, Any], *, files: Sequence[str], result: str = SCORED
) -> None:
    """Writes a run's manifest as JSON, signed as ours and listing the files that belong to it."""
    content = {"made_by": MADE_BY, **manifest, "result": result, "files": sorted({*files, path.name})}
    with writing(path):
        path.write_text(
            json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", errors="replace"
        )


def _cure(error: OSError) -> str:
    if error.errno is None:
        return str(error)
    return _CURES.get(error.errno, f"cannot be written ({error.strerror}); choose another --out")


def check_free(target: Target, *, overwrite: bool = False) -> None:
    """Nothing where a result may be written.

    Raises
    ------
    OutputError
        If the target holds what cx_nlp did not write, or a former result and `overwrite` is not set.
    """
    with writing(target.path):
        found = _entries(target)
    if not found:
        return
    manifest = _own_manifest(target)
    kind = "folder" if target.is_folder else "file"
    if manifest is None:
        raise OutputError(
            f"{target.path}: this {kind} exists and was not written by cx_nlp, so it is left alone; choose another --out."
        )
    if manifest.get("result") != target.result:
        raise OutputError(
            f"{target.path}: this {kind} holds other work of cx_nlp (a model, a scored export or findings), so it is left alone;"
            " choose another --out."
        )
    ours = {str(name) for name in manifest.get("files", ())}
    with writing(target.path):
        found = _with_inner(target, found, ours)
    foreign = sorted(name for name in found - ours if name.rpartition("/")[2] not in LITTER)
    if foreign:
        raise OutputError(
            f"{target.path}: beside an earlier result it holds {foreign[0]!r}, which cx_nlp did not write;"
            " move that file away or choose another --out."
        )
    if not overwrite:
        raise OutputError(
            f"{target.path}: holds an earlier result of cx_nlp; give --overwrite to replace it, or choose another --out."
        )


def check_free_folder(out: Path | str, *, overwrite: bool = False) -> None:
    """Nothing where a model may be written; errors as for `check_free`."""
    check_free(model_target(out), overwrite=overwrite)


def _entries(target: Target) -> set[str]:
    """Names that stand where the result would go."""
    try:
        os.lstat(target.path)
    except FileNotFoundError:
        if target.is_folder:
            return set()
    if target.is_folder:
        if not target.path.is_dir():
            raise OutputError(
                f"{target.path}: is a file, and a folder is needed there; choose another --out."
            )
        return set(os.listdir(target.path))
    names = {*target.tables, target.manifest, target.rejected}
    return {name for name in names if os.path.lexists(target.path.parent / name)}


def _with_inner(target: Target, found: set[str], ours: set[str]) -> set[str]:
    """The names with those of the files in the folders that the manifest lists files of, in place of these folders."""
    folders = found & {name.partition("/")[0] for name in ours if "/" in name}
    inner = {f"{name}/{one}" for name in folders for one in os.listdir(target.path / name)}
    return found - folders | inner


def _own_manifest(target: Target) -> dict[str, Any] | None:
    """The manifest of what stands there, or None where there is none of ours."""
    folder = target.path if target.is_folder else target.path.parent
    try:
        manifest = json.loads((folder / target.manifest).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("made_by") == MADE_BY else None


def make_parents(folder: Path) -> list[Path]:
    """Makes the folders that lack on the way to `folder`, outermost first."""
    lacking = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    folder.mkdir(parents=True, exist_ok=True)
    return lacking[::-1]


def _moves(target: Target, new: Path) -> list[tuple[Path, Path]]:
    if target.is_folder:
        return [(new, target.path)]
    main_last = sorted(new.iterdir(), key=lambda file: file.name == target.path.name)
    return [(file, target.path.parent / file.name) for file in main_last]


def put_in_place(moves: list[tuple[Path, Path]], former: Path) -> None:
    """Renames each new path to its goal, what stood there into `former`; undoes all of it if one step fails."""
    try:
        for new, goal in moves:
            if os.path.lexists(goal):
                goal.rename(former / goal.name)
            new.rename(goal)
    except BaseException:
        for new, goal in moves:
            _put_back(new, goal, former / goal.name)
        raise


def _put_back(new: Path, goal: Path, old: Path) -> None:
    """Undoes one move from what is on the disk, as an interruption may fall between any two steps."""
    if not os.path.lexists(new) and os.path.lexists(goal):
        goal.rename(new)
    if os.path.lexists(old):
        old.rename(goal)


def _sync(folder: Path) -> None:
    """Asks the system to bring every file of `folder` onto the disk before it takes its place."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb+") as stream:
                os.fsync(stream.fileno())
