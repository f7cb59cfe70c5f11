"""`cx-nlp drift`, `cx_nlp.drift`, and what scoring says of new comments."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import invented_comments
from typer.testing import CliRunner

import cx_nlp
from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.cli import app
from cx_nlp.cli.drift_lines import verdict_line
from cx_nlp.errors import InputError
from cx_nlp.io.labelled import read_labelled
from cx_nlp.shift import counted
from cx_nlp.tagger import MentionTagger
from cx_nlp.text import fold_accents
from cx_nlp.training import evaluate_labelled

TEXTS = [text for text in invented_comments()[0] if len(text) > 5]


@pytest.fixture(scope="module")
def bundle(small_tagger: MentionTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with a profile of what it can know: its own comments, four times over."""
    folder = tmp_path_factory.mktemp("models") / "mine"
    return save_bundle(small_tagger, folder, profile=counted(small_tagger, 4 * TEXTS, "its own comments"))


def export(folder: Path, texts: list[str], name: str = "new.csv") -> Path:
    path = folder / name
    pd.DataFrame({"text": texts, "n": range(len(texts))}).to_csv(path, index=False)
    return path


def bare(texts: list[str]) -> list[str]:
    return [fold_accents(text) for text in texts]


def drift(*given: Any) -> Any:
    return CliRunner().invoke(app, ["drift", *map(str, given)])


# ------------------------------------------------------------------------------------------------ Python


def test_the_same_comments_are_alike_and_bare_ones_differ(bundle: Path, tmp_path: Path) -> None:
    same = cx_nlp.drift(export(tmp_path, 5 * TEXTS), model=bundle)
    assert same.verdict == "alike"
    assert (same.reference, same.new) == ("its own comments", "new.csv")
    other = cx_nlp.drift(pd.DataFrame({"text": bare(5 * TEXTS)}), model=bundle)
    assert other.verdict == "differs"
    assert "without_diacritics" in other.mattering


def test_a_product_never_met_is_named(bundle: Path, tmp_path: Path) -> None:
    found = cx_nlp.drift(
        export(tmp_path, [f"{text}, con Zelunix" for text in 3 * TEXTS]), model=load_bundle(bundle)
    )
    assert "unknown_words" in found.mattering
    assert ("zelunix", found.comments_after) in found.new_words
    assert found.unknown_after is not None
    assert found.unknown_before is not None
    assert found.unknown_after > found.unknown_before


def test_a_model_without_a_profile_needs_a_reference(small_tagger: MentionTagger, tmp_path: Path) -> None:
    new = export(tmp_path, bare(5 * TEXTS))
    with pytest.raises(InputError, match=r"without a profile.*--reference"):
        cx_nlp.drift(new, model=small_tagger)
    found = cx_nlp.drift(new, model=small_tagger, reference=export(tmp_path, 4 * TEXTS, "last.csv"))
    assert found.reference == "last.csv"
    assert found.verdict == "differs"
    assert cx_nlp.drift(new, model=small_tagger, reference=new).verdict == "alike"


def test_at_most_so_many_comments_are_looked_at(bundle: Path, tmp_path: Path) -> None:
    found = cx_nlp.drift(export(tmp_path, 6 * TEXTS), model=bundle, at_most=100)
    assert 60 <= found.comments_after <= 100
    with pytest.raises(InputError, match="at_most is 0"):
        cx_nlp.drift(export(tmp_path, TEXTS), model=bundle, at_most=0)


