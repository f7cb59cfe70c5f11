"""What a model that was loaded carries of the bundle it came from."""

from collections.abc import Mapping
from typing import Any

_ORIGIN = ("model_id", "digest", "heldout", "manifest_")


def set_origin(model: object, manifest: Mapping[str, Any]) -> None:
    """Give the model its name, digest, held-out counts (`heldout[view][label]`: tp, fp, fn, tn) and whole manifest."""
    values = (manifest["name"], manifest["digest"], manifest["heldout"], manifest)
    for name, value in zip(_ORIGIN, values, strict=True):
        setattr(model, name, value)


def forget_origin(model: object) -> None:
    """Take from a model that is fitted anew what held for the bundle it came from."""
    for name in _ORIGIN:
        vars(model).pop(name, None)
