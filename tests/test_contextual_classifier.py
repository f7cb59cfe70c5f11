"""The accurate classifier: one label a comment."""

from __future__ import annotations

import pickle
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.errors import InputError
from cx_nlp.tagger import ContextualClassifier


def topics(invented: tuple[list[str], list[dict[str, Any]]]) -> tuple[list[str], list[str]]:
    texts, records = invented
    return texts, [one["mentions"][0]["touchpoint"] if one["mentions"] else "none" for one in records]


@pytest.fixture(scope="module")
def classifier(can_train: None, invented: tuple[list[str], list[dict[str, Any]]]) -> ContextualClassifier:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return ContextualClassifier(layers=1, epochs=12, min_support=4, held_out=0.15, n_jobs=1).fit(
            *topics(invented)
        )


def test_every_comment_gets_one_label(
    classifier: ContextualClassifier, invented: tuple[list[str], list[dict[str, Any]]]
) -> None:
    texts, labels = topics(invented)
    likely = classifier.predict_proba(texts)
    assert likely.shape == (len(texts), len(classifier.classes_))
    assert np.allclose(likely.sum(axis=1), 1)
    assert (likely >= 0).all()
    assert (classifier.predict(texts) == classifier.classes_[likely.argmax(axis=1)]).all()
    assert classifier.classes_.tolist() == ["delivery", "none", "pricing", "product", "staff"]
    assert classifier.left_out_ == {"hotline": 1}
    most = max(labels.count(label) for label in classifier.classes_) / len(labels)
    assert classifier.score(texts, labels) > most


def test_the_held_out_comments_are_kept_with_their_labels(
    classifier: ContextualClassifier, invented: tuple[list[str], list[dict[str, Any]]]
) -> None:
    rows, labels, sure = classifier.held_out_
    texts = [invented[0][i] for i in rows]
    assert 0 < len(rows) < len(invented[0]) / 3
    assert labels == classifier.predict(texts).tolist()
    assert sure == pytest.approx(classifier.predict_proba(texts).max(axis=1), abs=1e-4)


def test_odd_texts_get_a_label_too(classifier: ContextualClassifier) -> None:
    texts = ["", " ", "😍", "鱼", "giao hàng nhanh " * 400, "e\u0301" * 50]
    together, alone = classifier.predict_proba(texts), [classifier.predict_proba([text])[0] for text in texts]
    assert np.isfinite(together).all()
    assert np.allclose(together, alone, atol=1e-4)
    assert classifier.predict_proba([]).shape == (0, len(classifier.classes_))


def test_it_comes_back_from_a_folder_and_a_pickle(classifier: ContextualClassifier, tmp_path: Path) -> None:
    texts = ["giao hàng nhanh", "nhân viên thô lỗ", ""]
    loaded = load_bundle(save_bundle(classifier, tmp_path / "topics"))
    assert isinstance(loaded, ContextualClassifier)
    again = pickle.loads(pickle.dumps(classifier))  # noqa: S301
    for one in (loaded, again):
        assert np.allclose(one.predict_proba(texts), classifier.predict_proba(texts), atol=1e-6)
    assert loaded.left_out_ == classifier.left_out_
    assert loaded.temperature_ == classifier.temperature_
    assert loaded.offsets_.tolist() == classifier.offsets_.tolist()
    assert not hasattr(classifier, "digest")


def test_it_is_a_scikit_learn_estimator(classifier: ContextualClassifier) -> None:
    fresh = clone(classifier)
    assert fresh.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        fresh.predict(["giao nhanh"])


def test_what_cannot_be_learnt_from_is_refused(can_train: None) -> None:
    texts = ["giao nhanh", "giao chậm", "vải đẹp"]
    with pytest.raises(
        InputError, match=r"fewer than two labels have at least 8 comments \(giao \(2\), vải \(1\)\)"
    ):
        ContextualClassifier().fit(texts, ["giao", "giao", "vải"])
    with pytest.raises(ValueError, match="X holds 3 comments and y 1 labels"):
        ContextualClassifier().fit(texts, ["giao"])


def test_without_pytorch_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match=r"needs .*torch.*pip install 'cx-nlp\[train\]'"):
        ContextualClassifier().fit(["giao nhanh"], ["giao"])
