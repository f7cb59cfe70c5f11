"""Two taggers in a row."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import invented_comments

from cx_nlp.bundle import copy_bundle, load_bundle, save_bundle
from cx_nlp.errors import BundleError, OutputError
from cx_nlp.tagger import Cascade, Mention, MentionTagger, TaggedComment
from cx_nlp.tagger.cascade import confidence
from cx_nlp.taxonomy import load_taxonomy

TEXTS = invented_comments()[0] + ["", "Giao nhanh 😍 nhưng gói ẩu", "ok"]


@pytest.fixture(scope="module")
def other_tagger() -> MentionTagger:
    """A tagger that says other things: it was taught all sentiments the wrong way round, and other labels."""
    opposite = {"positive": "negative", "negative": "positive"}
    texts, records = invented_comments()
    turned: list[dict[str, Any]] = [
        {"mentions": [{**m, "sentiment": opposite[m["sentiment"]]} for m in record["mentions"]]}
        for record in records
    ]
    kept = [
        i for i, record in enumerate(turned) if "pricing" not in {m["touchpoint"] for m in record["mentions"]}
    ]
    tagger = MentionTagger(taxonomy=load_taxonomy(), folds=2, min_support=4)
    return tagger.fit([texts[i] for i in kept], [turned[i] for i in kept])


@pytest.fixture(scope="module")
def cascade(small_tagger: MentionTagger, other_tagger: MentionTagger) -> Cascade:
    sure = float(np.median([confidence(one) for one in small_tagger.tag_many(TEXTS)]))
    return Cascade(small_tagger, other_tagger, sure=sure)


def test_only_the_unsure_comments_go_on_and_all_keep_their_place(
    cascade: Cascade, small_tagger: MentionTagger, other_tagger: MentionTagger
) -> None:
    first, second, found = small_tagger.tag_many(TEXTS), other_tagger.tag_many(TEXTS), cascade.tag_many(TEXTS)
    assert [one.text for one in found] == TEXTS
    sure = [cascade.is_sure(one) for one in first]
    assert 0 < sum(sure) < len(TEXTS)
    assert found == [a if stands else b for a, b, stands in zip(first, second, sure, strict=True)]
    assert [cascade.tag(text) for text in TEXTS[:9]] == found[:9]
    assert cascade.tag_many([]) == []


@pytest.mark.parametrize(("sure", "chosen"), [(0.0, "fast"), (1.01, "accurate")])
def test_the_bounds_choose_one_of_the_two(
    sure: float, chosen: str, small_tagger: MentionTagger, other_tagger: MentionTagger
) -> None:
    found = Cascade(small_tagger, other_tagger, sure=sure).tag_many(TEXTS)
    assert found == {"fast": small_tagger, "accurate": other_tagger}[chosen].tag_many(TEXTS)


def test_a_comment_is_as_sure_as_its_least_sure_part() -> None:
    mentions = [Mention("app", "general", "positive", c, 0, 3, "app") for c in (0.9, 0.4)]
    assert confidence(TaggedComment("app", "positive", 0.8, False, tuple(mentions))) == 0.4
    assert confidence(TaggedComment("app", "positive", 0.3, False, tuple(mentions))) == 0.3
    assert confidence(TaggedComment("ok", "neutral", 0.7, False, ())) == 0.7


def test_predictions_hold_the_labels_of_both(cascade: Cascade, small_tagger: MentionTagger) -> None:
    assert {*small_tagger.classes_} - {*cascade.accurate.classes_}
    assert {*cascade.classes_} == {*small_tagger.classes_} | {*cascade.accurate.classes_}
    found = cascade.predict(TEXTS)
    for row, tagged in zip(found, cascade.tag_many(TEXTS), strict=True):
        labels = {f"{m.touchpoint}#{m.factor}#{m.sentiment}" for m in tagged.mentions}
        assert {*cascade.classes_[row == 1]} == labels


def test_a_frame_is_scored_as_its_comments_are(cascade: Cascade) -> None:
    scored = cascade.score_frame(pd.DataFrame({"text": TEXTS[:20]}))
    tagged = cascade.tag_many(TEXTS[:20])
    assert scored.comments["sentiment"].tolist() == [one.sentiment for one in tagged]
    assert len(scored.mentions) == sum(len(one.mentions) for one in tagged)


@pytest.fixture
def folder(small_tagger: MentionTagger, other_tagger: MentionTagger, tmp_path: Path) -> Path:
    fast = load_bundle(save_bundle(small_tagger, tmp_path / "fast"))
    accurate = load_bundle(save_bundle(other_tagger, tmp_path / "encoder"))
    return save_bundle(Cascade(fast, accurate, sure=0.5), tmp_path / "auto")


def test_it_is_saved_and_loaded_beside_its_models(folder: Path) -> None:
    loaded = load_bundle(folder)
    fast, accurate = (load_bundle(folder.parent / name) for name in ("fast", "encoder"))
    assert isinstance(loaded, Cascade)
    assert loaded.sure == 0.5
    assert loaded.tag_many(TEXTS) == Cascade(fast, accurate, sure=0.5).tag_many(TEXTS)
    assert (loaded.model_id, loaded.digest) == ("auto", loaded.manifest_["digest"])
    moved = Path(shutil.copytree(folder.parent, folder.parent / "elsewhere"))
    assert load_bundle(moved / "auto").tag_many(TEXTS) == loaded.tag_many(TEXTS)


def test_a_whole_number_will_do(folder: Path) -> None:
    whole = Cascade(load_bundle(folder.parent / "fast"), load_bundle(folder.parent / "encoder"), sure=1)
    assert load_bundle(save_bundle(whole, folder.parent / "whole")).sure == 1


@pytest.mark.parametrize("name", ["fast", "encoder"])
def test_a_changed_stage_is_refused_by_name(folder: Path, name: str, small_tagger: MentionTagger) -> None:
    # The same weights with another card are another model, too.
    save_bundle(small_tagger, folder.parent / name, notes=("made anew",), overwrite=True)
    with pytest.raises(BundleError, match=rf"{name}: is not the model that .*auto was made of; name a model"):
        load_bundle(folder)


@pytest.mark.parametrize("name", ["fast", "encoder"])
def test_a_missing_stage_is_refused_by_name(folder: Path, name: str) -> None:
    shutil.rmtree(folder.parent / name)
    with pytest.raises(
        BundleError, match=rf"auto: is made of two models, and .*{name} is not there; put fast and encoder"
    ):
        load_bundle(folder)


def test_models_that_do_not_lie_beside_it_are_put_inside(
    cascade: Cascade, folder: Path, tmp_path: Path
) -> None:
    own = save_bundle(cascade, tmp_path / "apart" / "own")
    assert {path.name for path in own.iterdir()} == {"README.md", "manifest.json", "fast", "encoder"}
    fast, accurate = (load_bundle(own / name) for name in ("fast", "encoder"))
    assert load_bundle(own).tag_many(TEXTS) == Cascade(fast, accurate, sure=cascade.sure).tag_many(TEXTS)
    # Also where they were loaded from elsewhere.
    loaded = load_bundle(folder)
    own = save_bundle(loaded, tmp_path / "apart" / "loaded")
    shutil.rmtree(tmp_path / "fast")
    assert load_bundle(own).tag_many(TEXTS) == loaded.tag_many(TEXTS)
    assert "two models that lie in its folder" in (own / "README.md").read_text("utf-8")


def test_models_inside_have_the_labels_names_of_the_whole(tmp_path: Path) -> None:
    texts, records = invented_comments()
    bare = MentionTagger(folds=2, min_support=4).fit(texts, records)
    assert bare.taxonomy is None
    own = save_bundle(Cascade(bare, bare, sure=0.5), tmp_path / "own", taxonomy=load_taxonomy())
    assert load_bundle(own).taxonomy == load_taxonomy()


def test_a_cascade_in_the_place_of_one_of_its_models_holds_both(folder: Path) -> None:
    loaded = load_bundle(folder)
    tagged = loaded.tag_many(TEXTS)
    with pytest.raises(
        OutputError, match=r"fast: one of the models that .*auto is made of goes to a folder of that name"
    ):
        copy_bundle(folder, folder.parent / "copies" / "fast")
    own = save_bundle(loaded, folder.parent / "fast", overwrite=True)
    assert {path.name for path in own.iterdir()} == {"README.md", "manifest.json", "fast", "encoder"}
    assert load_bundle(own).tag_many(TEXTS) == tagged


def test_an_estimator_of_somebody_elses_cannot_be_a_part(small_tagger: MentionTagger, tmp_path: Path) -> None:
    class Other:
        taxonomy, classes_ = small_tagger.taxonomy, small_tagger.classes_

        def tag_many(self, texts: list[str]) -> list[TaggedComment]:
            return small_tagger.tag_many(texts)

    with pytest.raises(TypeError, match="a Other cannot be saved as a part of another model"):
        save_bundle(Cascade(Other(), small_tagger, sure=0.5), tmp_path / "auto")
    assert not (tmp_path / "auto").exists()
