"""A cascade as a bundle: which two models beside it it is made of, from where on the fast one is trusted, and how far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.manifest import MANIFEST
from cx_nlp.errors import BundleError
from cx_nlp.tagger import Cascade

CASCADE = "cascade"
STAGES = {"fast": "fast", "accurate": "encoder"}
"""Its models and their folders, beside its own."""


def cascade_parameters(model: Cascade) -> dict[str, Any]:
    """What the manifest of a cascade says of it.

    Raises
    ------
    ValueError
        A model of it was not loaded from a bundle.
    """
    digests = {folder: getattr(getattr(model, name), "digest", None) for name, folder in STAGES.items()}
    if None in digests.values():
        raise ValueError("a cascade is saved beside its models: save these first and load them")
    return {
        "sure": float(model.sure),
        "weight": float(model.weight),
        "threshold": model.threshold,
        "stages": digests,
    }


def load_cascade(manifest: Mapping[str, Any], folder: Path, load: Callable[[Path], Any]) -> Cascade:
    """The cascade of a manifest, with the models in the folders beside it.

    Raises
    ------
    BundleError
        A model is missing or is not the one that the cascade was made of.
    """
    given = manifest["parameters"]
    sure, weight, threshold, digests = (given.get(name) for name in ("sure", "weight", "threshold", "stages"))
    numbers = isinstance(sure, float) and isinstance(weight, float) and 0 <= weight <= 1
    numbers = numbers and (threshold is None or (isinstance(threshold, float) and 0 < threshold < 1))
    if not numbers or not isinstance(digests, dict) or {*digests} != {*STAGES.values()}:
        raise broken(
            folder / MANIFEST,
            "'parameters' must give 'sure', a number, 'weight', one from 0 to 1, 'threshold', one between 0 and 1 or null, and "
            "'stages', the digests of its models",
        )
    models = {name: load(folder.parent / place) for name, place in STAGES.items()}
    for name, model in models.items():
        if model.digest != digests[STAGES[name]]:
            raise BundleError(
                f"{folder.parent / STAGES[name]}: is not the model that {folder} was made of; name a model by its folder with "
                "--model, or make all anew (in a checkout: make models)."
            )
    return Cascade(models["fast"], models["accurate"], sure=sure, weight=weight, threshold=threshold)
