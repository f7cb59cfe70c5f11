"""Which comments are picked for labelling, and the whole way round as a person goes it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import invented_comments
from typer.testing import CliRunner

from cx_nlp import suggest_labels
from cx_nlp.cli import app
from cx_nlp.duplicates import near_duplicate_groups
from cx_nlp.errors import InputError, OutputError
from cx_nlp.io.labelled import read_labelled
from cx_nlp.suggesting.candidates import Shares, quotas_of
from cx_nlp.suggesting.doubt import doubts
from cx_nlp.tagger import Mention, MentionTagger, TaggedComment
from cx_nlp.training import evaluate, train

PHONE = "giao hàng chậm, gọi mình 0912 000 678 nhé"


@pytest.fixture
def reviews() -> pd.DataFrame:
    texts, _ = invented_comments()
    more = [PHONE, texts[10], texts[10].upper() + "!!", "  ", "gọi tổng đài không ai xử lý, giá chát"]
    return pd.DataFrame(
        {"id": [f"c{i}" for i in range(len(texts) + 5)], "text": [*texts, *more], "channel": "App"}
    )


def picked(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_shares_are_kept_and_nothing_stands_twice(
    reviews: pd.DataFrame, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    done = suggest_labels(reviews, n=20, out=tmp_path / "a.jsonl", model=small_tagger)
    rows = picked(tmp_path / "a.jsonl")
    assert (
        Counter(row["picked_for"] for row in rows)
        == done.picked
        == {"uncertain": 10, "rare cause": 6, "random": 4}
    )
    assert len({*near_duplicate_groups([str(row["text"]) for row in rows]).tolist()}) == 20
    assert done.repeated == 2
    assert all(row["source"] == "App" and "suggested_mentions" in row for row in rows)


def test_the_same_seed_gives_the_same_file_and_another_another_random_part(
    reviews: pd.DataFrame, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        suggest_labels(reviews, n=12, out=tmp_path / f"{name}.jsonl", model=small_tagger, seed=seed)
    files = [(tmp_path / f"{name}.jsonl").read_bytes() for name in "abc"]
    assert files[0] == files[1]
    assert files[0] != files[2]


def test_the_random_part_does_not_depend_on_the_model(
    reviews: pd.DataFrame, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    class Sure:
        taxonomy = small_tagger.taxonomy

        def tag_many(self, texts: list[str]) -> list[TaggedComment]:
            return [TaggedComment(text, "neutral", 1.0, False, ()) for text in texts]

    for name, model in (("a", small_tagger), ("b", Sure())):
        suggest_labels(reviews, n=20, out=tmp_path / f"{name}.jsonl", model=model)
    parts = [
        {r["comment_id"] for r in picked(tmp_path / f"{name}.jsonl") if r["picked_for"] == "random"}
        for name in "ab"
    ]
    assert parts[0] == parts[1]
    assert len(parts[0]) == 4
    # Where nothing is told there is no rare cause, and the others are filled up.
    assert len(picked(tmp_path / "b.jsonl")) == 20


def test_a_rare_cause_is_picked_though_the_model_is_sure(small_tagger: MentionTagger, tmp_path: Path) -> None:
    class Told:
        taxonomy = small_tagger.taxonomy

        def tag_many(self, texts: list[str]) -> list[TaggedComment]:
            return [self.tag(text) for text in texts]

        def tag(self, text: str) -> TaggedComment:
            touchpoint, sure = ("email", 0.99) if "hộp thư" in text else ("app", 0.5)
            mention = Mention(touchpoint, "convenience", "negative", sure, 0, 3, text[:3])
            return TaggedComment(text, "negative", sure, False, (mention,))

    words = np.random.default_rng(0).permutation([f"chữ{i}" for i in range(300)]).reshape(60, 5)
    texts = [" ".join(row) for row in words] + ["hộp thư khó tìm quá trời"]
    suggest_labels(
        pd.DataFrame({"text": texts}),
        n=5,
        out=tmp_path / "a.jsonl",
        model=Told(),
        random_share=0,
        cause_share=0.2,
    )
    rows = picked(tmp_path / "a.jsonl")
    assert [row["text"] for row in rows if row["picked_for"] == "rare cause"] == [texts[-1]]


def test_the_unsure_are_preferred() -> None:
    def tagged(confidence: float, *mentions: float) -> TaggedComment:
        said = tuple(Mention("app", "value", "negative", one, 0, 1, "a") for one in mentions)
        return TaggedComment("a", "negative", confidence, False, said)

    sure, unsure, worse = doubts([tagged(0.95, 0.95), tagged(0.95, 0.5), tagged(0.5, 0.5, 0.5)])
    assert 0 < sure < unsure < worse


def test_what_is_labelled_already_is_not_picked_again(
    reviews: pd.DataFrame, small_tagger: MentionTagger, labelled: Path, tmp_path: Path
) -> None:
    done = suggest_labels(reviews, n=20, out=tmp_path / "a.jsonl", model=small_tagger, labelled=[labelled])
    left = {row["text"] for row in picked(tmp_path / "a.jsonl")}
    assert left <= {"giao hàng chậm, gọi mình [số điện thoại] nhé", "gọi tổng đài không ai xử lý, giá chát"}
    assert done.labelled == len(invented_comments()[0])
    only = pd.DataFrame({"text": invented_comments()[0]})
    with pytest.raises(InputError, match="no comment is left to label"):
        suggest_labels(only, n=2, out=tmp_path / "b.jsonl", model=small_tagger, labelled=[labelled])


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.json", "a.jsonl"])
def test_personal_data_are_masked_unless_kept(
    reviews: pd.DataFrame, small_tagger: MentionTagger, tmp_path: Path, name: str
) -> None:
    def shown(folder: Path, **options: bool) -> str:
        done = suggest_labels(reviews, n=99, out=folder / name, model=small_tagger, **options)
        assert done.masked == 1
        if name.endswith("xlsx"):
            cells = openpyxl.load_workbook(folder / name)["Comments"].iter_rows(values_only=True)
            return str([*cells])
        return (folder / name).read_text(encoding="utf-8-sig")

    masked, kept = shown(tmp_path / "masked"), shown(tmp_path / "kept", keep_personal_data=True)
    assert "0912 000 678" not in masked
    assert "[số điện thoại]" in masked
    assert PHONE in kept


def test_small_slices_get_more_than_their_part() -> None:
    assert quotas_of([10_000, 100], 22) == [20, 2]
    assert sum(quotas_of([5, 5, 1], 7)) == 7
    assert quotas_of([2, 1], 9) == [2, 1]
    assert Shares(10, 0.2, 0.3).counts == {"random": 2, "rare cause": 3, "uncertain": 5}
    with pytest.raises(ValueError, match="together at most 1"):
        Shares(10, 0.8, 0.3)


def run(*args: object, status: int = 0) -> str:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == status, (result.output, result.exception)
    return result.output


def test_once_round_on_the_command_line(reviews: pd.DataFrame, labelled: Path, tmp_path: Path) -> None:
    export, sheet, model = tmp_path / "reviews.csv", tmp_path / "to_label.xlsx", tmp_path / "mine"
    reviews.to_csv(export, index=False)
    learnt = run("train", labelled, "--out", model, "--min-support", 4, "--jobs", 1)
    assert f"cx-nlp compare fast {model} HELD_OUT" in learnt
    said = run("suggest-labels", export, "--n", 20, "--model", model, "--out", sheet, "--json")
    told = json.loads(said[said.index("{\n") if "{\n" in said else said.rindex('{"command"') :])
    assert told["picked"] == {"uncertain": 10, "rare cause": 6, "random": 4}
    assert "exists" in run("suggest-labels", export, "--n", 20, "--model", model, "--out", export, status=1)
    book = openpyxl.load_workbook(sheet)
    for row in range(2, 22):
        book["Comments"].cell(row, 3).value = "yes"
    book["Comments"]["E5"] = "delivry"
    book["Comments"]["B5"] = "Gọi 0912 000 678"
    book.save(sheet)

    figures = run("evaluate", sheet, "--model", model, "--only", "picked_for=random", "--resamples", 0)
    assert figures.splitlines()[-1]
    said = run(
        "train",
        labelled,
        "--corrections",
        sheet,
        "--out",
        model,
        "--overwrite",
        "--min-support",
        4,
        "--jobs",
        1,
    )
    assert "corrections: " in said
    listed = tmp_path / "mine.rejected.csv"
    assert f"Not used: 1 row; each is in {listed}" in said
    (row,) = pd.read_csv(listed).to_dict("records")
    assert "row 5, column 'touchpoint 1" in row["reason"]
    assert "0912" not in row["content"]
    # A list of an earlier run goes; a file of somebody else's stays.
    run("train", labelled, "--out", model, "--overwrite", "--min-support", 4, "--jobs", 1)
    assert not listed.exists()
    listed.write_text("mine\n", encoding="utf-8")
    assert "is no list of rejected rows" in run("train", labelled, "--out", model, "--overwrite", status=1)


def test_the_file_goes_into_train_and_evaluate_in_python(
    reviews: pd.DataFrame, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    suggest_labels(reviews, n=40, out=path, model=small_tagger)
    with pytest.raises(InputError, match="not labelled yet"):
        read_labelled(path)
    frame = pd.read_excel(path).assign(**{"checked · đã xem": "x"})
    figures = evaluate(small_tagger, frame, resamples=0, only={"picked_for": "random"}).figures
    assert figures["triple"].value is not None
    trained = train(frame, min_support=3, without={"picked_for": "random"}, corrections=frame)
    assert any("32 of 40 labelled comments taken" in note for note in trained.notes)
    assert any(
        note.startswith("corrections: 0 comments with other labels, 40 confirmed, 0 added")
        for note in trained.notes
    )


def test_an_earlier_file_is_replaced_only_when_asked(
    reviews: pd.DataFrame, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    suggest_labels(reviews, n=3, out=tmp_path / "a.xlsx", model=small_tagger)
    with pytest.raises(OutputError, match="--overwrite"):
        suggest_labels(reviews, n=3, out=tmp_path / "a.xlsx", model=small_tagger)
    suggest_labels(reviews, n=3, out=tmp_path / "a.xlsx", model=small_tagger, overwrite=True)
    with pytest.raises(OutputError, match="its ending does not say what to write"):
        suggest_labels(reviews, n=3, out=tmp_path / "a.txt", model=small_tagger)
    with pytest.raises(OutputError, match="contradicts"):
        suggest_labels(reviews, n=3, out=tmp_path / "b.xlsx", model=small_tagger, format="csv")
