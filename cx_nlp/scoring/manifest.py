"""What a run writes about itself beside its result: input, columns, model, counts, times."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import metadata
from typing import Any

import cx_nlp
from cx_nlp.io.comment_plan import CommentPlan
from cx_nlp.io.export import Export

FORMAT = 1
"""Raised when a reader of format-1 manifests would misread the new ones; further keys do not raise it."""

_LIBRARIES = ("numpy", "onnxruntime", "pandas", "pyarrow", "scikit-learn", "scipy", "spacy", "tokenizers")


@dataclass(frozen=True)
class Counts:
    """What became of an export's rows; always `rows_in == scored + rejected`.

    Attributes
    ----------
    rows_in, scored, rejected : int
        Rows of the export, those tagged, those not.
    reasons : dict of str to int
        The rejected ones, most frequent reason first.
    mentions : int
        Mentions found.
    needs_review : int
        Comments that the model leaves to a person.
    truncated : int
        Comments longer than the model reads, tagged from their beginning only.
    """

    rows_in: int
    scored: int
    rejected: int
    mentions: int
    needs_review: int
    truncated: int
    reasons: Mapping[str, int] = field(default_factory=dict)


def run_manifest(
    export: Export,
    plan: CommentPlan,
    tagger: object,
    counts: Counts,
    *,
    sha256: str,
    notes: Sequence[str],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """The manifest of a scoring run, without its times and files."""
    return {
        "format": FORMAT,
        "versions": versions(),
        "input": _input(export, sha256),
        "columns": {role: asdict(guess) for role, guess in plan.columns.roles.items()},
        "rating": asdict(plan.rating) if plan.rating else None,
        "notes": list(notes),
        "model": {
            "id": getattr(tagger, "model_id", None),
            "digest": getattr(tagger, "digest", None),
            "heldout": getattr(tagger, "heldout", None),
            "max_chars": getattr(tagger, "max_chars", None),
        },
        "counts": asdict(counts),
        "options": dict(options),
    }


def versions() -> dict[str, str]:
    """Versions of Python, of this package and of the libraries that a result may depend on."""
    found = {"python": platform.python_version(), "cx_nlp": cx_nlp.__version__}
    return found | {name: metadata.version(name) for name in _LIBRARIES}


def _input(export: Export, sha256: str) -> dict[str, Any]:
    return {
        "name": export.path.name,
        "sha256": sha256,
        "bytes": export.size,
        "format": export.format,
        "encoding": export.encoding,
        "delimiter": export.delimiter,
        "sheet": export.sheet,
    }
