"""Labels that are likely wrong: planted ones are found, the list is corrected and used again."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SAID, invented_comments
from test_cli import run

from cx_nlp.errors import InputError, OutputError
from cx_nlp.io.labelled import Labelled, read_labelled
from cx_nlp.tagger import MentionTagger
from cx_nlp.tagger.mention import overall_sentiment
from cx_nlp.training import LabelErrors, find_label_errors
from cx_nlp.training.confident import class_thresholds, doubted
from cx_nlp.training.label_review import apply_review, review_table

Record = dict[str, Any]


def planted(change: Callable[[Record], Record]) -> list[Record]:
    """The invented comments, said three times in different ways so that folds can learn, one of them labelled wrongly."""
    texts, records = invented_comments()
    rows: list[Record] = []
    for k, tail in enumerate((" lần này", " hôm qua nhé", " mua ở chợ")):
        for i, (text, record) in enumerate(zip(texts, records, strict=True)):
            felt = overall_sentiment([m["sentiment"] for m in record["mentions"]])
            rows.append({"id": f"{k}-{i}", "text": text + tail, **record, "sentiment": felt})
    rows[WRONG] = change(json.loads(json.dumps(rows[WRONG])))
    return rows


WRONG = 10
"""A comment with a mention of delivery alone or with another one."""


def written(folder: Path, rows: list[Record]) -> Path:
    path = folder / "labels.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", encoding="utf-8")
    return path


def without_mentions(row: Record) -> Record:
    return {**row, "mentions": []}


def other_sentiment(row: Record) -> Record:
    first, *rest = row["mentions"]
    turned = "negative" if first["sentiment"] == "positive" else "positive"
    return {**row, "mentions": [{**first, "sentiment": turned}, *rest]}


def with_number(row: Record) -> Record:
    return {**other_sentiment(row), "text": row["text"] + " gọi 0912 000 678"}


def other_touchpoint(row: Record) -> Record:
    first, *rest = row["mentions"]
    assert first["touchpoint"] != "staff"
    return {**row, "mentions": [{**first, "touchpoint": "staff", "factor": "attitude_expertise"}, *rest]}


@cache
def found(change: Callable[[Record], Record]) -> LabelErrors:
    """What is found in the comments with this error; the lines are those of `written`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        with TemporaryDirectory() as folder:
            return find_label_errors(written(Path(folder), planted(change)), min_support=4)


def other_comment_sentiment(row: Record) -> Record:
    return {**row, "sentiment": "mixed" if row["sentiment"] != "mixed" else "neutral"}


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (without_mentions, {"missing"}),
        (other_sentiment, {"sentiment"}),
        (other_touchpoint, {"mention", "extra", "missing"}),
        (other_comment_sentiment, {"comment_sentiment"}),
    ],
)
def test_a_planted_error_stands_among_the_first(change: Callable[[Record], Record], kinds: set[str]) -> None:
    assert WRONG in found(change).rows[:5]
    assert kinds & {error.kind for error in found(change).errors if error.row == WRONG}


def test_the_rule_is_that_of_the_paper() -> None:
    """Thresholds are mean self-confidences; what reaches another class's threshold, and is likelier of it, is doubted."""
    proba = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [0.05, 0.95]])
    given = np.array([0, 0, 1, 1, 0])
    assert class_thresholds(proba, given) == pytest.approx([(0.9 + 0.7 + 0.05) / 3, 0.7])
    rows, seems, doubt = doubted(proba, given)
    assert (rows.tolist(), seems.tolist()) == ([4], [1])
    assert doubt[0] == pytest.approx(((0.95 - 0.05) + (0.55 - 0.05)) / 2)


def test_a_class_given_to_nobody_is_claimed_only_with_certainty() -> None:
    rows, _, _ = doubted(np.array([[0.4, 0.1, 0.5], [0.6, 0.3, 0.1]]), np.array([0, 0]))
    assert rows.tolist() == []


def test_a_model_that_has_not_seen_the_labels_can_judge(tmp_path: Path, small_tagger: MentionTagger) -> None:
    judged = find_label_errors(written(tmp_path, planted(other_touchpoint)), model=small_tagger)
    assert WRONG in judged.rows[:3]
    assert "MentionTagger" in judged.judged_by


def test_one_label_a_comment(tmp_path: Path) -> None:
    topics = {key[0] for key in SAID}
    texts = [
        f"{phrase}{tail}"
        for phrases in SAID.values()
        for phrase in phrases
        for tail in ("", " nhé", " đó", " lần hai")
    ]
    labels = [key[0] for key, phrases in SAID.items() for _ in phrases for _ in range(4)]
    right, labels[3] = labels[3], "pricing"
    path = tmp_path / "topics.csv"
    pd.DataFrame({"text": texts, "topic": labels}).to_csv(path, index=False)
    judged = find_label_errors(path, label_column="topic", min_support=4)
    [error] = [error for error in judged.errors if error.row == 3]
    assert (error.kind, error.given, error.says) == ("label", "pricing", right)
    assert {e.says for e in judged.errors} <= topics
    table = review_table(judged)
    assert table.loc[table["line"] == 5, "label_by_model"].tolist() == [right]


