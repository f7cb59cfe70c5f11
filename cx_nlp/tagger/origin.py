"""What a model that was loaded carries of the bundle it came from."""

from collections.abc import Mapping
from typing import Any

_ORIGIN = ("model_id", "digest", "heldout", "manifest_")


class FromBundle:
    """What a model has when it was loaded from a bundle, and only then.

    Attributes
    ----------
    model_id, digest : str
        Its name and its digest.
    heldout : mapping
        `heldout[view][label]` is its `tp`, `fp`, `fn`, `tn` on held-out comments.
    manifest_ : mapping
        All that the bundle says of it.
    """

    model_id: str
    digest: str
    heldout: Mapping[str, Mapping[str, Mapping[str, int]]]
    manifest_: Mapping[str, Any]


def set_origin(model: object, manifest: Mapping[str, Any]) -> None:
    """Give the model its name, digest, held-out counts (`heldout[view][label]`: tp, fp, fn, tn) and whole manifest."""
    values = (manifest["name"], manifest["digest"], manifest["heldout"], manifest)
    for name, value in zip(_ORIGIN, values, strict=True):
        setattr(model, name, value)


def forget_origin(model: object) -> None:
    """Take from a model that is fitted anew what held for the bundle it came from."""
    for name in _ORIGIN:
        vars(model).pop(name, None)
