"""A bundle copied, checked on the way."""

from __future__ import annotations

from pathlib import Path

from cx_nlp.bundle.cascade import CASCADE, STAGES
from cx_nlp.bundle.folder import folder_contents, folder_manifest
from cx_nlp.bundle.manifest import MANIFEST, pack_manifest
from cx_nlp.bundle.saving import write_files


def copy_bundle(source: Path, target: Path) -> str:
    """Copies a bundle's files into a folder, for a cascade also its models into folders beside it; gives its digest.

    A bundle that is there already is replaced.

    Raises
    ------
    BundleError
        The bundle is broken; the message names the file.
    OutputError
        The target holds other things, or cannot be written.
    """
    manifest = folder_manifest(source)
    folders = {source: target}
    if manifest["kind"] == CASCADE:
        beside = source.resolve().parent
        folders |= {beside / name: target.parent / name for name in STAGES.values()}
    read = {
        there: (found := folder_manifest(here), folder_contents(here, found))
        for here, there in folders.items()
    }
    for folder, (found, contents) in read.items():
        write_files(folder, {**contents, MANIFEST: pack_manifest(found)}, overwrite=True)
    return str(manifest["digest"])
