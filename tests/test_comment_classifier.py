from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.errors import InputError
from cx_nlp.tagger import CommentClassifier

GOOD = [
    "rất hài lòng",
    "giảng viên dễ hiểu",
    "bài giảng hay",
    "thầy nhiệt tình",
    "lớp học vui",
    "rất thích môn này",
    "tuyệt vời",
    "very good",
]
BAD = [
    "rất chán",
    "giảng viên khó hiểu",
    "bài giảng dở",
    "thầy đi trễ",
    "lớp học nóng",
    "không thích môn này",
    "quá tệ",
    "very bad",
]
TEXTS = [f"{text} {end}" for text in (*GOOD, *BAD) for end in ("", "nha", "thật sự", "trong học kỳ này")]
LABELS = ["good"] * 32 + ["bad"] * 32


def test_it_learns_one_label_a_comment() -> None:
    model = CommentClassifier().fit(TEXTS, LABELS)
    assert list(model.predict(["thầy rất nhiệt tình, hài lòng", "quá tệ, rất chán"])) == ["good", "bad"]
    likely = model.predict_proba(["thầy nhiệt tình", ""])
    assert np.allclose(likely.sum(axis=1), 1)


def test_every_training_comment_is_judged_out_of_fold() -> None:
    model = CommentClassifier().fit(TEXTS, LABELS)
    predicted, confidence = model.out_of_fold_
    assert len(predicted) == len(confidence) == len(TEXTS)
    right = np.mean([p == t for p, t in zip(predicted, LABELS, strict=True)])
    assert 0.5 < right <= 1


def test_it_works_where_scikit_learn_expects_a_classifier() -> None:
    model = CommentClassifier(folds=2)
    assert (
        cross_val_score(
            make_pipeline(clone(model)), TEXTS, LABELS, cv=StratifiedKFold(2, shuffle=True, random_state=0)
        ).mean()
        > 0.55
    )


def test_rare_labels_are_left_out() -> None:
    model = CommentClassifier().fit([*TEXTS, "lạ"], [*LABELS, "rare"])
    assert model.left_out_ == {"rare": 1}
    assert "rare" not in model.classes_


def test_one_label_alone_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"fewer than two labels have at least 8 comments \(good \(20\)\): give more"
    ):
        CommentClassifier().fit(["a"] * 20, ["good"] * 20)


def test_numbers_are_labels_however_their_column_was_read() -> None:
    stars = {"good": 5.0, "bad": 1.0}
    model = CommentClassifier().fit(TEXTS * 2, [stars[label] for label in LABELS] + [int(stars[label]) for label in LABELS])  # fmt: skip
    assert model.classes_.tolist() == ["1", "5"]


@pytest.mark.parametrize("none", [None, float("nan")])
def test_a_missing_label_is_refused_by_its_place(none: object) -> None:
    with pytest.raises(InputError, match=r"label 1 \(counted from 0\) is missing"):
        CommentClassifier().fit(TEXTS, [LABELS[0], none, *LABELS[2:]])


def test_a_rare_label_is_told_where_it_pays(tmp_path: Path) -> None:
    # Words that are of the rare label every other time, and else of a common one.
    about = ("phòng", "sách", "máy chiếu", "bàn ghế", "đề thi", "thư viện", "căn tin", "bãi xe")
    texts = [*TEXTS * 5, *(f"{what} {how} tạm được" for what in about for how in ("thì", "cũng", "coi như", "nói chung", "vẫn"))]  # fmt: skip
    labels = [
        *LABELS * 5,
        *["plain", "good"] * 20,
    ]
    model = CommentClassifier().fit(texts, labels)
    rare = model.classes_.tolist().index("plain")
    assert model.offsets_[rare] > 0
    likely, (predicted, sure) = model.out_of_fold_proba_, model.out_of_fold_
    told = [label == "plain" for label in predicted]
    assert sum(told) > (likely.argmax(axis=1) == rare).sum()
    assert sure[told].tolist() == likely[told, rare].tolist()
    assert model.predict(texts).tolist() == model.choose(model.predict_proba(texts))[0]
    loaded = load_bundle(save_bundle(model, tmp_path / "rare"))
    assert loaded.offsets_.tolist() == model.offsets_.tolist()
    assert loaded.predict(texts).tolist() == loaded.choose(loaded.predict_proba(texts))[0]
    before, after = (found.predict_proba(texts) for found in (model, loaded))
    assert np.abs(after - before).max() < 0.01
    # What is told is the same, but where two labels weigh as much: rounding may decide there.
    second, first = np.sort(np.log(before) + model.offsets_, axis=1)[:, -2:].T
    decided = first - second > 0.05
    assert 0.5 < decided.mean() < 1
    assert (loaded.predict(texts) == model.predict(texts))[decided].all()
    assert not CommentClassifier().fit(TEXTS * 3, LABELS * 3).offsets_.any()
