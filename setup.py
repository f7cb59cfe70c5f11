"""Adds what pyproject.toml cannot say: the folder models/ is installed as cx_nlp/models, each bundle whole."""

import sys
from pathlib import Path

from setuptools import find_namespace_packages, setup

# An editable install reads models/ where it lies; mapped, it would take another way of installing, with a warning.
mapped = "editable_wheel" not in sys.argv
bundles = [path.parent.name for path in sorted(Path("models").glob("*/manifest.json")) if mapped]
packages = [f"cx_nlp.models.{name}" for name in bundles]

setup(
    packages=[*find_namespace_packages(include=["cx_nlp*"]), *packages],
    package_dir={"cx_nlp.models": "models"} if mapped else {},
    package_data={
        "cx_nlp": [
            "py.typed",
            "*.toml",
            "**/*.toml",
            "**/*.tsv",
            "**/*.npz",
            "report/templates/*",
            "serve/static/*",
        ],
        **{package: ["*"] for package in packages},
    },
)
