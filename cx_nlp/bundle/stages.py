"""Bundles of two models: where the models lie, inside the folder or beside it, and that they are the right ones."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.manifest import MANIFEST, read_manifest
from cx_nlp.errors import BundleError

STAGES = {"fast": "fast", "accurate": "encoder"}
"""The models and their folders."""
CASCADE, PAIR = "cascade", "classifier_pair"
OF_TWO = (CASCADE, PAIR)
"""The kinds of bundles that are made of two models."""


def inner_folders(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The folders inside a bundle's own that hold its models; none where they lie beside it, or where it is one model."""
    inside = manifest["kind"] in OF_TWO and manifest["parameters"].get("inside") is True
    return tuple(STAGES.values()) if inside else ()


def stage_folders(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Path]:
    """Where each of the models of a bundle lies; empty where it is one model.

    Raises
    ------
    BundleError
        What lies inside is a link.
    """
    if manifest["kind"] not in OF_TWO:
        return {}
    inside = inner_folders(manifest)
    around = folder if inside else folder.resolve().parent
    found = {name: around / place for name, place in STAGES.items()}
    for place in found.values() if inside else ():
        if _is_link(place):
            raise BundleError(f"{place}: is a link, and links are not followed; put the folder itself there.")
    return found


def _is_link(folder: Path) -> bool:
    """Whether it is a link of any kind; Windows has some that are no symbolic links (junctions)."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISLNK(found.st_mode) or bool(getattr(found, "st_reparse_tag", 0))


def load_stages(manifest: Mapping[str, Any], folder: Path, load: Callable[[Path], Any]) -> dict[str, Any]:
    """The models that a bundle is made of.

    Raises
    ------
    BundleError
        A model is missing or is not the one that the bundle was made of.
    """
    digests = manifest["parameters"].get("stages")
    if not isinstance(digests, dict) or {*digests} != {*STAGES.values()}:
        raise broken(folder / MANIFEST, "'parameters' must give 'stages', the digests of its models")
    places = stage_folders(folder, manifest)
    models = {}
    for name, place in places.items():
        if not place.exists():
            raise BundleError(
                f"{folder}: is made of two models, and {place} is not there; put {' and '.join(STAGES.values())} beside it, or name "
                "one that lies whole in its folder."
            )
        models[name] = load(place)
    for name, model in models.items():
        if getattr(model, "digest", None) != digests[STAGES[name]]:
            raise BundleError(
                f"{places[name]}: is not the model that {folder} was made of; name a model by its folder with --model, or "
                "make all anew (in a checkout: make models)."
            )
    return models


def digests_beside(path: Path, models: Mapping[str, object]) -> dict[str, str] | None:
    """The digests of the models by folder where these very models lie beside a bundle's folder; else None."""
    found = {}
    folder = path.resolve()
    for name, place in STAGES.items():
        digest = getattr(models[name], "digest", None)
        # What is to be replaced will not lie there any more.
        if digest is None or folder.name == place or digest != _digest_in(folder.parent / place):
            return None
        found[place] = digest
    return found


def _digest_in(folder: Path) -> object:
    path = folder / MANIFEST
    try:
        return read_manifest(path.read_bytes(), source=path)["digest"]
    except (OSError, BundleError):
        return None
