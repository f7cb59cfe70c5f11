"""A model's profile: what comments look like that its figures were measured on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cx_nlp.bundle.folder import folder_manifest, whole_contents
from cx_nlp.bundle.manifest import MANIFEST, PROFILE, digest_of, pack_manifest
from cx_nlp.bundle.saving import write_files
from cx_nlp.bundle.stages import stage_folders
from cx_nlp.errors import BundleError
from cx_nlp.shift.profile import Profile


def profile_in(model: object) -> Profile | None:
    """The profile of a model loaded from a bundle; None of one that has none."""
    manifest = getattr(model, "manifest_", None)
    found = manifest.get(PROFILE) if isinstance(manifest, Mapping) else None
    return Profile.from_dict(found) if found is not None else None


def put_profile(folder: Path, profile: Profile) -> str:
    """Puts a profile into the bundle of a folder, in place of the one it has; gives its new digest.

    Nothing else of the model changes. Cascades in the folders beside it that are made of it name its new digest afterwards.

    Raises
    ------
    BundleError
        The folder is no bundle, a broken one, or lies inside another.
    OutputError
        It cannot be written.
    """
    manifest = folder_manifest(folder)
    around = folder.resolve().parent
    if (around / MANIFEST).is_file():
        raise BundleError(f"{folder}: is a part of the model {around}; put the profile into that one.")
    bare = {key: value for key, value in manifest.items() if key != PROFILE}
    # Also the digest of the model without a profile, for a cascade that was left behind when this was interrupted.
    former = {manifest["digest"], digest_of(bare)}
    digest = _rewritten(folder, {**bare, PROFILE: profile.to_dict()})
    for other in sorted(around.iterdir()):
        if other != folder.resolve() and (other / MANIFEST).is_file():
            _point(other, folder.resolve(), former, digest)
    return digest


def _point(other: Path, stage: Path, former: set[str], digest: str) -> None:
    """Lets a bundle of two models name the new digest of one of them."""
    try:
        manifest = folder_manifest(other)
        made_of_it = stage in stage_folders(other, manifest).values()
    except BundleError:
        return
    stages = manifest["parameters"].get("stages")
    if made_of_it and isinstance(stages, dict) and stages.get(stage.name) in former:
        parameters = {**manifest["parameters"], "stages": {**stages, stage.name: digest}}
        _rewritten(other, {**manifest, "parameters": parameters})


def _rewritten(folder: Path, manifest: Mapping[str, Any]) -> str:
    contents = whole_contents(folder, folder_manifest(folder))
    made = {**manifest, "digest": digest_of(manifest)}
    write_files(folder, {**contents, MANIFEST: pack_manifest(made)}, overwrite=True)
    return str(made["digest"])
