"""Of which polarity the fast tagger takes a mention to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import SAID
from made_layout import layout_of
from sklearn.linear_model import LogisticRegression

from cx_nlp.tagger import MentionTagger, decision
from cx_nlp.tagger.judgement import fit_judgement, judgement_features, judgements
from cx_nlp.tagger.layout import Layout
from cx_nlp.tagger.linear import Linear

CATEGORIES = ("delivery#value", "product#quality", "product#value", "staff#quality")
POLARITIES = ("negative", "neutral", "positive")
SENTIMENTS = ("negative", "positive")


@pytest.fixture(scope="module")
def layout() -> Layout:
    return layout_of(CATEGORIES, POLARITIES, SENTIMENTS)


def features_of(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return judgement_features(np.log(rng.dirichlet(np.ones(3), n)))


def test_features_are_one_and_logs_that_are_not_too_low() -> None:
    found = judgement_features(np.log([[0.25, 0.75, 1e-9]]))
    assert found.tolist() == pytest.approx(np.array([[1, *np.log([0.25, 0.75]), -8]]))


def test_it_is_the_regression_on_what_every_category_touchpoint_and_factor_tells(layout: Layout) -> None:
    rng = np.random.default_rng(0)
    category, features = rng.integers(0, 4, 300), features_of(300, seed=1)
    y = rng.choice(POLARITIES, 300)
    said = judgements(fit_judgement(layout, category, features, y.tolist()), category, features)
    assert said.sum(axis=1) == pytest.approx(np.ones(300))

    names = np.array([name.split("#") for name in CATEGORIES])[category]
    groups = [["all"] * 300, category.tolist(), names[:, 0].tolist(), names[:, 1].tolist()]
    blocks = [
        np.where((np.array(group) == value)[:, None], features, 0)
        for group in groups
        for value in dict.fromkeys(group)
    ]
    plain = LogisticRegression(C=1.0, max_iter=2000).fit(np.hstack(blocks), y)
    assert said == pytest.approx(plain.predict_proba(np.hstack(blocks)), abs=2e-3)


def test_categories_judge_the_same_clause_otherwise_and_rare_ones_as_their_like(layout: Layout) -> None:
    same = judgement_features(np.log([[0.4, 0.2, 0.4]]))
    # Whatever is said of value is bad, whatever of quality good; of the product's value nothing is known.
    category = np.array([0] * 40 + [1] * 40 + [3] * 40)
    y = ["negative"] * 40 + ["positive"] * 80
    stage = fit_judgement(layout, category, np.repeat(same, 120, axis=0), y)
    said = judgements(stage, np.arange(4), np.repeat(same, 4, axis=0))
    assert [POLARITIES[k] for k in said[[0, 1, 3]].argmax(axis=1)] == ["negative", "positive", "positive"]
    assert said[2, 0] > said[1, 0]
    assert said[:, 1].max() < 0.01


def test_where_a_category_says_nothing_the_clause_decides(layout: Layout) -> None:
    rng = np.random.default_rng(2)
    category, features = rng.integers(0, 4, 600), features_of(600, seed=3)
    meant = features[:, 1:4].argmax(axis=1)
    stage = fit_judgement(layout, category, features, [POLARITIES[k] for k in meant])
    said = judgements(stage, category, features).argmax(axis=1)
    assert np.mean(said == meant) > 0.9


@pytest.mark.parametrize("known", [0, 6])
def test_where_all_mentions_are_of_one_polarity_the_clause_decides(layout: Layout, known: int) -> None:
    features = features_of(known, seed=4)
    stage = fit_judgement(layout, np.zeros(known, np.intp), features, ["positive"] * known)
    assert judgements(stage, np.zeros(0, np.intp), features_of(0, seed=4)).shape == (0, 3)
    others = features_of(4, seed=5)
    assert judgements(stage, np.arange(4), others) == pytest.approx(np.exp(others[:, 1:4]), abs=1e-3)


def test_it_learns_from_what_each_comment_holds_and_from_clauses_where_that_is_two_things(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt = []

    def watched(layout: Layout, category: np.ndarray, features: np.ndarray, polarity: list[str]) -> Linear:
        learnt.append((category, features, polarity))
        return fit_judgement(layout, category, features, polarity)

    monkeypatch.setattr(decision, "fit_judgement", watched)
    texts, records = poles_apart()
    tagger = MentionTagger(folds=2, min_support=4).fit(texts, records)
    category, features, polarity = learnt[0]
    assert len(category) == len(features) == len(polarity)
    assert len(np.unique(features, axis=0)) > 20
    # Negative ones are only in comments that say both, and there each clause is of its own polarity.
    sizes = {pole: polarity.count(pole) for pole in ("negative", "positive")}
    assert 0 < sizes["negative"] < sizes["positive"]
    pairs = zip(
        SAID["staff", "attitude_expertise", "positive"],
        SAID["staff", "attitude_expertise", "negative"],
        strict=True,
    )
    told = [
        {m.sentiment for m in tagger.tag(f"{bad}. {good}").mentions if m.touchpoint == "staff"}
        for good, bad in pairs
    ]
    assert sum(said == {"positive", "negative"} for said in told) >= 4


def poles_apart() -> tuple[list[str], list[dict[str, Any]]]:
    """Comments that praise one thing, and comments that praise and blame the same; none that only blames."""
    names = ("touchpoint", "factor", "sentiment")
    texts, records = [], []
    for (touchpoint, factor, pole), phrases in SAID.items():
        blamed = SAID.get((touchpoint, factor, "negative"), ())
        for k, phrase in enumerate(phrases if pole == "positive" else ()):
            praise = dict(zip(names, (touchpoint, factor, pole), strict=True)) | {"quote": phrase}
            texts += [phrase, f"thật ra {phrase}"]
            records += [{"mentions": [praise]}] * 2
            for bad in blamed[k % 2 :: 2]:
                texts.append(f"{phrase}. {bad}" if k % 3 else f"{bad}. {phrase}")
                records.append({"mentions": [praise, {**praise, "sentiment": "negative", "quote": bad}]})
    return texts, records
