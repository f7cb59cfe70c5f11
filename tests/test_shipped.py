"""Models by name, and what is refused by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cx_nlp
from cx_nlp.bundle import load, save_bundle
from cx_nlp.bundle.shipped import NAMES, find_model
from cx_nlp.errors import BundleError
from cx_nlp.tagger import CommentClassifier, MentionTagger


@pytest.fixture(scope="module", params=NAMES)
def shipped(request: pytest.FixtureRequest) -> Path:
    return find_model(request.param)


@pytest.fixture(scope="module")
def classifier_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [f"giao hàng nhanh lần {i}" for i in range(6)] + [f"nhân viên thô lỗ hôm {i}" for i in range(6)]
    labels = ["delivery"] * 6 + ["staff"] * 6
    classifier = CommentClassifier(min_support=2, folds=2).fit(texts, labels)
    return save_bundle(classifier, tmp_path_factory.mktemp("models") / "topics")


def test_a_folder_is_loaded_by_its_path_as_text_or_path(small_tagger: MentionTagger, tmp_path: Path) -> None:
    folder = save_bundle(small_tagger, tmp_path / "mine")
    text = "giao hàng nhanh, nhân viên thô lỗ"
    assert load(folder).tag(text) == load(str(folder)).tag(text)
    assert load(folder).model_id == "mine"


def test_names_that_are_no_model_say_what_to_give_instead(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="fats: there is no such folder; name a model by its name"):
        load("fats")
    with pytest.raises(BundleError, match="no model is called 'huge'; choose one of auto, accurate, fast"):
        find_model("huge")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BundleError, match="is a file"):
        load(tmp_path / "file")


def test_a_model_of_single_labels_is_refused_only_where_tags_are_needed(classifier_folder: Path) -> None:
    assert list(load(classifier_folder).predict(["giao hàng nhanh"])) == ["delivery"]
    with pytest.raises(BundleError, match="topics: this model gives one label a comment and no tags"):
        load(classifier_folder, kind="mentions")


def test_the_shipped_models_tag_both_languages(shipped: Path) -> None:
    tagger = cx_nlp.load(shipped.name)
    assert tagger.model_id == shipped.name
    touchpoints = {m.touchpoint for m in tagger.tag("Giao hàng nhanh nhưng nhân viên thô lỗ").mentions}
    assert touchpoints == {"delivery", "staff"}
    assert tagger.tag("The staff were very friendly").sentiment == "positive"
    assert tagger.heldout["touchpoint"]["delivery"]["tp"] > 0


@pytest.mark.parametrize("text", ["😡😡😡", ":( !!", "👍"])
def test_what_pictures_mean_without_words_is_for_a_person(shipped: Path, text: str) -> None:
    tagger = load(shipped)
    assert [comment.needs_review for comment in tagger.tag_many([text, "giao hàng nhanh"])] == [True, False]


def test_without_a_name_the_cascade_is_loaded() -> None:
    assert cx_nlp.load().model_id == "auto"


def test_without_the_cascade_the_next_best_model_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = find_model("fast")
    monkeypatch.setattr("cx_nlp.bundle.shipped._installed", lambda name: fast if name == "fast" else None)
    assert cx_nlp.load().model_id == "fast"


def test_a_model_that_is_not_built_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cx_nlp.bundle.shipped._installed", lambda name: None)
    with pytest.raises(BundleError, match="'accurate' is not installed"):
        load("accurate")


def test_the_shipped_models_are_small(shipped: Path) -> None:
    assert sum(path.stat().st_size for path in shipped.parent.rglob("*")) <= 60e6


def test_a_copy_of_the_shipped_models_gives_the_same_tags(shipped: Path, tmp_path: Path) -> None:
    # A cascade lies beside its models.
    copied = load(Path(shutil.copytree(shipped.parent, tmp_path / "copy")) / shipped.name)
    text = "App hay bị văng, gọi tổng đài không ai xử lý"
    assert copied.tag(text) == cx_nlp.load(shipped.name).tag(text)
    assert copied.digest == cx_nlp.load(shipped.name).digest
