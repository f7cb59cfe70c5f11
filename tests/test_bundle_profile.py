"""A model's profile in its bundle: written, read, put in later, refused where it is broken."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from invented_profiles import invented_profile

from cx_nlp.bundle import FORMAT, load_bundle, profile_in, put_profile, save_bundle
from cx_nlp.bundle.manifest import digest_of
from cx_nlp.errors import BundleError
from cx_nlp.io.labelled import read_labelled
from cx_nlp.shift import Everywhere, known_words
from cx_nlp.tagger import Cascade, ContextualTagger, MentionTagger
from cx_nlp.training import train, train_labelled
from cx_nlp.training.profiling import add_profile, unseen_profile

DAY = date(2024, 5, 1)
UNSEEN = ("giao hàng nhanh nhưng nhân viên thô lỗ", "ok", "")


@pytest.fixture
def bundle(small_tagger: MentionTagger, tmp_path: Path) -> Path:
    return save_bundle(small_tagger, tmp_path / "models" / "fast", created=DAY)


def test_a_profile_comes_back_with_the_model(small_tagger: MentionTagger, tmp_path: Path) -> None:
    profile = invented_profile()
    save_bundle(small_tagger, tmp_path / "small", profile=profile)
    found = profile_in(load_bundle(tmp_path / "small"))
    assert found is not None
    assert found.to_dict() == profile.to_dict()
    assert json.loads((tmp_path / "small" / "manifest.json").read_text("utf-8"))["format"] == FORMAT == 1


def test_a_bundle_without_one_loads_and_says_so(bundle: Path, small_tagger: MentionTagger) -> None:
    assert profile_in(load_bundle(bundle)) is None
    assert profile_in(small_tagger) is None


def test_putting_one_in_later_changes_nothing_else(
    bundle: Path, labelled: Path, small_tagger: MentionTagger
) -> None:
    before = {path.name: path.read_bytes() for path in bundle.iterdir()}
    add_profile(bundle, read_labelled(labelled))
    once = {path.name: path.read_bytes() for path in bundle.iterdir()}
    assert [name for name in once if once[name] != before[name]] == ["manifest.json"]
    model = load_bundle(bundle)
    assert model.tag_many(UNSEEN) == load_bundle(bundle).tag_many(UNSEEN)
    assert model.manifest_["created"] == "2024-05-01"
    add_profile(bundle, read_labelled(labelled))
    assert {path.name: path.read_bytes() for path in bundle.iterdir()} == once
    found = profile_in(load_bundle(bundle))
    assert found is not None
    assert found.comments == len(read_labelled(labelled).records)
    bare = {key: value for key, value in model.manifest_.items() if key != "profile"}
    assert digest_of(bare) == json.loads(before["manifest.json"])["digest"]


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_cascade_goes_on_with_a_model_that_got_a_profile(
    bundle: Path, random_tagger: ContextualTagger, interrupted: bool
) -> None:
    encoder = save_bundle(random_tagger, bundle.parent / "encoder", created=DAY)
    cascade = Cascade(load_bundle(bundle), load_bundle(encoder), sure=0.4)
    auto = save_bundle(cascade, bundle.parent / "auto", created=DAY)
    (bundle.parent / "notes.txt").write_text("not a bundle", encoding="utf-8")
    said = load_bundle(auto).tag_many(UNSEEN)
    former = (auto / "manifest.json").read_bytes()
    put_profile(bundle, invented_profile())
    if interrupted:
        (auto / "manifest.json").write_bytes(former)
        with pytest.raises(BundleError, match="is not the model"):
            load_bundle(auto)
        put_profile(bundle, invented_profile())
    put_profile(encoder, invented_profile(500))
    put_profile(auto, invented_profile(700))
    found = load_bundle(auto)
    assert found.tag_many(UNSEEN) == said
    assert [profile.comments for one in (found, found.fast, found.accurate) if (profile := profile_in(one))] == [700, 1000, 500]  # fmt: skip


def test_a_broken_profile_is_refused_by_name(bundle: Path, tmp_path: Path) -> None:
    put_profile(bundle, invented_profile())
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["profile"]["spreads"]["length"]["counts"][3] = -1
    manifest["digest"] = digest_of(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BundleError, match=r"manifest.json: 'profile'.*'-1' is no count"):
        load_bundle(bundle)
    del manifest["profile"]["spreads"]
    manifest["digest"] = digest_of(manifest)
    path.write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copytree(bundle, tmp_path / "again")
    with pytest.raises(BundleError, match="'profile'"):
        load_bundle(tmp_path / "again")


# ------------------------------------------------------------------------------------------------ training


def test_training_writes_the_profile_of_comments_tagged_unseen(labelled: Path, tmp_path: Path) -> None:
    trained = train(labelled, min_support=4)
    profile = trained.profile
    assert profile is not None
    assert profile.comments == trained.evaluation.comments
    assert profile.about == trained.measured_on
    tagged = trained.model.out_of_fold_  # type: ignore[union-attr]
    assert profile.shares["none"][0] == sum(not one.mentions for one in tagged)  # type: ignore[union-attr]
    trained.save(tmp_path / "mine")
    found = profile_in(load_bundle(tmp_path / "mine"))
    assert found is not None
    assert found.to_dict() == profile.to_dict()


def test_a_word_of_one_training_comment_counts_as_unknown_there(labelled: Path) -> None:
    data = read_labelled(labelled)
    trained = train_labelled(data, min_support=4)
    known = known_words(trained.model)
    assert known is not None
    texts = [record.text for record in data.records]
    profile = unseen_profile(trained.model, data, "x")
    assert profile.shares["unknown_words"][0] > 0.2 * len(texts)
    assert isinstance(Everywhere.of(known, texts), Everywhere)


def test_with_comments_to_measure_on_the_profile_is_theirs(labelled: Path, tmp_path: Path) -> None:
    dev = tmp_path / "dev.jsonl"
    dev.write_text("\n".join(labelled.read_text("utf-8").splitlines()[:9]), encoding="utf-8")
    trained = train(labelled, dev=dev, min_support=4)
    assert trained.profile is not None
    assert trained.profile.comments == 9
    assert "given" in trained.profile.about


def test_single_labels_get_a_profile(tmp_path: Path) -> None:
    rows = [
        "text,topic",
        *(f"giao nhanh {k},delivery" for k in range(12)),
        *(f"app lỗi {k},app" for k in range(12)),
    ]
    path = tmp_path / "topics.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    trained: Any = train(path, label_column="topic", min_support=2)
    assert sum(trained.profile.exclusive["label"].values()) == 24
