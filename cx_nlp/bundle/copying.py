"""A bundle copied, checked on the way."""

from __future__ import annotations

from pathlib import Path

from cx_nlp.bundle.folder import folder_manifest, stage_manifest, whole_contents
from cx_nlp.bundle.saving import write_files
from cx_nlp.bundle.stages import inner_folders, stage_folders
from cx_nlp.errors import OutputError


def copy_bundle(source: Path, target: Path) -> str:
    """Copies a bundle's files into a folder, for a cascade with models beside it also these into folders beside it; gives its digest.

    A bundle that is there already is replaced.

    Raises
    ------
    BundleError
        The bundle is broken; the message names the file.
    OutputError
        The target holds other things, or cannot be written.
    """
    manifest = folder_manifest(source)
    folders = {target: (source, manifest)}
    if not inner_folders(manifest):
        for place in stage_folders(source, manifest).values():
            if place.name == target.name:
                raise OutputError(
                    f"{target}: one of the models that {source} is made of goes to a folder of that name; choose another name."
                )
            folders[target.parent / place.name] = (place, stage_manifest(place))
    read = {there: whole_contents(*here) for there, here in folders.items()}
    for folder, contents in read.items():
        write_files(folder, contents, overwrite=True)
    return str(manifest["digest"])
