"""Figures of models on labelled comments: by language, written in other ways, how far the confidence holds, what review gains.

    python benchmarks/labelled.py COMMENTS.jsonl [--model accurate --model fast ...] [--ids odd]

One JSON object a line with `text`, `sentiment`, `mentions` (each with `touchpoint`, `factor`, `sentiment` and a `quote`) and,
where known, `lang`; for `--ids` an `id` that ends in a digit. The file is read, not kept. Intervals are 95 % bootstrap intervals over comments (1 000 resamples,
seed 0). With `--ids odd` only comments whose id ends in an odd number count: on the even ones numbers may have been fitted.
"""

from __future__ import annotations

import argparse
import json
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import cx_nlp
from cx_nlp.metrics import Evaluation, mention_figures
from cx_nlp.tagger import Cascade, ContextualTagger, MentionTagger
from cx_nlp.text import fold_accents

FIGURES = (
    "touchpoint", "factor", "touchpoint_sentiment", "triple", "touchpoint_macro", "span", "sentiment_accuracy",
)  # fmt: skip
Record = dict[str, Any]
Tagger = MentionTagger | ContextualTagger | Cascade


def upper(text: str) -> str:
    """The text in capitals, unless that changes its length."""
    return text.upper() if len(text.upper()) == len(text) else text


WAYS: dict[str, Callable[[str], str]] = {
    "without diacritics": fold_accents,
    "decomposed (NFD)": lambda text: unicodedata.normalize("NFD", text),
    "in capitals": upper,
    "with emoji at the end": lambda text: f"{text} 😊👍",
    "with neutral emoji at the end": lambda text: f"{text} 📦",
}


def tags(model: Tagger, rows: Sequence[Record], way: Callable[[str], str] = str) -> list[Record]:
    """What the model says of the rows written in another way."""
    return [comment.to_dict() for comment in model.tag_many([way(row["text"]) for row in rows])]


def labels(record: Record) -> set[tuple[str, str, str]]:
    """The labels of a comment."""
    return {(m["touchpoint"], m["factor"], m["sentiment"]) for m in record["mentions"]}


def measured(rows: Sequence[Record], found: Sequence[Record], resamples: int = 1000) -> Evaluation:
    """All figures of tags."""
    return mention_figures(rows, found, resamples=resamples)


def line(name: str, n: int, one: Evaluation) -> str:
    """A row of the table: each figure with its interval."""
    cells = []
    for key in FIGURES:
        figure = one.figures.get(key)
        if figure is None or figure.value is None:
            cells.append("–")
        elif figure.low is None or figure.high is None:
            cells.append(f"{figure.value:.3f}")
        else:
            cells.append(f"{figure.value:.3f} ({figure.low:.2f}–{figure.high:.2f})")
    return f"| {name} | {n} | " + " | ".join(cells) + " |"


def figures(rows: Sequence[Record], found: Sequence[Record]) -> list[str]:
    """The table of figures, all rows and by language."""
    out = ["| comments | n | " + " | ".join(FIGURES) + " |", "|---|---:|" + "---:|" * len(FIGURES)]
    out.append(line("all", len(rows), measured(rows, found)))
    for language in sorted({row["lang"] for row in rows if "lang" in row}):
        part = [i for i, row in enumerate(rows) if row.get("lang") == language]
        out.append(line(language, len(part), measured([rows[i] for i in part], [found[i] for i in part])))
    return out


def ways(model: Tagger, rows: Sequence[Record], found: Sequence[Record]) -> list[str]:
    """What other ways of writing cost; diacritics of Vietnamese comments alone."""
    out = [
        "| written | n | triple F1 | as it was | share of comments tagged alike |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, way in WAYS.items():
        part = [
            i for i, row in enumerate(rows)
            if (row.get("lang", "vi") == "vi" or name != "without diacritics") and way(row["text"]) != row["text"]
        ]  # fmt: skip
        if not part:
            continue
        gold, before = [rows[i] for i in part], [found[i] for i in part]
        after = tags(model, gold, way)
        # Spans are counted in the text as written: only labels are compared.
        scores = [measured(gold, one, 0).figures["triple"].value or 0.0 for one in (after, before)]
        alike = np.mean(
            [
                labels(a) == labels(b) and a["sentiment"] == b["sentiment"]
                for a, b in zip(after, before, strict=True)
            ]
        )
        out.append(f"| {name} | {len(part)} | {scores[0]:.3f} | {scores[1]:.3f} | {alike:.1%} |")
    return out


def confidence(rows: Sequence[Record], found: Sequence[Record]) -> list[str]:
    """How far confidences hold, and what sending doubtful comments to a person gains."""
    whole = measured(rows, found, 0)
    mentions = [
        (m["confidence"], (m["touchpoint"], m["factor"], m["sentiment"]) in labels(row))
        for row, one in zip(rows, found, strict=True)
        for m in one["mentions"]
    ]
    high = [right for sure, right in mentions if sure >= 0.9]
    kept = [i for i, one in enumerate(found) if not one["needs_review"]] or [*range(len(rows))]
    rest = measured([rows[i] for i in kept], [found[i] for i in kept], 0)
    ece = {name: whole.figures[name].value for name in ("mention_ece", "sentiment_ece")}
    return [
        f"- calibration error: mentions {ece['mention_ece']:.3f}, sentiment {ece['sentiment_ece']:.3f}",
        f"- mentions of confidence 0.9 and more: {len(high)} of {len(mentions)} ({len(high) / max(len(mentions), 1):.0%}), "
        f"{np.mean(high) if high else float('nan'):.1%} right",
        f"- to review: {1 - len(kept) / len(rows):.1%} of comments; triple F1 of the others "
        f"{rest.figures['triple'].value:.3f} against {whole.figures['triple'].value:.3f} of all, sentiment "
        f"{rest.figures['sentiment_accuracy'].value:.3f} against {whole.figures['sentiment_accuracy'].value:.3f}",
    ]


def main() -> None:
    """Print the figures of every model."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("comments", type=Path)
    parser.add_argument("--model", action="append", help="a name or a folder; more than once for more")
    parser.add_argument("--ids", choices=("all", "odd", "even"), default="all")
    given = parser.parse_args()
    with given.comments.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    if given.ids != "all":
        rows = [row for row in rows if (str(row["id"])[-1:] in "13579") == (given.ids == "odd")]
    for name in given.model or ("auto", "accurate", "fast"):
        model = cx_nlp.load(name)
        found = tags(model, rows)
        parts = (figures(rows, found), ways(model, rows, found), confidence(rows, found))
        print(f"## {name} ({model.digest[:12]})\n")
        print("\n\n".join("\n".join(part) for part in parts), "\n")


if __name__ == "__main__":
    main()
