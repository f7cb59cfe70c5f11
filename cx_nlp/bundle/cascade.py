"""A cascade as a bundle: which two models beside it it is made of, and from where on the fast one is trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.manifest import MANIFEST
from cx_nlp.errors import BundleError
from cx_nlp.tagger import Cascade

CASCADE = "cascade"
STAGES = ("fast", "accurate")
"""The folders of its models, beside its own."""


def cascade_parameters(model: Cascade) -> dict[str, Any]:
    """What the manifest of a cascade says of it.

    Raises
    ------
    ValueError
        A model of it was not loaded from a bundle.
    """
    digests = {name: getattr(getattr(model, name), "digest", None) for name in STAGES}
    if None in digests.values():
        raise ValueError("a cascade is saved beside its models: save these first and load them")
    return {"sure": float(model.sure), "weight": float(model.weight), "stages": digests}


def load_cascade(manifest: Mapping[str, Any], folder: Path, load: Callable[[Path], Any]) -> Cascade:
    """The cascade of a manifest, with the models in the folders beside it.

    Raises
    ------
    BundleError
        A model is missing or is not the one that the cascade was made of.
    """
    given = manifest["parameters"]
    sure, weight, digests = (given.get(name) for name in ("sure", "weight", "stages"))
    numbers = isinstance(sure, float) and isinstance(weight, float) and 0 <= weight <= 1
    if not numbers or not isinstance(digests, dict) or {*digests} != {*STAGES}:
        raise broken(
            folder / MANIFEST,
            "'parameters' must give 'sure', a number, 'weight', one from 0 to 1, and 'stages', the digests of its models",
        )
    models = {name: load(folder.parent / name) for name in STAGES}
    for name, model in models.items():
        if model.digest != digests[name]:
            raise BundleError(
                f"{folder.parent / name}: is not the model that {folder} was made of; name one of the two with --model, or "
                "make all anew (in a checkout: make models)."
            )
    return Cascade(models["fast"], models["accurate"], sure=sure, weight=weight)
