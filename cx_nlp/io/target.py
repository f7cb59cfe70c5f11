"""Where a result goes and what its files are called: a folder of tables, or one file with two beside it."""

import os
from dataclasses import dataclass
from pathlib import Path

from cx_nlp.errors import OutputError

FORMATS = ("parquet", "csv", "xlsx", "jsonl")
MODEL, FINDINGS = "bundle", "findings"
"""Stand in the place of a format where the folder is a model's, or holds findings without the scored tables."""
LABELS = ("labelstudio", "excel", "jsonl", "csv")
"""Forms in which comments are handed out to be labelled."""
SCORED = "scored"
MANIFEST = "manifest.json"
REJECTED = "rejected.csv"

_LABEL_SUFFIXES = {".json": "labelstudio", ".xlsx": "excel", ".jsonl": "jsonl", ".csv": "csv"}
_FILE_SUFFIXES = {f".{name}": name for name in FORMATS}
# Suffixes that plainly ask for a file of another kind; any other dot belongs to a folder's name ("june.v2").
_OTHER_FILES = frozenset(
    ".arrow .db .feather .gz .htm .html .json .ods .pdf .pkl .sqlite .tsv .txt .xls .xlsm .zip".split()
)


@dataclass(frozen=True)
class Target:
    """Where a result goes: a folder, or one file with `FILE.manifest.json` and `FILE.rejected.csv` beside it.

    Attributes
    ----------
    path : Path
        The folder or the main file, absolute, links resolved.
    format : str
        One of `FORMATS`, or `MODEL`, or `FINDINGS`, or, where it is `to_label`, one of `LABELS`.
    is_folder : bool
        Whether `path` is a folder.
    to_label : bool
        Whether it is a file of comments to be labelled.
    """

    path: Path
    format: str
    is_folder: bool
    to_label: bool = False

    @property
    def result(self) -> str | None:
        """What the manifest says under `result`; a model's says nothing there."""
        return "labels" if self.to_label else {MODEL: None, FINDINGS: FINDINGS}.get(self.format, SCORED)

    @property
    def manifest(self) -> str:
        """File name of the manifest."""
        return MANIFEST if self.is_folder else f"{self.path.name}.{MANIFEST}"

    @property
    def rejected(self) -> str:
        """File name of the table of rows not scored."""
        return REJECTED if self.is_folder else f"{self.path.name}.{REJECTED}"

    @property
    def tables(self) -> tuple[str, ...]:
        """File names of the scored tables, comments and mentions, or the one file that holds both; or of what is to be labelled."""
        if self.to_label:
            config = (f"{self.path.name}.config.xml",) if self.format == "labelstudio" else ()
            return (self.path.name, *config)
        both = self.format in ("xlsx", "jsonl")
        if self.is_folder:
            names = ("scored",) if both else ("comments", "mentions")
            return tuple(f"{name}.{self.format}" for name in names)
        return (self.path.name,) if both else (self.path.name, f"{self.path.stem}.mentions.{self.format}")


def model_target(out: Path | str) -> Target:
    """The folder that a model goes to, whatever its name."""
    return Target(Path(os.path.realpath(out)), MODEL, is_folder=True)


def findings_target(out: Path | str) -> Target:
    """The folder that findings go to, whatever its name."""
    return Target(Path(os.path.realpath(out)), FINDINGS, is_folder=True)


def labels_target(out: Path | str, *, format: str | None = None) -> Target:
    """The file of comments to label that `--out` and `--format` ask for.

    Raises
    ------
    OutputError
        If neither the suffix nor `format` says what to write, or they contradict each other.
    """
    path = Path(os.path.realpath(out))
    found = _LABEL_SUFFIXES.get(path.suffix.lower())
    if os.path.isdir(path):
        raise OutputError(f"{out}: is a folder; name a file ending in {', '.join(_LABEL_SUFFIXES)}.")
    if found is None and format is None:
        raise OutputError(
            f"{out}: its ending does not say what to write; name a file ending in {', '.join(_LABEL_SUFFIXES)}, or give --format."
        )
    if format not in (None, *LABELS):
        raise OutputError(f"--format is {format!r}; choose one of {', '.join(LABELS)}.")
    if found is not None and format not in (None, found):
        raise OutputError(
            f"{out}: --format {format} contradicts the ending {path.suffix}; leave one of them out."
        )
    return Target(path, format or str(found), is_folder=False, to_label=True)


def output_target(out: Path | str, *, format: str | None = None) -> Target:
    """What `--out` and `--format` ask for: a name that ends in a table's suffix is a file, any other a folder.

    Raises
    ------
    OutputError
        If the suffix is of a kind that is not written, or contradicts `format`.
    """
    if not str(out).strip():
        raise OutputError(
            "--out is empty; name a folder, or a file ending in .parquet, .csv, .xlsx or .jsonl."
        )
    if format is not None and format not in FORMATS:
        raise OutputError(f"--format is {format!r}; choose one of {', '.join(FORMATS)}.")
    path = Path(os.path.realpath(out))
    suffix = path.suffix.lower()
    if os.path.isdir(path) or (suffix not in _FILE_SUFFIXES and suffix not in _OTHER_FILES):
        return Target(path, format or "parquet", is_folder=True)
    if suffix in _OTHER_FILES:
        raise OutputError(
            f"{out}: a {suffix} file cannot be written; name a folder, or a file ending in .parquet, .csv, .xlsx or .jsonl."
        )
    if format not in (None, _FILE_SUFFIXES[suffix]):
        raise OutputError(
            f"{out}: --format {format} contradicts the suffix {suffix}; leave --format out or name a folder."
        )
    return Target(path, _FILE_SUFFIXES[suffix], is_folder=False)
