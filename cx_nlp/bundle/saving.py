"""A fitted estimator written as a bundle."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.utils.validation import check_is_fitted

from cx_nlp.bundle.arrays import Array, pack_arrays
from cx_nlp.bundle.card import model_card
from cx_nlp.bundle.folder import LIMITS
from cx_nlp.bundle.manifest import MANIFEST, new_manifest, pack_manifest
from cx_nlp.bundle.state import KINDS, PLUGIN, State, kind_of
from cx_nlp.bundle.vocabularies import pack_vocabularies
from cx_nlp.bundle.weights import head_arrays
from cx_nlp.errors import BundleError
from cx_nlp.io.outputs import write_whole, writing
from cx_nlp.io.target import Target
from cx_nlp.taxonomy import Taxonomy, taxonomy_from_categories


def save_bundle(
    tagger: Any,  # noqa: ANN401 - also estimators that users bring along
    path: Path | str,
    *,
    taxonomy: Taxonomy | None = None,
    figures: Mapping[str, Any],
    card: str | None = None,
    heldout: Mapping[str, Any],
    name: str,
    overwrite: bool = False,
    created: date | None = None,
) -> Path:
    """The folder in which the model now is; the same model, figures and day give the same bytes.

    Parameters
    ----------
    tagger
        A fitted MentionTagger or CommentClassifier; or any estimator with `tag_many` or `predict`, which joblib stores
        and which is loaded only by those who trust it.
    path
        The folder to make.
    taxonomy
        The labels' names and owners; by default the tagger's own, or plain labels.
    figures
        What was measured, as `Evaluation.to_dict` gives it.
    card
        The text of README.md; by default `model_card` writes it.
    heldout
        View to label to `tp`, `fp`, `fn`, `tn` on comments the model had not seen.
    name
        What the model is called in results.
    overwrite
        Whether a bundle that is there may be replaced.
    created
        The day the manifest names, today by default.

    Raises
    ------
    BundleError
        The model is larger than a bundle can be.
    OutputError
        The folder holds other things, or cannot be written.
    TypeError, ValueError
        The estimator is no model, is not fitted, or figures hold what JSON cannot.
    """
    kind = kind_of(tagger)
    if kind != PLUGIN:
        check_is_fitted(tagger)
    left_out = {str(label): int(n) for label, n in getattr(tagger, "left_out_", {}).items()}
    contents = _plugin_contents(tagger) if kind == PLUGIN else _contents(kind, tagger)
    if kind == "mentions":
        taxonomy = taxonomy or tagger.taxonomy or _plain_taxonomy(tagger)
    if taxonomy is not None:
        contents["taxonomy.toml"] = taxonomy.to_toml().encode("utf-8")
    text = card or model_card(figures, name=name, kind=kind, left_out=left_out)
    contents["README.md"] = text.encode("utf-8", errors="replace")
    about = {"kind": kind, "name": name, "parameters": _parameters(kind, tagger), "classes": _classes(kind, tagger),
             "left_out": left_out, "heldout": heldout, "figures": figures}  # fmt: skip
    contents[MANIFEST] = pack_manifest(new_manifest(about, contents, created=created))
    _check_sizes(contents)
    return _write(Path(path), contents, overwrite=overwrite)


def _contents(kind: str, estimator: Any) -> dict[str, bytes]:  # noqa: ANN401
    state: State = KINDS[kind].state(estimator)
    arrays: dict[str, Array] = {name: array.astype(np.float64) for name, array in state.arrays.items()}
    for channel, one in state.channels.items():
        arrays[f"idf.{channel}"] = one.idf.astype(np.float32)
    for group, heads in state.heads.items():
        arrays |= head_arrays(group, heads)
    terms = {
        channel: sorted(one.vocabulary, key=one.vocabulary.__getitem__)
        for channel, one in state.channels.items()
    }
    return {"weights.npz": pack_arrays(arrays), "vocabularies.json": pack_vocabularies(terms)}


def _plugin_contents(estimator: object) -> dict[str, bytes]:
    out = BytesIO()
    joblib.dump(estimator, out, compress=3)
    return {"plugin.joblib": out.getvalue()}


def _plain_taxonomy(tagger: Any) -> Taxonomy:  # noqa: ANN401
    labels = [str(label).split("#") for label in tagger.classes_]
    return taxonomy_from_categories([(touchpoint, factor) for touchpoint, factor, _ in labels],
                                    [polarity for _, _, polarity in labels])  # fmt: skip


def _parameters(kind: str, estimator: Any) -> dict[str, Any]:  # noqa: ANN401
    """The parameters that a default gives a type, in that type; taxonomy and processes are not the model's."""
    if kind == PLUGIN:
        return {}
    defaults = KINDS[kind].estimator().get_params(deep=False)
    given = estimator.get_params(deep=False)
    return {name: type(value)(given[name]) for name, value in defaults.items() if value is not None}


def _classes(kind: str, estimator: Any) -> dict[str, dict[str, list[str]]]:  # noqa: ANN401
    if kind == PLUGIN:
        return {}
    heads = KINDS[kind].state(estimator).heads
    return {
        group: {name: [str(label) for label in labels] for name, labels in one.classes.items()}
        for group, one in heads.items()
    }


def _check_sizes(contents: Mapping[str, bytes]) -> None:
    for name, data in contents.items():
        if len(data) > LIMITS.get(name, len(data)):
            raise BundleError(
                f"{name}: would have {len(data):,} bytes, and a bundle is read with at most {LIMITS[name]:,}: "
                "give fewer labels, less training text or a shorter card."
            )


def _write(path: Path, contents: Mapping[str, bytes], *, overwrite: bool) -> Path:
    target = Target(Path(os.path.realpath(path)), "bundle", is_folder=True)
    with write_whole(target, overwrite=overwrite) as folder:
        for name, data in contents.items():
            with writing(folder / name):
                (folder / name).write_bytes(data)
    return path
