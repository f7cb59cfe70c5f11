"""A fast classifier heard beside an encoder, both fitted on the same comments; how far, the held-out ones tell."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from cx_nlp.errors import InputError
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import ClassifierPair, CommentClassifier, ContextualClassifier
from cx_nlp.tagger.choosing import fitted_offsets
from cx_nlp.tagger.scale import ENOUGH

WEIGHTS = tuple((np.arange(7) / 10).tolist())
"""How far the fast model can be heard."""
_ALONE = "no fast model is heard beside the encoder"


@dataclass(frozen=True)
class Paired:
    """A pair, or the encoder alone, and what is to be said of it."""

    model: ClassifierPair | ContextualClassifier
    note: str


def paired(encoder: ContextualClassifier, data: Labelled, *, seed: int) -> Paired:
    """The encoder with a fast model heard beside it, which learns from the comments that the encoder learnt from.

    The weight is that of the least log loss on the held-out comments; the offsets are then fitted anew, on the pooled
    probabilities. The encoder stays alone where fewer than `ENOUGH` comments with labels it knows were held out, where the
    comments are too few for a fast model, and where hearing one loses.

    Parameters
    ----------
    encoder
        Just fitted on `data`.
    data
        Comments with one label each.
    seed
        Seed of the fast model's folds.
    """
    held, known = {*encoder.held_out_[0]}, encoder.classes_.tolist()
    n = sum(data.records[i].label in known for i in held)
    if n < ENOUGH:
        few = (
            f"{n} held-out comments of labels that are learnt are too few to tell how far (at least {ENOUGH})"
        )
        return Paired(encoder, f"{_ALONE}: {few}")
    learnt = [r for i, r in enumerate(data.records) if i not in held and r.label in known]
    fast = CommentClassifier(min_support=1, random_state=seed)
    try:
        # Of a label that is just frequent enough, too few comments can be left for every fold: that hurts only its figures.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            fast.fit([record.text for record in learnt], [record.label or "" for record in learnt])
    except InputError as error:
        return Paired(encoder, f"{_ALONE}: {error}")
    found = _weighed(ClassifierPair(fast, encoder, weight=0.0), data)
    if not found.weight:
        return Paired(encoder, f"{_ALONE}: on the {n} held-out comments hearing one loses")
    return Paired(
        found,
        f"a fast model fitted on the same comments counts {found.weight:.0%} beside the encoder: the weight of the least log "
        f"loss on {n} held-out comments",
    )


def _weighed(pair: ClassifierPair, data: Labelled) -> ClassifierPair:
    outside, known = pair.accurate.held_out_[0], pair.classes_.tolist()
    unseen = [data.records[i] for i in outside]
    texts = [record.text for record in unseen]
    own, theirs = pair.accurate.predict_proba(texts), pair.fast.predict_proba(texts)
    rows = [row for row, record in enumerate(unseen) if record.label in known]
    truth = [known.index(unseen[row].label) for row in rows]

    def loss(weight: float) -> float:
        sure = pair.pooled(own, theirs, weight)[rows, truth]
        return float(-np.log(np.maximum(sure, 1e-12)).mean())

    weight = min(WEIGHTS, key=loss)
    likely = pair.pooled(own, theirs, weight)
    offsets = fitted_offsets(likely, [known.index(r.label) for r in data.records if r.label in known])
    found = ClassifierPair(pair.fast, pair.accurate, weight=weight, offsets=offsets)
    found.held_out_ = (outside, *found.choose(likely))
    return found
