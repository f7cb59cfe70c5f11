"""Fitting the accurate tier: a contextual encoder on labelled comments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cx_nlp.encoder.schedule import Progress
from cx_nlp.errors import InputError
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import Cascade, ClassifierPair, ContextualClassifier, ContextualTagger
from cx_nlp.training.pairing import paired

Accurate = ContextualTagger | Cascade | ContextualClassifier | ClassifierPair
"""What the accurate tier makes."""


@dataclass(frozen=True)
class Tuning:
    """What the accurate tier alone takes.

    Attributes
    ----------
    base : ContextualTagger, ContextualClassifier, Cascade, ClassifierPair or None
        A fitted model to go on from (see `ContextualTagger.fit`); of two heard together their encoder.
    layers : int
        Layers of the pretrained encoder that are kept, 1 to 12; a base has its own.
    epochs : int
        Passes over the comments at most; 0 leaves them to the number of comments.
    held_out : float
        Share of the comments kept for stopping, calibration and figures.
    report : callable or None
        Called after every step.
    checkpoint : Path or None
        A file for the state after every pass, from which an interrupted run goes on.
    alone : bool
        Whether no fast model is fitted to be heard beside the encoder.
    begins : callable or None
        Called when the fast model is begun, which can take minutes.
    """

    base: Accurate | None = None
    layers: int = 10
    epochs: int = 0
    held_out: float = 0.08
    report: Callable[[Progress], None] | None = None
    checkpoint: Path | None = None
    alone: bool = False
    begins: Callable[[], None] | None = None


def fit_accurate(
    data: Labelled, *, min_support: int, seed: int, n_jobs: int | None, tuning: Tuning | None
) -> tuple[Accurate, tuple[str, ...]]:
    """A model fitted on comments already read, and what is to be said of how it was made.

    A fast model is heard beside the encoder as far as that helps (see `cx_nlp.training.pairing.paired`).

    Raises
    ------
    InputError
        PyTorch is missing, or the comments are too few.
    """
    tuning = tuning or Tuning()
    texts = [r.text for r in data.records]
    threads = n_jobs if n_jobs is not None and n_jobs > 0 else None
    base = encoder_of(tuning.base) if tuning.base is not None else None
    shared: dict[str, Any] = {
        "layers": tuning.layers if base is None else base.encoder_.sizes.layers, "epochs": tuning.epochs,
        "held_out": tuning.held_out, "min_support": min_support, "random_state": seed, "n_jobs": threads,
    }  # fmt: skip
    watched: dict[str, Any] = {"base": base, "report": tuning.report, "checkpoint": tuning.checkpoint}
    encoder: ContextualClassifier | ContextualTagger
    if data.kind == "label":
        encoder = ContextualClassifier(**shared).fit(texts, [r.label or "" for r in data.records], **watched)
    else:
        encoder = ContextualTagger(taxonomy=data.taxonomy, **shared)
        encoder.fit(texts, [r.to_dict() for r in data.records], **watched)
    if tuning.alone:
        return encoder, ()
    found = paired(encoder, data, min_support=min_support, seed=seed, n_jobs=n_jobs, begins=tuning.begins)
    return found.model, (found.note,)


def encoder_of(model: Any) -> ContextualTagger | ContextualClassifier:  # noqa: ANN401 - whatever a bundle held
    """The encoder of a model of the accurate tier: its own, or of two heard together.

    Raises
    ------
    InputError
        It has none.
    """
    found = model.accurate if isinstance(model, (Cascade, ClassifierPair)) else model
    if not isinstance(found, (ContextualTagger, ContextualClassifier)):
        raise InputError(
            f"a {type(model).__name__} has no encoder to go on from: name a model of the accurate tier"
        )
    return found
