"""A bundle read back as the estimator it was saved from."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.base import BaseEstimator

from cx_nlp.bundle.arrays import unpack_arrays
from cx_nlp.bundle.broken import broken
from cx_nlp.bundle.contextual import CONTEXTUAL, fill_contextual
from cx_nlp.bundle.folder import folder_contents, folder_manifest, stage_manifest
from cx_nlp.bundle.manifest import MANIFEST
from cx_nlp.bundle.stages import OF_TWO
from cx_nlp.bundle.state import ESTIMATORS, KINDS, PLUGIN, Kind, State, kind_of
from cx_nlp.bundle.two_models import load_two
from cx_nlp.bundle.vocabularies import unpack_vocabularies
from cx_nlp.bundle.weights import heads_of
from cx_nlp.errors import BundleError, TaxonomyError
from cx_nlp.features import Channel
from cx_nlp.tagger.origin import set_origin
from cx_nlp.taxonomy import Taxonomy, parse_taxonomy

_NETWORK = {"README.md", "network.onnx", "vocabularies.json", "weights.npz"}
_PARTS = {**{kind: {"README.md"} for kind in OF_TWO},
          "contextual": {*_NETWORK, "taxonomy.toml"}, "contextual_label": _NETWORK,
          "mentions": {"README.md", "taxonomy.toml", "vocabularies.json", "weights.npz"},
          "label": {"README.md", "vocabularies.json", "weights.npz"},
          PLUGIN: {"README.md", "plugin.joblib"}}  # fmt: skip
_OPTIONAL = {"taxonomy.toml"}

_TRIAL = "Giao nhanh, nhưng giá hơi cao."


def load_bundle(path: Path | str, *, trusted: bool = False) -> Any:  # noqa: ANN401 - the kind is in the manifest
    """The estimator of a bundle, with `manifest_`, `model_id` (its name), `digest` and `heldout`.

    Parameters
    ----------
    path
        The folder.
    trusted
        Whether an estimator stored by joblib may be loaded, which lets the bundle run any code. Bundles of this
        package's own estimators hold none.

    Raises
    ------
    BundleError
        The folder is no bundle, is of a newer format, has a file too many, too few or changed, or holds an estimator
        that needs `trusted`. The message names the file and the cure.
    """
    folder = Path(path)
    return _loaded(folder, folder_manifest(folder), trusted=trusted)


def _loaded(folder: Path, manifest: dict[str, Any], *, trusted: bool) -> Any:  # noqa: ANN401
    kind = manifest["kind"]
    _check_parts(manifest, folder)
    if kind == PLUGIN and not trusted:
        raise BundleError(
            f"{folder / 'plugin.joblib'}: loading it can run any code it holds; if you made this bundle or trust who "
            "did, load it with trusted=True (on the command line --trusted)."
        )
    contents = folder_contents(folder, manifest)
    if kind == PLUGIN:
        estimator = _plugin(contents["plugin.joblib"], folder)
    elif kind in OF_TWO:
        # Its models are never trusted.
        estimator = load_two(
            manifest, folder, lambda stage: _loaded(stage, stage_manifest(stage), trusted=False)
        )
    else:
        estimator = _estimator(kind, manifest, contents, folder)
    set_origin(estimator, manifest)
    return estimator


def _check_parts(manifest: Mapping[str, Any], folder: Path) -> None:
    kind, listed = manifest["kind"], {*manifest["contents"]}
    if kind not in _PARTS:
        raise broken(folder / MANIFEST, f"names the kind {kind!r}, which is none of {', '.join(_PARTS)}")
    for name in sorted(_PARTS[kind] - listed):
        raise broken(folder / MANIFEST, f"does not list {name!r}, which a model of kind {kind!r} needs")
    for name in sorted(listed - _PARTS[kind] - _OPTIONAL):
        raise broken(folder / MANIFEST, f"lists {name!r}, which a model of kind {kind!r} does not have")


def _plugin(data: bytes, folder: Path) -> Any:  # noqa: ANN401
    source = folder / "plugin.joblib"
    try:
        estimator = joblib.load(BytesIO(data))
        kind_of(estimator)
    except Exception as error:
        # What is pickled can fail in any way, most often because its package is not installed here.
        raise BundleError(
            f"{source}: cannot be loaded ({type(error).__name__}: {error}); install the packages it was made with, in "
            "the versions its manifest names, or train it anew."
        ) from error
    return estimator


def _estimator(kind: str, manifest: Mapping[str, Any], contents: Mapping[str, bytes], folder: Path) -> Any:  # noqa: ANN401
    unfitted = ESTIMATORS[kind]
    parameters = _parameters(unfitted, manifest["parameters"], folder)
    if "taxonomy.toml" in contents and "taxonomy" in unfitted().get_params(deep=False):
        parameters["taxonomy"] = _taxonomy(contents["taxonomy.toml"], folder)
    estimator = unfitted(**parameters)
    try:
        estimator.left_out_ = manifest["left_out"]
        if kind in CONTEXTUAL:
            fill_contextual(estimator, kind, manifest["classes"], contents, folder)
        else:
            KINDS[kind].fill(estimator, _state(KINDS[kind], manifest, contents, folder))
        # Arrays that do not fit each other or this version's features show at the first use: better now than later.
        estimator.predict([_TRIAL])
    except BundleError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise broken(
            folder, f"its parts do not fit together or not this version of cx_nlp ({error})"
        ) from error
    return estimator


def _parameters(unfitted: type[BaseEstimator], given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    defaults = unfitted().get_params(deep=False)
    for name, value in given.items():
        known = defaults.get(name)
        if known is None or type(value) is not type(known):
            raise broken(folder / MANIFEST, f"the parameter {name!r} must not be {value!r}")
    return dict(given)


def _taxonomy(data: bytes, folder: Path) -> Taxonomy:
    source = folder / "taxonomy.toml"
    try:
        return parse_taxonomy(data.decode("utf-8"), source=str(source))
    except (TaxonomyError, UnicodeDecodeError) as error:
        raise broken(source, f"is no taxonomy ({error})") from error


def _state(kind: Kind, manifest: Mapping[str, Any], contents: Mapping[str, bytes], folder: Path) -> State:
    classes = _classes(kind, manifest["classes"], folder)
    source = str(folder / "vocabularies.json")
    terms = unpack_vocabularies(contents["vocabularies.json"], kind.channels, source=source)
    source = str(folder / "weights.npz")
    arrays = unpack_arrays(contents["weights.npz"], kind.array_forms(classes, terms), source=source)
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise broken(source, f"the array {name!r} holds what is no finite number")
    channels = {name: Channel(known, arrays[f"idf.{name}"]) for name, known in terms.items()}
    heads = {group: heads_of(group, classes[group], blocks, arrays) for group, blocks in kind.blocks.items()}
    return State(channels, heads, {name: arrays[name] for name in kind.forms(classes)})


def _classes(kind: Kind, given: Mapping[str, Any], folder: Path) -> dict[str, dict[str, list[str]]]:
    """The classes of every classifier, when they are those of the kind, each a list of different texts."""
    wrong = broken(
        folder / MANIFEST, "'classes' must give the classes of every classifier of the model, each once"
    )
    if {*given} != {*kind.groups}:
        raise wrong
    for group, names in kind.groups.items():
        if not isinstance(given[group], dict) or {*given[group]} != {*names}:
            raise wrong
        for labels in given[group].values():
            texts = isinstance(labels, list) and all(isinstance(label, str) for label in labels)
            if not texts or not labels or len({*labels}) < len(labels):
                raise wrong
    return dict(given)
