"""Fitting the accurate tier: a contextual encoder on labelled comments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cx_nlp.encoder.schedule import Progress
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import ContextualClassifier, ContextualTagger


@dataclass(frozen=True)
class Tuning:
    """What the accurate tier alone takes.

    Attributes
    ----------
    base : ContextualTagger, ContextualClassifier or None
        A fitted model to go on from (see `ContextualTagger.fit`).
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
    """

    base: ContextualTagger | ContextualClassifier | None = None
    layers: int = 10
    epochs: int = 0
    held_out: float = 0.08
    report: Callable[[Progress], None] | None = None
    checkpoint: Path | None = None


def fit_accurate(
    data: Labelled, *, min_support: int, seed: int, n_jobs: int | None, tuning: Tuning | None
) -> ContextualTagger | ContextualClassifier:
    """A contextual model fitted on comments already read.

    Raises
    ------
    InputError
        PyTorch is missing, or the comments are too few.
    """
    tuning = tuning or Tuning()
    texts = [r.text for r in data.records]
    threads = n_jobs if n_jobs is not None and n_jobs > 0 else None
    shared: dict[str, Any] = {
        "layers": tuning.layers if tuning.base is None else tuning.base.encoder_.sizes.layers, "epochs": tuning.epochs, "held_out": tuning.held_out, "min_support": min_support,
        "random_state": seed, "n_jobs": threads,
    }  # fmt: skip
    if data.kind == "label":
        classifier = ContextualClassifier(**shared)
        labels = [r.label or "" for r in data.records]
        return classifier.fit(
            texts, labels, base=tuning.base, report=tuning.report, checkpoint=tuning.checkpoint
        )
    tagger = ContextualTagger(taxonomy=data.taxonomy, **shared)
    return tagger.fit(
        texts, [r.to_dict() for r in data.records], base=tuning.base, report=tuning.report, checkpoint=tuning.checkpoint
    )  # fmt: skip
