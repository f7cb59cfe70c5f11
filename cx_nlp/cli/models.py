"""`cx-nlp models`: which models come with the package, where they are, and how good."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cx_nlp.cli import options as opt


def models(as_json: opt.AsJson = False) -> None:
    """List the models that come with the package, where they are and how good they were measured to be."""
    from cx_nlp.bundle.shipped import NAMES
    from cx_nlp.cli.console import console_for, print_json

    records = [_record(name) for name in NAMES]
    if as_json:
        print_json({"models": records})
        return
    console = console_for()
    for record in records:
        _print(console, record)


def _record(name: str) -> dict[str, Any]:
    """What is known of a model without loading it; `problem` says why it cannot be used."""
    from cx_nlp.bundle.folder import folder_manifest
    from cx_nlp.bundle.shipped import find_model
    from cx_nlp.errors import BundleError

    record: dict[str, Any] = {"name": name, "path": None, "problem": None}
    try:
        folder = find_model(name)
        record["path"] = str(folder)
        return record | _measured(folder, folder_manifest(folder))
    except BundleError as error:
        return record | {"problem": str(error)}


def _measured(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Any]:
    found = manifest["figures"]
    return {
        "digest": manifest["digest"],
        "created": manifest["created"],
        "bytes": _size(folder, manifest),
        "measured_on": manifest["measured_on"],
        "comments": found.get("comments"),
        "figures": found.get("figures", {}),
        "card": str(folder / "README.md"),
    }


def _size(folder: Path, manifest: Mapping[str, Any]) -> int:
    """Bytes of a model, those it is made of included."""
    from cx_nlp.bundle.folder import stage_manifest
    from cx_nlp.bundle.stages import stage_folders

    own = sum(int(content["bytes"]) for content in manifest["contents"].values())
    places = stage_folders(folder, manifest).values()
    return own + sum(_size(place, stage_manifest(place)) for place in places)


def _print(console: Any, record: Mapping[str, Any]) -> None:  # noqa: ANN401 - a rich console, imported late
    from cx_nlp.cli.console import print_line, print_table
    from cx_nlp.cli.figures import MAIN

    print_line(console, f"{record['name']}: {record['path'] or 'not installed'}")
    if record["problem"]:
        if record["path"]:
            print_line(console, f"  cannot be used: {record['problem']}")
        return
    size = record["bytes"] / 1e6
    print_line(console, f"  {size:.1f} MB, made {record['created']}; more in {record['card']}")
    rows = [(f"  {name}", _figure(record["figures"][name])) for name in MAIN if name in record["figures"]]
    print_line(console, f"  measured on {record['measured_on']}")
    print_table(console, ("  figure", f"value [95 %] on {record['comments'] or '?'} held-out comments"), rows)
    print_line(console, "")


def _figure(figure: Mapping[str, float | None]) -> str:
    value, low, high = (figure.get(key) for key in ("value", "low", "high"))
    if value is None:
        return "–"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} [{low:.3f}, {high:.3f}]"
