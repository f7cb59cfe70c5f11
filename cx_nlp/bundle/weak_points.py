"""Where a model is weak, told from its figures."""

from __future__ import annotations

from collections.abc import Iterator

from cx_nlp.bundle.card_text import FIGURES
from cx_nlp.metrics import Evaluation

ENOUGH = 20
"""Held-out comments from which on the F1 of a label or of a part of the comments says something."""
POOR = 0.5
_SHOWN = 10
_VIEWS = ("touchpoint", "factor", "sentiment", "label")
_WHOLE = ("triple", "label_accuracy")
"""The figures by which parts of the comments are compared with all of them; a mean over labels would not compare."""


def weak_points(found: Evaluation | None) -> list[str]:
    """Sentences on labels that are missed, labels that too few comments measured, and comments it reads worse."""
    return [*_poor_labels(found), *_few_comments(found), *_weak_parts(found)] if found else []


def _poor_labels(found: Evaluation) -> Iterator[str]:
    for view in _VIEWS:
        poor = sorted(
            (row.f1 or 0.0, row.label, row.support)
            for row in found.labels.get(view, ())
            if row.support >= ENOUGH and (row.f1 or 0.0) < POOR
        )
        if poor:
            listed = _listed([f"`{label}` ({f1:.2f}, {support} comments)" for f1, label, support in poor])
            yield f"Labels with an F1 under {POOR}, by {view}: {listed}."


def _few_comments(found: Evaluation) -> Iterator[str]:
    for view in _VIEWS:
        few = [row.label for row in found.labels.get(view, ()) if row.support < ENOUGH]
        if few:
            listed = _listed([f"`{label}`" for label in few])
            yield f"Fewer than {ENOUGH} comments measured these labels, so little is known, by {view}: {listed}."


def _weak_parts(found: Evaluation) -> Iterator[str]:
    for key in _WHOLE:
        whole = found.figures.get(key)
        if whole is None or whole.value is None:
            continue
        for slicer, parts in found.slices.items():
            for part, one in parts.items():
                figure = one.figures.get(key)
                if (
                    one.comments >= ENOUGH
                    and figure
                    and figure.value is not None
                    and figure.high is not None
                    and figure.high < whole.value
                ):
                    yield (
                        f"It is worse than on the whole where {slicer} is {part}: {FIGURES[key]} {figure.value:.2f} against "
                        f"{whole.value:.2f} ({one.comments:,} comments)."
                    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
