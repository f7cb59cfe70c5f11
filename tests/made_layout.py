"""Layouts of the fast tagger's first stage, for tests of its second."""

from __future__ import annotations

from collections.abc import Sequence

from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.targets import NONE


def layout_of(categories: Sequence[str], polarities: Sequence[str], sentiments: Sequence[str]) -> Layout:
    """The layout for categories `touchpoint#factor`, each held by a tenth of the comments."""
    parts = [category.split("#") for category in categories]
    touchpoints, factors = (sorted({part[k] for part in parts}) for k in range(2))
    names = {"category": categories, "touchpoint": touchpoints, "factor": factors, "polarity": polarities}
    classes = {head: (NONE, *found) for head, found in names.items()}
    return Layout.of(classes, sentiments, dict.fromkeys(categories, 0.1))
