"""The names that a user of the package imports."""

import inspect
from collections.abc import Iterator
from importlib import import_module

import cx_nlp

GIVEN = {
    "cx_nlp.analysis.exports": ["AnalysisSummary"],
    "cx_nlp.analysis": ["CausesSummary"],
    "cx_nlp.scoring": ["ScoreSummary"],
    "cx_nlp.tagger.frames": ["Scored"],
    "cx_nlp.tagger.partitions": ["ScoredPartitions"],
    "cx_nlp.training": ["Trained"],
    "cx_nlp.metrics.evaluation": ["Evaluation"],
    "cx_nlp.journey.findings": ["Findings"],
}
"""What the functions give, by module."""
FURTHER = {
    "Labels": ["cx_nlp.taxonomy.Taxonomy", "cx_nlp.taxonomy.parse_taxonomy", "cx_nlp.taxonomy.Touchpoint", "cx_nlp.taxonomy.Factor"],
    "spaCy": ["cx_nlp.spacy_component.cx_tagger", "cx_nlp.spacy_component.displacy_options"],
    "HTTP": ["cx_nlp.serve.make_app", "cx_nlp.serve.Settings"],
}  # fmt: skip


def python_names() -> str:
    """A section for each group of names, each name with its documentation."""
    public = [f"cx_nlp.{name}" for name in cx_nlp.__all__ if not name.startswith("__")]
    functions = [name for name in public if not inspect.isclass(_object(name))]
    classes = [name for name in public if inspect.isclass(_object(name))]
    errors = [f"cx_nlp.errors.{name}" for name, _ in inspect.getmembers(import_module("cx_nlp.errors"), inspect.isclass)]  # fmt: skip
    given = [f"{module}.{name}" for module, names in GIVEN.items() for name in names]
    groups = {"Functions": functions, "Models": classes, "What they give": given, "Errors": errors, **FURTHER}
    return "\n".join(line for title, names in groups.items() for line in _section(title, names))


def _object(path: str) -> object:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def _section(title: str, names: list[str]) -> Iterator[str]:
    yield from (f"## {title}", "")
    for path in names:
        found = _object(path)
        yield from ("```{eval-rst}", f".. auto{_kind(found)}:: {path}")
        if inspect.isclass(found) and not issubclass(found, BaseException):
            yield "   :members:"
        yield from ("```", "")


def _kind(found: object) -> str:
    if inspect.isclass(found):
        return "exception" if issubclass(found, BaseException) else "class"
    return "function"
