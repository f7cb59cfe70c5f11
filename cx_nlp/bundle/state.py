"""What a fitted estimator has learnt, as plain parts, and the estimator that such parts make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from cx_nlp.bundle.arrays import Array, Form
from cx_nlp.bundle.contextual import CONTEXTUAL
from cx_nlp.bundle.two_models import TWO
from cx_nlp.bundle.weights import head_forms
from cx_nlp.features import CLAUSE_BLOCKS, COMMENT_BLOCKS, RECIPES, Channel, TextFeatures
from cx_nlp.tagger import CommentClassifier, MentionTagger
from cx_nlp.tagger.clause_model import ClauseModel
from cx_nlp.tagger.decision import Decision
from cx_nlp.tagger.heads import LinearHeads
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.linear import Linear
from cx_nlp.tagger.targets import NONE

Classes = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True)
class State:
    """The learned state of an estimator: vocabularies, groups of linear classifiers, and a few small arrays."""

    channels: Mapping[str, Channel]
    heads: Mapping[str, LinearHeads]
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class Kind:
    """A kind of estimator: the classifiers it has, group by group, and how its state is taken and given back."""

    estimator: type[BaseEstimator]
    groups: Mapping[str, tuple[str, ...]]
    """The names of the classifiers of each group."""
    blocks: Mapping[str, tuple[str, ...]]
    """The feature blocks of each group."""
    channels: tuple[str, ...]
    """The vocabularies."""
    forms: Callable[[Classes], dict[str, Form]]
    """The forms of the small arrays."""
    state: Callable[[Any], State]
    fill: Callable[[Any, State], None]

    def array_forms(self, classes: Classes, terms: Mapping[str, Mapping[str, int]]) -> dict[str, Form]:
        """The forms of every array of a bundle of this kind."""
        forms = dict(self.forms(classes))
        forms |= {f"idf.{name}": Form("<f4", (len(known),)) for name, known in terms.items()}
        for group, blocks in self.blocks.items():
            forms |= head_forms(group, classes[group], blocks)
        return forms


_STAGES = tuple(field.name for field in fields(Decision) if field.name != "layout")


def _mention_forms(classes: Classes) -> dict[str, Form]:
    categories = [name for name in classes["clause"]["category"] if name != NONE]
    polarities = [name for name in classes["clause"]["polarity"] if name != NONE]
    rows = {
        "polarity_stage": len(polarities),
        "judgement_stage": len(polarities),
        "sentiment_stage": len(classes["comment"]["sentiment"]),
    }
    columns = {"judgement_stage": len(categories) * (1 + len(polarities))}
    forms = {name: Form("<f8", (len(categories),)) for name in ("thresholds", "log_prior")}
    for stage in _STAGES:
        n = rows.get(stage, 1)
        forms |= {
            f"{stage}.coefficients": Form("<f8", (n, columns.get(stage))),
            f"{stage}.intercepts": Form("<f8", (n,)),
        }
    return forms


def _mention_state(tagger: MentionTagger) -> State:
    model, decision = tagger.clause_model_, tagger.decision_
    arrays = {"thresholds": tagger.thresholds_, "log_prior": decision.layout.log_prior}
    for stage in _STAGES:
        linear: Linear = getattr(decision, stage)
        arrays |= {f"{stage}.coefficients": linear.coefficients, f"{stage}.intercepts": linear.intercepts}
    heads = {"clause": model.clause_heads, "comment": model.comment_heads}
    return State(model.features.channels_, heads, arrays)


def _fill_mention_tagger(tagger: MentionTagger, state: State) -> None:
    clause, comment = state.heads["clause"], state.heads["comment"]
    categories = [name for name in clause.classes["category"] if name != NONE]
    layout = Layout.of(clause.classes, comment.classes["sentiment"], dict.fromkeys(categories, 1.0))
    stages = {
        stage: Linear(state.arrays[f"{stage}.coefficients"], state.arrays[f"{stage}.intercepts"])
        for stage in _STAGES
    }
    tagger.clause_model_ = ClauseModel(TextFeatures.from_channels(state.channels), clause, comment)
    tagger.decision_ = Decision(replace(layout, log_prior=state.arrays["log_prior"]), **stages)
    tagger.thresholds_ = state.arrays["thresholds"]
    tagger._finish()


def _label_state(classifier: CommentClassifier) -> State:
    arrays = {"temperature": np.array([classifier.temperature_], float), "offsets": classifier.offsets_}
    return State(classifier.features_.channels_, {"label": classifier.heads_}, arrays)


def _label_forms(classes: Classes) -> dict[str, Form]:
    return {"temperature": Form("<f8", (1,)), "offsets": Form("<f8", (len(classes["label"]["label"]),))}


def _fill_classifier(classifier: CommentClassifier, state: State) -> None:
    classifier.features_ = TextFeatures.from_channels(state.channels)
    classifier.heads_ = state.heads["label"]
    classifier.classes_ = np.array(classifier.heads_.classes["label"])
    classifier.temperature_ = float(state.arrays["temperature"][0])
    classifier.offsets_ = state.arrays["offsets"]


KINDS: Mapping[str, Kind] = {
    "mentions": Kind(
        MentionTagger,
        groups={
            "clause": ("category", "touchpoint", "factor", "polarity"),
            "comment": ("sentiment", "comment_category", "comment_touchpoint", "comment_factor"),
        },
        blocks={"clause": tuple(CLAUSE_BLOCKS), "comment": tuple(COMMENT_BLOCKS)},
        channels=tuple(RECIPES),
        forms=_mention_forms,
        state=_mention_state,
        fill=_fill_mention_tagger,
    ),
    "label": Kind(
        CommentClassifier,
        groups={"label": ("label",)},
        blocks={"label": tuple(COMMENT_BLOCKS)},
        channels=tuple(COMMENT_BLOCKS),
        forms=_label_forms,
        state=_label_state,
        fill=_fill_classifier,
    ),
}
"""The estimators of this package, whose state is plain arrays."""

ESTIMATORS: Mapping[str, type[BaseEstimator]] = {
    **{name: kind.estimator for name, kind in KINDS.items()},
    **CONTEXTUAL,
}
"""The estimator of every kind that holds no code."""
PLUGIN = "plugin"
"""The kind of any other estimator, which joblib stores and which is loaded only when trusted."""


def kind_of(estimator: object) -> str:
    """The kind of bundle an estimator makes.

    Raises
    ------
    TypeError
        It neither tags nor predicts.
    """
    for name, known in {**TWO, **ESTIMATORS}.items():
        if type(estimator) is known:
            return name
    if not callable(getattr(estimator, "tag_many", None)) and not callable(
        getattr(estimator, "predict", None)
    ):
        raise TypeError(
            f"{type(estimator).__name__} has neither tag_many nor predict, so it is no model to save"
        )
    return PLUGIN
