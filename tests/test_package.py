"""The package as it is installed: public names, a light import, and a shipped model inside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cx_nlp
from cx_nlp.bundle import save_bundle
from cx_nlp.tagger import MentionTagger

ROOT = Path(cx_nlp.__file__).parents[1]


def python(*args: str, cwd: Path, path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, *args]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_public_name_is_there() -> None:
    assert {name for name in cx_nlp.__all__ if getattr(cx_nlp, name, None) is None} == set()
    assert set(cx_nlp.__all__) <= set(dir(cx_nlp))
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        cx_nlp.laod  # noqa: B018


def test_importing_the_package_loads_none_of_the_heavy_libraries(tmp_path: Path) -> None:
    code = "import sys, cx_nlp; print({'numpy', 'pandas', 'sklearn', 'spacy'} & set(sys.modules))"
    assert python("-c", code, cwd=tmp_path, path=ROOT) == "set()"


@pytest.mark.skipif(not (ROOT / "setup.py").is_file(), reason="no checkout")
def test_what_is_installed_holds_the_shipped_models(small_tagger: MentionTagger, tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    source = tmp_path / "source"
    shutil.copytree(ROOT / "cx_nlp", source / "cx_nlp", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "setup.py", source)
    save_bundle(small_tagger, source / "models" / "fast")
    (source / "models" / "notes").mkdir()
    installed, elsewhere = tmp_path / "installed", tmp_path / "elsewhere"
    elsewhere.mkdir()
    python("setup.py", "--quiet", "build_py", "--build-lib", str(installed), cwd=source, path=source)

    files = {path.relative_to(source).as_posix() for path in source.glob("cx_nlp/**/*") if path.is_file()}
    built = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    models = {f"cx_nlp/{path.relative_to(source).as_posix()}" for path in source.glob("models/fast/*")}
    assert built == files | models

    shutil.rmtree(source)
    code = (
        "import cx_nlp; t = cx_nlp.load(); print(t.model_id, t.tag('giao hàng nhanh').mentions[0].touchpoint)"
    )
    assert python("-c", code, cwd=elsewhere, path=installed) == "fast delivery"


def test_git_changes_no_line_ends_of_what_digests_hold() -> None:
    """Git for Windows writes CRLF where nothing says otherwise, and models would be refused as changed."""
    shipped = sorted((ROOT / "models").rglob("*"))
    paths = [path.relative_to(ROOT).as_posix() for path in [*shipped, ROOT / "data" / "sample_reviews.csv"]]
    try:
        told = subprocess.run(
            ["git", "check-attr", "text", "--", *paths], cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or not a checkout")
    assert [line for line in told.splitlines() if not line.endswith(": text: unset")] == []
    assert len(told.splitlines()) == len(paths) > 10
