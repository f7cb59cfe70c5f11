"""A model in use: whether new comments are like those that its figures were measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import ceil
from pathlib import Path
from typing import Any

from cx_nlp.analysis.calls import opened_source
from cx_nlp.bundle import load, profile_in
from cx_nlp.errors import InputError
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.comments import CommentReader
from cx_nlp.shift import SAMPLE, Drift, Profile, ProfileCounter, compare, counted, known_words
from cx_nlp.shift.accuracy import beside_card
from cx_nlp.training import evaluate
from cx_nlp.training.source import Source

COMMON = 0.005
"""Share of the comments from which on a word that the model does not know is named; at least `FEW` comments."""
FEW = 10
_NAMED = 10


def drift(
    source: Any,  # noqa: ANN401 - a path, an opened export or a frame of any kind
    *,
    model: Any = "auto",  # noqa: ANN401 - also a model of any kind
    reference: Any = None,  # noqa: ANN401 - as source
    labelled: Source | None = None,
    label_column: str | None = None,
    columns: Mapping[str, str] | None = None,
    trusted: bool = False,
    at_most: int = SAMPLE,
    progress: Callable[[int, float], None] | None = None,
) -> Drift:
    """How new comments differ from those that a model's figures were measured on, and whether that matters for accuracy.

    Parameters
    ----------
    source
        The new comments: the path of an export, or a frame with one comment a row.
    model
        "auto", "accurate", "fast", a bundle folder, or a model.
    reference
        Comments to compare with instead, such as an earlier export of your own.
    labelled
        New comments with labels, as for `cx_nlp.evaluate`: the model's figures on them stand beside those of its card.
    label_column
        The column with the one label of each of these, for a model of single labels.
    columns
        Columns of `source` and `reference` by role, as for `cx_nlp.analyze`; only the text is needed.
    trusted
        Whether the bundle folder may hold pickled estimators.
    at_most
        Comments to look at, evenly spread over an export.
    progress
        Called with the comments read so far and their share of all.

    Raises
    ------
    InputError
        The model has no profile and no reference is given, or something given cannot be read.
    CxError
        As for `cx_nlp.analyze`.
    """
    tagger = load(model, trusted=trusted) if isinstance(model, (str, Path)) else model
    known = profile_in(tagger)
    if reference is None and known is None:
        raise InputError(
            f"the model {getattr(tagger, 'model_id', type(tagger).__name__)!r} was made without a profile of the comments it was "
            "measured on, so there is nothing to compare with: name an earlier export of your own (--reference), or train the "
            "model again, which writes its profile"
        )
    figures = (getattr(tagger, "manifest_", None) or {}).get("figures")
    new, counter = _counted(tagger, source, columns, at_most, progress)
    if reference is not None:
        known = _counted(tagger, reference, columns, at_most, None)[0]
    if known is None:
        raise AssertionError("one of the two was found above")
    found = compare(known, new, figures=figures)
    words = tuple(
        (word, n) for word, n in counter.unknown.most_common(_NAMED) if n >= max(FEW, COMMON * new.comments)
    )
    if labelled is None:
        return replace(found, new_words=words)
    measured = evaluate(tagger, labelled, label_column=label_column)
    return replace(found, new_words=words, accuracy=beside_card(measured, figures))


def _counted(
    model: Any,  # noqa: ANN401
    source: Any,  # noqa: ANN401
    columns: Mapping[str, str] | None,
    at_most: int,
    progress: Callable[[int, float], None] | None,
) -> tuple[Profile, ProfileCounter]:
    """The profile of an export's comments, and what counted it."""
    if at_most < 1:
        raise InputError(f"at_most is {at_most}: at least one comment must be looked at")
    with opened_source(source) as export:
        reader = CommentReader(plan_comments(export, chosen=columns))
        every = max(1, ceil(export.last_line / at_most))
        counter, seen = ProfileCounter(known_words(model)), 0
        about = export.path.name
        profile = counter.profile(about)
        for chunk in export.chunks():
            texts = reader.read(chunk)[0]["text"].tolist()
            profile = counted(model, texts[-seen % every :: every], about, counter=counter)
            seen += len(texts)
            if progress is not None:
                progress(seen, min(seen / export.last_line, 1.0) if export.last_line else 0.0)
    if not profile.comments:
        raise InputError(f"{about}: holds no comment that can be read")
    return profile, counter
