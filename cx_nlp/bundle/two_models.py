"""Two models heard together as a bundle: from where on the fast one is trusted, and how far it is heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.manifest import MANIFEST
from cx_nlp.bundle.stages import CASCADE, PAIR, load_stages
from cx_nlp.errors import BundleError
from cx_nlp.tagger import Cascade, ClassifierPair, CommentClassifier, ContextualClassifier

TWO: Mapping[str, type[Cascade] | type[ClassifierPair]] = {CASCADE: Cascade, PAIR: ClassifierPair}
"""What each kind of bundle that is made of two models holds."""


def numbers_of(model: Cascade | ClassifierPair) -> dict[str, Any]:
    """What the manifest says of them beside its models."""
    if isinstance(model, ClassifierPair):
        return {"weight": float(model.weight), "offsets": model.offsets_.tolist()}
    return {
        "sure": float(model.sure),
        "weight": float(model.weight),
        "threshold": model.threshold,
        "review": model.review,
        "odds": float(model.odds),
    }


def load_two(
    manifest: Mapping[str, Any], folder: Path, load: Callable[[Path], Any]
) -> Cascade | ClassifierPair:
    """What a manifest says is made of two models.

    Raises
    ------
    BundleError
        A model is missing or is not the one that it was made of, or the manifest does not fit them.
    """
    read = _cascade if manifest["kind"] == CASCADE else _pair
    try:
        return read(manifest, folder, load)
    except BundleError:
        raise
    except ValueError as error:
        raise broken(folder / MANIFEST, f"'parameters' do not fit: {error}") from error


def _cascade(manifest: Mapping[str, Any], folder: Path, load: Callable[[Path], Any]) -> Cascade:
    given = manifest["parameters"]
    numbers = {name: given.get(name) for name in ("sure", "weight", "threshold", "review", "odds")}
    optional = [numbers[name] for name in ("threshold", "review")]
    good = all(isinstance(numbers[name], float) for name in ("sure", "weight", "odds"))
    if not good or not all(value is None or isinstance(value, float) for value in optional):
        raise broken(
            folder / MANIFEST,
            "'parameters' must give the numbers 'sure', 'weight' and 'odds', and 'threshold' and 'review', each a number or null",
        )
    models = load_stages(manifest, folder, load)
    if not all(hasattr(model, "tag_many") for model in models.values()):
        raise broken(folder / MANIFEST, "'stages' must be two models of mentions")
    return Cascade(models["fast"], models["accurate"], **numbers)


def _pair(manifest: Mapping[str, Any], folder: Path, load: Callable[[Path], Any]) -> ClassifierPair:
    weight, offsets = (manifest["parameters"].get(name) for name in ("weight", "offsets"))
    numbers = isinstance(offsets, list) and all(isinstance(one, float) for one in offsets)
    if not isinstance(weight, float) or not numbers:
        raise broken(
            folder / MANIFEST, "'parameters' must give the number 'weight' and the numbers 'offsets'"
        )
    models = load_stages(manifest, folder, load)
    fast, accurate = models["fast"], models["accurate"]
    if not (isinstance(fast, CommentClassifier) and isinstance(accurate, ContextualClassifier)):
        raise broken(
            folder / MANIFEST, "'stages' must be a fast and an accurate model of one label a comment"
        )
    return ClassifierPair(fast, accurate, weight=weight, offsets=offsets)
