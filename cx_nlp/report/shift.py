"""Whether the comments are like those that the model was measured on, as the run's manifest tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from cx_nlp.journey.table import Scored
from cx_nlp.report.plain import clean
from cx_nlp.report.source import part
from cx_nlp.report.wording import Wording

DIGITS = {"confidence": 2, "length": 1}
"""Decimals of the measures that are no shares."""
VERDICTS = ("alike", "some", "much", "too_few")
WHOLE = ("alike", "other_content", "differs", "too_few")


@dataclass(frozen=True)
class ShiftRow:
    """One measure, with the label of it that moved most."""

    name: str
    before: str
    after: str
    difference: str
    interval: str
    verdict: str
    few: bool


@dataclass(frozen=True)
class ShiftSection:
    """The verdict in sentences and the measures behind it."""

    sentences: tuple[str, ...]
    caption: str
    rows: tuple[ShiftRow, ...]


def shifts(scored: Scored, words: Wording) -> ShiftSection | None:
    """The section; None where nothing was compared."""
    found = part(scored.manifest or {}, "drift")
    verdict, measures = found.get("verdict"), found.get("shifts")
    if verdict not in WHOLE or not isinstance(measures, list):
        return None
    rows = tuple(_rows(measures, words))
    sizes = [found.get(key) for key in ("comments_before", "comments_after")]
    before, after = (words.number(n) if isinstance(n, int) else "–" for n in sizes)
    sentences = (
        words.text(f"shift.{verdict}"),
        *([words.text("shift.todo")] if verdict == "differs" else []),
    )
    return ShiftSection(sentences, words.text("shift.caption", before=before, after=after), rows)


def _rows(measures: list[Any], words: Wording) -> Iterator[ShiftRow]:
    for one in measures:
        if not isinstance(one, Mapping):
            continue
        key, verdict = f"values.drift_{one.get('measure')}", one.get("verdict")
        numbers = [one.get(name) for name in ("before", "after", "difference", "low", "high")]
        known = [float(value) for value in numbers if isinstance(value, (int, float)) and isfinite(value)]
        if key in words.strings and verdict in VERDICTS and len(known) == len(numbers):
            yield _row(one, words.text(key), str(verdict), known, words)


def _row(one: Mapping[str, Any], name: str, verdict: str, values: list[float], words: Wording) -> ShiftRow:
    before, after, moved, low, high = values
    digits = DIGITS.get(str(one.get("measure")))
    told = words.text("shift.matters" if one.get("matters") is True else f"shift.says_{verdict}")
    label = _label(str(one.get("measure")), str(one.get("label") or ""), words)
    named = words.text("shift.of", measure=name, label=label) if label else name
    if digits is None:
        shown = words.percent(before), words.percent(after)
        moved, low, high, digits = 100 * moved, 100 * low, 100 * high, 1
    else:
        shown = words.number(before, digits), words.number(after, digits)
    interval = f"{words.signed(low, digits)} … {words.signed(high, digits)}"
    return ShiftRow(named, *shown, words.signed(moved, digits), interval, told, verdict == "too_few")


def _label(measure: str, label: str, words: Wording) -> str:
    if measure == "touchpoint":
        return words.touchpoint(label)
    if measure == "factor":
        return words.factor(label)
    key = f"shift.{measure}_{label}"
    return words.text(key) if key in words.strings else clean(label, longest=80)
