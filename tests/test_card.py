"""The model card as a person reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from cx_nlp.bundle.card import About, model_card
from cx_nlp.bundle.weak_points import weak_points
from cx_nlp.metrics import Evaluation, class_figures, mention_figures
from cx_nlp.tagger import MentionTagger
from cx_nlp.taxonomy import load_taxonomy

ABOUT = About(
    "small", "mentions", 49, "comments of three shops", {"chat#general": 3, "email#value": 5},
    ("4 rows without text were left out",), ("en", "vi"), "For tests.", "Apache-2.0",
)  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(small_tagger: MentionTagger, invented: tuple[list[str], list[dict[str, Any]]]) -> Evaluation:
    records = [{"text": text, **record} for text, record in zip(*invented, strict=True)]
    tagged = [comment.to_dict() for comment in small_tagger.out_of_fold_]
    return mention_figures(records, tagged, taxonomy=load_taxonomy(), resamples=20)


def section(card: str, title: str) -> str:
    [found] = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", card, re.DOTALL | re.MULTILINE)
    return found.strip()


def rows(text: str) -> list[list[str]]:
    """The rows of the first table, without its header."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_card_says_what_was_measured_on_what(evaluation: Evaluation) -> None:
    card = model_card(ABOUT, evaluation)
    assert card.startswith("# small\n")
    assert "49 labelled comments. Languages: en, vi." in section(card, "Trained on")
    assert "4 rows without text were left out" in section(card, "Trained on")
    figures = section(card, "Figures")
    assert f"Measured on comments of three shops. n = {evaluation.comments} comments" in figures
    touchpoint = evaluation.figures["touchpoint"]
    assert rows(figures)[0] == [
        "touchpoint, F1",
        f"{touchpoint.value:.3f}",
        f"{touchpoint.low:.3f} to {touchpoint.high:.3f}",
    ]
    assert section(card, "Licence") == "Apache-2.0"


def test_every_label_has_its_row_with_names_in_both_languages(evaluation: Evaluation) -> None:
    table = rows(section(model_card(ABOUT, evaluation, load_taxonomy()), "By touchpoint"))
    assert len(table) == len(load_taxonomy().touchpoints)
    measured = {row.label: row for row in evaluation.labels["touchpoint"]}
    [hotline] = [row for row in table if row[0].startswith("hotline")]
    assert "Tổng đài" in hotline[0]
    assert hotline[1:3] == [str(measured["hotline"].support), str(measured["hotline"].predicted)]
    assert [int(row[1]) for row in table] == sorted((int(row[1]) for row in table), reverse=True)


def test_left_out_labels_stand_with_their_counts(evaluation: Evaluation) -> None:
    card = model_card(ABOUT, evaluation)
    assert rows(section(card, "Left out")) == [["email#value", "5"], ["chat#general", "3"]]
    assert "## Left out" not in model_card(replace(ABOUT, left_out={}), evaluation)


def test_a_vietnamese_reader_finds_the_main_figures(evaluation: Evaluation) -> None:
    summary = section(model_card(ABOUT, evaluation), "Tóm tắt tiếng Việt")
    value = f"{evaluation.figures['touchpoint'].value:.2f}".replace(".", ",")
    assert f"F1 điểm chạm {value} (" in summary
    assert "Học từ 49 bình luận" in summary
    assert "needs_review" in summary


def test_a_model_that_was_not_measured_says_so() -> None:
    card = model_card(replace(ABOUT, comments=None, licence=None), None)
    assert "was not measured" in section(card, "Figures")
    assert "did not say" in section(card, "Trained on")
    assert "did not say" in section(card, "Licence")
    assert "## By touchpoint" not in card


def test_labels_cannot_break_the_tables() -> None:
    gold, odd = ["a|b", "<b>x", "a|b", "two\nlines"], ["a|b", "<b>x", "two\nlines", "a|b"]
    found = class_figures(gold, odd, resamples=0)
    card = model_card(replace(ABOUT, name="x|`y`\n# z", kind="label"), found)
    table = rows(section(card, "By label"))
    assert [row[0] for row in table] == ["a\\|b", "&lt;b>x", "two lines"]
    assert {len(row) for row in table} == {6}
    assert card.count("\n# ") == 0


def test_weak_points_name_missed_labels_rare_labels_and_harder_comments() -> None:
    gold = ["late"] * 40 + ["rude"] * 30 + ["rare"] * 3
    predicted = ["late"] * 40 + ["late"] * 25 + ["rude"] * 5 + ["rare"] * 3
    # Of shop c there is one comment, and it is tagged wrongly.
    records = [{"text": "x", "shop": "a" if i < 40 else "c" if i == 40 else "b"} for i in range(len(gold))]
    found = class_figures(
        gold, predicted, records=records, slices={"shop": lambda record: record["shop"]}, resamples=200
    )
    said = weak_points(found)
    assert said[0] == "Labels with an F1 under 0.5, by label: `rude` (0.29, 30 comments)."
    assert said[1].endswith("by label: `rare`.")
    assert [line for line in said if "worse than on the whole where shop is b" in line]
    assert not [line for line in said if "shop is a" in line or "shop is c" in line]
    assert weak_points(class_figures(["late"] * 30, ["late"] * 30, resamples=20)) == []
