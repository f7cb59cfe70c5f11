"""A fast model heard beside an encoder, both fitted on the same comments; how far, the held-out ones tell."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt

from cx_nlp.errors import InputError
from cx_nlp.io.labelled import Labelled, LabelledComment
from cx_nlp.tagger import (
    Cascade,
    ClassifierPair,
    CommentClassifier,
    ContextualClassifier,
    ContextualTagger,
    MentionTagger,
)
from cx_nlp.tagger.cascade import ALWAYS
from cx_nlp.tagger.choosing import Array, fitted_offsets
from cx_nlp.tagger.scale import ENOUGH, reviewed_from
from cx_nlp.training.fast import fit_fast

WEIGHTS = tuple((np.arange(7) / 10).tolist())
"""How far the fast model can be heard."""
_ALONE = "no fast model is heard beside the encoder"


@dataclass(frozen=True)
class Paired:
    """Two models heard together, or the encoder alone, and what is to be said of it."""

    model: ClassifierPair | ContextualClassifier | Cascade | ContextualTagger
    note: str


def paired(
    encoder: ContextualClassifier | ContextualTagger,
    data: Labelled,
    *,
    min_support: int,
    seed: int,
    n_jobs: int | None = None,
    begins: Callable[[], None] | None = None,
) -> Paired:
    """The encoder with a fast model heard beside it, which learns from the comments that the encoder learnt from.

    The weight is that of the least log loss on the held-out comments. For one label a comment the offsets are then fitted
    anew, on the pooled probabilities; the threshold of mentions stays the encoder's (another one brought nothing: docs/model.md).
    The encoder stays alone where fewer than `ENOUGH` comments with labels it knows were held out, where the comments are too
    few for a fast model, and where hearing one loses.

    Parameters
    ----------
    encoder
        Just fitted on `data`.
    min_support
        A category of mentions with fewer comments is left out of the fast model; a label of whole comments is not, where
        the encoder knows it.
    seed
        Seed of the fast model's folds.
    n_jobs
        Processes for the fast model, as in joblib.
    begins
        Called when the fast model is begun.
    """
    single = isinstance(encoder, ContextualClassifier)
    held, labels = {*encoder.held_out_[0]}, {*encoder.classes_.tolist()}
    known = [not single or record.label in labels for record in data.records]
    n = sum(known[i] for i in held)
    if n < ENOUGH:
        which = " of labels that are learnt" if single else ""
        few = f"{n} held-out comments{which} are too few to tell how far (at least {ENOUGH})"
        return Paired(encoder, f"{_ALONE}: {few}")
    if begins is not None:
        begins()
    learnt = tuple(r for i, r in enumerate(data.records) if i not in held and known[i])
    try:
        # Of a label that is just frequent enough, too few comments can be left for every fold: that hurts only its figures.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            fast = fit_fast(
                replace(data, records=learnt),
                min_support=1 if single else min_support,
                seed=seed,
                n_jobs=n_jobs,
            )
    except InputError as error:
        return Paired(encoder, f"{_ALONE}: {error}")
    found: ClassifierPair | Cascade
    if single:
        found = _weighed_labels(ClassifierPair(cast(CommentClassifier, fast), encoder, weight=0.0), data)
    else:
        found = _weighed_mentions(cast(MentionTagger, fast), encoder, data)
    if not found.weight:
        return Paired(encoder, f"{_ALONE}: on the {n} held-out comments hearing one loses")
    return Paired(
        found,
        f"a fast model fitted on the same comments counts {found.weight:.0%} beside the encoder: the weight of the least log "
        f"loss on {n} held-out comments",
    )


def _weighed_labels(pair: ClassifierPair, data: Labelled) -> ClassifierPair:
    outside, known = pair.accurate.held_out_[0], pair.classes_.tolist()
    unseen = [data.records[i] for i in outside]
    texts = [record.text for record in unseen]
    own, theirs = pair.accurate.predict_proba(texts), pair.fast.predict_proba(texts)
    rows = [row for row, record in enumerate(unseen) if record.label in known]
    truth = [known.index(unseen[row].label) for row in rows]

    def loss(weight: float) -> float:
        sure = pair.pooled(own, theirs, weight)[rows, truth]
        return float(-np.log(np.maximum(sure, 1e-12)).mean())

    weight = _least(loss)
    likely = pair.pooled(own, theirs, weight)
    offsets = fitted_offsets(likely, [known.index(r.label) for r in data.records if r.label in known])
    found = ClassifierPair(pair.fast, pair.accurate, weight=weight, offsets=offsets)
    found.held_out_ = (outside, *found.choose(likely))
    return found


def _weighed_mentions(fast: MentionTagger, encoder: ContextualTagger, data: Labelled) -> Cascade:
    outside = encoder.held_out_[0]
    unseen = [data.records[i] for i in outside]
    texts = [record.text for record in unseen]
    truth = _truth(unseen, encoder.classes_.tolist())
    pair = Cascade(fast, encoder, sure=ALWAYS)
    own, beside = encoder.predict_proba(texts), pair.beside()
    theirs = beside.of_labels(beside.ask(texts), encoder.classes_.tolist(), own)

    def pooled(weight: float) -> Array:
        return (1 - weight) * own + weight * theirs

    def loss(weight: float) -> float:
        sure = np.where(truth, pooled(weight), 1 - pooled(weight))
        return float(-np.log(np.maximum(sure, 1e-12)).mean())

    pair.weight = _least(loss)
    pair.review = reviewed_from(encoder.doubts(texts, beside=pair.beside()))
    pair.held_out_ = (outside, pair.tag_many(texts))
    return pair


def _truth(records: list[LabelledComment], classes: list[str]) -> npt.NDArray[np.bool_]:
    """Which labels every comment holds, shape (comments, classes)."""
    held = [{"#".join((m.touchpoint, m.factor, m.sentiment)) for m in record.mentions} for record in records]
    return np.array([[label in found for label in classes] for found in held])


def _least(loss: Callable[[float], float]) -> float:
    """The weight of the least loss."""
    return float(min(WEIGHTS, key=loss))
