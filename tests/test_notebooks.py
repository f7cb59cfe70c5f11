"""The notebooks: committed without what a run leaves behind, and every cell runs in a clean kernel."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed (extra test)")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed (extra test)")
pytest.importorskip("ipykernel", reason="ipykernel is not installed (extra test)")
pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra plots)")

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 600
"""For one cell; none takes a tenth of it on a machine that does nothing else."""
# What some cell must have shown: texts, and how many pictures.
SHOWN: dict[str, tuple[int, tuple[str, ...]]] = {
    "01_score_an_export": (0, ("không ai xử lý", "rows_in=3972", "needs_review", "duplicate id", "hotline")),
    "02_retrain_on_your_labels": (4, ("left_out", "precision", "difference", "Phòng sạch")),
    "03_root_causes": (1, ("delivery", "odds_ratio", "level", "said")),
    "04_check_a_fix": (2, ("Verdict: effective", "Kết luận", "margin", "first_day")),
}


def test_all_of_them_are_looked_at() -> None:
    assert [path.stem for path in NOTEBOOKS] == sorted(SHOWN)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_committed_as_written_by_hand(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.keys() == {"kernelspec"}
    assert notebook.metadata.kernelspec == {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    for cell in notebook.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert not any(word in cell.source for word in ("def ", "class ", "lambda "))


def test_stripping_leaves_them_as_they_are() -> None:
    pytest.importorskip("nbstripout", reason="nbstripout is not installed (extra test)")
    line = next(
        line
        for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
        if "-m nbstripout" in line
    )
    options = line.split("-m nbstripout ")[1].removesuffix(" notebooks/*.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "nbstripout", "--verify", *shlex.split(options), *map(str, NOTEBOOKS)],
        capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_a_clean_kernel(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(
        path.parent, tmp_path / "notebooks", ignore=shutil.ignore_patterns("out", ".ipynb_checkpoints")
    )
    shutil.copytree(ROOT / "data", tmp_path / "data")
    # This checkout, also where another one is installed; the kernel's own files stay in the temporary folder.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(tmp_path / "notebooks")}}
    )  # fmt: skip
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    count, texts = SHOWN[path.stem]
    assert len(pictures) == count
    shown = "\n".join(map(_said, outputs))
    assert [text for text in texts if text not in shown] == []


def _said(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    return "\n".join(
        [str(output.get("text", "")), *(str(value) for key, value in data.items() if key.startswith("text/"))]
    )
