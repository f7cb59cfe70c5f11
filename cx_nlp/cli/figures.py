"""Evaluations as lines and tables for a terminal."""

from collections.abc import Iterator, Sequence

from cx_nlp.metrics import Evaluation
from cx_nlp.metrics.intervals import Figure

Table = tuple[Sequence[str], list[Sequence[str]]]
MAIN = (
    "touchpoint", "factor", "touchpoint_sentiment", "triple", "category", "sentiment_accuracy", "label_accuracy",
    "label_macro", "label_weighted",
)  # fmt: skip
IN_SLICES = (
    "touchpoint",
    "factor",
    "triple",
    "category",
    "sentiment_accuracy",
    "label_accuracy",
    "label_macro",
)


def shown(figure: Figure | None) -> str:
    """A figure with its interval, to three places."""
    if figure is None or figure.value is None:
        return "–"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3f}"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def main_lines(found: Evaluation) -> Iterator[str]:
    """The figures one looks at first."""
    for name in MAIN:
        if name in found.figures:
            yield f"{name:<22}{shown(found.figures[name])}"


def figure_rows(found: Evaluation) -> Table:
    """All figures over all comments."""
    return ("figure", "value [95 %]"), [(name, shown(figure)) for name, figure in found.figures.items()]


def label_rows(found: Evaluation) -> Iterator[Table]:
    """One table a view: every label with its support, counts and figures."""
    for view, rows in found.labels.items():
        if view in ("touchpoint_sentiment", "triple"):
            continue
        yield (
            (view, "support", "predicted", "tp", "fp", "fn", "precision", "recall", "f1"),
            [
                (row.label, *map(str, (row.support, row.predicted, row.tp, row.fp, row.fn)),
                 *("–" if x is None else f"{x:.3f}" for x in (row.precision, row.recall, row.f1)))
                for row in rows
            ],
        )  # fmt: skip


def reliability_rows(found: Evaluation) -> Iterator[Table]:
    """How often predictions of each confidence are right."""
    for name, one in found.reliability.items():
        header = (f"{name} confidence", "predictions", "mean confidence", "right")
        yield (
            header,
            [
                (f"{b.low:.2f}–{b.high:.2f}", str(b.count), f"{b.confidence:.3f}", f"{b.accuracy:.3f}")
                for b in one.bins
            ],
        )


def slice_rows(found: Evaluation) -> Table:
    """The main figures for each part of the comments."""
    names = [name for name in IN_SLICES if name in found.figures]
    rows: list[Sequence[str]] = [
        (slice_name, part, str(one.comments), *(shown(one.figures.get(name)) for name in names))
        for slice_name, parts in found.slices.items()
        for part, one in parts.items()
    ]
    return ("slice", "part", "comments", *names), rows
