"""Customer-feedback tags for Vietnamese and English: touchpoint, sentiment, success factor, with their spans."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cx_nlp.bundle import load
    from cx_nlp.tagger import CommentClassifier, MentionTagger

__version__ = "0.1.0"

__all__ = ["CommentClassifier", "MentionTagger", "__version__", "load"]

_HOMES = {
    "CommentClassifier": "cx_nlp.tagger",
    "MentionTagger": "cx_nlp.tagger",
    "load": "cx_nlp.bundle",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    # On first use only: the libraries behind these names take a second, and `cx-nlp --help` needs none of them.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
