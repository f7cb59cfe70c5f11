"""A model on disk: what comes back, and what is refused, by name."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from forged_bundle import forge
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError

from cx_nlp.bundle import find_model, load_bundle, save_bundle
from cx_nlp.bundle.vocabularies import pack_vocabularies, unpack_vocabularies
from cx_nlp.errors import BundleError, OutputError
from cx_nlp.features import RECIPES, Steps
from cx_nlp.metrics import Evaluation, mention_figures
from cx_nlp.tagger import CommentClassifier, MentionTagger, TaggedComment
from cx_nlp.taxonomy import load_taxonomy

PARTS = ("README.md", "manifest.json", "taxonomy.toml", "vocabularies.json", "weights.npz")
UNSEEN = (
    "giao hàng nhanh nhưng nhân viên thô lỗ",
    "Vải đẹp, giá rẻ 😍",
    "delivery took forever and the staff were rude",
    "ok",
    "",
    "giá quá cao so với chất lượng",
)


def saved(model: Any, folder: Path, **changes: Any) -> Path:
    return save_bundle(model, folder, **{"name": "small", "created": date(2024, 5, 1), **changes})


@pytest.fixture(scope="module")
def evaluation(small_tagger: MentionTagger, invented: tuple[list[str], list[dict[str, Any]]]) -> Evaluation:
    gold = [{"text": text, **record} for text, record in zip(*invented, strict=True)]
    return mention_figures(gold, [found.to_dict() for found in small_tagger.out_of_fold_], resamples=5)


@pytest.fixture(scope="module")
def made(
    small_tagger: MentionTagger, evaluation: Evaluation, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return saved(small_tagger, tmp_path_factory.mktemp("made") / "small", evaluation=evaluation)


@pytest.fixture
def bundle(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "small"))


@pytest.fixture(scope="module")
def classifier(invented: tuple[list[str], list[dict[str, Any]]]) -> CommentClassifier:
    texts, records = invented
    labels = [
        records[i]["mentions"][0]["touchpoint"] if records[i]["mentions"] else "none"
        for i in range(len(texts))
    ]
    return CommentClassifier(min_support=2, folds=2, strength=8).fit(texts, labels)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def labels_of(comment: TaggedComment) -> tuple[object, ...]:
    return comment.sentiment, tuple(
        (m.touchpoint, m.factor, m.sentiment, m.start, m.end) for m in comment.mentions
    )


# What comes back


def test_a_model_is_the_same_after_saving_and_loading(
    made: Path, evaluation: Evaluation, tmp_path: Path
) -> None:
    once = load_bundle(made)
    again = load_bundle(saved(once, tmp_path / "again", evaluation=evaluation))
    assert again.tag_many(UNSEEN) == once.tag_many(UNSEEN)
    assert (again.predict_proba(UNSEEN) == once.predict_proba(UNSEEN)).all()
    assert content(tmp_path / "again") == content(made)


def test_rounding_the_weights_changes_no_tag_of_comments_it_was_fitted_on(
    small_tagger: MentionTagger, made: Path, invented: tuple[list[str], list[dict[str, Any]]]
) -> None:
    texts, loaded = invented[0], load_bundle(made)
    before, after = small_tagger.opinion(texts), loaded.opinion(texts)
    assert np.abs(after.labels - before.labels).max() < 0.01
    assert np.abs(after.sentiments - before.sentiments).max() < 0.01
    # Where two sentiments are as likely, rounding may decide.
    second, first = np.sort(before.sentiments, axis=1)[:, -2:].T
    decided = first - second > 0.02
    assert decided.mean() > 0.9
    tags = zip(small_tagger.tag_many(texts), loaded.tag_many(texts), decided, strict=True)
    for was, now, clear in tags:
        assert labels_of(now)[1] == labels_of(was)[1]
        assert now.sentiment == was.sentiment or not clear


def test_a_loaded_tagger_knows_what_it_is(
    made: Path, small_tagger: MentionTagger, evaluation: Evaluation
) -> None:
    loaded = load_bundle(made)
    assert isinstance(loaded, MentionTagger)
    assert loaded.taxonomy == load_taxonomy()
    assert list(loaded.classes_) == list(small_tagger.classes_)
    assert loaded.left_out_ == small_tagger.left_out_
    assert loaded.min_support == small_tagger.min_support
    assert (loaded.model_id, loaded.digest) == ("small", loaded.manifest_["digest"])
    [delivery] = [row for row in evaluation.labels["touchpoint"] if row.label == "delivery"]
    assert loaded.heldout["touchpoint"]["delivery"] == {
        name: getattr(delivery, name) for name in ("tp", "fp", "fn", "tn")
    }
    assert (
        loaded.manifest_["figures"]["figures"]["touchpoint"]["value"]
        == evaluation.figures["touchpoint"].value
    )
    assert loaded.manifest_["created"] == "2024-05-01"
    assert {"python", "cx_nlp", "numpy", "scikit-learn"} <= {*loaded.manifest_["versions"]}


def test_a_classifier_comes_back(classifier: CommentClassifier, tmp_path: Path) -> None:
    once = load_bundle(saved(classifier, tmp_path / "once"))
    again = load_bundle(saved(once, tmp_path / "again"))
    assert isinstance(once, CommentClassifier)
    assert (again.predict_proba(UNSEEN) == once.predict_proba(UNSEEN)).all()
    assert np.abs(once.predict_proba(UNSEEN) - classifier.predict_proba(UNSEEN)).max() < 0.01
    assert list(once.predict(UNSEEN)) == list(classifier.predict(UNSEEN))
    assert (once.strength, once.left_out_) == (8.0, classifier.left_out_)


def test_the_same_model_gives_the_same_bytes_and_its_digest_does_not_depend_on_the_day(
    small_tagger: MentionTagger, evaluation: Evaluation, made: Path, tmp_path: Path
) -> None:
    assert content(saved(small_tagger, tmp_path / "same", evaluation=evaluation)) == content(made)
    other_day = saved(small_tagger, tmp_path / "later", evaluation=evaluation, created=date(2025, 1, 1))
    assert load_bundle(other_day).digest == load_bundle(made).digest
    without_figures = load_bundle(saved(small_tagger, tmp_path / "other"))
    assert without_figures.digest != load_bundle(made).digest


def test_a_tagger_without_taxonomy_is_saved_with_its_plain_labels(
    small_tagger: MentionTagger, tmp_path: Path
) -> None:
    plain = load_bundle(saved(small_tagger, tmp_path / "first"))
    plain.taxonomy = None
    loaded = load_bundle(saved(plain, tmp_path / "plain"))
    assert {*loaded.taxonomy.touchpoint_ids} == {label.split("#")[0] for label in loaded.classes_}
    assert loaded.tag_many(UNSEEN) == plain.tag_many(UNSEEN)


# What is refused


@pytest.mark.parametrize("name", PARTS)
def test_a_missing_file_is_named(bundle: Path, name: str) -> None:
    (bundle / name).unlink()
    with pytest.raises(BundleError, match=rf"{name}: is missing; get the bundle again"):
        load_bundle(bundle)


@pytest.mark.parametrize("name", [name for name in PARTS if name != "manifest.json"])
@pytest.mark.parametrize(
    "change", [lambda data: data + b"\n", lambda data: data[:-1], lambda data: data[:-1] + b"?"]
)
def test_a_changed_file_is_named(bundle: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (bundle / name).write_bytes(change((bundle / name).read_bytes()))
    with pytest.raises(BundleError, match=rf"{name}: was changed after the model was saved"):
        load_bundle(bundle)


def test_a_changed_manifest_is_noticed(bundle: Path) -> None:
    path = bundle / "manifest.json"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"tp": ', '"tp": 9'), encoding="utf-8")
    with pytest.raises(BundleError, match=r"manifest\.json: was changed after the model was saved"):
        load_bundle(bundle)


@pytest.mark.parametrize("name", ["notes.txt", "plugin.joblib", "weights2.npz"])
def test_a_file_that_does_not_belong_is_named(bundle: Path, name: str) -> None:
    (bundle / name).write_bytes(b"x")
    with pytest.raises(BundleError, match=rf"{name}: is not part of the model.*move it out"):
        load_bundle(bundle)


def test_what_a_file_browser_leaves_behind_is_no_fault(bundle: Path) -> None:
    (bundle / ".DS_Store").write_bytes(b"x")
    assert load_bundle(bundle).tag("ok").sentiment == "neutral"


@pytest.mark.parametrize("name", PARTS)
def test_a_link_is_not_followed(bundle: Path, name: str, tmp_path: Path) -> None:
    (bundle / name).rename(tmp_path / name)
    try:
        os.symlink(tmp_path / name, bundle / name)
    except (OSError, NotImplementedError):
        pytest.skip("this system makes no links")
    with pytest.raises(BundleError, match=rf"{name}: is a link"):
        load_bundle(bundle)


def test_a_folder_in_the_place_of_a_file_is_refused(bundle: Path) -> None:
    (bundle / "README.md").unlink()
    (bundle / "README.md").mkdir()
    with pytest.raises(BundleError, match=r"README\.md: is not a file"):
        load_bundle(bundle)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="nowhere: there is no such folder"):
        load_bundle(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(BundleError, match="file: is a file"):
        load_bundle(tmp_path / "file")


def test_a_newer_format_says_which_version_is_needed(bundle: Path) -> None:
    # Of a newer format nothing else may be assumed, so all that is new about it must not hide the message.
    newer = {"made_by": "cx_nlp", "format": 2, "kind": "waves", "versions": {"cx_nlp": "3.4.0"}}
    (bundle / "manifest.json").write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(
        BundleError, match=r"format 2 and needs cx_nlp 3\.4\.0 or newer.*pip install --upgrade cx-nlp"
    ):
        load_bundle(bundle)
    newer["versions"] = {"cx_nlp": "3.4.0; rm -rf /"}
    (bundle / "manifest.json").write_text(json.dumps(newer), encoding="utf-8")
    with pytest.raises(BundleError, match="needs a newer version of cx_nlp; this is"):
        load_bundle(bundle)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        ("", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('{"made_by": NaN}', "is not JSON"),
        ("[]", "is not the manifest of a model"),
        ('{"made_by": "cx_nlp", "format": 1, "counts": {}}', "is not the manifest of a model"),
        ('{"made_by": "cx_nlp", "kind": "mentions"}', "is of format None"),
        ('{"made_by": "cx_nlp", "kind": "mentions", "format": "1"}', "is of format '1'"),
        ('{"made_by": "cx_nlp", "kind": "mentions", "format": true}', "is of format True"),
        ('{"made_by": "cx_nlp", "kind": "mentions", "format": 1}', "'name' must be a text"),
    ],
)
def test_a_manifest_that_is_none_is_refused(bundle: Path, text: str, reason: str) -> None:
    (bundle / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(BundleError, match=rf"manifest\.json: {reason}"):
        load_bundle(bundle)


@pytest.mark.parametrize(
    "key", ["kind", "name", "versions", "parameters", "classes", "heldout", "figures", "contents"]
)
@pytest.mark.parametrize("value", [None, 7, ["x"]])
def test_a_manifest_with_a_wrong_type_is_refused(bundle: Path, key: str, value: object) -> None:
    forge(bundle, lambda manifest: manifest.update({key: value}))
    with pytest.raises(BundleError, match=rf"manifest\.json: '{key}' must be"):
        load_bundle(bundle)


@pytest.mark.parametrize(
    "name", ["../secret", "/etc/hostname", "C:\\x", "sub/x", "..", "", "manifest.json", ".hidden"]
)
def test_a_path_in_the_manifest_is_refused(bundle: Path, name: str) -> None:
    forge(bundle, lambda manifest: manifest["contents"].update({name: manifest["contents"]["README.md"]}))
    with pytest.raises(BundleError, match="is not the plain name of a file of the model"):
        load_bundle(bundle)


@pytest.mark.parametrize("listed", [None, {}, {"bytes": -1, "sha256": "0" * 64}, {"bytes": 1, "sha256": "x"}])
def test_a_file_listed_without_its_digest_is_refused(bundle: Path, listed: object) -> None:
    forge(bundle, lambda manifest: manifest["contents"].update({"README.md": listed}))
    with pytest.raises(BundleError, match=r"must list 'README\.md' with its 'bytes' and 'sha256'"):
        load_bundle(bundle)


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "an unknown kind": (lambda m: m.update(kind="waves"), "names the kind 'waves'"),
    "a part too few": (lambda m: m["contents"].pop("weights.npz"), "does not list 'weights.npz'"),
    "a part too many": (
        lambda m: m["contents"].update({"plugin.joblib": m["contents"]["README.md"]}),
        "lists 'plugin.joblib', which a model of kind 'mentions' does not have",
    ),
    "a parameter of another type": (lambda m: m["parameters"].update(max_chars="9"), "the parameter 'max_chars'"),
    "a parameter nobody knows": (lambda m: m["parameters"].update(colour=1), "the parameter 'colour'"),
    "a classifier too few": (lambda m: m["classes"]["clause"].pop("factor"), "'classes' must give"),
    "a group too many": (lambda m: m["classes"].update(more={}), "'classes' must give"),
    "a class twice": (lambda m: m["classes"]["clause"]["factor"].append(""), "'classes' must give"),
    "a class that is no text": (lambda m: m["classes"]["clause"]["factor"].append(1), "'classes' must give"),
    "a class without weights": (lambda m: m["classes"]["clause"]["factor"].append("new"), "weights.npz: .*shape"),
    "counts that are no numbers": (lambda m: m["heldout"].update(touchpoint={"app": {"tp": "1"}}), "must hold whole numbers"),
    "no class for nothing said": (
        lambda m: m["classes"]["clause"].update(factor=["x", *m["classes"]["clause"]["factor"][1:]]),
        "its parts do not fit together",
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_manifest_is_refused(bundle: Path, forgery: str) -> None:
    change, reason = FORGERIES[forgery]
    forge(bundle, change)
    with pytest.raises(BundleError, match=reason):
        load_bundle(bundle)


def rewritten(bundle: Path, change: Callable[[dict[str, np.ndarray]], object]) -> bytes:
    with np.load(bundle / "weights.npz") as stored:
        found = {name: stored[name] for name in stored.files}
    change(found)
    out = io.BytesIO()
    np.savez(out, **found)
    return out.getvalue()


def swap(name: str, make: Callable[[np.ndarray], np.ndarray]) -> Callable[[dict[str, np.ndarray]], object]:
    return lambda found: found.update({name: make(found[name])})


ARRAYS: dict[str, tuple[Callable[[dict[str, np.ndarray]], object], str]] = {
    "missing": (lambda found: found.pop("thresholds"), "lacks the array 'thresholds'"),
    "too many": (lambda found: found.update(more=np.zeros(3)), "should not hold, or not twice, the array 'more'"),
    "of objects": (swap("thresholds", lambda a: a.astype(object)), "an array of object"),
    "of another type": (swap("thresholds", lambda a: a.astype(np.float32)), "an array of float32"),
    "of another shape": (swap("clause.bias", lambda a: a[:-1]), "clause.bias.npy is an array of float32 with shape"),
    "short of categories": (
        swap("judgement_stage.coefficients", lambda a: a[:, :-1]),
        "judgement_stage.coefficients.npy is an array of float64 with shape",
    ),
    "of other dimensions": (swap("thresholds", lambda a: a[None]), "thresholds.npy is an array"),
    "in another order": (swap("clause.words.weights", lambda a: np.asfortranarray(a)), "words.weights.npy is an array"),
    "not finite": (swap("thresholds", lambda a: a * np.nan), "'thresholds' holds what is no finite number"),
    "short of rows": (swap("clause.words.weights", lambda a: a[:-1]), "its parts do not fit together"),
}  # fmt: skip


@pytest.mark.parametrize("fault", ARRAYS)
def test_weights_that_are_not_the_plain_arrays_expected_are_refused(bundle: Path, fault: str) -> None:
    change, reason = ARRAYS[fault]
    forge(bundle, **{"weights.npz": rewritten(bundle, change)})
    with pytest.raises(BundleError, match=reason):
        load_bundle(bundle)


def test_weights_that_would_unpack_without_end_are_not_unpacked(bundle: Path) -> None:
    data = bytearray((bundle / "weights.npz").read_bytes())
    # The unpacked size of the first entry, in the archive's directory.
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 2**31)
    forge(bundle, **{"weights.npz": bytes(data)})
    with pytest.raises(BundleError, match=r"weights\.npz: unpacks to more than"):
        load_bundle(bundle)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\x05\x06" + bytes(18)])
def test_weights_that_are_no_archive_are_refused(bundle: Path, data: bytes) -> None:
    forge(bundle, **{"weights.npz": data})
    with pytest.raises(BundleError, match=r"weights\.npz: (cannot be read as an \.npz file|lacks)"):
        load_bundle(bundle)


def test_an_array_stored_twice_is_refused(bundle: Path) -> None:
    out = io.BytesIO((bundle / "weights.npz").read_bytes())
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("thresholds.npy", b"")
    forge(bundle, **{"weights.npz": out.getvalue()})
    with pytest.raises(BundleError, match="not twice, the array 'thresholds'"):
        load_bundle(bundle)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda found: found.pop("chars"), "must be a JSON object with"),
        (lambda found: found.update(words={}), "'words' must be a list of texts"),
        (lambda found: found["words"].__setitem__(0, 1), "'words' must be a list of texts"),
        (lambda found: found["words"].__setitem__(0, ""), "'words' must be a list of texts"),
        (lambda found: found["words"].__setitem__(0, found["words"][1]), "a term of 'words' stands twice"),
        (lambda found: found["words"].pop(), "idf.words.npy is an array"),
    ],
)
def test_vocabularies_of_another_form_are_refused(
    bundle: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    found = json.loads((bundle / "vocabularies.json").read_text(encoding="utf-8"))
    change(found)
    forge(bundle, **{"vocabularies.json": json.dumps(found).encode()})
    with pytest.raises(BundleError, match=reason):
        load_bundle(bundle)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"[[stage]]\nid = 1\n"])
def test_a_broken_taxonomy_is_refused(bundle: Path, data: bytes) -> None:
    forge(bundle, **{"taxonomy.toml": data})
    with pytest.raises(BundleError, match=r"taxonomy\.toml: is no taxonomy"):
        load_bundle(bundle)


def test_a_file_over_the_limit_is_not_read(bundle: Path) -> None:
    forge(bundle, **{"README.md": bytes(2_000_000)})
    with pytest.raises(BundleError, match=r"README\.md: has 2,000,000 bytes, and at most"):
        load_bundle(bundle)


# Estimators of the user's own


class Marks:
    """Unpickling it leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return Path.touch, (self.trace,)


def test_an_estimator_of_the_users_own_needs_trust(tmp_path: Path) -> None:
    model = DummyClassifier(strategy="most_frequent").fit(["a", "b", "c"], ["late", "late", "fast"])
    folder = saved(model, tmp_path / "own")
    with pytest.raises(BundleError, match=r"plugin\.joblib: .*trusted=True.*--trusted"):
        load_bundle(folder)
    loaded = load_bundle(folder, trusted=True)
    assert list(loaded.predict(["x"])) == ["late"]
    assert (loaded.model_id, loaded.manifest_["kind"]) == ("small", "plugin")


def test_nothing_is_unpickled_unasked_or_changed(tmp_path: Path) -> None:
    model = DummyClassifier().fit(["a", "b"], ["x", "y"])
    folder, trace = saved(model, tmp_path / "own"), tmp_path / "trace"
    evil = io.BytesIO()
    joblib.dump(Marks(trace), evil)
    (folder / "plugin.joblib").write_bytes(evil.getvalue())
    with pytest.raises(BundleError, match=r"plugin\.joblib: was changed"):
        load_bundle(folder, trusted=True)
    forge(folder, **{"plugin.joblib": evil.getvalue()})
    with pytest.raises(BundleError, match="trusted=True"):
        load_bundle(folder)
    assert not trace.exists()
    with pytest.raises(BundleError, match=r"plugin\.joblib: cannot be loaded \(TypeError"):
        load_bundle(folder, trusted=True)
    assert trace.exists()


