"""Two classifiers heard together, and bundles that hold their models."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forged_bundle import forge
from invented_profiles import invented_profile
from small_encoder import LABELS, random_classifier

from cx_nlp.bundle import copy_bundle, load_bundle, put_profile, save_bundle
from cx_nlp.errors import BundleError, OutputError
from cx_nlp.shift import known_words
from cx_nlp.tagger import ClassifierPair, CommentClassifier, ContextualClassifier
from cx_nlp.training import evaluate

TEXTS = [
    *("giao hàng nhanh", "nhân viên thô lỗ", "giá rẻ", "giao chậm quá", "staff were rude", "giá quá cao"),
    *("giao đúng hẹn", "nhân viên nhiệt tình", "", "ok"),
]
SAID = ["delivery", "staff", "pricing", "delivery", "staff", "pricing", "delivery", "staff"]


@pytest.fixture(scope="module")
def accurate() -> ContextualClassifier:
    pytest.importorskip("onnx", reason="the network is built with onnx")
    return random_classifier()


@pytest.fixture(scope="module")
def fast() -> CommentClassifier:
    return CommentClassifier(min_support=1, folds=2).fit(TEXTS[: len(SAID)], SAID)


@pytest.fixture(scope="module")
def pair(fast: CommentClassifier, accurate: ContextualClassifier) -> ClassifierPair:
    return ClassifierPair(fast, accurate, weight=0.3, offsets=[0.0, 0.5, 0.25])


@pytest.fixture
def folder(pair: ClassifierPair, tmp_path: Path) -> Path:
    return save_bundle(pair, tmp_path / "mine", notes=("a pair",))


def test_the_probabilities_are_pooled(
    pair: ClassifierPair, fast: CommentClassifier, accurate: ContextualClassifier
) -> None:
    assert pair.classes_.tolist() == LABELS == fast.classes_.tolist()
    wanted = 0.7 * accurate.predict_proba(TEXTS) + 0.3 * fast.predict_proba(TEXTS)
    assert np.allclose(pair.predict_proba(TEXTS), wanted)
    chosen = (np.log(wanted) + pair.offsets_).argmax(axis=1)
    assert pair.predict(TEXTS).tolist() == [LABELS[k] for k in chosen]
    assert pair.predict([]).shape == (0,)


def test_of_labels_that_the_fast_one_does_not_know_it_has_no_opinion(accurate: ContextualClassifier) -> None:
    less = CommentClassifier(min_support=1, folds=2).fit(TEXTS[:6], ["staff", "delivery", "other"] * 2)
    found = ClassifierPair(less, accurate, weight=0.5).predict_proba(TEXTS)
    own = accurate.predict_proba(TEXTS)
    assert np.allclose(found.sum(axis=1), 1)
    assert np.allclose(found[:, LABELS.index("pricing")], own[:, LABELS.index("pricing")])
    assert not np.allclose(found, own)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"weight": 1.2}, "weight must be from 0 to 1, not 1.2"),
        ({"weight": 0.2, "offsets": [0.0]}, "a finite number for each of 3 labels"),
        ({"weight": 0.2, "offsets": [0.0, float("nan"), 0.0]}, "a finite number for each of 3 labels"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(
    wrong: dict[str, Any], reason: str, fast: CommentClassifier, accurate: ContextualClassifier
) -> None:
    with pytest.raises(ValueError, match=reason):
        ClassifierPair(fast, accurate, **wrong)


def test_it_is_one_folder_that_can_be_moved(folder: Path, pair: ClassifierPair, tmp_path: Path) -> None:
    moved = folder.rename(tmp_path / "elsewhere")
    loaded = load_bundle(moved)
    assert isinstance(loaded, ClassifierPair)
    assert (loaded.weight, loaded.offsets_.tolist(), loaded.left_out_) == (
        0.3,
        [0.0, 0.5, 0.25],
        {"hotline": 2},
    )
    assert loaded.predict(TEXTS).tolist() == pair.predict(TEXTS).tolist()
    # Weights are stored in fewer bits than they were learnt in.
    assert np.allclose(loaded.predict_proba(TEXTS), pair.predict_proba(TEXTS), atol=1e-4)
    assert (loaded.model_id, loaded.digest) == ("mine", loaded.manifest_["digest"])
    # Each of its models is a bundle, too, and what is loaded can be saved anew.
    assert isinstance(load_bundle(moved / "encoder"), ContextualClassifier)
    again = save_bundle(loaded, tmp_path / "again", name="mine", notes=("a pair",))
    assert load_bundle(again).digest == loaded.digest
    card = (moved / "README.md").read_text("utf-8")
    assert "Both read every comment" in card
    assert "A part of the model mine." in (moved / "fast" / "README.md").read_text("utf-8")


def test_it_is_copied_and_replaced_whole(folder: Path, pair: ClassifierPair, tmp_path: Path) -> None:
    assert copy_bundle(folder, tmp_path / "copy") == load_bundle(tmp_path / "copy").digest
    save_bundle(pair, tmp_path / "copy", overwrite=True)
    (tmp_path / "copy" / "fast" / "mine.txt").write_text("notes", encoding="utf-8")
    with pytest.raises(OutputError, match=r"it holds 'fast/mine\.txt', which cx_nlp did not write"):
        save_bundle(pair, tmp_path / "copy", overwrite=True)
    assert (tmp_path / "copy" / "fast" / "mine.txt").exists()


def test_a_profile_is_put_into_it_and_not_into_its_models(folder: Path, pair: ClassifierPair) -> None:
    put_profile(folder, invented_profile())
    loaded = load_bundle(folder)
    assert "profile" in loaded.manifest_
    assert loaded.predict(TEXTS).tolist() == pair.predict(TEXTS).tolist()
    with pytest.raises(
        BundleError, match=r"fast: is a part of the model .*mine; put the profile into that one"
    ):
        put_profile(folder / "fast", invented_profile())
    assert {path.name for path in folder.iterdir()} == {"README.md", "manifest.json", "fast", "encoder"}


def test_it_is_measured_and_its_words_are_those_of_the_fast_one(pair: ClassifierPair, tmp_path: Path) -> None:
    rows = "\n".join(f"{text},{label}" for text, label in zip(TEXTS, SAID, strict=False))
    (tmp_path / "held.csv").write_text(f"text,label\n{rows}\n", encoding="utf-8")
    found = evaluate(pair, tmp_path / "held.csv", label_column="label", resamples=20)
    assert found.comments == len(SAID)
    known = known_words(pair)
    assert known is not None
    assert known.unknown(["giao", "xyzzy"]) == ["xyzzy"]


# What is refused


@pytest.mark.parametrize("name", ["weights.npz", "manifest.json", "network.onnx"])
def test_a_changed_file_of_a_model_inside_is_refused_by_name(folder: Path, name: str) -> None:
    path = folder / "encoder" / name
    path.write_bytes(path.read_bytes() + b" ")
    if name == "manifest.json":
        # A blank at its end changes nothing that it says.
        path.write_bytes(path.read_bytes().replace(b'"encoder"', b'"decoder"', 1))
    with pytest.raises(BundleError, match=rf"^{re.escape(str(folder / 'encoder' / name))}: "):
        load_bundle(folder)


def test_another_model_inside_is_refused(folder: Path, fast: CommentClassifier) -> None:
    save_bundle(fast, folder / "fast", notes=("another",), overwrite=True)
    with pytest.raises(BundleError, match=r"fast: is not the model that .*mine was made of"):
        load_bundle(folder)


def test_a_file_that_does_not_belong_there_is_refused(folder: Path) -> None:
    (folder / "other").mkdir()
    with pytest.raises(BundleError, match="other: is not part of the model"):
        load_bundle(folder)


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_model_inside_is_no_link(folder: Path, tmp_path: Path) -> None:
    (folder / "fast").rename(tmp_path / "away")
    (folder / "fast").symlink_to(tmp_path / "away", target_is_directory=True)
    for reads in (load_bundle, lambda path: copy_bundle(path, tmp_path / "copy")):
        with pytest.raises(BundleError, match="fast: is a link, and links are not followed"):
            reads(folder)
    # A profile that is put into another bundle beside it passes it over.
    shutil.copytree(tmp_path / "away", tmp_path / "beside")
    put_profile(tmp_path / "beside", invented_profile())


def test_a_pair_in_a_pair_is_refused(folder: Path, tmp_path: Path) -> None:
    inner = Path(shutil.copytree(folder, tmp_path / "inner"))
    shutil.rmtree(folder / "encoder")
    inner.rename(folder / "encoder")
    digest = json.loads((folder / "encoder" / "manifest.json").read_text("utf-8"))["digest"]
    forge(folder, lambda manifest: manifest["parameters"]["stages"].update(encoder=digest))
    for reads in (load_bundle, lambda path: copy_bundle(path, tmp_path / "copy")):
        with pytest.raises(BundleError, match=r"encoder.manifest\.json: is made of two models itself"):
            reads(folder)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"weight": "0.3"}, "'parameters' must give the number 'weight'"),
        ({"weight": 3.0}, "'parameters' do not fit: weight must be from 0 to 1"),
        ({"offsets": [1.0]}, "'parameters' do not fit: offsets must be a finite number"),
        ({"offsets": None}, "and the numbers 'offsets'"),
        ({"stages": {"fast": "0"}}, "must give 'stages'"),
        ({"inside": False}, "there is no such folder|is not part of the model"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(folder: Path, change: dict[str, Any], reason: str) -> None:
    forge(folder, lambda manifest: manifest["parameters"].update(change))
    with pytest.raises(BundleError, match=reason):
        load_bundle(folder)


def test_models_of_another_kind_are_no_pair(
    folder: Path, small_tagger: Any, accurate: ContextualClassifier
) -> None:
    save_bundle(small_tagger, folder.parent / "tagger")
    shutil.rmtree(folder / "fast")
    (folder.parent / "tagger").rename(folder / "fast")
    digest = json.loads((folder / "fast" / "manifest.json").read_text("utf-8"))["digest"]
    forge(folder, lambda manifest: manifest["parameters"]["stages"].update(fast=digest))
    with pytest.raises(BundleError, match="a fast and an accurate model of one label a comment"):
        load_bundle(folder)
