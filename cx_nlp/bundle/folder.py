"""The files of a bundle's folder: exactly those its manifest lists, unchanged."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from cx_nlp.bundle.broken import CURE, broken
from cx_nlp.bundle.manifest import MANIFEST, MAX_BYTES, pack_manifest, read_manifest, sha256
from cx_nlp.bundle.stages import OF_TWO, inner_folders, stage_folders
from cx_nlp.errors import BundleError

LIMITS = {
    "README.md": 1 << 20,
    "network.onnx": 1 << 29,
    "taxonomy.toml": 1 << 20,
    "vocabularies.json": 1 << 26,
    "weights.npz": 1 << 29,
}
"""The most bytes that are read of a file; an estimator of the user's own has no limit, as it needs trust anyway."""

# No link is followed in its last step, and a pipe without a writer does not wait for one.
_READ = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC")
)

# Files that file browsers leave behind by themselves.
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


def folder_manifest(folder: Path) -> dict[str, Any]:
    """The checked manifest of a bundle's folder.

    Raises
    ------
    BundleError
        The folder is none, or its manifest is missing or wrong.
    """
    if not folder.is_dir():
        state = "is a file" if folder.exists() else "there is no such folder"
        raise BundleError(
            f"{folder}: {state}; name a model by its name (auto, accurate, fast) or by the folder it was saved in."
        )
    path = folder / MANIFEST
    return read_manifest(_content(path, limit=MAX_BYTES), source=path)


def folder_contents(folder: Path, manifest: dict[str, Any]) -> dict[str, bytes]:
    """The content of every file that the manifest lists, checked against size and digest.

    Raises
    ------
    BundleError
        A file is missing, changed, a link, too large, or not listed; the message names it.
    """
    listed = manifest["contents"]
    extra = sorted({*os.listdir(folder)} - {*listed, MANIFEST, *inner_folders(manifest)} - _LITTER)
    if extra:
        raise BundleError(
            f"{folder / extra[0]}: is not part of the model and its manifest does not list it; move it out of the folder."
        )
    return {name: _listed_content(folder / name, listed[name]) for name in listed}


def stage_manifest(folder: Path) -> dict[str, Any]:
    """The checked manifest of a model that a bundle is made of.

    Raises
    ------
    BundleError
        As for `folder_manifest`, and where it is made of two models itself: one could be made of itself without end.
    """
    manifest = folder_manifest(folder)
    if manifest["kind"] in OF_TWO:
        raise broken(
            folder / MANIFEST,
            "is made of two models itself, and a cascade or a pair is made of two single ones",
        )
    return manifest


def whole_contents(folder: Path, manifest: dict[str, Any]) -> dict[str, bytes]:
    """Every file of a bundle by its path in the folder: the manifest as given, what it lists, and the models inside.

    Raises
    ------
    BundleError
        As for `folder_contents`.
    """
    found = {**folder_contents(folder, manifest), MANIFEST: pack_manifest(manifest)}
    for place in stage_folders(folder, manifest).values() if inner_folders(manifest) else ():
        stage = stage_manifest(place)
        inner = {**folder_contents(place, stage), MANIFEST: pack_manifest(stage)}
        found |= {f"{place.name}/{file}": data for file, data in inner.items()}
    return found


def _listed_content(path: Path, listed: dict[str, Any]) -> bytes:
    data = _content(path, limit=LIMITS.get(path.name))
    if sha256(data) != listed["sha256"]:
        raise broken(path, "was changed after the model was saved (its digest is not the manifest's)")
    return data


def _content(path: Path, *, limit: int | None) -> bytes:
    try:
        kind = os.lstat(path).st_mode
        if stat.S_ISLNK(kind):
            raise BundleError(f"{path}: is a link, and links are not followed; put the file itself there.")
        if not stat.S_ISREG(kind):
            raise broken(path, "is not a file")
        # What is opened is judged, not what stood there a moment before.
        with os.fdopen(os.open(path, _READ), "rb") as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise broken(path, "is not a file")
            if limit is not None and found.st_size > limit:
                raise broken(path, f"has {found.st_size:,} bytes, and at most {limit:,} are read")
            # Not up to the limit: room for all that is asked for is made before anything is read.
            return stream.read(found.st_size + 1)
    except FileNotFoundError as error:
        raise broken(path, "is missing") from error
    except OSError as error:
        raise BundleError(
            f"{path}: cannot be read ({error.strerror or error}); mend that, or {CURE}."
        ) from error
