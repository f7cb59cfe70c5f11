"""What is unsure: comments for a second look, the tagger's own test figures, and what the numbers cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cx_nlp.journey.findings import Findings
from cx_nlp.journey.scores.scorecard import ENOUGH, repeats
from cx_nlp.journey.table import Scored
from cx_nlp.report.source import part
from cx_nlp.report.wording import Wording

FEW_COMMENTS = 200
# What the page counts; the held-out counts name each pair of touchpoint and sentiment so.
COMPLAINTS, OF_COMPLAINT = "touchpoint_sentiment", "#negative"
COUNTS = {"tp": ("tp", "true_positives"), "fp": ("fp", "false_positives"), "fn": ("fn", "false_negatives")}


@dataclass(frozen=True)
class LabelRow:
    """How right the tagger was for one touchpoint on comments it had not seen."""

    name: str
    precision: str
    recall: str
    support: str
    few: bool


@dataclass(frozen=True)
class Doubts:
    """Sentences, and the table of held-out figures: of complaints, or of mentions where those are not known."""

    sentences: tuple[str, ...]
    heldout: tuple[LabelRow, ...]
    of_complaints: bool


def doubts(found: Findings, words: Wording) -> Doubts:
    """Everything a reader should hold against the figures."""
    scored = found.scored
    counts = complaint_counts(scored.manifest or {})
    of_complaints = bool(counts)
    rows = _heldout(scored, counts or heldout_counts(scored.manifest or {}), words)
    about = words.text("doubts.of_complaints" if of_complaints else "doubts.of_mentions")
    sentences = [
        *_about_tagging(scored, words),
        *_about_heldout(rows, about, words),
        *_about_correction(found.scorecard, words),
        *_about_sample(scored, words),
    ]
    return Doubts(tuple(sentences), tuple(row for row, _ in rows), of_complaints)


def _about_tagging(scored: Scored, words: Wording) -> Iterator[str]:
    total = len(scored.comments)
    if total and "needs_review" in scored.comments:
        unsure = int(scored.comments["needs_review"].sum())
        yield words.text(
            "doubts.review", n=unsure, total=words.number(total), share=words.percent(unsure / total)
        )
    truncated = part(scored.manifest or {}, "counts").get("truncated")
    if isinstance(truncated, int) and truncated:
        yield words.text("doubts.truncated", n=truncated)
    if "confidence" in scored.mentions and scored.mentions["confidence"].notna().any():
        yield words.text(
            "doubts.confidence", share=words.percent(float(scored.mentions["confidence"].mean()))
        )


def _about_heldout(rows: list[tuple[LabelRow, dict[str, int]]], about: str, words: Wording) -> Iterator[str]:
    if not rows:
        yield words.text("doubts.heldout_none")
        return
    total = {name: sum(counts[name] for _, counts in rows) for name in COUNTS}
    precision, recall = _rates(total)
    figures = {"precision": words.number(100 * precision), "recall": words.number(100 * recall)}
    yield words.text("doubts.heldout_lead", about=about, **figures)


def _about_correction(scorecard: pd.DataFrame, words: Wording) -> Iterator[str]:
    for correction in ("assumed", "audited"):
        if (scorecard["correction"] == correction).any():
            yield words.text(f"doubts.corrected_{correction}")


def _about_sample(scored: Scored, words: Wording) -> Iterator[str]:
    total = len(scored.comments)
    if total < FEW_COMMENTS:
        yield words.text("doubts.few", n=total)
    yield words.text("doubts.causes")
    yield words.text("doubts.reviewers")
    repeated = repeats(scored)
    if repeated and repeated.repeated:
        counts = {
            name: words.number(getattr(repeated, name)) for name in ("customers", "comments", "repeated")
        }
        yield words.text("doubts.repeats", **counts)
    yield words.text("doubts.model_errors")
    yield words.text("doubts.many")


def _heldout(
    scored: Scored, counts: Mapping[str, dict[str, int]], words: Wording
) -> list[tuple[LabelRow, dict[str, int]]]:
    """Rows for the touchpoints of this table, or for all where it has none; the most frequent in the test first."""
    tested = {id for id, values in counts.items() if any(values.values())}
    shown = (tested & set(scored.mentions["touchpoint"].unique())) or tested
    found = sorted(shown, key=lambda id: (-counts[id]["tp"] - counts[id]["fn"], id))
    return [(_label_row(id, counts[id], words), counts[id]) for id in found]


def complaint_counts(manifest: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """As `heldout_counts`, of the complaints at each touchpoint."""
    labels = _labels(part(part(manifest, "model"), "heldout").get(COMPLAINTS))
    return {
        label.removesuffix(OF_COMPLAINT): values
        for label, values in labels.items()
        if label.endswith(OF_COMPLAINT)
    }


def heldout_counts(manifest: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """True and false positives and negatives per touchpoint, from the manifest of a run; empty where it has none."""
    heldout = part(part(manifest, "model"), "heldout")
    return _labels(heldout.get("touchpoint", heldout.get("touchpoints", heldout)))


def _labels(labels: object) -> dict[str, dict[str, int]]:
    read = (
        {str(label): _counts(values) for label, values in labels.items()}
        if isinstance(labels, Mapping)
        else {}
    )
    return {label: values for label, values in read.items() if values}


def _counts(values: object) -> dict[str, int]:
    if not isinstance(values, Mapping):
        return {}
    found = {
        name: next((values[key] for key in keys if isinstance(values.get(key), (int, float))), None)
        for name, keys in COUNTS.items()
    }
    return (
        {}
        if None in found.values()
        else {name: int(value) for name, value in found.items() if value is not None}
    )


def _label_row(id: str, counts: Mapping[str, int], words: Wording) -> LabelRow:
    precision, recall = _rates(counts)
    support = counts["tp"] + counts["fn"]
    few = support < ENOUGH
    return LabelRow(
        words.touchpoint(id), words.percent(precision), words.percent(recall), words.number(support), few
    )


def _rates(counts: Mapping[str, int]) -> tuple[float, float]:
    tagged, true = counts["tp"] + counts["fp"], counts["tp"] + counts["fn"]
    return counts["tp"] / tagged if tagged else float("nan"), counts["tp"] / true if true else float("nan")
