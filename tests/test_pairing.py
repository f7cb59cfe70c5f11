"""A fast classifier heard beside an encoder of the same comments: how far, and where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import invented_comments
from small_encoder import random_classifier

from cx_nlp.bundle import load_bundle
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import ClassifierPair, CommentClassifier, ContextualClassifier
from cx_nlp.training import Tuning, pairing, train
from cx_nlp.training.pairing import paired
from cx_nlp.training.source import labelled_source

TOPICS = ("delivery", "pricing", "staff")


@pytest.fixture
def topics(tmp_path: Path) -> Path:
    texts, records = invented_comments()
    rows = [(t, r["mentions"][0]["touchpoint"]) for t, r in zip(texts, records, strict=True) if r["mentions"]]
    lines = "\n".join(f'"{text}",{topic}' for text, topic in rows if topic in TOPICS)
    path = tmp_path / "topics.csv"
    path.write_text(f"text,topic\n{lines}\n", encoding="utf-8")
    return path


@pytest.fixture
def data(topics: Path) -> Labelled:
    return labelled_source(topics, label_column="topic")


@pytest.fixture
def encoder(data: Labelled, monkeypatch: pytest.MonkeyPatch) -> ContextualClassifier:
    """One that says anything, as after a fit without any success; a third of the comments was held out, which is enough."""
    pytest.importorskip("onnx", reason="the network is built with onnx")
    found = random_classifier()
    outside = [*range(0, len(data.records), 3)]
    monkeypatch.setattr(pairing, "ENOUGH", len(outside))
    texts = [data.records[i].text for i in outside]
    found.held_out_ = (outside, *found.choose(found.predict_proba(texts)))
    return found


def test_a_fast_model_is_heard_beside_an_encoder_that_knows_little(
    encoder: ContextualClassifier, data: Labelled
) -> None:
    found = paired(encoder, data, seed=0)
    assert isinstance(found.model, ClassifierPair)
    assert found.model.accurate is encoder
    assert found.model.weight == max(pairing.WEIGHTS)
    assert found.note.startswith("a fast model fitted on the same comments counts 60% beside the encoder: ")
    rows, told, sure = found.model.held_out_
    texts = [data.records[i].text for i in rows]
    assert rows == encoder.held_out_[0]
    assert told == found.model.predict(texts).tolist()
    assert np.allclose(sure, found.model.predict_proba(texts).max(axis=1))
    assert found.model.left_out_ == encoder.left_out_


def test_what_was_held_out_is_held_out_of_the_fast_model(
    encoder: ContextualClassifier, data: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    fit = CommentClassifier.fit

    def watched(self: CommentClassifier, texts: list[str], labels: list[str]) -> CommentClassifier:
        seen.extend(texts)
        return fit(self, texts, labels)

    monkeypatch.setattr(CommentClassifier, "fit", watched)
    paired(encoder, data, seed=0)
    held = {data.records[i].text for i in encoder.held_out_[0]}
    assert len(seen) == len(data.records) - len(held)
    assert not held & {*seen}


def test_an_encoder_that_knows_all_stays_alone(
    encoder: ContextualClassifier, data: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = {record.text: encoder.classes_ == record.label for record in data.records}
    monkeypatch.setattr(
        encoder, "predict_proba", lambda texts: np.array([np.where(truth[t], 0.998, 0.001) for t in texts])
    )
    found = paired(encoder, data, seed=0)
    assert found.model is encoder
    n = len(encoder.held_out_[0])
    assert (
        found.note
        == f"no fast model is heard beside the encoder: on the {n} held-out comments hearing one loses"
    )


def test_few_held_out_comments_do_not_tell_how_far(
    encoder: ContextualClassifier, data: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "ENOUGH", 100)
    found = paired(encoder, data, seed=0)
    assert found.model is encoder
    assert (
        "held-out comments of labels that are learnt are too few to tell how far (at least 100)" in found.note
    )


def test_comments_too_few_for_a_fast_model_leave_the_encoder_alone(
    encoder: ContextualClassifier, data: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.held_out_ = ([*range(1, len(data.records))], [], np.zeros(0))
    found = paired(encoder, data, seed=0)
    assert found.model is encoder
    assert found.note.startswith("no fast model is heard beside the encoder: fewer than two labels")


def test_training_the_accurate_tier_on_single_labels_makes_a_pair(
    can_train: None, topics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "ENOUGH", 5)
    monkeypatch.setattr(pairing, "WEIGHTS", (0.5,))
    chosen: dict[str, Any] = {"tier": "accurate", "label_column": "topic", "min_support": 2, "n_jobs": 1}
    trained = train(topics, tuning=Tuning(layers=1, epochs=1, held_out=0.3), **chosen)
    assert isinstance(trained.model, ClassifierPair)
    assert any("counts 50% beside the encoder" in note for note in trained.notes)
    assert trained.evaluation.comments == len(trained.model.held_out_[0])
    loaded = load_bundle(trained.save(tmp_path / "mine"))
    assert isinstance(loaded, ClassifierPair)
    assert loaded.left_out_ == trained.left_out
    # What goes on from it takes its encoder.
    again = train(topics, tuning=Tuning(base=loaded, epochs=1, held_out=0.3), **chosen).model
    assert isinstance(again, ClassifierPair)
    assert again.accurate.encoder_.vocabulary.pieces == loaded.accurate.encoder_.vocabulary.pieces
