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
        "review": model.review,
        "odds": float(model.odds),
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
    numbers = {name: given.get(name) for name in ("sure", "weight", "threshold", "review", "odds")}
    optional = [numbers[name] for name in ("threshold", "review")]
    good = all(isinstance(numbers[name], float) for name in ("sure", "weight", "odds"))
    good = good and all(value is None or isinstance(value, float) for value in optional)
    digests = given.get("stages")
    if not good or not isinstance(digests, dict) or {*digests} != {*STAGES.values()}:
        raise broken(
            folder / MANIFEST,
            "'parameters' must give the numbers 'sure', 'weight' and 'odds', 'threshold' and 'review', each a number or null, "
            "and 'stages', the digests of its models",
        )
    beside = folder.resolve().parent
    models = {name: load(beside / place) for name, place in STAGES.items()}
    for name, model in models.items():
        if getattr(model, "digest", None) != digests[STAGES[name]]:
            raise BundleError(
                f"{beside / STAGES[name]}: is not the model that {folder} was made of; name a model by its folder with "
                "--model, or make all anew (in a checkout: make models)."
            )
    if not all(hasattr(model, "tag_many") for model in models.values()):
        raise broken(folder / MANIFEST, "'stages' must be two models of mentions")
    try:
        return Cascade(models["fast"], models["accurate"], **numbers)
    except ValueError as error:
        raise broken(folder / MANIFEST, f"'parameters' do not fit: {error}") from error
