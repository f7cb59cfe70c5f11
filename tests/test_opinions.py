"""One tagger's probabilities beside another's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from small_encoder import random_tagger

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.io.annotations import LabelledComment, LabelledMention
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import Cascade, ContextualTagger, MentionTagger, TaggedComment
from cx_nlp.tagger.cascade import ALWAYS, confidence
from cx_nlp.tagger.opinions import Beside, Opinion
from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.training.cascading import fit_cascade

TEXTS = [
    "giao hàng nhanh",
    "nhân viên thô lỗ, giá cao",
    "app lỗi",
    "the staff was rude",
    "",
    "vải đẹp và giá rẻ",
]


@pytest.fixture(scope="module")
def contextual() -> ContextualTagger:
    pytest.importorskip("onnx", reason="the network is built with onnx")
    return random_tagger()


def test_columns_are_found_by_name_and_others_keep_what_they_had() -> None:
    given = Beside(("a", "b"), ("up", "down"), always([0.1, 0.2], [0.25, 0.75]), 1.0)
    own, asked = np.array([[0.5, 0.6, 0.7]]), given.ask(["x"])
    np.testing.assert_allclose(given.of_labels(asked, ["b", "c", "a"], own), [[0.2, 0.6, 0.1]])
    np.testing.assert_allclose(given.of_labels(asked, ["c", "d", "e"], own), own)
    felt = np.array([[0.2, 0.6, 0.2]])
    # The sentiment it does not know keeps its share; what is left goes by its opinion.
    np.testing.assert_allclose(given.of_sentiments(asked, ["down", "level", "up"], felt), [[0.3, 0.6, 0.1]])
    np.testing.assert_allclose(given.of_sentiments(asked, ["left", "level", "right"], felt), felt)


def test_odds_are_given_back_before_an_opinion_counts() -> None:
    given = Beside(("a", "b"), ("up",), always([0.5, 0.0], [1.0]), 1.0, odds=0.8)
    found = given.of_labels(given.ask(["x"]), ["a", "b"], np.array([[0.5, 0.5]]))
    np.testing.assert_allclose(found, [[expit(0.8), 0.0]])


def always(labels: list[float], sentiments: list[float]) -> Callable[[Sequence[str]], Opinion]:
    return lambda texts: Opinion(np.array([labels] * len(texts)), np.array([sentiments] * len(texts)))


def hearing(tagger: MentionTagger, weight: float) -> Beside:
    return Beside(tuple(tagger.classes_), tagger.sentiments_, tagger.opinion, weight)


def test_an_opinion_without_weight_changes_nothing(
    contextual: ContextualTagger, small_tagger: MentionTagger
) -> None:
    found = contextual.tag_many(TEXTS, beside=hearing(small_tagger, 0.0))
    assert found == contextual.tag_many(TEXTS)


def test_an_opinion_of_full_weight_decides(contextual: ContextualTagger) -> None:
    classes = tuple(contextual.classes_.tolist())

    def ask(texts: Sequence[str]) -> Opinion:
        labels = np.zeros((len(texts), len(classes)))
        for row, text in enumerate(texts):
            about = "pricing#value" if "giá" in text else "staff#attitude_expertise"
            labels[row, classes.index(f"{about}#neutral")] = 1
        return Opinion(labels, np.ones((len(texts), 1)))

    # More than a batch, so that those of a second one are asked about, too.
    given = Beside(classes, ("neutral",), ask, 1.0)
    found = contextual.tag_many(["giá cao"] * 1100 + ["thái độ"] * 100, beside=given)
    said = [{m.touchpoint for m in one.mentions if m.sentiment == "neutral"} for one in found]
    assert said == [{"pricing"}] * 1100 + [{"staff"}] * 100


def test_the_sentiment_of_a_comment_is_pooled_as_well(contextual: ContextualTagger) -> None:
    classes, felt = tuple(contextual.classes_.tolist()), contextual.labelling_.sentiments
    own = contextual.tag("giao hàng nhanh")
    for name in felt:
        ask = always([1.0] * len(classes), [float(name == one) for one in felt])
        told = contextual.tag_many(["giao hàng nhanh"], beside=Beside(classes, felt, ask, 1.0))[0]
        assert (told.sentiment, told.confidence) == (name, 1.0)
        assert contextual.tag_many(["giao hàng nhanh"], beside=Beside(classes, felt, ask, 0.0)) == [own]


def test_a_cascade_hears_its_fast_tagger(contextual: ContextualTagger, small_tagger: MentionTagger) -> None:
    heard = Cascade(small_tagger, contextual, sure=1.01, weight=0.5)
    assert heard.tag_many(TEXTS) == contextual.tag_many(TEXTS, beside=hearing(small_tagger, 0.5))
    assert heard.tag_many(TEXTS) != Cascade(small_tagger, contextual, sure=1.01).tag_many(TEXTS)
    strict = Cascade(small_tagger, contextual, sure=1.01, weight=0.5, threshold=0.99)
    assert sum(len(one.mentions) for one in strict.tag_many(TEXTS)) < sum(
        len(one.mentions) for one in heard.tag_many(TEXTS)
    )


def test_a_comment_alone_is_heard_about_as_among_others(
    contextual: ContextualTagger, small_tagger: MentionTagger
) -> None:
    heard = Cascade(small_tagger, contextual, sure=1.01, weight=0.5)
    texts = [*TEXTS, "giao hàng nhanh nhưng nhân viên thô lỗ. " * 60]
    assert [heard.tag(text) for text in texts] == heard.tag_many(texts)
    assert [contextual.tag(text) for text in texts] == contextual.tag_many(texts)


def test_what_was_told_first_is_heard_as_if_asked_again(
    contextual: ContextualTagger, small_tagger: MentionTagger, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [*TEXTS, *TEXTS[::-1]]
    always = Cascade(small_tagger, contextual, sure=1.01, weight=0.5).tag_many(texts)
    alone = small_tagger.tag_many(texts)
    sure = float(np.median([confidence(one) for one in alone]))
    expected = [a if confidence(a) >= sure else b for a, b in zip(alone, always, strict=True)]
    assert alone != expected != always
    monkeypatch.setattr(MentionTagger, "opinion", None)
    assert Cascade(small_tagger, contextual, sure=sure, weight=0.5).tag_many(texts) == expected


def test_an_error_of_the_one_heard_reaches_the_caller(contextual: ContextualTagger) -> None:
    def ask(texts: Sequence[str]) -> Opinion:
        raise LookupError(f"{len(texts)} texts")

    for texts in (["giao hàng nhanh"], TEXTS):
        with pytest.raises(LookupError, match=f"{len(texts)} texts"):
            contextual.tag_many(texts, beside=Beside(("a",), ("neutral",), ask, 0.5))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_process_asks_on_a_thread_of_its_own() -> None:
    program = """
