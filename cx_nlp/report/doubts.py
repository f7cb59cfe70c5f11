"""What is unsure: comments for a second look, the tagger's own test figures, and what the numbers cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cx_nlp.journey.scorecard import ENOUGH, repeats
from cx_nlp.journey.table import Scored
from cx_nlp.report.source import part
from cx_nlp.report.wording import Wording

FEW_COMMENTS = 200
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
    """Sentences, and the table of held-out figures where the manifest has them."""

    sentences: tuple[str, ...]
    heldout: tuple[LabelRow, ...]


def doubts(scored: Scored, words: Wording) -> Doubts:
    """Everything a reader should hold against the figures."""
    rows = _heldout(scored, words)
    sentences = [*_about_tagging(scored, words), *_about_heldout(rows, words), *_about_sample(scored, words)]
    return Doubts(tuple(sentences), tuple(row for row, _ in rows))


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


def _about_heldout(rows: list[tuple[LabelRow, dict[str, int]]], words: Wording) -> Iterator[str]:
    if not rows:
        yield words.text("doubts.heldout_none")
        return
    total = {name: sum(counts[name] for _, counts in rows) for name in COUNTS}
    precision, recall = _rates(total)
    yield words.text(
        "doubts.heldout_lead", precision=words.number(100 * precision), recall=words.number(100 * recall)
    )


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


def _heldout(scored: Scored, words: Wording) -> list[tuple[LabelRow, dict[str, int]]]:
    """Rows for the touchpoints of this table, the most frequent in the test first."""
    spoken_of = set(scored.mentions["touchpoint"].unique())
    counts = heldout_counts(scored.manifest or {})
    found = sorted(spoken_of & counts.keys(), key=lambda id: (-counts[id]["tp"] - counts[id]["fn"], id))
    return [(_label_row(id, counts[id], words), counts[id]) for id in found if any(counts[id].values())]


def heldout_counts(manifest: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """True and false positives and negatives per touchpoint, from the manifest of a run; empty where it has none."""
    heldout = part(part(manifest, "model"), "heldout")
    labels = heldout.get("touchpoint", heldout.get("touchpoints", heldout))
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
