"""The contextual models on disk: what comes back, and what is refused, by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forged_bundle import forge
from small_encoder import (
    LABELLING,
    SIZES,
    random_arrays,
    random_classifier,
    small_vocabulary,
)

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.bundle.arrays import pack_arrays
from cx_nlp.errors import BundleError
from cx_nlp.tagger import ContextualClassifier, ContextualTagger

TEXTS = ("giao hàng nhanh nhưng nhân viên thô lỗ", "Vải đẹp, giá rẻ 😍", "the staff was rude", "ok", "")
CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "longer": lambda data: data + b"\n",
    "shorter": lambda data: data[:-1],
    "another": lambda data: data[:9] + bytes([data[9] ^ 1]) + data[10:],
}
NETWORK = ("README.md", "network.onnx", "vocabularies.json", "weights.npz")
PARTS = [
    *(("contextual", name) for name in (*NETWORK, "manifest.json", "taxonomy.toml")),
    *(("contextual_label", name) for name in (*NETWORK, "manifest.json")),
]


@pytest.fixture(scope="module")
def models(random_tagger: ContextualTagger) -> dict[str, ContextualTagger | ContextualClassifier]:
    return {"contextual": random_tagger, "contextual_label": random_classifier()}


@pytest.fixture(scope="module")
def made(models: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    for kind, model in models.items():
        save_bundle(model, folder / kind, name="small", created=date(2024, 5, 1))
    return folder


@pytest.fixture
def bundle(made: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    given = getattr(request.node, "callspec", None)
    kind = given.params.get("kind", "contextual") if given else "contextual"
    return Path(shutil.copytree(made / kind, tmp_path / "small"))


@pytest.mark.parametrize("kind", ["contextual", "contextual_label"])
def test_a_model_is_the_same_after_saving_and_loading(
    kind: str, made: Path, models: dict[str, Any], tmp_path: Path
) -> None:
    once = load_bundle(made / kind)
    save_bundle(once, tmp_path / "again", name="small", created=date(2024, 5, 1))
    again = load_bundle(tmp_path / "again")
    for model in (once, again):
        assert type(model) is type(models[kind])
        assert (model.predict_proba(TEXTS) == models[kind].predict_proba(TEXTS)).all()
        assert (model.predict(TEXTS) == models[kind].predict(TEXTS)).all()
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == {
        path.name: path.read_bytes() for path in (made / kind).iterdir()
    }


def test_a_loaded_tagger_knows_what_it_is(made: Path, random_tagger: ContextualTagger) -> None:
    loaded = load_bundle(made / "contextual")
    assert loaded.tag_many(TEXTS) == random_tagger.tag_many(TEXTS)
    assert loaded.labelling_ == LABELLING
    assert loaded.scale_ == random_tagger.scale_
    assert loaded.encoder_.sizes == SIZES
    assert (loaded.model_id, loaded.digest) == ("small", loaded.manifest_["digest"])
    assert {*loaded.taxonomy.touchpoint_ids} == {"delivery", "pricing", "staff"}


def test_a_loaded_tagger_can_be_gone_on_from(made: Path) -> None:
    loaded = load_bundle(made / "contextual")
    start = loaded.start(LABELLING)
    expected = random_arrays(len(small_vocabulary().pieces), LABELLING.labels)
    assert {*start.arrays} == {*expected}
    assert start.labels == list(range(len(LABELLING.names)))
    assert np.abs(start.arrays["l0.mixed.w"] - expected["l0.mixed.w"]).max() < 0.05


def test_the_saved_tagger_is_left_as_it_was(random_tagger: ContextualTagger) -> None:
    assert random_tagger.taxonomy is None
    assert not hasattr(random_tagger, "digest")


@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_a_missing_part_is_named(kind: str, name: str, bundle: Path) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=rf"{name}: is missing; get the bundle again"):
        load_bundle(bundle)


@pytest.mark.parametrize(("kind", "name"), [part for part in PARTS if part[1] != "manifest.json"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_part_is_named(kind: str, name: str, change: str, bundle: Path) -> None:
    (bundle / name).write_bytes(CHANGES[change]((bundle / name).read_bytes()))
    with pytest.raises(BundleError, match=rf"{name}: was changed after the model was saved"):
        load_bundle(bundle)


def pieces(*names: str) -> bytes:
    return json.dumps({"pieces": names}).encode()


def numbers(**changes: np.ndarray) -> bytes:
    scores = small_vocabulary().scores
    sizes = np.array([48, 2, 4, 96, 300, 1e-6])
    return pack_arrays({"scale": np.array([1, 0.4, 1, 0.5]), "sizes": sizes, "scores": scores, **changes})


FORGED: dict[str, tuple[str, bytes, str]] = {
    "no network": ("network.onnx", b"none", r"network\.onnx: is no network that can be run"),
    "an empty network": ("network.onnx", b"", r"network\.onnx: is no network that can be run"),
    "no vocabulary": ("vocabularies.json", b"[", r"vocabularies\.json: is not JSON"),
    "other channels": ("vocabularies.json", b'{"words": []}', r"vocabularies\.json: must be a JSON object with"),
    "other marks": ("vocabularies.json", pieces("a", "b"), r"vocabularies\.json: must begin with the pieces <s>, <pad>"),
    "fewer pieces": ("vocabularies.json", pieces("<s>", "<pad>", "</s>", "<unk>"), r"weights\.npz: scores\.npy is an array"),
    "no arrays": ("weights.npz", b"PK", r"weights\.npz: cannot be read"),
    "a number too few": ("weights.npz", numbers(scale=np.ones(3)), r"weights\.npz: scale\.npy is an array"),
    "a scale that is none": (
        "weights.npz", numbers(scale=np.array([np.nan, 0.4, 1, 0.5])), r"weights\.npz: the array 'scale' must hold",
    ),
    "a temperature of 0": (
        "weights.npz", numbers(scale=np.array([0, 0.4, 1, 0.5])), r"weights\.npz: the array 'scale' must hold",
    ),
    "no taxonomy": ("taxonomy.toml", b"\xff", r"taxonomy\.toml: is no taxonomy"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FORGED)
def test_a_forged_part_is_named(fault: str, bundle: Path) -> None:
    name, data, reason = FORGED[fault]
    forge(bundle, **{name: data})
    with pytest.raises(BundleError, match=reason):
        load_bundle(bundle)


CLASSES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a group too few": (lambda labels: labels.pop("polarity"), "'classes' must give category, polarity, sentiment"),
    "a class twice": (lambda labels: labels["category"].append("pricing#value"), "'classes' must give"),
    "none": (lambda labels: labels["sentiment"].clear(), "'classes' must give"),
    "one too many": (lambda labels: labels["category"].append("app#general"), r"network\.onnx: gives 12 numbers as 'labels'"),
    "one too few": (lambda labels: labels["category"].pop(), r"network\.onnx: gives 12 numbers as 'labels'"),
    "a sentiment too few": (lambda labels: labels["sentiment"].pop(), r"network\.onnx: gives 4 numbers as 'sentiment'"),
    "no neutral sentiment": (lambda labels: labels["sentiment"].__setitem__(2, "calm"), "'sentiment' must hold 'neutral'"),
}  # fmt: skip


@pytest.mark.parametrize("fault", CLASSES)
def test_forged_classes_are_refused(fault: str, bundle: Path) -> None:
    change, reason = CLASSES[fault]
    forge(bundle, lambda manifest: change(manifest["classes"]["labels"]))
    with pytest.raises(BundleError, match=reason):
        load_bundle(bundle)


@pytest.mark.parametrize("kind", ["contextual_label"])
def test_forged_labels_are_refused(kind: str, bundle: Path) -> None:
    forge(bundle, lambda manifest: manifest["classes"]["label"]["label"].append("app"))
    with pytest.raises(
        BundleError,
        match=r"offsets\.npy is an array of float64 with shape \(3,\), expected <f8 with shape \(4\)",
    ):
        load_bundle(bundle)
    arrays = {"scale": np.array([1.5]), "offsets": np.zeros(4)}
    forge(
        bundle,
        lambda manifest: None,
        **{"weights.npz": numbers(**arrays)},
    )
    with pytest.raises(
        BundleError, match=r"network\.onnx: gives 3 numbers as 'sentiment', the classes are 4"
    ):
        load_bundle(bundle)


@pytest.mark.parametrize("kind", ["contextual_label"])
def test_offsets_are_numbers(kind: str, bundle: Path) -> None:
    forge(
        bundle,
        **{"weights.npz": numbers(scale=np.array([1.5]), offsets=np.array([0, np.inf, 0]))},
    )
    with pytest.raises(BundleError, match="the array 'offsets' holds what is no finite number"):
        load_bundle(bundle)


def test_a_part_of_another_kind_is_refused(bundle: Path) -> None:
    forge(bundle, lambda manifest: manifest["contents"].pop("network.onnx"))
    with pytest.raises(
        BundleError, match=r"does not list 'network\.onnx', which a model of kind 'contextual' needs"
    ):
        load_bundle(bundle)
