"""Models by name: those that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, overload

from cx_nlp.bundle.loading import load_bundle
from cx_nlp.bundle.manifest import MANIFEST
from cx_nlp.errors import BundleError
from cx_nlp.tagger import Cascade, ContextualTagger, MentionTagger

AUTO = "auto"
NAMES = (AUTO, "accurate", "fast")
"""In the order in which a missing one is stood in for."""


Tagger = MentionTagger | ContextualTagger | Cascade


@overload
def load(
    model: Literal["auto", "fast", "accurate"] = ...,
    *,
    trusted: bool = ...,
    kind: Literal["mentions"] | None = ...,
) -> Tagger: ...


@overload
def load(model: Path | str, *, trusted: bool = ..., kind: Literal["mentions"]) -> Tagger: ...


@overload
def load(model: Path | str, *, trusted: bool = ..., kind: None = ...) -> Any: ...  # noqa: ANN401 - by bundle


def load(model: Path | str = AUTO, *, trusted: bool = False, kind: Literal["mentions"] | None = None) -> Any:
    """A model by name or from its folder.

    Parameters
    ----------
    model
        "auto" (the fast one where it is sure, the accurate one elsewhere), "fast", "accurate", or the folder of a bundle
        ("./fast" is a folder).
    trusted
        Whether a pickled estimator may be loaded, which can run any code; see `load_bundle`.
    kind
        "mentions" where tags are needed and a model that gives one label a comment is of no use.

    Raises
    ------
    BundleError
        There is no such model, the bundle is broken, needs `trusted`, or is of another kind than wanted.

    Examples
    --------
    >>> tagger = load("fast")
    >>> tagger.tag("Giao nhanh, nhưng giá hơi cao.").mentions[0].touchpoint
    'delivery'
    """
    folder = bundle_path(model)
    found = load_bundle(folder, trusted=trusted)
    if kind == "mentions" and not hasattr(found, "tag_many"):
        raise BundleError(
            f"{folder}: this model gives one label a comment and no tags, which are needed here; name a model that was "
            "trained on mentions or aspects."
        )
    return found


def bundle_path(model: Path | str) -> Path:
    """The folder of a model given by name or by path; "./fast" is a path, "fast" a name.

    Raises
    ------
    BundleError
        A model of that name is not installed.
    """
    if model == AUTO:
        return next((folder for name in NAMES if (folder := _installed(name))), None) or find_model(NAMES[-1])
    return find_model(str(model)) if model in NAMES else Path(model)


def find_model(name: str) -> Path:
    """The folder of a model that comes with the package, in a checkout or installed.

    Raises
    ------
    BundleError
        There is none of that name, or it is not installed.
    """
    if name not in NAMES:
        raise BundleError(f"no model is called {name!r}; choose one of {', '.join(NAMES)}, or name a folder.")
    folder = _installed(name)
    if folder is None:
        raise BundleError(
            f"the model {name!r} is not installed (in a checkout, make it with: make models); choose another, or name the "
            "folder of one."
        )
    return folder


def _installed(name: str) -> Path | None:
    package = Path(__file__).parents[1]
    places = [package / "models"]
    # Beside an installed package other packages lie, so "models" there would be somebody else's.
    if (package.parent / "pyproject.toml").is_file():
        places.append(package.parent / "models")
    return next((place / name for place in places if (place / name / MANIFEST).is_file()), None)
