"""The model card: what a model is, what it was trained on, how good it is, and where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_WHAT = {
    "mentions": "Tags customer comments, clause by clause, by touchpoint, success factor and sentiment, each with the "
    "words that say it and a calibrated confidence, and every comment by its overall sentiment. Sparse linear "
    "classifiers over words and characters of clauses; a second stage, fitted on comments that the first had not seen, "
    "turns their scores into probabilities.",
    "label": "Gives every comment one label with a calibrated confidence. A sparse linear classifier over words and "
    "characters.",
    "plugin": "An estimator of its maker's own, stored by joblib. Loading it can run any code: load it only when you "
    "trust who made it.",
}
_LIMITS = (
    "A confidence holds on comments like those it was measured on; other industries, channels and ways of writing lower "
    "every figure. Check it on comments of your own: `cx-nlp evaluate`.",
    "It sees words, not intentions: irony, comparisons with other companies, and what only the context tells are often "
    "tagged wrongly.",
    "Comments marked `needs_review` are for a person to decide. Single comments should not decide about single people.",
)
_FIGURES = {
    "touchpoint": "touchpoint, F1", "factor": "factor, F1", "touchpoint_sentiment": "touchpoint + sentiment, F1",
    "category": "touchpoint + factor, F1", "triple": "touchpoint + factor + sentiment, F1",
    "touchpoint_macro": "touchpoint, mean F1 of labels", "factor_macro": "factor, mean F1 of labels",
    "span": "span, character F1", "sentiment_accuracy": "comment sentiment, accuracy",
    "sentiment_macro": "comment sentiment, mean F1 of classes", "mention_ece": "mention confidence, calibration error",
    "sentiment_ece": "sentiment confidence, calibration error", "label_accuracy": "label, accuracy",
    "label_weighted": "label, F1 weighted by support", "label_macro": "label, mean F1 of classes",
    "label_ece": "confidence, calibration error",
}  # fmt: skip
_SLICED = ("touchpoint", "factor", "triple", "sentiment_accuracy", "label_accuracy", "label_macro")
_PER_LABEL = ("touchpoint", "factor", "sentiment", "label")
_DASH = "–"


def model_card(
    figures: Mapping[str, Any],
    *,
    name: str,
    kind: str = "mentions",
    left_out: Mapping[str, int] | None = None,
    trained_on: str | None = None,
    measured_on: str | None = None,
    limits: Sequence[str] = (),
    licence: str | None = None,
) -> str:
    """The card as Markdown.

    Parameters
    ----------
    figures
        As `Evaluation.to_dict` gives them; parts that are missing are left out.
    name, kind
        As in the bundle's manifest.
    left_out
        Labels that were not learnt, with their training comments.
    trained_on, measured_on
        What the training comments and the comments of the figures are, a sentence or a part of one each.
    limits
        Further limits, before those that every model has.
    licence
        Of the weights.
    """
    sections = (
        _paragraphs(f"# {name}", [_WHAT.get(kind, "")]),
        _paragraphs("## Trained on", [trained_on or "Its maker did not say."]),
        _figures(figures, measured_on),
        *_labels(figures),
        _slices(figures),
        _left_out(left_out or {}),
        _paragraphs("## Limits", [f"- {limit}" for limit in (*limits, *_LIMITS)], gap=""),
        _paragraphs("## Licence", [licence or "Its maker did not say."]),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _paragraphs(title: str, texts: Iterable[str], *, gap: str = "\n") -> str:
    return f"{title}\n\n" + f"{gap}\n".join(texts)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _figures(figures: Mapping[str, Any], measured_on: str | None) -> str:
    found = figures.get("figures") or {}
    if not found:
        return ""
    comments = figures.get("comments")
    counted = f" ({comments:,} comments)" if isinstance(comments, int) else ""
    said = f"Measured on {measured_on or 'held-out comments'}{counted}; intervals are 95 % bootstrap intervals over comments."
    rows = [
        (title, _number(found[key].get("value")), _interval(found[key]))
        for key, title in _FIGURES.items()
        if key in found
    ]
    return _paragraphs("## Figures", [said, _table(("figure", "value", "95 % interval"), rows)])


def _labels(figures: Mapping[str, Any]) -> Iterator[str]:
    for view in _PER_LABEL:
        labels = sorted((figures.get("labels") or {}).get(view, ()), key=lambda row: -row["support"])
        rows = [
            (
                _cell(row["label"]),
                str(row["support"]),
                *(_number(row[key]) for key in ("precision", "recall", "f1")),
            )
            for row in labels
        ]
        if rows:
            yield _paragraphs(
                f"## By {view}", [_table((view, "comments", "precision", "recall", "F1"), rows)]
            )


def _slices(figures: Mapping[str, Any]) -> str:
    slices = figures.get("slices") or {}
    keys = [key for key in _SLICED if key in (figures.get("figures") or {})]
    rows = [
        (
            _cell(f"{slicer}: {part}"),
            str(one["comments"]),
            *(_number(one["figures"].get(key, {}).get("value")) for key in keys),
        )
        for slicer, parts in slices.items()
        for part, one in parts.items()
    ]
    if not rows or not keys:
        return ""
    return _paragraphs(
        "## By kind of comment", [_table(("part", "comments", *(_FIGURES[key] for key in keys)), rows)]
    )


def _left_out(left_out: Mapping[str, int]) -> str:
    if not left_out:
        return ""
    rows = [
        (_cell(label), str(n)) for label, n in sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    ]
    said = "Too few training comments hold these, so the model never gives them."
    return _paragraphs("## Left out", [said, _table(("label", "training comments"), rows)])


def _interval(figure: Mapping[str, Any]) -> str:
    low, high = figure.get("low"), figure.get("high")
    return _DASH if low is None or high is None else f"{_number(low)} to {_number(high)}"


def _number(value: float | None) -> str:
    return _DASH if value is None else f"{value:.3f}"


def _cell(text: object) -> str:
    """Text that can break neither a table's cell nor its row."""
    return (
        " ".join(str(text).split())
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("`", "\\`")
        .replace("<", "&lt;")
    )
