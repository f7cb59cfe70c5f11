"""Notebooks with what their cells show: run from a clean kernel, and kept as long as nothing changes that they use."""

import hashlib
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import nbclient
import nbformat

ROOT = Path(__file__).parents[3]
USED = ("cx_nlp", "data", "models")
"""Folders whose files a notebook may use."""
SECONDS = 600
"""For one cell."""


def as_run(path: Path, kept: Path) -> str:
    """The notebook as JSON with its outputs, from the folder `kept` where it was run before."""
    run = kept / f"{path.stem}-{_digest(path)}.ipynb"
    if not run.exists():
        kept.mkdir(parents=True, exist_ok=True)
        text = nbformat.writes(_executed(path))
        for old in kept.glob(f"{path.stem}-*.ipynb"):
            old.unlink()
        run.write_text(text, encoding="utf-8")
    return run.read_text(encoding="utf-8")


def _executed(path: Path) -> nbformat.NotebookNode:
    with TemporaryDirectory() as name:
        folder = Path(name) / path.parent.name
        shutil.copytree(path.parent, folder, ignore=shutil.ignore_patterns("out", ".ipynb_checkpoints"))
        shutil.copytree(ROOT / "data", Path(name) / "data")
        notebook = nbformat.read(path, as_version=4)
        os.environ.pop("MPLBACKEND", None)
        nbclient.NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        ).execute()
        return notebook


def _digest(path: Path) -> str:
    found = hashlib.blake2b(path.read_bytes(), digest_size=8)
    for folder in (*USED, path.parent.name):
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file.suffix in (".py", ".toml", ".csv", ".jsonl", ".npz", ".onnx", ".json"):
                found.update(file.read_bytes())
    return found.hexdigest()