def test_what_is_no_model_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="neither tag_many nor predict"):
        saved(object(), tmp_path / "none")
    with pytest.raises(NotFittedError):
        saved(MentionTagger(), tmp_path / "none")
    assert not (tmp_path / "none").exists()


# Writing


def test_a_folder_with_other_things_is_left_alone(small_tagger: MentionTagger, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="was not written by cx_nlp"):
        saved(small_tagger, tmp_path, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_bundle_is_replaced_only_when_asked_and_then_whole(
    small_tagger: MentionTagger, classifier: CommentClassifier, bundle: Path
) -> None:
    with pytest.raises(OutputError, match="--overwrite"):
        saved(classifier, bundle)
    assert isinstance(load_bundle(bundle), MentionTagger)
    saved(classifier, bundle, overwrite=True)
    assert isinstance(load_bundle(bundle), CommentClassifier)
    assert [path.name for path in bundle.parent.iterdir()] == ["small"]


def test_an_unknown_model_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        BundleError, match="no model is called 'fats'; choose one of auto, accurate, fast, or name a folder"
    ):
        find_model("fats")


# Parts


@given(
    arrays(
        np.float32,
        array_shapes(min_dims=2, max_dims=2, max_side=6),
        elements=st.floats(-9999, 9999, width=32),
    )
)
@settings(max_examples=200, deadline=None)
def test_weights_rounded_once_stay_as_they_are(weights: np.ndarray) -> None:
    steps = Steps.of(weights)
    again = Steps.of(steps.restored())
    assert (again.whole == steps.whole).all()
    assert (again.restored() == steps.restored()).all()
    largest = np.abs(weights).max(axis=0)
    assert (np.abs(steps.restored() - weights) <= np.maximum(largest / 250, 1e-30)).all()


@given(st.lists(st.text(st.characters(), min_size=1), unique=True))
@settings(max_examples=200, deadline=None)
def test_terms_of_any_characters_come_back_in_order(terms: list[str]) -> None:
    found = unpack_vocabularies(pack_vocabularies(dict.fromkeys(RECIPES, terms)), tuple(RECIPES), source="x")
    assert list(found["words"].items()) == [(term, i) for i, term in enumerate(terms)]
