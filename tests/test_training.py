import json
import random
from pathlib import Path

import pandas as pd
import pytest

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.tagger import CommentClassifier, MentionTagger
from cx_nlp.training import evaluate, train

GOOD = ["phòng sạch", "phòng rộng", "phòng thơm", "phòng đẹp", "phòng mới"]
BAD = ["phòng bẩn", "phòng chật", "phòng hôi", "phòng ẩm", "phòng cũ"]
KIND = [
    "lễ tân vui vẻ",
    "lễ tân nhiệt tình",
    "lễ tân dễ thương",
    "nhân viên thân thiện",
    "nhân viên tận tình",
]
RUDE = ["lễ tân khó chịu", "lễ tân thô lỗ", "lễ tân cau có", "nhân viên lạnh lùng", "nhân viên cáu gắt"]
SIDES = [
    ("ROOM#CLEAN#positive", GOOD),
    ("ROOM#CLEAN#negative", BAD),
    ("STAFF#GENERAL#positive", KIND),
    ("STAFF#GENERAL#negative", RUDE),
]


@pytest.fixture(scope="module")
def aspects() -> pd.DataFrame:
    """Comments of one or two judgements, labelled as whole comments."""
    draw = random.Random(1)
    rows = []
    for i in range(90):
        chosen = draw.sample([SIDES[draw.randrange(2)], SIDES[2 + draw.randrange(2)]], k=1 + i % 2)
        text = ", ".join(draw.choice(phrases) for _, phrases in chosen)
        rows.append(
            (
                f"{text} {draw.choice(['', 'nha', 'lắm', 'thật', 'ghê'])}".strip(),
                ";".join(label for label, _ in chosen),
            )
        )
    return pd.DataFrame(rows, columns=["text", "aspects"])


def test_labels_of_whole_comments_are_learnt(aspects: pd.DataFrame) -> None:
    trained = train(aspects)
    assert isinstance(trained.model, MentionTagger)
    assert "4 folds" in trained.measured_on
    category = trained.evaluation.figures["category"]
    assert category.value is not None
    assert category.value > 0.7
    assert category.low is not None
    assert category.low <= category.value
    tagged = trained.model.tag("phòng bẩn nhưng lễ tân nhiệt tình")
    found = {(m.touchpoint, m.sentiment): m.quote for m in tagged.mentions}
    assert found == {("ROOM", "negative"): "phòng bẩn", ("STAFF", "positive"): "lễ tân nhiệt tình"}


def test_figures_come_from_the_comments_given_for_it(aspects: pd.DataFrame, tmp_path: Path) -> None:
    inside, outside = tmp_path / "train.csv", tmp_path / "dev.csv"
    aspects[:70].to_csv(inside, index=False)
    aspects[70:].to_csv(outside, index=False)
    trained = train(inside, dev=outside)
    assert trained.evaluation.comments == 20
    assert trained.measured_on == "20 comments given for it"
    again = evaluate(trained.model, outside)
    assert again.figures["triple"] == trained.evaluation.figures["triple"]


def test_comments_measured_on_that_were_learnt_from_are_told(aspects: pd.DataFrame) -> None:
    note = "20 of the 20 comments to measure on stand among those learnt from"
    assert any(one.startswith(note) for one in train(aspects, dev=aspects[70:]).notes)
    apart = aspects.assign(
        text=[f"hôm {i}: {text}, nói chung là như vậy đó" for i, text in enumerate(aspects["text"])]
    )
    far = pd.DataFrame(
        {"text": ["vòi nước trong nhà tắm cứ rỉ suốt đêm"], "aspects": ["ROOM#CLEAN#negative"]}
    )
    assert not any("learnt from" in one for one in train(apart, dev=far).notes)


def test_labels_that_are_numbers_meet_their_own_kind(aspects: pd.DataFrame, tmp_path: Path) -> None:
    """An empty cell makes every 1 of a column 1.0, and the two had never met."""
    frame = aspects[~aspects["aspects"].str.contains(";")]
    stars = frame.assign(stars=[5 if "positive" in label else 1 for label in frame["aspects"]])
    model = train(stars, label_column="stars", min_support=2).model
    gaps = stars.assign(stars=stars["stars"].where(stars.index != stars.index[0]))
    assert gaps["stars"].dtype == float
    gaps.to_parquet(tmp_path / "gaps.parquet")
    for source in (gaps, tmp_path / "gaps.parquet"):
        found = evaluate(model, source, label_column="stars", resamples=0)
        assert found.comments == len(stars) - 1
        assert found.figures["label_accuracy"].value > 0.8  # type: ignore[operator]
    words = stars.assign(stars="great")
    for refused in (
        lambda: evaluate(model, words, label_column="stars"),
        lambda: train(stars, label_column="stars", dev=words, min_support=2),
    ):
        with pytest.raises(InputError, match=r"to measure on \(great\) is one that was learnt \(1, 5\)"):
            refused()


def test_labels_and_comments_cannot_be_one_column(aspects: pd.DataFrame) -> None:
    with pytest.raises(ColumnError, match="cannot hold both the comments and their labels"):
        train(aspects, label_column="text")


def test_one_label_a_comment(aspects: pd.DataFrame) -> None:
    frame = aspects[~aspects["aspects"].str.contains(";")].rename(columns={"aspects": "topic"})
    trained = train(frame, label_column="topic", min_support=2)
    assert isinstance(trained.model, CommentClassifier)
    assert trained.taxonomy is None
    assert evaluate(trained.model, frame, label_column="topic").figures["label_accuracy"].value > 0.8  # type: ignore[operator]


def test_slices_follow_a_key_of_the_data(aspects: pd.DataFrame) -> None:
    trained = train(aspects)
    marked = aspects.assign(branch=["Huế", "Vinh"] * 45)
    found = evaluate(trained.model, marked, slices=["branch"], resamples=50)
    assert {part: one.comments for part, one in found.slices["branch"].items()} == {"Huế": 45, "Vinh": 45}


def test_too_few_examples_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "few.jsonl"
    mention = {"touchpoint": "app", "factor": "general", "sentiment": "positive", "quote": "app tốt"}
    lines = [{"text": f"app tốt {i}", "sentiment": "positive", "mentions": [mention]} for i in range(3)]
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    with pytest.raises(InputError, match="no label has at least 8 comments"):
        train(path)


def test_a_model_is_not_measured_on_data_of_another_kind(aspects: pd.DataFrame) -> None:
    single = aspects[~aspects["aspects"].str.contains(";")].rename(columns={"aspects": "topic"})
    of_labels = train(single, label_column="topic", min_support=2).model
    of_mentions = train(aspects).model
    with pytest.raises(InputError, match="one label, the data hold mentions"):
        evaluate(of_labels, aspects)
    with pytest.raises(InputError, match="gives mentions, the data hold one label"):
        evaluate(of_mentions, single, label_column="topic")


def test_rows_that_cannot_be_learnt_from_are_told(aspects: pd.DataFrame) -> None:
    blank = pd.DataFrame({"text": [""], "aspects": ["ROOM#CLEAN#positive"]})
    trained = train(pd.concat([aspects, blank], ignore_index=True))
    assert any("1 row not used" in note for note in trained.notes)
