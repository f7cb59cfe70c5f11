"""Figures of a model on labelled comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import numpy as np

from cx_nlp.errors import InputError
from cx_nlp.io.labelled import Labelled
from cx_nlp.metrics import DEFAULT_SLICES, Evaluation, by_key, class_figures, mention_figures
from cx_nlp.metrics.slices import Slicer
from cx_nlp.tagger import (
    Cascade,
    ClassifierPair,
    CommentClassifier,
    ContextualClassifier,
    MentionTagger,
    TaggedComment,
)
from cx_nlp.taxonomy import Taxonomy
from cx_nlp.training.accurate import Accurate
from cx_nlp.training.selecting import selected
from cx_nlp.training.source import Source, labelled_source

Model = MentionTagger | CommentClassifier | Accurate
Single = (CommentClassifier, ContextualClassifier, ClassifierPair)


def evaluate(
    model: Model,
    source: Source,
    *,
    label_column: str | None = None,
    text_column: str | None = None,
    slices: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
) -> Evaluation:
    """Figures of `model` on labelled comments, with 95 % bootstrap intervals over comments.

    `slices` names further keys or columns of the data by which the figures are also given, beside language,
    diacritics, length and, where the data have it, industry. `only` and `without` take a part of the comments, by the
    values of such keys: `only={"picked_for": "random"}`.

    Raises
    ------
    InputError, ColumnError
        The labelled comments cannot be read.
    """
    data = evaluation_data(
        model, source, label_column=label_column, text_column=text_column, only=only, without=without
    )
    return evaluate_labelled(model, data, slices=slices, resamples=resamples, seed=seed)


def evaluation_data(
    model: Model,
    source: Source,
    *,
    label_column: str | None = None,
    text_column: str | None = None,
    only: Mapping[str, str] | None = None,
    without: Mapping[str, str] | None = None,
) -> Labelled:
    """The labelled comments on which `evaluate` measures a model."""
    # What a label list read from aspects does not hold counts as missed; a user's own taxonomy holds for mentions.
    data = labelled_source(
        source, taxonomy=getattr(model, "taxonomy", None), bound_aspects=False, label_column=label_column,
        text_column=text_column,
    )  # fmt: skip
    return selected(data, only=only, without=without)


def evaluate_labelled(
    model: Model,
    data: Labelled,
    *,
    slices: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """As `evaluate`, on comments already read."""
    check_kinds(model, data)
    texts = [record.text for record in data.records]
    if isinstance(model, Single):
        check_labels_meet([*model.classes_.tolist(), *getattr(model, "left_out_", {})], data)
        predicted, sure = model.choose(model.predict_proba(texts))
        return label_evaluation(data, predicted, sure, slices=slices, resamples=resamples, seed=seed)
    return mention_evaluation(
        data,
        model.tag_many(texts),
        getattr(model, "taxonomy", None),
        slices=slices,
        resamples=resamples,
        seed=seed,
    )


def check_kinds(model: Model, data: Labelled) -> None:
    """Refuse, with InputError, data of another kind than the model gives."""
    if isinstance(model, Single) and data.kind != "label":
        raise InputError(
            "this model gives every comment one label, the data hold mentions or aspects: name the column with the "
            "label (--label-column), or measure a model of mentions"
        )
    if not isinstance(model, Single) and data.kind == "label":
        raise InputError(
            "this model gives mentions, the data hold one label a comment: leave --label-column out and give data with "
            "mentions or aspects, or measure a model trained with --label-column"
        )
    if not isinstance(model, Single) and not hasattr(model, "tag_many"):
        raise InputError(
            f"a {type(model).__name__} tags no comments (it has no tag_many): it cannot be measured here"
        )


def check_labels_meet(known: Sequence[str], data: Labelled) -> None:
    """Refuse, with InputError, comments of which none has a label that a model of one label a comment was taught."""
    if not {*known} & {*data.labels}:
        raise InputError(
            f"none of the labels of the comments to measure on ({_some(data.labels)}) is one that was learnt ({_some(known)}): give "
            "comments with the same labels, spelt alike"
        )


def _some(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5]) + (" …" if len(labels) > 5 else "")


def mention_evaluation(
    data: Labelled,
    tagged: Sequence[TaggedComment],
    taxonomy: Taxonomy | None,
    *,
    slices: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Figures of tagged comments against their labels."""
    return mention_figures(
        [record.to_dict() for record in data.records],
        [comment.to_dict() for comment in tagged],
        taxonomy=taxonomy, slices=_slicers(slices), resamples=resamples, seed=seed,
    )  # fmt: skip


def label_evaluation(
    data: Labelled,
    predicted: Sequence[str],
    confidence: np.ndarray,
    *,
    slices: Sequence[str] = (),
    resamples: int = 1000,
    seed: int = 0,
) -> Evaluation:
    """Figures of single labels against the true ones."""
    return class_figures(
        [record.label or "" for record in data.records], predicted, labels=data.labels,
        confidence=confidence.tolist(), records=[record.to_dict() for record in data.records],
        slices=_slicers(slices), resamples=resamples, seed=seed,
    )  # fmt: skip


def _slicers(keys: Sequence[str]) -> Mapping[str, Slicer]:
    return {**DEFAULT_SLICES, **{key: by_key(key) for key in ("industry", *keys)}}


def unseen_evaluation(model: Model, data: Labelled, seed: int) -> tuple[Evaluation, str]:
    """Figures of a model just fitted, on those of its training comments that what tagged them had not seen."""
    if isinstance(model, Accurate):
        outside = model.held_out_[0]
        held_out = replace(data, records=tuple(data.records[i] for i in outside))
        used = "to stop it and to calibrate"
        if isinstance(model, (ClassifierPair, Cascade)):
            used = "to stop it, to calibrate and to weigh the two models"
        where = f"{len(outside)} of the labelled comments, held out of training but used {used}"
        if isinstance(model, Single):
            return label_evaluation(held_out, *model.held_out_[1:], seed=seed), where
        return mention_evaluation(
            held_out, cast(Sequence[TaggedComment], model.held_out_[1]), model.taxonomy, seed=seed
        ), where
    where = f"{len(data.records)} training comments, each tagged by a model that had not seen it ({model.n_folds_} folds)"
    if isinstance(model, CommentClassifier):
        return label_evaluation(data, *model.out_of_fold_, seed=seed), where
    return mention_evaluation(data, model.out_of_fold_, model.taxonomy, seed=seed), where