import os, signal
import numpy as np
from cx_nlp.tagger.opinions import Beside, Opinion

given = Beside(("a",), ("b",), lambda texts: Opinion(np.ones((len(texts), 1)), np.ones((len(texts), 1))), 1.0)
given.asked(["x"]).result()
if os.fork() == 0:
    signal.alarm(20)
    os._exit(given.asked(["x", "y"]).result().labels.shape[0])
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60)  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "2"), done.stderr


def test_it_is_saved_with_its_numbers(
    contextual: ContextualTagger, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    fast, encoder = (
        load_bundle(save_bundle(model, tmp_path / name))
        for name, model in (("fast", small_tagger), ("encoder", contextual))
    )
    given = {"sure": 0.6, "weight": 0.25, "threshold": 0.35, "review": 0.8, "odds": 0.5}
    found = load_bundle(save_bundle(Cascade(fast, encoder, **given), tmp_path / "auto"))
    assert {name: getattr(found, name) for name in given} == given
    assert found.tag_many(TEXTS) == Cascade(fast, encoder, **given).tag_many(TEXTS)
    assert found.tag_many(pd.Series(TEXTS, index=range(5, -1, -1))) == found.tag_many(TEXTS)
    pair = (tmp_path / "auto" / "README.md").read_text(encoding="utf-8")
    save_bundle(Cascade(fast, encoder, sure=ALWAYS, weight=0.25), tmp_path / "auto", overwrite=True)
    assert "answers where it is sure" in pair
    assert "Both read every comment" in (tmp_path / "auto" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight": 1.5}, {"weight": -0.1}, {"threshold": 1.0}, {"threshold": 0.0}, {"review": 0.0},
        {"odds": float("nan")},
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_refused(
    contextual: ContextualTagger, small_tagger: MentionTagger, wrong: dict[str, float]
) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Cascade(small_tagger, contextual, sure=0.5, **wrong)
    with pytest.raises(ValueError, match="give weight 0"):
        Cascade(contextual, small_tagger, sure=0.5, weight=0.5)


def test_doubts_rank_what_is_sent_to_a_person(
    contextual: ContextualTagger, small_tagger: MentionTagger
) -> None:
    texts = [text for text in TEXTS if text]
    whole = Cascade(small_tagger, contextual, sure=ALWAYS, weight=0.4)
    doubts = contextual.doubts(texts, beside=whole.beside())
    whole.review = float(np.median(doubts))
    assert [one.needs_review for one in whole.tag_many(texts)] == [doubt > whole.review for doubt in doubts]


def test_probabilities_are_those_of_the_accurate_tagger_with_the_fast_one_heard(
    contextual: ContextualTagger, small_tagger: MentionTagger
) -> None:
    whole = Cascade(small_tagger, contextual, sure=ALWAYS, weight=0.4)
    own, heard = contextual.predict_proba(TEXTS), whole.predict_proba(TEXTS)
    assert heard.shape == (len(TEXTS), len(whole.classes_))
    place = {label: k for k, label in enumerate(small_tagger.classes_)}
    theirs = small_tagger.predict_proba(TEXTS)
    known = [label in place for label in contextual.classes_]
    assert 0 < sum(known) < len(whole.classes_)
    for k, label in enumerate(contextual.classes_):
        other = theirs[:, place[label]] if known[k] else own[:, k]
        assert np.allclose(heard[:, k], 0.6 * own[:, k] + 0.4 * other)
    # What the accurate one does not know is never told where it is asked.
    assert not heard[:, len(known) :].any()
    alone = Cascade(small_tagger, contextual, sure=ALWAYS).predict_proba(TEXTS)
    assert np.array_equal(alone[:, : len(known)], own)


def as_gold(tagged: Sequence[TaggedComment]) -> Labelled:
    records = tuple(
        LabelledComment(
            one.text, one.sentiment,
            tuple(LabelledMention(m.touchpoint, m.factor, m.sentiment, m.quote, m.start, m.end) for m in one.mentions),
        )
        for one in tagged
    )  # fmt: skip
    return Labelled(records, load_taxonomy(), "mentions", (), (), {})


def test_a_cascade_asks_nothing_where_its_fast_tagger_is_right(
    contextual: ContextualTagger, small_tagger: MentionTagger
) -> None:
    whole = Cascade(small_tagger, contextual, sure=ALWAYS, weight=0.3, threshold=0.6)
    first = small_tagger.tag_many(TEXTS)
    fitted = fit_cascade(whole, as_gold(first))
    assert fitted.cascade.sure == 0.3
    assert (fitted.cascade.weight, fitted.cascade.threshold) == (0.3, 0.6)
    assert fitted.share == np.mean([confidence(one) >= 0.3 for one in first])
    assert fitted.loss < 0


def test_a_cascade_loses_no_more_than_it_may(
    contextual: ContextualTagger, small_tagger: MentionTagger
) -> None:
    whole = Cascade(small_tagger, contextual, sure=ALWAYS)
    fitted = fit_cascade(whole, as_gold(whole.tag_many(TEXTS)))
    assert fitted.loss <= 0.003
    tagged = fitted.cascade.tag_many(TEXTS)
    assert [one.mentions for one in tagged] == [one.mentions for one in whole.tag_many(TEXTS)]
