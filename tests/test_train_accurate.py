"""`cx-nlp train --tier accurate`: the model it makes, and what it refuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import invented_comments
from typer.testing import CliRunner

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.cli import app
from cx_nlp.errors import InputError
from cx_nlp.tagger import ContextualTagger, MentionTagger
from cx_nlp.training import Tuning, evaluate, train


def run(*args: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == status, (result.output, result.exception)
    return result.stdout, " ".join(result.stderr.split())


@pytest.fixture(scope="session")
def base(tuned_tagger: ContextualTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_bundle(tuned_tagger, tmp_path_factory.mktemp("base") / "mine")


def test_the_command_makes_a_model_of_the_accurate_tier(
    can_train: None, labelled: Path, tmp_path: Path
) -> None:
    out, kept = tmp_path / "model", tmp_path / "state.pt"
    said, _ = run(
        "train", labelled, "--out", out, "--tier", "accurate", "--layers", 1, "--epochs", 1, "--min-support", 4,
        "--jobs", 1, "--checkpoint", kept, "--json",
    )  # fmt: skip
    found = json.loads(said)
    assert found["comments"] == len(invented_comments()[0])
    assert found["left_out"] == {"hotline#issue_resolution": 2}
    assert "held out of training but used to stop it" in found["measured_on"]
    assert kept.is_file()
    loaded = load_bundle(out)
    assert isinstance(loaded, ContextualTagger)
    assert (loaded.model_id, loaded.layers, loaded.epochs) == ("model", 1, 1)
    assert loaded.taxonomy.touchpoint("delivery").id == "delivery"
    held_out = int(found["measured_on"].split()[0])
    assert loaded.manifest_["training"]["comments"] == found["comments"] - held_out < found["comments"]
    assert {path.name for path in out.iterdir()} == {
        "README.md", "manifest.json", "network.onnx", "taxonomy.toml", "vocabularies.json", "weights.npz",
    }  # fmt: skip


def test_the_command_goes_on_from_a_model(base: Path, labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    said, _ = run(
        "train", labelled, "--out", out, "--tier", "accurate", "--base", base, "--epochs", 1, "--min-support", 40,
        "--jobs", 1,
    )  # fmt: skip
    assert said.splitlines()[-1] == f"Model: {out}"
    assert {*load_bundle(out).classes_} >= {*load_bundle(base).classes_}


def test_a_model_of_the_accurate_tier_is_measured(tuned_tagger: ContextualTagger, labelled: Path) -> None:
    found = evaluate(tuned_tagger, labelled, resamples=20)
    assert found.comments == len(invented_comments()[0])
    value = found.figures["touchpoint"].value
    assert value is not None
    assert 0 <= value <= 1


@pytest.mark.parametrize("option", [("--base", "x"), ("--checkpoint", "x"), ("--alone",)])
def test_the_fast_tier_has_no_such_option(option: tuple[str, ...], labelled: Path, tmp_path: Path) -> None:
    _, fault = run("train", labelled, "--out", tmp_path / "model", *option, status=1)
    assert f"{option[0]} is for the accurate tier: add --tier accurate, or leave it out" in fault
    assert not (tmp_path / "model").exists()


def test_a_fast_model_cannot_be_gone_on_from(
    small_tagger: MentionTagger, labelled: Path, tmp_path: Path
) -> None:
    fast = save_bundle(small_tagger, tmp_path / "quick")
    _, fault = run("train", labelled, "--out", tmp_path / "m", "--tier", "accurate", "--base", fast, status=1)
    assert "is not of the accurate tier and cannot be gone on from; name accurate or a folder" in fault


def test_a_base_that_is_not_there_is_named(labelled: Path, tmp_path: Path) -> None:
    _, fault = run(
        "train",
        labelled,
        "--out",
        tmp_path / "m",
        "--tier",
        "accurate",
        "--base",
        tmp_path / "nobody",
        status=1,
    )
    assert "no such folder" in fault


@pytest.mark.parametrize(
    ("checkpoint", "reason"),
    [("nowhere/state.pt", "there is no folder"), ("labelled.jsonl", "is no checkpoint")],
)
def test_a_checkpoint_that_is_none_is_refused_and_kept(
    base: Path, labelled: Path, tmp_path: Path, checkpoint: str, reason: str
) -> None:
    before = labelled.read_bytes()
    _, fault = run(
        "train", labelled, "--out", tmp_path / "m", "--tier", "accurate", "--base", base, "--epochs", 1,
        "--checkpoint", tmp_path / checkpoint, status=1,
    )  # fmt: skip
    assert reason in fault
    assert labelled.read_bytes() == before
    assert not (tmp_path / "m").exists()


def test_without_pytorch_it_says_how_to_get_it(
    labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    _, fault = run("train", labelled, "--out", tmp_path / "m", "--tier", "accurate", status=1)
    assert "pip install 'cx-nlp[train]'" in fault


def test_another_tier_is_none(labelled: Path, tmp_path: Path) -> None:
    _, fault = run("train", labelled, "--out", tmp_path / "m", "--tier", "huge", status=2)
    assert "fast" in fault
    assert "accurate" in fault


def test_tuning_is_for_the_accurate_tier(labelled: Path) -> None:
    with pytest.raises(InputError, match="are for the accurate tier"):
        train(labelled, tuning=Tuning(epochs=1))


def test_where_all_labels_are_new_the_encoder_alone_is_gone_on_from(
    can_train: None, tuned_tagger: ContextualTagger
) -> None:
    tuning = Tuning(base=tuned_tagger, epochs=1)
    frame = pd.DataFrame({"text": ["giao nhanh", "vải đẹp"] * 9, "topic": ["giao", "vải"] * 9})
    topics = train(frame, tier="accurate", label_column="topic", tuning=tuning).model
    assert [*topics.classes_] == ["giao", "vải"]
    frame = frame[["text"]].assign(aspects=["SHIP#positive", "CLOTH#positive"] * 9)
    aspects = train(frame, tier="accurate", tuning=tuning)
    assert [*aspects.model.classes_] == ["CLOTH#general#positive", "SHIP#general#positive"]
    assert {one.id for one in aspects.taxonomy.touchpoints} == {"CLOTH", "SHIP"}
    again = train(frame, tier="accurate", tuning=Tuning(base=aspects.model, epochs=1))
    assert [*again.model.classes_] == [*aspects.model.classes_]
    vocabularies = [
        one.encoder_.vocabulary.pieces for one in (topics, aspects.model, again.model, tuned_tagger)
    ]
    assert all(one == vocabularies[0] for one in vocabularies)
    # And from a model of single labels likewise.
    from_topics = train(frame, tier="accurate", tuning=Tuning(base=topics, epochs=1)).model
    assert from_topics.encoder_.vocabulary.pieces == vocabularies[0]
