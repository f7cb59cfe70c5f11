"""What the terminal says of how new comments differ."""

from __future__ import annotations

from collections.abc import Iterator

from cx_nlp.shift.accuracy import Accuracy
from cx_nlp.shift.result import Drift, Shift

NAMES = {
    "confidence": "confidence", "unknown_words": "comments with a word it does not know", "language": "language",
    "without_diacritics": "Vietnamese without diacritics", "length": "words", "emoji": "with emoji", "sentiment": "sentiment",
    "label": "label", "touchpoint": "touchpoint", "factor": "factor", "none": "without any mention",
}  # fmt: skip
MEANS = ("confidence", "length")
SAYS = {"alike": "alike", "some": "differs", "much": "differs much", "too_few": "too few to tell"}
HEADER = ("measure", "before", "now", "difference [95 %]", "PSI", "p", "")
_FOUND = {"lower": "lower", "higher": "higher", "not_told": "no difference shown"}
_LABEL = "cx-nlp suggest-labels picks comments to label; give them to cx-nlp drift --labelled, and then to cx-nlp train"


def verdict_line(found: Drift) -> str:
    """The verdict in a sentence."""
    if found.verdict == "differs":
        return f"Differs in a way that matters: {_names(found, found.mattering)}. The model may be right less often than its card says."
    if found.verdict == "other_content":
        differing = tuple(one.measure for one in found.shifts if one.verdict in ("some", "much"))
        return (
            f"Other content: {_names(found, differing)} differ, and nothing that makes a model err more does. Shares of labels may "
            "differ because customers speak of other things."
        )
    if found.verdict == "too_few":
        return "Too few comments to tell; what shows below may be chance."
    return "Alike: nothing differs by more than chance and trifles."


def told_in_short(found: Drift) -> Iterator[str]:
    """What whoever scores an export should know of it."""
    if found.verdict == "differs":
        yield f"Against the comments the model was measured on: {verdict_line(found)} What to do: {_LABEL}."


def rows(found: Drift) -> list[tuple[str, ...]]:
    """A row of the table for every measure."""
    return [_row(one) for one in found.shifts]


def _row(one: Shift) -> tuple[str, ...]:
    name = NAMES[one.measure] + (f": {one.label}" if one.label else " (mean)" if one.measure in MEANS else "")
    says = f"{SAYS[one.verdict]}{', matters' if one.matters else ''}"
    if one.expected is not None and one.verdict in ("some", "much"):
        says += f" (F1 {one.expected:+.3f} by the card)"
    p = "<0.001" if one.p < 0.001 else f"{one.p:.3f}"
    return name, *_values(one), f"{one.stability_index:.2f}", p, says


def _values(one: Shift) -> tuple[str, str, str]:
    values = (one.before, one.after, one.difference, one.low, one.high)
    if one.measure in MEANS:
        digits = 2 if one.measure == "confidence" else 1
        before, after = (f"{value:.{digits}f}" for value in values[:2])
        moved, low, high = (f"{value:+.{digits}f}" for value in values[2:])
    else:
        before, after = (f"{value:.1%}" for value in values[:2])
        moved, low, high = (f"{100 * value:+.1f}" for value in values[2:])
    return before, after, f"{moved} [{low}, {high}]"


def notes(found: Drift) -> Iterator[str]:
    """What else there is to say, a line each."""
    if found.unknown_before is not None and found.unknown_after is not None:
        yield f"Of all words the model does not know {found.unknown_after:.1%}, before {found.unknown_before:.1%}."
    if found.new_words:
        listed = ", ".join(f"{word} ({n:,})" for word, n in found.new_words)
        yield f"Commonest of them, with the comments that hold them: {listed}."
    if found.accuracy and any(one.verdict == "lower" for one in found.accuracy):
        yield "Measured on your labels, the model is right less often than its card says."
    elif found.accuracy:
        yield "Measured on your labels, the model is not shown to be right less often than its card says."
    elif found.verdict == "differs":
        yield f"What to do: {_LABEL}."


ACCURACY_HEADER = ("figure", "card [95 %]", "your labels [95 %]", "difference [95 %]", "")


def accuracy_rows(found: Drift) -> list[tuple[str, ...]]:
    """A row of the table for every figure measured on labels of the user's own."""
    return [_accuracy(one) for one in found.accuracy]


def _accuracy(one: Accuracy) -> tuple[str, ...]:
    return (
        one.figure, f"{one.card:.3f} [{one.card_low:.3f}, {one.card_high:.3f}]",
        f"{one.found:.3f} [{one.low:.3f}, {one.high:.3f}]",
        f"{one.difference:+.3f} [{one.difference_low:+.3f}, {one.difference_high:+.3f}]", _FOUND[one.verdict],
    )  # fmt: skip


def _names(found: Drift, measures: tuple[str, ...]) -> str:
    of = {one.measure: one for one in found.shifts}
    return ", ".join(_moved(of[name]) for name in measures)


def _moved(one: Shift) -> str:
    before, now, _ = _values(one)
    return f"{NAMES[one.measure]} ({one.label + ' ' if one.label else ''}{before}, now {now})"
