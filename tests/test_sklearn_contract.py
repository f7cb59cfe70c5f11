"""The estimators where scikit-learn expects one: its own checks, clone, Pipeline, GridSearchCV.

They do not transform, so `set_output` has nothing to do. Its checks on numeric tables (NaN, complex, sparse, dtypes, feature counts, one sample or
feature, integer labels) do not apply, as `__sklearn_tags__` says: X is a sequence of texts. What those checks would show of state is shown here on texts.
"""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from cx_nlp.tagger import CommentClassifier, MentionTagger

LABELLED = [("rất tốt", "good"), ("hài lòng", "good"), ("quá tệ", "bad"), ("thất vọng", "bad")]
TEXTS = [f"{text} {n}" for n in "một hai ba bốn năm".split() for text, _ in LABELLED]
LABELS = [label for _ in range(5) for _, label in LABELLED]
# `check_estimator` leaves these out, too, where X is no table, though they need none.
WITHOUT_DATA = (
    "check_do_not_raise_errors_in_init_or_set_params", "check_estimator_repr", "check_get_params_invariance", "check_mixin_order",
    "check_no_attributes_set_in_init", "check_parameters_default_constructible", "check_set_params",
)  # fmt: skip


@pytest.mark.parametrize("kind", [MentionTagger, CommentClassifier])
def test_it_passes_the_checks_of_scikit_learn(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = check_estimator(kind())
    assert "passed" in {result["status"] for result in results}
    for name in WITHOUT_DATA:
        getattr(estimator_checks, name)(kind.__name__, kind())


@pytest.mark.parametrize("kind", [MentionTagger, CommentClassifier])
def test_one_that_is_not_fitted_says_so(kind):
    for method in ("predict", "predict_proba"):
        with pytest.raises(NotFittedError):
            getattr(kind(), method)(["quá tệ"])


def test_fitting_keeps_parameters_and_gives_the_same_again():
    model = CommentClassifier(folds=2, strength=2.0)
    before = model.get_params()
    first = model.fit(TEXTS, LABELS).predict_proba(TEXTS)
    assert model.get_params() == before == clone(model).get_params()
    assert np.array_equal(model.fit(TEXTS, LABELS).predict_proba(TEXTS), first)
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict_proba(TEXTS), first)  # noqa: S301
    assert np.allclose(model.predict_proba(TEXTS[::-1])[::-1], first)
    assert np.allclose(np.vstack([model.predict_proba([text]) for text in TEXTS]), first)


def test_a_grid_is_searched_through_a_pipeline():
    search = GridSearchCV(
        make_pipeline(CommentClassifier(folds=2, min_support=4)),
        {"commentclassifier__strength": [1.0, 4.0]},
        cv=2,
    )
    search.fit(TEXTS, LABELS)
    assert search.best_params_["commentclassifier__strength"] in (1.0, 4.0)
    assert search.best_score_ > 0.5
    assert list(search.predict(["quá tệ", "rất tốt"])) == ["bad", "good"]


def test_a_grid_of_taggers_is_searched_by_a_figure_of_ones_own(invented):
    texts, records = invented

    def right(model, X, y):
        return np.mean(
            [
                found.sentiment == one.get("sentiment", found.sentiment)
                for found, one in zip(model.tag_many(X), y, strict=True)
            ]
        )

    search = GridSearchCV(MentionTagger(folds=2), {"min_support": [4]}, cv=2, scoring=right)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(texts, records)
    assert 0 <= search.best_score_ <= 1
    assert search.predict(["giao hàng nhanh"]).shape == (1, len(search.best_estimator_.classes_))
