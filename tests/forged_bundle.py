"""A bundle as somebody changes it who knows how to make the digests fit again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cx_nlp.bundle.manifest import digest_of, sha256


def forge(
    folder: Path, change: Callable[[dict[str, Any]], object] = lambda manifest: None, **parts: bytes
) -> Path:
    """The folder with `parts` in place of files of these names, its manifest changed and all digests made to fit."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name, data in parts.items():
        (folder / name).write_bytes(data)
        manifest["contents"][name] = {"bytes": len(data), "sha256": sha256(data)}
    change(manifest)
    manifest["digest"] = digest_of(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder
