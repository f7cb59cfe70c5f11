"""A fast model heard beside an encoder of the same comments: how far, and where not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import invented_comments
from small_encoder import random_classifier, random_tagger
from typer.testing import CliRunner

from cx_nlp.bundle import load_bundle
from cx_nlp.cli import app
from cx_nlp.io.labelled import Labelled
from cx_nlp.tagger import (
    Cascade,
    ClassifierPair,
    CommentClassifier,
    ContextualClassifier,
    ContextualTagger,
    MentionTagger,
)
from cx_nlp.tagger.cascade import ALWAYS
from cx_nlp.training import Tuning, pairing, train
from cx_nlp.training.pairing import paired
from cx_nlp.training.source import labelled_source

TOPICS = ("delivery", "pricing", "staff")


def learnt_by(
    kind: type[CommentClassifier] | type[MentionTagger], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The texts that fast models of a kind are fitted on from now on."""
    seen: list[str] = []
    fit = kind.fit

    def watched(self: Any, texts: list[str], *rest: Any) -> Any:
        seen.extend(texts)
        return fit(self, texts, *rest)

    monkeypatch.setattr(kind, "fit", watched)
    return seen


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
    found = paired(encoder, data, min_support=2, seed=0)
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
    seen = learnt_by(CommentClassifier, monkeypatch)
    paired(encoder, data, min_support=2, seed=0)
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
    found = paired(encoder, data, min_support=2, seed=0)
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
    found = paired(encoder, data, min_support=2, seed=0)
    assert found.model is encoder
    assert (
        "held-out comments of labels that are learnt are too few to tell how far (at least 100)" in found.note
    )


def test_comments_too_few_for_a_fast_model_leave_the_encoder_alone(
    encoder: ContextualClassifier, data: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.held_out_ = ([*range(1, len(data.records))], [], np.zeros(0))
    found = paired(encoder, data, min_support=2, seed=0)
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


@pytest.fixture
def mentions(labelled: Path) -> Labelled:
    return labelled_source(labelled)


@pytest.fixture
def tagger(mentions: Labelled, monkeypatch: pytest.MonkeyPatch) -> ContextualTagger:
    """One that tags at random; a third of the comments was held out, which is enough."""
    pytest.importorskip("onnx", reason="the network is built with onnx")
    found = random_tagger()
    outside = [*range(0, len(mentions.records), 3)]
    monkeypatch.setattr(pairing, "ENOUGH", len(outside))
    found.held_out_ = (outside, found.tag_many([mentions.records[i].text for i in outside]))
    return found


def test_a_fast_tagger_is_heard_beside_an_encoder_that_knows_little(
    tagger: ContextualTagger, mentions: Labelled
) -> None:
    found = paired(tagger, mentions, min_support=4, seed=0)
    assert isinstance(found.model, Cascade)
    assert found.model.accurate is tagger
    assert (found.model.sure, found.model.weight) == (ALWAYS, max(pairing.WEIGHTS))
    assert found.note.startswith("a fast model fitted on the same comments counts 60% beside the encoder: ")
    assert found.model.left_out_ == tagger.left_out_
    rows, tagged = found.model.held_out_
    texts = [mentions.records[i].text for i in rows]
    assert rows == tagger.held_out_[0]
    assert tagged == found.model.tag_many(texts)
    # The most doubtful tenth is sent to a person, by the probabilities that are pooled.
    assert found.model.review is not None
    doubts = tagger.doubts(texts, beside=found.model.beside())
    assert 0 < np.mean(np.array(doubts) > found.model.review) <= 0.15


def test_what_was_held_out_is_held_out_of_the_fast_tagger(
    tagger: ContextualTagger, mentions: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = learnt_by(MentionTagger, monkeypatch)
    paired(tagger, mentions, min_support=4, seed=0)
    held = {mentions.records[i].text for i in tagger.held_out_[0]}
    assert len(seen) == len(mentions.records) - len(tagger.held_out_[0])
    assert not held & {*seen}


def test_an_encoder_of_mentions_that_knows_all_stays_alone(
    tagger: ContextualTagger, mentions: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = tagger.classes_.tolist()

    def sure(texts: list[str]) -> Any:
        records = [next(r for r in mentions.records if r.text == text) for text in texts]
        return np.where(pairing._truth(records, classes), 0.999, 0.001)

    monkeypatch.setattr(tagger, "predict_proba", sure)
    found = paired(tagger, mentions, min_support=4, seed=0)
    assert found.model is tagger
    assert found.note.endswith("held-out comments hearing one loses")


def test_few_held_out_comments_with_mentions_do_not_tell_how_far(
    tagger: ContextualTagger, mentions: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "ENOUGH", len(tagger.held_out_[0]) + 1)
    found = paired(tagger, mentions, min_support=4, seed=0)
    assert found.model is tagger
    assert "are too few to tell how far" in found.note


def test_training_the_accurate_tier_on_mentions_makes_a_cascade_that_always_asks(
    can_train: None, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "ENOUGH", 5)
    monkeypatch.setattr(pairing, "WEIGHTS", (0.5,))
    begun: list[str] = []
    chosen: dict[str, Any] = {"tier": "accurate", "min_support": 4, "n_jobs": 1}
    small: dict[str, Any] = {"epochs": 1, "held_out": 0.3, "begins": lambda: begun.append("fast")}
    trained = train(labelled, tuning=Tuning(layers=1, **small), **chosen)
    assert isinstance(trained.model, Cascade)
    assert begun == ["fast"]
    assert any("counts 50% beside the encoder" in note for note in trained.notes)
    assert "to weigh the two models" in trained.measured_on
    assert trained.evaluation.comments == len(trained.model.held_out_[0])
    loaded = load_bundle(trained.save(tmp_path / "mine"))
    assert isinstance(loaded, Cascade)
    texts = [record.text for record in labelled_source(labelled).records]
    # A bundle holds the fast model's weights in fewer bits.
    there, here = (model.accurate.doubts(texts, beside=model.beside()) for model in (loaded, trained.model))
    assert np.allclose(there, here, rtol=0.02)
    assert (loaded.weight, loaded.threshold, loaded.review) == (0.5, None, trained.model.review)
    assert (tmp_path / "mine" / "encoder" / "network.onnx").is_file()
    # What goes on from it takes its encoder.
    again = train(labelled, tuning=Tuning(base=loaded, alone=True, **small), **chosen).model
    assert isinstance(again, ContextualTagger)
    assert begun == ["fast"]
    assert isinstance(loaded.accurate, ContextualTagger)
    assert again.encoder_.vocabulary.pieces == loaded.accurate.encoder_.vocabulary.pieces


def test_the_weight_is_that_of_the_least_loss(
    tagger: ContextualTagger, mentions: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Sure of every second comment and wrong about the others: neither alone is best.
    classes = tagger.classes_.tolist()

    def half_right(texts: list[str]) -> Any:
        at = [next(k for k, r in enumerate(mentions.records) if r.text == text) for text in texts]
        truth = pairing._truth([mentions.records[k] for k in at], classes)
        return np.where(truth ^ (np.array(at) % 2 == 0)[:, None], 0.99, 0.01)

    monkeypatch.setattr(tagger, "predict_proba", half_right)
    pair = paired(tagger, mentions, min_support=4, seed=0).model
    assert isinstance(pair, Cascade)
    rows = tagger.held_out_[0]
    truth = pairing._truth([mentions.records[i] for i in rows], classes)
    texts = [mentions.records[i].text for i in rows]

    own, beside = half_right(texts), pair.beside()
    theirs = beside.of_labels(beside.ask(texts), classes, own)

    def loss(weight: float) -> float:
        likely = (1 - weight) * own + weight * theirs
        return float(-np.log(np.where(truth, likely, 1 - likely)).mean())

    assert pair.weight == min(pairing.WEIGHTS, key=loss)
    assert 0 < pair.weight < 1


def test_mentions_too_few_for_a_fast_tagger_leave_the_encoder_alone(
    tagger: ContextualTagger, mentions: Labelled
) -> None:
    begun: list[str] = []
    found = paired(
        tagger, mentions, min_support=len(mentions.records), seed=0, begins=lambda: begun.append("fast")
    )
    assert found.model is tagger
    assert found.note.startswith("no fast model is heard beside the encoder: no label has at least ")
    assert begun == ["fast"]


@pytest.mark.parametrize(("options", "parts"), [((), {"fast", "encoder"}), (("--alone",), set())])
def test_the_command_hears_a_fast_model_beside_or_not(
    can_train: None,
    labelled: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    parts: set[str],
) -> None:
    monkeypatch.setattr(pairing, "ENOUGH", 3)
    monkeypatch.setattr(pairing, "WEIGHTS", (0.5,))
    out = tmp_path / "mine"
    given = f"--tier accurate --layers 1 --epochs 1 --min-support 4 --jobs 1 --out {out.name}".split()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["train", str(labelled), *given, *options])
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir() if path.is_dir()} == parts
    assert ("counts 50% beside the encoder" in " ".join(result.output.split())) == bool(parts)
