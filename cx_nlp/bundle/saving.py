"""A fitted estimator written as a bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.utils.validation import check_is_fitted

from cx_nlp.bundle.arrays import Array, pack_arrays
from cx_nlp.bundle.card import About, model_card
from cx_nlp.bundle.contextual import CONTEXTUAL, contextual_classes, contextual_contents
from cx_nlp.bundle.folder import LIMITS
from cx_nlp.bundle.manifest import MANIFEST, PROFILE, new_manifest, pack_manifest
from cx_nlp.bundle.stages import CASCADE, OF_TWO, STAGES, digests_beside
from cx_nlp.bundle.state import ESTIMATORS, KINDS, PLUGIN, State, kind_of
from cx_nlp.bundle.two_models import numbers_of
from cx_nlp.bundle.vocabularies import pack_vocabularies
from cx_nlp.bundle.weights import head_arrays
from cx_nlp.errors import BundleError
from cx_nlp.io.outputs import write_whole, writing
from cx_nlp.io.target import model_target
from cx_nlp.metrics import Evaluation
from cx_nlp.shift.profile import Profile
from cx_nlp.taxonomy import Taxonomy, taxonomy_from_categories


def save_bundle(
    model: Any,  # noqa: ANN401 - also estimators that users bring along
    path: Path | str,
    *,
    taxonomy: Taxonomy | None = None,
    evaluation: Evaluation | None = None,
    measured_on: str = "",
    comments: int | None = None,
    left_out: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
    name: str | None = None,
    description: str | None = None,
    languages: Sequence[str] | None = None,
    licence: str | None = None,
    profile: Profile | None = None,
    created: date | None = None,
    overwrite: bool = False,
) -> Path:
    """The folder in which the model now is; the same model, figures and day give the same bytes.

    `cx_nlp.train` gives all that is asked here: `Trained.save` passes it on.

    Parameters
    ----------
    model
        A fitted tagger or classifier of this package; or any estimator with `tag_many` or `predict`, which joblib stores
        and which is loaded only by those who trust it. Two models heard together are put into folders inside; those of a
        `Cascade` that lie beside the folder already, as `fast` and `encoder`, are only named.
    path
        The folder to make.
    taxonomy
        The labels' names and owners; by default the model's own, or plain labels.
    evaluation, measured_on
        Figures on comments the model had not seen, and a part of a sentence that says which.
    comments
        Labelled comments it was trained on.
    left_out
        Labels that were not learnt, with their training comments; by default the model's `left_out_`.
    notes
        What was assumed of the training comments, for the card.
    name
        What the model is called in results; by default the folder's name.
    description, licence
        What the card says of the model and its use.
    languages
        Codes of the languages it reads; by default those of the comments it was measured on.
    profile
        What comments look like that the model was measured on, for `cx_nlp.drift`.
    created
        The day the manifest names, today by default.
    overwrite
        Whether a bundle that is there may be replaced.

    Raises
    ------
    BundleError
        The model is larger than a bundle can be.
    OutputError
        The folder holds other things, or cannot be written.
    TypeError, ValueError
        The estimator is no model, is not fitted, or is made of one that only joblib could store.
    """
    if kind_of(model) in ESTIMATORS:
        check_is_fitted(model)
    absent = getattr(model, "left_out_", {}) if left_out is None else left_out
    about = About(
        name or model_target(path).path.name, kind_of(model), comments, measured_on,
        {str(label): int(n) for label, n in absent.items()}, tuple(notes),
        tuple(measured_languages(evaluation) if languages is None else languages), description, licence,
    )  # fmt: skip
    contents, _ = _bundle(_Made(model, about, evaluation, taxonomy, profile), Path(path), created)
    _check_sizes(contents)
    return write_files(Path(path), contents, overwrite=overwrite)


@dataclass(frozen=True)
class _Made:
    """A model with what its bundle tells of it."""

    model: Any
    about: About
    evaluation: Evaluation | None = None
    taxonomy: Taxonomy | None = None
    profile: Profile | None = None


def _bundle(made: _Made, path: Path, created: date | None) -> tuple[dict[str, bytes], str]:
    """Every file of a bundle by its path in the folder, and its digest."""
    model, about = made.model, made.about
    parameters, inner = (
        _two(made, path, created) if about.kind in OF_TWO else (_parameters(about.kind, model), {})
    )
    taxonomy = made.taxonomy
    if about.kind in ("mentions", "contextual"):
        taxonomy = taxonomy or model.taxonomy or _plain_taxonomy(model)
    contents = _contents(about.kind, model)
    if taxonomy is not None:
        contents["taxonomy.toml"] = taxonomy.to_toml().encode("utf-8")
    in_words = replace(about, kind=_kind_in_words(model, inside=bool(inner)))
    contents["README.md"] = model_card(in_words, made.evaluation, taxonomy).encode("utf-8", errors="replace")
    record = {
        **_record(about, made.evaluation),
        "parameters": parameters,
        "classes": _classes(about.kind, model),
        **({} if made.profile is None else {PROFILE: made.profile.to_dict()}),
    }
    manifest = new_manifest(record, contents, inner=inner, created=created)
    return {**contents, MANIFEST: pack_manifest(manifest), **inner}, manifest["digest"]


def _two(made: _Made, path: Path, created: date | None) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The parameters of a bundle of two models, and the files of those that do not lie beside it."""
    models = {name: getattr(made.model, name) for name in STAGES}
    numbers = numbers_of(made.model)
    if made.about.kind == CASCADE and (digests := digests_beside(path, models)) is not None:
        return {**numbers, "stages": digests}, {}
    stages: dict[str, str] = {}
    inner: dict[str, bytes] = {}
    for name, place in STAGES.items():
        files, stages[place] = _bundle(_inside(made, models[name], place), path / place, created)
        inner |= {f"{place}/{file}": data for file, data in files.items()}
    return {**numbers, "stages": stages, "inside": True}, inner


