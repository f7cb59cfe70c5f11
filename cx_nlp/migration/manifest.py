"""The manifest of a scored table under the new names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cx_nlp.io.outputs import MADE_BY, write_manifest, writing
from cx_nlp.io.target import MANIFEST
from cx_nlp.migration.form import KINDS, Migration

# What makes up the labels of each view of a model's held-out counts.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "touchpoint": ("touchpoint",),
    "factor": ("factor",),
    "touchpoint_sentiment": ("touchpoint", ""),
    "category": ("touchpoint", "factor"),
    "triple": ("touchpoint", "factor", ""),
}


def migrated_manifest(migration: Migration, source: Path, folder: Path) -> None:
    """Writes the manifest, with the migration noted and the model's held-out counts under the new names.

    A label's counts go along where it was renamed. Those of merged and split labels end: how often the model is right on
    them together, or apart, does not follow from how often it was on each.
    """
    manifest: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))
    model = manifest.get("model")
    if isinstance(model, dict) and isinstance(model.get("heldout"), Mapping):
        manifest["model"] = {**model, "heldout": _renamed(migration, model["heldout"])}
    manifest["migrated"] = [*manifest.get("migrated", []), steps(migration)]
    files = sorted(path.name for path in folder.iterdir())
    if manifest.get("made_by") == MADE_BY:
        said = {key: value for key, value in manifest.items() if key not in ("made_by", "result", "files")}
        write_manifest(folder / MANIFEST, said, files=files)
        return
    path = folder / MANIFEST
    with writing(path):
        path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def steps(migration: Migration) -> dict[str, Any]:
    """The migration in a few words: its file and what became of which label."""
    return {
        "migration": Path(migration.source).name,
        **{kind: migration.gone(kind) for kind in KINDS if migration.gone(kind)},
    }


def _renamed(migration: Migration, heldout: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for view, labels in heldout.items():
        parts = _PARTS.get(view)
        if parts is None or not isinstance(labels, Mapping):
            found[view] = labels
            continue
        renamed = {_label(migration, parts, label): counts for label, counts in labels.items()}
        found[view] = {label: counts for label, counts in renamed.items() if label is not None}
    return found


def _label(migration: Migration, parts: tuple[str, ...], label: str) -> str | None:
    new = []
    for kind, word in zip(parts, label.split("#"), strict=False):
        if kind and (word in migration.splits[kind] or word in migration.merged[kind]):
            return None
        new.append(migration.moved[kind].get(word, word) if kind else word)
    return "#".join(new)
