"""A fast model that learns from what another says of texts without labels."""

from __future__ import annotations

import json
import warnings
from itertools import cycle, islice
from pathlib import Path

import pandas as pd
import pytest
from conftest import SAID, invented_comments
from typer.testing import CliRunner

from cx_nlp.bundle import load_bundle, save_bundle
from cx_nlp.cli import app
from cx_nlp.errors import ColumnError, InputError
from cx_nlp.tagger import MentionTagger
from cx_nlp.training import Trained, distill
from cx_nlp.training.distilling import export_texts

PHRASES = [phrase for label, phrases in SAID.items() if label[0] != "hotline" for phrase in phrases]
UNLABELLED = [
    f"{first} {word}, {second}"
    for word, shift in (("nha", 5), ("thật", 11), ("ghê", 23))
    for first, second in zip(PHRASES, islice(cycle(PHRASES), shift, None), strict=False)
]


@pytest.fixture(scope="module")
def trained(small_tagger: MentionTagger) -> Trained:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return distill(UNLABELLED, small_tagger, min_support=4)


def test_the_pupil_says_what_its_teacher_says(trained: Trained, small_tagger: MentionTagger) -> None:
    assert isinstance(trained.model, MentionTagger)
    taught = [
        {(m.touchpoint, m.sentiment) for m in one.mentions} for one in small_tagger.tag_many(UNLABELLED)
    ]
    learnt = [
        {(m.touchpoint, m.sentiment) for m in one.mentions} for one in trained.model.tag_many(UNLABELLED)
    ]
    both = sum(len(a & b) for a, b in zip(taught, learnt, strict=True))
    assert 2 * both / (sum(map(len, taught)) + sum(map(len, learnt))) > 0.9
    assert trained.comments == len(UNLABELLED)
    assert trained.taxonomy == small_tagger.taxonomy
    assert trained.measured_on.startswith("agreement with the teacher on")
    assert f"{len(UNLABELLED)} texts carry the tags of the model MentionTagger" in trained.notes


