"""One label a comment, as text."""

from collections.abc import Sequence

import numpy as np

from cx_nlp.errors import InputError


def class_name(label: object) -> str:
    """A label as text; a whole number without a point, for one empty cell makes every 1 of a column 1.0."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        label = int(label)
    return str(label).strip()


def class_names(labels: Sequence[object]) -> list[str]:
    """Every label as text.

    Raises
    ------
    InputError
        One is missing (None or NaN).
    """
    for i, label in enumerate(labels):
        if label is None or label != label:
            raise InputError(
                f"label {i} (counted from 0) is missing: leave its comment out, or give it a label"
            )
    return [class_name(label) for label in labels]