def test_labels_are_measured_beside_the_card(
    small_tagger: MentionTagger, labelled: Path, tmp_path: Path
) -> None:
    data = read_labelled(labelled)
    measured = evaluate_labelled(small_tagger, data, resamples=200)
    profile = counted(small_tagger, 4 * TEXTS, "its own")
    folder = save_bundle(small_tagger, tmp_path / "mine", evaluation=measured, profile=profile)
    found = cx_nlp.drift(export(tmp_path, 5 * TEXTS), model=folder, labelled=labelled)
    assert "triple" in {one.figure for one in found.accuracy}
    assert {one.verdict for one in found.accuracy} == {"not_told"}
    wrong = [json.loads(line) for line in labelled.read_text("utf-8").splitlines()]
    for record in wrong:
        record["mentions"] = [{"touchpoint": "chat", "factor": "general", "sentiment": "negative"}]
        record["sentiment"] = "negative"
    path = tmp_path / "wrong.jsonl"
    path.write_text("\n".join(map(json.dumps, wrong)), encoding="utf-8")
    found = cx_nlp.drift(export(tmp_path, 5 * TEXTS), model=folder, labelled=path)
    assert next(one for one in found.accuracy if one.figure == "triple").verdict == "lower"


# ------------------------------------------------------------------------------------------------ terminal


def test_the_command_says_what_differs_and_what_to_do(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "drift.json"
    done = drift(export(tmp_path, bare(5 * TEXTS)), "--model", bundle, "--out", out)
    assert done.exit_code == 0, done.output
    assert re.search(
        r"Differs in a way that matters: confidence \(0\.\d+, now 0\.\d+\), Vietnamese without diacritics \(",
        done.stdout,
    )
    assert "cx-nlp suggest-labels" in done.stdout
    said = json.loads(out.read_text("utf-8"))
    assert said["verdict"] == "differs"
    assert {"label", "before", "after", "low", "high"} <= {*said["shifts"][2]["parts"][0]}
    again = drift(export(tmp_path, TEXTS), "--model", bundle, "--out", out)
    assert again.exit_code == 1
    assert "--overwrite" in again.stderr
    assert drift(export(tmp_path, TEXTS), "--model", bundle, "--out", out, "--overwrite").exit_code == 0


def test_json_is_one_object_on_stdout(bundle: Path, tmp_path: Path) -> None:
    done = drift(export(tmp_path, 5 * TEXTS), "--model", bundle, "--json")
    said = json.loads(done.stdout)
    assert (said["command"], said["verdict"]) == ("drift", "alike")
    assert "Alike" in done.stderr


def test_a_model_without_a_profile_is_told_in_a_line(small_tagger: MentionTagger, tmp_path: Path) -> None:
    folder = save_bundle(small_tagger, tmp_path / "old")
    done = drift(export(tmp_path, TEXTS), "--model", folder)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: the model 'old' was made without a profile")
    assert "--reference" in done.stderr


def test_every_verdict_has_a_sentence(bundle: Path, tmp_path: Path) -> None:
    few = cx_nlp.drift(export(tmp_path, TEXTS[:20]), model=bundle)
    assert few.verdict == "too_few"
    assert "Too few" in verdict_line(few)


# ------------------------------------------------------------------------------------------------ scoring


@pytest.mark.parametrize("changed", [False, True])
def test_scoring_writes_it_into_the_manifest(bundle: Path, tmp_path: Path, changed: bool) -> None:
    texts = bare(5 * TEXTS) if changed else 5 * TEXTS
    new = export(tmp_path, texts)
    summary = cx_nlp.score(new, out=tmp_path / "result", model=bundle)
    said = json.loads((tmp_path / "result" / "manifest.json").read_text("utf-8"))["drift"]
    direct = cx_nlp.drift(new, model=bundle)
    assert summary.drift is not None
    assert said["verdict"] == summary.drift.verdict == direct.verdict == ("differs" if changed else "alike")
    assert said["shifts"] == direct.to_dict()["shifts"]


def test_scoring_with_a_model_without_a_profile_says_nothing(
    small_tagger: MentionTagger, tmp_path: Path
) -> None:
    summary = cx_nlp.score(export(tmp_path, TEXTS), out=tmp_path / "result", model=small_tagger)
    assert summary.drift is None
    assert json.loads((tmp_path / "result" / "manifest.json").read_text("utf-8"))["drift"] is None
