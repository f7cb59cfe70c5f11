"""Adds what pyproject.toml cannot say: the folder models/ is installed as cx_nlp/models, each bundle whole."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

bundles = [path.parent.name for path in sorted(Path("models").glob("*/manifest.json"))]
packages = [f"cx_nlp.models.{name}" for name in bundles]

setup(
    packages=[*find_namespace_packages(include=["cx_nlp*"]), *packages],
    package_dir={"cx_nlp.models": "models"},
    package_data={
        "cx_nlp": ["py.typed", "*.toml", "**/*.toml", "**/*.tsv", "report/templates/*"],
        **{package: ["*"] for package in packages},
    },
)
