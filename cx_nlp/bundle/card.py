"""The model card: what a model is, what it was trained on, how good it is, and where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cx_nlp.bundle.card_text import (
    FIGURES,
    LIMITS,
    PER_LABEL,
    SLICED,
    USE,
    WHAT,
    vietnamese_summary,
)
from cx_nlp.bundle.weak_points import weak_points
from cx_nlp.metrics import Evaluation, Figure
from cx_nlp.taxonomy import Factor, Taxonomy, Touchpoint

_DASH = "–"
_UNKNOWN = "Its maker did not say."


@dataclass(frozen=True)
class About:
    """What a card says of a model beside its figures; what is None or empty was not said.

    Attributes
    ----------
    name, kind : str
        As in the bundle's manifest; of a cascade that asks about every comment, "pair"; of either with its models inside, "pair
        inside" or "cascade inside".
    comments : int or None
        Labelled comments it was trained on.
    measured_on : str
        What the figures were measured on, a part of a sentence.
    left_out : dict of str to int
        Labels that were not learnt, with their training comments.
    notes : tuple of str
        What was assumed of the training comments.
    languages : tuple of str
        Language codes of the comments.
    description : str or None
        What it is and what it was trained on, in its maker's words.
    licence : str or None
        Of the weights.
    """

    name: str
    kind: str
    comments: int | None
    measured_on: str
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    languages: tuple[str, ...]
    description: str | None
    licence: str | None


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs, lists or tables under it; one without any is not shown."""

    title: str
    blocks: tuple[str, ...]

    def format(self) -> str:
        """The section as Markdown."""
        return "\n\n".join([f"## {self.title}", *filter(None, self.blocks)])


def model_card(about: About, evaluation: Evaluation | None, taxonomy: Taxonomy | None = None) -> str:
    """The card as Markdown; `taxonomy` gives the labels their names in words."""
    sections = [
        Section("Tóm tắt tiếng Việt", (vietnamese_summary(about.kind, about.comments, evaluation),)),
        Section("Use", (USE[about.kind],)),
        Section("Trained on", tuple(_training(about))),
        *_measured(about, evaluation, taxonomy),
        Section("Left out", _left_out(about.left_out)),
        Section("Not good at", (_list([*weak_points(evaluation), *LIMITS]),)),
        Section("Licence", (about.licence or _UNKNOWN,)),
    ]
    head = [f"# {_cell(about.name)}", WHAT[about.kind], about.description or ""]
    return "\n\n".join([*filter(None, head), *(one.format() for one in sections if any(one.blocks))]) + "\n"


def _training(about: About) -> Iterator[str]:
    if about.comments is None:
        yield _UNKNOWN
    else:
        languages = f" Languages: {', '.join(about.languages)}." if about.languages else ""
        yield f"{about.comments:,} labelled comments.{languages}"
    yield _list(about.notes)


def _measured(about: About, found: Evaluation | None, taxonomy: Taxonomy | None) -> Iterator[Section]:
    if found is None:
        yield Section(
            "Figures", ("This model was not measured: `cx-nlp evaluate` does it on labelled comments.",)
        )
        return
    yield Section("Figures", (_how(about, found), _figures(found)))
    for view, title in PER_LABEL.items():
        if found.labels.get(view):
            yield Section(title, (_labels(found, view, taxonomy),))
    yield Section("By kind of comment", (_slices(found),))
    yield Section("How far its confidence holds", tuple(_reliability(found)))


def _how(about: About, found: Evaluation) -> str:
    resamples = f", from {found.resamples:,} resamples" if found.resamples else ""
    return (
        f"Measured on {about.measured_on or 'labelled comments'}. n = {found.comments:,} comments; intervals are 95 % "
        f"bootstrap intervals over comments{resamples}."
    )


def _figures(found: Evaluation) -> str:
    rows = [
        (title, number(found.figures[key].value), _interval(found.figures[key]))
        for key, title in FIGURES.items()
        if key in found.figures
    ]
    return _table(("figure", "value", "95 % interval"), rows)


def _labels(found: Evaluation, view: str, taxonomy: Taxonomy | None) -> str:
    names = _names(view, taxonomy)
    rows = [
        (
            _cell(names.get(row.label, row.label)), str(row.support), str(row.predicted),
            *map(number, (row.precision, row.recall, row.f1)),
        )
        for row in sorted(found.labels[view], key=lambda row: (-row.support, row.label))
    ]  # fmt: skip
    return _table((view, "comments", "predicted", "precision", "recall", "F1"), rows)


def _names(view: str, taxonomy: Taxonomy | None) -> dict[str, str]:
    known: tuple[Touchpoint | Factor, ...] = ()
    if taxonomy is not None:
        known = taxonomy.touchpoints if view == "touchpoint" else taxonomy.factors if view == "factor" else ()
    return {row.id: f"{row.id} ({row.name_en}, {row.name_vi})" for row in known if row.name_en != row.id}


def _slices(found: Evaluation) -> str:
    keys = [key for key in SLICED if key in found.figures]
    rows = [
        (
            _cell(f"{slicer}: {part}"),
            f"{one.comments:,}",
            *(number(one.figures[key].value) if key in one.figures else _DASH for key in keys),
        )
        for slicer, parts in found.slices.items()
        for part, one in parts.items()
    ]
    return _table(("part", "comments", *(FIGURES[key] for key in keys)), rows)


def _reliability(found: Evaluation) -> Iterator[str]:
    for name, one in found.reliability.items():
        rows = [
            (f"{b.low:.2f} to {b.high:.2f}", f"{b.count:,}", number(b.confidence), number(b.accuracy))
            for b in one.bins
        ]
        yield _table((f"{name} confidence", "predictions", "mean confidence", "share right"), rows)


def _left_out(left_out: Mapping[str, int]) -> tuple[str, ...]:
    if not left_out:
        return ()
    rows = [
        (_cell(label), str(n)) for label, n in sorted(left_out.items(), key=lambda item: (-item[1], item[0]))
    ]
    said = "Too few training comments hold these, so the model never gives them."
    return said, _table(("label", "training comments"), rows)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return _DASH
    return f"{number(figure.low)} to {number(figure.high)}"


def number(value: float | None) -> str:
    """A share to three places."""
    return _DASH if value is None else f"{value:.3f}"


def _cell(text: object) -> str:
    """Text that can break neither a table's cell nor its row."""
    line = " ".join(str(text).split())
    return line.replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`").replace("<", "&lt;")