def test_texts_are_taken_once_and_at_most_so_many(small_tagger: MentionTagger) -> None:
    seen: list[tuple[int, float]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        some = distill(
            [*UNLABELLED, *UNLABELLED, " "], small_tagger, most=80, min_support=4, seed=1,
            report=lambda done, share: seen.append((done, share)),
        )  # fmt: skip
        whole = distill([*UNLABELLED, *UNLABELLED, "", " \n"], small_tagger, min_support=4)
    assert some.comments == 80
    assert seen == [(80, 1.0)]
    assert whole.comments == len({*UNLABELLED})


def test_labelled_comments_are_learnt_from_beside_the_texts(
    small_tagger: MentionTagger, labelled: Path
) -> None:
    known = len(invented_comments()[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        both = distill(UNLABELLED, small_tagger, labelled=labelled, min_support=4)
        measured = distill(UNLABELLED, small_tagger, dev=labelled, min_support=4)
    assert both.comments == len(UNLABELLED) + known
    assert f"with the labels of {known} comments" in both.measured_on
    assert measured.comments == len(UNLABELLED)
    assert measured.measured_on == f"{known} comments given for it"
    assert measured.evaluation.comments == known


def test_without_texts_there_is_nothing_to_learn_from(small_tagger: MentionTagger) -> None:
    with pytest.raises(InputError, match="there is no text to learn from"):
        distill(["", " "], small_tagger)
    with pytest.raises(InputError, match="no label has at least 8 comments"):
        distill(["giao hàng nhanh", "vải đẹp"], small_tagger)


def test_the_texts_of_an_export_are_those_that_score_reads(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    frame = pd.DataFrame(
        {"review": ["Giao nhanh lắm nha", "", "2024", "Vải đẹp quá"], "other": ["x", "y", "z", "w"]}
    )
    frame.to_csv(path, index=False)
    for column in ("review", None):
        texts, rejected = export_texts(path, text_column=column)
        assert texts == ["Giao nhanh lắm nha", "Vải đẹp quá"]
        assert [row.line for row in rejected] == [3, 4]
    with pytest.raises(ColumnError, match="comments"):
        export_texts(path, text_column="comments")


# The command line


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    pd.DataFrame({"content": UNLABELLED * 2}).to_csv(path, index=False)
    return path


def run(*args: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == status, (result.output, result.exception)
    return result.stdout, result.stderr


def test_the_command_makes_a_model(export: Path, small_tagger: MentionTagger, tmp_path: Path) -> None:
    teacher = save_bundle(small_tagger, tmp_path / "teacher")
    out = tmp_path / "pupil"
    said, _ = run("distill", export, "--out", out, "--teacher", teacher, "--jobs", 1, "--json")
    found = json.loads(said)
    assert (found["command"], found["out"], found["comments"]) == ("distill", str(out), len({*UNLABELLED}))
    assert f"{len({*UNLABELLED})} texts carry the tags of the model teacher" in found["notes"]
    loaded = load_bundle(out)
    assert loaded.model_id == "pupil"
    assert {m.touchpoint for m in loaded.tag("giao hàng nhanh, nhân viên thô lỗ").mentions} == {
        "delivery",
        "staff",
    }
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "agreement with the teacher" in card


def test_rows_without_a_comment_are_told_and_listed(small_tagger: MentionTagger, tmp_path: Path) -> None:
    teacher, out = save_bundle(small_tagger, tmp_path / "teacher"), tmp_path / "pupil"
    export = tmp_path / "export.csv"
    rows = [*UNLABELLED * 2, "   ", "", "2024"]
    export.write_text(
        "\n".join(["content,note", *(f'"{row}",x' for row in rows), "a,b,c,d"]), encoding="utf-8"
    )
    said, _ = run("distill", export, "--out", out, "--teacher", teacher, "--jobs", 1)
    assert "4 rows not used; the first, line" in said
    listed = pd.read_csv(f"{out}.rejected.csv")
    assert listed["line"].tolist() == [len(rows) - 1, len(rows), len(rows) + 1, len(rows) + 2]


@pytest.mark.parametrize("option", [("--seed", -1), ("--jobs", 0)])
def test_numbers_that_cannot_be_are_wrong_usage(
    export: Path, tmp_path: Path, option: tuple[str, int]
) -> None:
    for command in ("distill", "train", "find-label-errors"):
        run(command, export, "--out", tmp_path / "model", *option, status=2)


def test_the_command_reads_other_encodings_and_sheets(small_tagger: MentionTagger, tmp_path: Path) -> None:
    teacher = save_bundle(small_tagger, tmp_path / "teacher")
    said = pd.DataFrame({"content": UNLABELLED * 2})
    (tmp_path / "old.csv").write_text(said.to_csv(index=False), encoding="cp1258", errors="replace")
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        pd.DataFrame({"note": ["nothing here"]}).to_excel(book, sheet_name="About", index=False)
        said.to_excel(book, sheet_name="Reviews", index=False)
    for name, option in (("old.csv", ("--encoding", "cp1258")), ("book.xlsx", ("--sheet", "Reviews"))):
        out, _ = run(
            "distill", tmp_path / name, "--out", tmp_path / f"{name}.model", "--teacher", teacher, "--jobs", 1,
            "--min-support", 5, *option,
        )  # fmt: skip
        assert "Model:" in out
        assert "fewer than 8" not in out


def test_the_command_refuses_before_it_works(
    export: Path, small_tagger: MentionTagger, tmp_path: Path
) -> None:
    teacher = save_bundle(small_tagger, tmp_path / "teacher")
    _, fault = run("distill", export, "--out", tmp_path, "--teacher", teacher, status=1)
    assert tmp_path.name in fault
    _, fault = run("distill", export, "--out", tmp_path / "pupil", "--teacher", tmp_path / "nobody", status=1)
    assert "no such folder" in " ".join(fault.split())
    _, fault = run(
        "distill", tmp_path / "none.csv", "--out", tmp_path / "pupil", "--teacher", teacher, status=1
    )
    assert "none.csv" in "".join(fault.split())
    assert not (tmp_path / "pupil").exists()
