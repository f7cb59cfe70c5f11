"""The manifest of a bundle: what it is, how it was made, and the digest of every file."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timezone
from importlib import metadata
from typing import Any

from cx_nlp import __version__
from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.strict_json import read_json
from cx_nlp.errors import BundleError
from cx_nlp.io.outputs import MADE_BY
from cx_nlp.shift.profile import Profile

FORMAT = 1
"""Raised when the same files would be read otherwise than before: another form of a part, or another meaning of the
weights, such as other n-grams, clauses or normalisation in the code. A further key of the manifest does not raise it."""

MANIFEST = "manifest.json"
PROFILE = "profile"
"""The key of what comments looked like that the model's figures were measured on; bundles made before it was told have none."""
MAX_BYTES = 1 << 22
"""Of the manifest, nine times that of the shipped models; read as Python objects it takes up to thirty times as much."""
MAX_COUNT = 10**12
"""Comments of any kind that a manifest can count."""

_LIBRARIES = ("numpy", "scikit-learn", "scipy", "spacy")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_VERSION = re.compile(r"[0-9]+(\.[0-9a-z]+){1,4}")
_SHA256 = re.compile("[0-9a-f]{64}")

_COUNTS = frozenset(("tp", "fp", "fn", "tn"))

_TYPES: Mapping[str, type] = {
    "kind": str, "name": str, "created": str, "digest": str, "versions": dict, "parameters": dict, "classes": dict,
    "left_out": dict, "heldout": dict, "figures": dict, "training": dict, "measured_on": str, "contents": dict,
}  # fmt: skip


def new_manifest(
    about: Mapping[str, Any],
    contents: Mapping[str, bytes],
    *,
    inner: Iterable[str] = (),
    created: date | None = None,
) -> dict[str, Any]:
    """The manifest of a bundle of these files, with its digest; `inner` are the paths of its models' files in its folder."""
    manifest = {
        "made_by": MADE_BY,
        "format": FORMAT,
        **about,
        "versions": _versions(),
        "contents": {name: _content(data) for name, data in sorted(contents.items())},
        "files": sorted([*contents, *inner, MANIFEST]),
    }
    day = created or datetime.now(timezone.utc).date()
    # Through JSON once, so that the digest is of what a reader will find.
    plain: dict[str, Any] = json.loads(_json(manifest))
    return {**plain, "created": day.isoformat(), "digest": digest_of(plain)}


def pack_manifest(manifest: Mapping[str, Any]) -> bytes:
    """The manifest as JSON for people and machines."""
    return (_json(manifest, indent=1) + "\n").encode("utf-8", errors="backslashreplace")


def digest_of(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over all that the manifest says but the day it was made; through its `contents` over every file."""
    said = {key: value for key, value in manifest.items() if key not in ("digest", "created")}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii"))


def sha256(data: bytes) -> str:
    """The digest of a file's content."""
    return hashlib.sha256(data).hexdigest()


def read_manifest(data: bytes, *, source: object) -> dict[str, Any]:
    """A manifest whose every part has the type it should have and which agrees with its own digest.

    Raises
    ------
    BundleError
        It is no manifest of a bundle, was changed, or is of a format that this version does not read.
    """
    try:
        manifest = read_json(data)
        digest = digest_of(manifest) if isinstance(manifest, dict) else ""
    except (ValueError, RecursionError) as error:
        raise broken(source, f"is not JSON ({error})") from error
    if not isinstance(manifest, dict) or manifest.get("made_by") != MADE_BY or "kind" not in manifest:
        raise BundleError(
            f"{source}: is not the manifest of a model; name a folder that cx_nlp saved a model in."
        )
    _check_format(manifest, source)
    for key, kind in _TYPES.items():
        if not isinstance(manifest.get(key), kind):
            raise broken(source, f"{key!r} must be {'an object' if kind is dict else 'a text'}")
    for name, content in manifest["contents"].items():
        _check_content(name, content, source)
    if digest != manifest["digest"]:
        raise broken(source, "was changed after the model was saved (its digest does not fit)")
    _check_profile(manifest, source)
    if not _are_counts(manifest["left_out"]) or not _are_held_out(manifest["heldout"]):
        raise broken(source, "'left_out' and 'heldout' must hold whole numbers, label by label")
    return manifest


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "cx_nlp": __version__}
    return found | {name: metadata.version(name) for name in _LIBRARIES}


def _content(data: bytes) -> dict[str, Any]:
    return {"bytes": len(data), "sha256": sha256(data)}


def _json(value: object, *, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False, default=_number)


def _number(value: object) -> object:
    item: Callable[[], object] | None = getattr(value, "item", None)
    if item is None:
        raise TypeError(
            f"a {type(value).__name__} cannot stand in a manifest: give numbers, texts, lists and dicts"
        )
    return item()


def _check_format(manifest: Mapping[str, Any], source: object) -> None:
    found = manifest.get("format")
    if type(found) is int and found > FORMAT:
        raise _newer(manifest, source)
    if type(found) is not int or found != FORMAT:
        raise broken(source, f"is of format {found!r}, and this version of cx_nlp reads format {FORMAT}")


def _are_counts(found: object) -> bool:
    return isinstance(found, dict) and all(type(n) is int and 0 <= n <= MAX_COUNT for n in found.values())


def _are_held_out(found: Mapping[str, Any]) -> bool:
    labels = [one for view in found.values() for one in (view.values() if isinstance(view, dict) else [None])]
    return all(isinstance(one, dict) and {*one} == _COUNTS and _are_counts(one) for one in labels)


def _check_profile(manifest: Mapping[str, Any], source: object) -> None:
    if PROFILE in manifest:
        try:
            Profile.from_dict(manifest[PROFILE])
        except ValueError as error:
            raise broken(source, f"{PROFILE!r}: {error}") from error


def _newer(manifest: Mapping[str, Any], source: object) -> BundleError:
    versions = manifest.get("versions")
    wrote = versions.get("cx_nlp") if isinstance(versions, dict) else None
    known = isinstance(wrote, str) and _VERSION.fullmatch(wrote)
    needed = f"cx_nlp {wrote} or newer" if known else "a newer version of cx_nlp"
    return BundleError(
        f"{source}: the model is of format {manifest['format']} and needs {needed}; this is cx_nlp {__version__}, which "
        f"reads format {FORMAT}: pip install --upgrade cx-nlp."
    )


def _check_content(name: str, content: object, source: object) -> None:
    if not _PLAIN_NAME.fullmatch(name) or name == MANIFEST:
        raise broken(source, f"lists {name!r}, which is not the plain name of a file of the model")
    size, digest = (
        (content.get("bytes"), content.get("sha256")) if isinstance(content, dict) else (None, None)
    )
    if type(size) is not int or size < 0 or not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise broken(source, f"must list {name!r} with its 'bytes' and 'sha256'")
