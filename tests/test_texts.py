"""Texts given to models: what is none is refused by its place, before anything is made of it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from small_encoder import random_classifier

from cx_nlp import Cascade, ClassifierPair, CommentClassifier, ContextualTagger, MentionTagger
from cx_nlp.errors import InputError
from cx_nlp.tagger.texts import each_text

pl = pytest.importorskip("polars", reason="polars comes with the extra test")

SAID = ["Giao hàng nhanh, nhân viên tốt.", "Giá cao."]
MISTAKES = [
    (SAID[0], r"one text was given where several are expected: give a list, \[text\]"),
    (SAID[0].encode(), "one text was given"),
    ([SAID[0], None], r"comment 1 \(counted from 0\) is missing: leave such rows out, as with dropna\(\)"),
    ([SAID[0], float("nan")], "comment 1 .* is missing"),
    (pd.Series([SAID[0], pd.NA], index=[7, 7]), "comment 1 .* is missing"),
    (pd.Series([pd.NaT]), "comment 0 .* is missing"),
    ([*SAID, 5], r"comment 2 .* is of type int, not text: make it text first, as with str\(\)"),
    ([SAID[0].encode()], "comment 0 .* is of type bytes, not text: make it text first"),
    ([SAID], "comment 0 .* is of type list, not text: where several texts are meant, give them side by side in one list"),
    (np.array([SAID]), "comment 0 .* is of type ndarray, not text: where several texts"),
    (pd.DataFrame({"text": SAID}), r"a table was given .* give the column with the comments, such as table\['text'\]"),
    (pl.DataFrame({"text": SAID}), "a table was given"),
    ({"text": SAID}, "a table was given"),
    (5, "something of type int was given where a list of texts is expected"),
]  # fmt: skip
"""What is given for texts by mistake, and what is said of it."""


@pytest.mark.parametrize("given", [SAID, tuple(SAID), iter(SAID), np.array(SAID), pd.Series(SAID, index=[4, 4]), pl.Series(SAID)])  # fmt: skip
def test_texts_come_one_by_one_as_plain_strings(given: Any) -> None:
    found = [*each_text(given)]
    assert found == SAID
    assert {type(text) for text in found} == {str}


@pytest.fixture(scope="module")
def models(small_tagger: MentionTagger, random_tagger: ContextualTagger) -> dict[str, Any]:
    classifier = CommentClassifier(min_support=2).fit(
        ["tốt", "kém", "quá tốt", "quá kém"] * 3, ["a", "b"] * 6
    )
    return {
        "fast": small_tagger,
        "encoder": random_tagger,
        "cascade": Cascade(small_tagger, random_tagger, sure=0.5, weight=0.4),
        "labels": classifier,
        "labels by encoder": (encoder := random_classifier()),
        "pair": ClassifierPair(classifier, encoder, weight=0.5),
    }


NAMES = ["fast", "encoder", "cascade", "labels", "labels by encoder", "pair"]


@pytest.mark.parametrize(("given", "reason"), MISTAKES, ids=range(len(MISTAKES)))
@pytest.mark.parametrize("name", NAMES)
def test_every_model_refuses_what_is_no_text(
    models: dict[str, Any], name: str, given: Any, reason: str
) -> None:
    model = models[name]
    asked: list[Callable[[Any], object]] = [model.predict, model.predict_proba]
    if hasattr(model, "tag_many"):
        asked += [model.tag_many]
    for ask in asked:
        with pytest.raises(InputError, match=reason):
            ask(given)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_reads_texts_that_come_once(models: dict[str, Any], name: str) -> None:
    model = models[name]
    assert model.predict_proba(iter(SAID)) == pytest.approx(model.predict_proba(SAID), abs=1e-9)
    assert np.array_equal(model.predict(iter(SAID)), model.predict(SAID))
    if hasattr(model, "tag_many"):
        assert model.tag_many(iter(SAID)) == model.tag_many(SAID)


@pytest.mark.parametrize("name", ["fast", "encoder", "cascade"])
def test_one_comment_is_one_text(models: dict[str, Any], name: str) -> None:
    with pytest.raises(InputError, match=r"comment 0 .* is of type list, not text"):
        models[name].tag(SAID)


def test_nothing_is_learnt_from_what_is_no_text() -> None:
    with pytest.raises(InputError, match=r"comment 1 .* is missing"):
        CommentClassifier().fit(["tốt", None], ["a", "b"])  # type: ignore[list-item]
    with pytest.raises(InputError, match=r"comment 1 .* is missing"):
        MentionTagger().fit(["tốt", None], [{"mentions": []}] * 2)  # type: ignore[list-item]
