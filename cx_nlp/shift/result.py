"""What a comparison of comments gives: a verdict, the shift of every measure, and figures on labels."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cx_nlp.shift.accuracy import Accuracy

Verdict = Literal["alike", "some", "much", "too_few"]
Whole = Literal["alike", "other_content", "differs", "too_few"]


@dataclass(frozen=True)
class Part:
    """The share of the comments that have one label or class, before and after, and the difference with its 95 % bounds."""

    label: str
    before: float
    after: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Shift:
    """One measure compared.

    Attributes
    ----------
    measure : str
        "confidence", "unknown_words", "language", "without_diacritics", "length", "emoji", "sentiment", "label", "touchpoint",
        "factor" or "none".
    verdict : str
        "much" or "some" where chance does not explain the shift and it is large enough to count, else "alike", or "too_few"
        where even a large one could not be told from chance.
    matters : bool
        Whether it differs in a way in which a model is less often right.
    label : str
        Of a measure of several labels or classes the one that moved most.
    before, after, difference, low, high : float
        The share of that label or thing, the mean confidence or the mean number of words, and the difference with its 95 % bounds.
    stability_index, p : float
        Population stability index; p after Holm over all measures.
    expected : float or None
        By how much F1 (of single labels, accuracy) would change if the model were right as often as its card says in each part
        of the comments, the parts being as large as now; None where the card does not say.
    comments_before, comments_after : int
        What the measure rests on.
    parts : tuple of Part
        All labels or classes.
    """

    measure: str
    verdict: Verdict
    matters: bool
    label: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    stability_index: float
    p: float
    expected: float | None
    comments_before: int
    comments_after: int
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Drift:
    """Whether new comments are like those of a reference.

    Attributes
    ----------
    verdict : str
        "differs" where a shift matters for accuracy, "other_content" where others only are there, "alike", or "too_few".
    reference, new : str
        Which comments were compared.
    comments_before, comments_after : int
    unknown_before, unknown_after : float or None
        Share of all words that the model does not know.
    shifts : tuple of Shift
        A measure each, those that bear on accuracy first.
    new_words : tuple of (str, int)
        The commonest words that the model does not know, and how many of the new comments hold them.
    accuracy : tuple of Accuracy
        Figures on labelled comments beside those of the card, where such comments were given.
    """

    verdict: Whole
    reference: str
    new: str
    comments_before: int
    comments_after: int
    unknown_before: float | None
    unknown_after: float | None
    shifts: tuple[Shift, ...]
    new_words: tuple[tuple[str, int], ...] = ()
    accuracy: tuple[Accuracy, ...] = ()

    @property
    def mattering(self) -> tuple[str, ...]:
        """The measures whose shift matters for accuracy."""
        return tuple(one.measure for one in self.shifts if one.matters)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain types, ready for JSON; shares and figures to five decimals."""
        plain: dict[str, Any] = _rounded(asdict(self))
        return plain

    def to_table(self) -> pd.DataFrame:
        """One row a measure, with the columns of `Shift` but for `parts`."""
        rows = [{key: value for key, value in asdict(one).items() if key != "parts"} for one in self.shifts]
        frame: pd.DataFrame = pd.DataFrame(rows)
        return frame


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any plain value
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return round(float(value), 5) if isinstance(value, (float, np.floating)) else value