def _inside(made: _Made, model: Any, place: str) -> _Made:  # noqa: ANN401
    """One of the models that a bundle is made of: its figures are those of the whole."""
    kind = kind_of(model)
    if kind not in ESTIMATORS:
        raise TypeError(f"a {type(model).__name__} cannot be saved as a part of another model")
    check_is_fitted(model)
    left_out = {str(label): int(n) for label, n in getattr(model, "left_out_", {}).items()}
    about = About(
        place, kind, made.about.comments, "", left_out, (), made.about.languages,
        f"A part of the model {made.about.name}.", made.about.licence,
    )  # fmt: skip
    return _Made(model, about, taxonomy=made.taxonomy)


def _kind_in_words(model: Any, *, inside: bool) -> str:  # noqa: ANN401
    """What the card calls the model: a cascade that asks about every comment is none, and its models can lie inside."""
    kind = kind_of(model)
    if kind == CASCADE:
        kind = "pair" if model.sure > 1 else kind
        return f"{kind} inside" if inside else kind
    return kind


def _record(about: About, found: Evaluation | None) -> dict[str, Any]:
    """What the manifest says of the model's making and its figures."""
    training = {
        "comments": about.comments, "notes": about.notes, "description": about.description,
        "languages": about.languages, "licence": about.licence,
    }  # fmt: skip
    figures = {key: value for key, value in found.to_dict().items() if key != "labels"} if found else {}
    return {
        "kind": about.kind, "name": about.name, "training": training, "left_out": about.left_out,
        "measured_on": about.measured_on, "figures": figures, "heldout": held_out_counts(found) if found else {},
    }  # fmt: skip


def held_out_counts(found: Evaluation) -> dict[str, dict[str, dict[str, int]]]:
    """True and false positives and negatives of every label in every view, as the manifest carries them."""
    return {
        view: {row.label: {"tp": row.tp, "fp": row.fp, "fn": row.fn, "tn": row.tn} for row in rows}
        for view, rows in found.labels.items()
    }


def measured_languages(found: Evaluation | None) -> list[str]:
    """Codes of the languages that the comments of an evaluation are in."""
    return sorted({*found.slices.get("language", ())} - {"und"}) if found else []


def _contents(kind: str, estimator: Any) -> dict[str, bytes]:  # noqa: ANN401
    if kind == PLUGIN:
        return _plugin_contents(estimator)
    if kind in OF_TWO:
        return {}
    if kind in CONTEXTUAL:
        return contextual_contents(estimator)
    state: State = KINDS[kind].state(estimator)
    arrays: dict[str, Array] = {name: array.astype(np.float64) for name, array in state.arrays.items()}
    for channel, one in state.channels.items():
        arrays[f"idf.{channel}"] = one.idf.astype(np.float32)
    for group, heads in state.heads.items():
        arrays |= head_arrays(group, heads)
    terms = {channel: [*one.vocabulary] for channel, one in state.channels.items()}
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
    defaults = ESTIMATORS[kind]().get_params(deep=False)
    given = estimator.get_params(deep=False)
    return {name: type(value)(given[name]) for name, value in defaults.items() if value is not None}


def _classes(kind: str, estimator: Any) -> dict[str, dict[str, list[str]]]:  # noqa: ANN401
    if kind in (PLUGIN, *OF_TWO):
        return {}
    if kind in CONTEXTUAL:
        return contextual_classes(estimator)
    heads = KINDS[kind].state(estimator).heads
    return {
        group: {name: [str(label) for label in labels] for name, labels in one.classes.items()}
        for group, one in heads.items()
    }


def _check_sizes(contents: Mapping[str, bytes]) -> None:
    for name, data in contents.items():
        most = LIMITS.get(name.rpartition("/")[2], len(data))
        if len(data) > most:
            raise BundleError(
                f"{name}: would have {len(data):,} bytes, and a bundle is read with at most {most:,}: "
                "give fewer labels, less training text or a shorter card."
            )


def write_files(path: Path, contents: Mapping[str, bytes], *, overwrite: bool) -> Path:
    """Puts the files of a bundle, by their paths in its folder, in place together."""
    with write_whole(model_target(path), overwrite=overwrite) as folder:
        for name, data in contents.items():
            with writing(folder / name):
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(data)
    return path