def listed(
    folder: Path, change: Callable[[Record], Record] = other_sentiment
) -> tuple[Path, Labelled, pd.DataFrame]:
    path = written(folder, planted(change))
    return path, read_labelled(path), review_table(found(change))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_corrected_list_mends_the_labels(tmp_path: Path, suffix: str) -> None:
    path, data, table = listed(tmp_path)
    row = table.index[table["line"] == data.records[WRONG].line][0]
    table.loc[row, "aspects"] = table.loc[row, "aspects_by_model"]
    table.loc[row, "sentiment"] = "neutral"
    review = tmp_path / f"list{suffix}"
    table.to_csv(review, index=False) if suffix == ".csv" else table.to_excel(review, index=False)
    out = tmp_path / "mended.jsonl"
    assert apply_review(path, review, out) == 1
    after = read_labelled(out)
    truth = planted(lambda row: row)[WRONG]
    mended = after.records[WRONG]
    assert [(m.touchpoint, m.sentiment, m.quote) for m in mended.mentions] == [
        (m["touchpoint"], m["sentiment"], m["quote"]) for m in truth["mentions"]
    ]
    assert mended.sentiment == "neutral"
    assert mended.extra["id"] == truth["id"]
    others = [r for i, r in enumerate(data.records) if i != WRONG]
    assert [replace(r, line=0) for i, r in enumerate(after.records) if i != WRONG] == [
        replace(r, line=0) for r in others
    ]


def test_a_mention_that_takes_the_place_of_one_keeps_its_words(tmp_path: Path) -> None:
    path, data, table = listed(tmp_path, other_touchpoint)
    row = table.index[table["line"] == data.records[WRONG].line][0]
    truth = planted(lambda row: row)[WRONG]["mentions"]
    table.loc[row, "aspects"] = ";".join(f"{m['touchpoint']}#{m['factor']}#{m['sentiment']}" for m in truth)
    table.to_csv(tmp_path / "list.csv", index=False)
    apply_review(path, tmp_path / "list.csv", tmp_path / "mended.jsonl")
    mended = read_labelled(tmp_path / "mended.jsonl").records[WRONG]
    assert {(m.touchpoint, m.quote) for m in mended.mentions} == {
        (m["touchpoint"], m["quote"]) for m in truth
    }


def test_what_cannot_be_brought_back_is_told_with_its_row(tmp_path: Path) -> None:
    path, _, table = listed(tmp_path)

    def refused(column: str, value: object, said: str) -> None:
        wrong = table.astype(object)
        wrong.loc[0, column] = value
        wrong.to_csv(tmp_path / "list.csv", index=False)
        with pytest.raises(InputError, match=said):
            apply_review(path, tmp_path / "list.csv", tmp_path / "mended.jsonl")

    refused("aspects", "delivry#responsiveness#positive", r"row 2, column aspects.*did you mean 'delivery'")
    refused("aspects", "delivery", "row 2, column aspects")
    refused("sentiment", "happy", "row 2, column sentiment: unknown 'happy'")
    refused("line", 9999, "row 2, column line: the labelled file has no comment on line '9999'")
    refused("text", "another text", r"row 2: line \d+ of the labelled file holds another text")
    assert not (tmp_path / "mended.jsonl").exists()


def test_personal_data_are_masked_in_the_list_and_whole_in_the_labels(tmp_path: Path) -> None:
    path, data, table = listed(tmp_path, with_number)
    row = table.index[table["line"] == data.records[WRONG].line][0]
    assert "0912" not in table.to_csv()
    table.loc[row, "aspects"] = ""
    table.to_csv(tmp_path / "list.csv", index=False)
    assert apply_review(path, tmp_path / "list.csv", tmp_path / "mended.jsonl") == 1
    assert "0912 000 678" in read_labelled(tmp_path / "mended.jsonl").records[WRONG].text


def test_a_sentiment_that_a_table_has_no_column_for_is_told(tmp_path: Path) -> None:
    path = tmp_path / "rooms.csv"
    path.write_text("text,aspects\nphòng sạch,ROOM#CLEAN#positive\n", encoding="utf-8")
    review = tmp_path / "list.csv"
    review.write_text(
        "line,text,sentiment,aspects\n2,phòng sạch,positive,ROOM#CLEAN#positive\n", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"rooms\.csv, line 2: there is no column 'sentiment'"):
        apply_review(path, review, tmp_path / "mended.csv")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["list.csv", "rooms.csv"]


def test_the_command_lists_and_applies(tmp_path: Path) -> None:
    path = written(tmp_path, planted(other_sentiment))
    out = tmp_path / "list.xlsx"
    said, _ = run("find-label-errors", path, "--min-support", 4, "--out", out, "--most", 1, "--jobs", 1)
    assert "have a label to look at again" in said
    assert "other sentiment" in said
    assert len(pd.read_excel(out)) == 1
    _, error = run("find-label-errors", path, "--out", out, status=1)
    assert "list.xlsx: exists" in error
    said, _ = run("find-label-errors", path, "--apply", out, "--out", tmp_path / "mended.jsonl")
    assert "Changed: 0 comments." in said
    assert (tmp_path / "mended.jsonl").read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_the_command_gives_machines_the_list(tmp_path: Path) -> None:
    path = written(tmp_path, planted(other_sentiment))
    said, _ = run("find-label-errors", path, "--min-support", 4, "--json", "--jobs", 1)
    record = json.loads(said)
    assert record["comments"] == len(planted(other_sentiment))
    assert {"line", "kind", "given", "model_says", "probability", "doubt", "quote", "text"} == set(
        record["errors"][0]
    )


def test_a_list_of_another_form_is_refused(tmp_path: Path) -> None:
    from cx_nlp.training.label_review import check_review_path

    with pytest.raises(OutputError, match=r"as \.xlsx or \.csv"):
        check_review_path(tmp_path / "list.pdf")
