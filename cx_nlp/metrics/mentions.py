"""All figures of a mention tagger, from gold and predicted records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cx_nlp.metrics.classes import ClassCounts, class_counts
from cx_nlp.metrics.evaluation import Evaluation, evaluation
from cx_nlp.metrics.intervals import Counts
from cx_nlp.metrics.labels import VIEWS, Record, label_figures, view_counts
from cx_nlp.metrics.reliability import ConfidenceCounts, Equal, confidence_counts
from cx_nlp.metrics.slices import DEFAULT_SLICES, Slicer
from cx_nlp.metrics.spans import span_counts
from cx_nlp.schema import COMMENT_SENTIMENTS, SENTIMENTS
from cx_nlp.taxonomy import Taxonomy

_TRIPLE = VIEWS["triple"]


def mention_figures(
    gold: Sequence[Record],
    predicted: Sequence[Record],
    *,
    taxonomy: Taxonomy | None = None,
    slices: Mapping[str, Slicer] = DEFAULT_SLICES,
    resamples: int = 1000,
    seed: int = 0,
    bins: int = 10,
    equal: Equal = "mass",
) -> Evaluation:
    """How well predicted mentions and comment sentiments agree with gold, comment by comment.

    Records are mappings with `mentions` (each with `touchpoint`, `factor`, `sentiment`, and `start`/`end` or
    `quote`) and `sentiment`; gold records also have `text`, predicted records and mentions may have a
    `confidence`. The two sequences hold the same comments in the same order.

    Figures, each with a 95 % bootstrap interval (`resamples=0`: none):

    - `touchpoint`, `factor`, `touchpoint_sentiment`, `category`, `triple`: micro F1 over the label sets of the
      comments, and `..._precision`, `..._recall`; "general" is no factor here. 1 where there is nothing to find
      and nothing was found.
    - `..._macro`: mean F1 over the labels with at least five gold comments; `..._macro_all`: over all labels
      that occur in gold or prediction.
    - `span`: mean character F1 of predicted span and gold quote, over gold mentions whose labels were found.
    - `sentiment_accuracy`, `sentiment_macro`, `sentiment_weighted`: of the comment, in four classes;
      `sentiment3_...`: without the comments that gold calls mixed.
    - `mention_ece`, `sentiment_ece`: expected calibration error.

    Raises
    ------
    ValueError
        The two sequences are empty or of different length.
    """
    if len(gold) != len(predicted) or not gold:
        raise ValueError(
            f"{len(gold)} gold and {len(predicted)} predicted records; need as many, at least one"
        )
    views = [view_counts(name, gold, predicted, taxonomy) for name in VIEWS]
    spans = span_counts(gold, predicted)
    sentiments = _sentiment_counts(gold, predicted)
    confidences = [
        *_mention_confidence(gold, predicted, bins, equal),
        *_comment_confidence(gold, predicted, bins, equal),
    ]
    blocks: list[Counts] = [*views, *([spans] if spans else []), *sentiments, *confidences]
    tables = {view.name: label_figures(view) for view in views}
    if sentiments:
        tables["sentiment"] = label_figures(sentiments[0].labels)
    return evaluation(
        blocks,
        gold,
        labels=tables,
        reliability={one.name: one.reliability() for one in confidences},
        slices=slices,
        resamples=resamples,
        seed=seed,
    )


def _sentiment_counts(gold: Sequence[Record], predicted: Sequence[Record]) -> list[ClassCounts]:
    sides = [[record.get("sentiment") for record in side] for side in (gold, predicted)]
    if all(one is None for one in sides[0]):
        return []
    three = [None if one == "mixed" else one for one in sides[0]]
    return [
        class_counts("sentiment", COMMENT_SENTIMENTS, *sides),
        class_counts("sentiment3", SENTIMENTS, three, sides[1]),
    ]


def _mention_confidence(
    gold: Sequence[Record], predicted: Sequence[Record], bins: int, equal: Equal
) -> list[ConfidenceCounts]:
    """A predicted mention is right where gold has its touchpoint, factor and sentiment in that comment."""
    right = [
        {tuple(mention[part] for part in _TRIPLE) for mention in record.get("mentions", ())}
        for record in gold
    ]
    found = [
        (row, mention["confidence"], tuple(mention[part] for part in _TRIPLE) in right[row])
        for row, record in enumerate(predicted)
        for mention in record.get("mentions", ())
        if mention.get("confidence") is not None
    ]
    return _counted("mention", found, len(gold), bins, equal)


def _comment_confidence(
    gold: Sequence[Record], predicted: Sequence[Record], bins: int, equal: Equal
) -> list[ConfidenceCounts]:
    found = [
        (row, other["confidence"], one["sentiment"] == other.get("sentiment"))
        for row, (one, other) in enumerate(zip(gold, predicted, strict=True))
        if one.get("sentiment") is not None and other.get("confidence") is not None
    ]
    return _counted("sentiment", found, len(gold), bins, equal)


def _counted(
    name: str, found: list[tuple[int, float, bool]], comments: int, bins: int, equal: Equal
) -> list[ConfidenceCounts]:
    if not found:
        return []
    rows, confidence, right = zip(*found, strict=True)
    return [confidence_counts(name, rows, confidence, right, comments, bins=bins, equal=equal)]
