import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline

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
    with pytest.raises(ValueError, match="fewer than two labels have at least 8 comments: good 20"):
        CommentClassifier().fit(["a"] * 20, ["good"] * 20)
