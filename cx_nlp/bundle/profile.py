"""A model's profile: what comments look like that its figures were measured on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cx_nlp.bundle.cascade import CASCADE
from cx_nlp.bundle.folder import folder_contents, folder_manifest
from cx_nlp.bundle.manifest import MANIFEST, PROFILE, digest_of, pack_manifest
from cx_nlp.bundle.saving import write_files
from cx_nlp.errors import BundleError
from cx_nlp.shift.profile import Profile


def profile_in(model: object) -> Profile | None:
    """The profile of a model loaded from a bundle; None of one that has none."""
    manifest = getattr(model, "manifest_", None)
    found = manifest.get(PROFILE) if isinstance(manifest, Mapping) else None
    return Profile.from_dict(found) if found is not None else None


def put_profile(folder: Path, profile: Profile) -> str:
    """Puts a profile into the bundle of a folder, in place of the one it has; gives its new digest.

    Nothing else of the model changes. Cascades in the folders beside it that name its digest name the new one afterwards.

    Raises
    ------
    BundleError
        The folder is no bundle, or a broken one.
    OutputError
        It cannot be written.
    """
    manifest = folder_manifest(folder)
    bare = {key: value for key, value in manifest.items() if key != PROFILE}
    # Also the digest of the model without a profile, for a cascade that was left behind when this was interrupted.
    former = {manifest["digest"], digest_of(bare)}
    digest = _rewritten(folder, {**bare, PROFILE: profile.to_dict()})
    for other in sorted(folder.resolve().parent.iterdir()):
        if other.name != folder.resolve().name and (other / MANIFEST).is_file():
            _point(other, folder.resolve().name, former, digest)
    return digest


def _point(cascade: Path, stage: str, former: set[str], digest: str) -> None:
    """Lets a cascade name the new digest of one of its models."""
    try:
        manifest = folder_manifest(cascade)
    except BundleError:
        return
    stages = manifest["parameters"].get("stages") if manifest["kind"] == CASCADE else None
    if isinstance(stages, dict) and stages.get(stage) in former:
        parameters = {**manifest["parameters"], "stages": {**stages, stage: digest}}
        _rewritten(cascade, {**manifest, "parameters": parameters})


def _rewritten(folder: Path, manifest: Mapping[str, Any]) -> str:
    contents = folder_contents(folder, folder_manifest(folder))
    made = {**manifest, "digest": digest_of(manifest)}
    write_files(folder, {**contents, MANIFEST: pack_manifest(made)}, overwrite=True)
    return str(made["digest"])
