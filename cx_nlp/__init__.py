"""Customer-feedback tags for Vietnamese and English: touchpoint, sentiment, success factor, with their spans."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cx_nlp.analysis import analyze, causes, check_fix, drift, score
    from cx_nlp.bundle import load, save_bundle
    from cx_nlp.comparison import compare
    from cx_nlp.migration import migrate
    from cx_nlp.suggesting import suggest_labels
    from cx_nlp.tagger import (
        Cascade,
        ClassifierPair,
        CommentClassifier,
        ContextualClassifier,
        ContextualTagger,
        Mention,
        MentionTagger,
        TaggedComment,
    )
    from cx_nlp.taxonomy import load_taxonomy
    from cx_nlp.training import distill, evaluate, find_label_errors, learning_curve, train

__version__ = "0.1.0"

__all__ = [
    "Cascade",
    "ClassifierPair",
    "CommentClassifier",
    "ContextualClassifier",
    "ContextualTagger",
    "Mention",
    "MentionTagger",
    "TaggedComment",
    "__version__",
    "analyze",
    "causes",
    "check_fix",
    "compare",
    "distill",
    "drift",
    "evaluate",
    "find_label_errors",
    "learning_curve",
    "load",
    "load_taxonomy",
    "migrate",
    "save_bundle",
    "score",
    "suggest_labels",
    "train",
]

_HOMES = {
    "Cascade": "cx_nlp.tagger",
    "ClassifierPair": "cx_nlp.tagger",
    "CommentClassifier": "cx_nlp.tagger",
    "ContextualClassifier": "cx_nlp.tagger",
    "ContextualTagger": "cx_nlp.tagger",
    "Mention": "cx_nlp.tagger",
    "MentionTagger": "cx_nlp.tagger",
    "TaggedComment": "cx_nlp.tagger",
    "analyze": "cx_nlp.analysis",
    "causes": "cx_nlp.analysis",
    "check_fix": "cx_nlp.analysis",
    "compare": "cx_nlp.comparison",
    "distill": "cx_nlp.training",
    "drift": "cx_nlp.analysis",
    "evaluate": "cx_nlp.training",
    "find_label_errors": "cx_nlp.training",
    "learning_curve": "cx_nlp.training",
    "load": "cx_nlp.bundle",
    "load_taxonomy": "cx_nlp.taxonomy",
    "migrate": "cx_nlp.migration",
    "save_bundle": "cx_nlp.bundle",
    "score": "cx_nlp.analysis",
    "suggest_labels": "cx_nlp.suggesting",
    "train": "cx_nlp.training",
}

if not TYPE_CHECKING:
    # Hidden from type checkers, which would take every misspelt name for one that this function gives.
    def __getattr__(name: str) -> object:
        # On first use only: the libraries behind these names take a second, and `cx-nlp --help` needs none of them.
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
