"""What goes to Label Studio and comes back."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from cx_nlp.errors import InputError
from cx_nlp.io.label_studio_tasks import labelling_config, write_tasks
from cx_nlp.io.labelled import read_labelled
from cx_nlp.io.suggested import SuggestedMention, Suggestion
from cx_nlp.taxonomy import load_taxonomy
from cx_nlp.training.source import labelled_source

TEXT = "🎉 Giao nhanh, app lag 🎉 app đẹp"
MENTIONS = (
    SuggestedMention("delivery", "responsiveness", "positive", 0.9, 2, 12, "Giao nhanh"),
    SuggestedMention("app", "product_quality", "negative", 0.4, 14, 21, "app lag"),
)
GIVEN = Suggestion("c1", TEXT, "uncertain", "vi", "App", "mixed", 0.7, MENTIONS)


def written(tmp_path: Path) -> list[dict[str, Any]]:
    path = tmp_path / "tasks.json"
    write_tasks(path, [GIVEN], load_taxonomy(), model="fast", lang="vi")
    return json.loads(path.read_text(encoding="utf-8"))


def exported(tmp_path: Path, **changes: Any) -> dict[str, Any]:
    """The task as Label Studio exports it once a person has accepted what is suggested."""
    (task,) = written(tmp_path)
    annotation = {"id": 9, "result": task["predictions"][0]["result"], "updated_at": "2024-05-01T00:00:00Z"}
    return {"id": 1, "data": task["data"], "annotations": [{**annotation, **changes}], "predictions": []}


def minimal(**keys: Any) -> dict[str, Any]:
    """The task as JSON-MIN has it: choices about words stand in their order, without place."""
    spans = [
        {"start": m.start, "end": m.end, "text": m.quote, "labels": [f"{m.touchpoint} · x"]} for m in MENTIONS
    ]
    said = {
        "factor": [m.factor for m in MENTIONS],
        "polarity": [m.sentiment for m in MENTIONS],
        "sentiment": "mixed",
    }
    about = {"id": 1, "annotator": 2, "annotation_id": 9, "updated_at": "2024-05-01T00:00:00Z"}
    return {
        "text": TEXT,
        "comment_id": "c1",
        "picked_for": "uncertain",
        "touchpoint": spans,
        **said,
        **about,
        **keys,
    }


def saved(tmp_path: Path, *tasks: dict[str, Any]) -> Path:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def test_the_tasks_hold_what_the_model_suggests_in_the_words_of_the_config(tmp_path: Path) -> None:
    (task,) = written(tmp_path)
    config = ET.fromstring(labelling_config(load_taxonomy(), lang="vi"))  # noqa: S314 - our own
    controls = {node.get("name"): {one.get("value") for one in node} for node in config if node.get("toName")}
    assert task["data"] == {
        "text": TEXT,
        "comment_id": "c1",
        "picked_for": "uncertain",
        "language": "vi",
        "source": "App",
    }
    (prediction,) = task["predictions"]
    assert (prediction["model_version"], prediction["score"]) == ("fast", 0.4)
    for result in prediction["result"]:
        value = result["value"]
        assert set(value[result["type"]]) <= controls[result["from_name"]]
        if "start" in value:
            assert TEXT[value["start"] : value["end"]] == value["text"]
    assert len(controls["touchpoint"]) == 18


@pytest.mark.parametrize("form", ["json", "min"])
def test_both_exports_come_back_as_labelled_comments(tmp_path: Path, form: str) -> None:
    task = exported(tmp_path) if form == "json" else minimal()
    read = labelled_source(saved(tmp_path, task), taxonomy=load_taxonomy(), bound_aspects=False)
    (record,) = read.records
    assert (read.kind, read.rejected, record.text, record.sentiment) == ("mentions", {}, TEXT, "mixed")
    assert (record.extra["comment_id"], record.extra["picked_for"]) == ("c1", "uncertain")
    found = [(m.touchpoint, m.factor, m.sentiment, m.start, m.end, m.quote) for m in record.mentions]
    assert found == [(m.touchpoint, m.factor, m.sentiment, m.start, m.end, m.quote) for m in MENTIONS]


def test_offsets_in_units_of_utf_16_are_mended_by_the_words(tmp_path: Path) -> None:
    # Two pictures of two units each stand before the second "app".
    span = {"start": 26, "end": 29, "text": "app", "labels": ["app"]}
    task = minimal(touchpoint=[span], factor="environment", polarity="positive")
    (mention,) = read_labelled(saved(tmp_path, task)).records[0].mentions
    assert (mention.start, mention.quote) == (TEXT.rindex("app"), "app")


def test_choices_with_their_place_are_matched_by_it(tmp_path: Path) -> None:
    at = [{"start": m.start, "end": m.end, "choices": [m.factor]} for m in reversed(MENTIONS)]
    (record,) = read_labelled(saved(tmp_path, minimal(factor=at))).records
    assert [m.factor for m in record.mentions] == ["responsiveness", "product_quality"]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"polarity": "negative"}, "2 touchpoints but 1 of 'polarity': .* export them as JSON"),
        ({"polarity": None}, "no polarity for the words with the touchpoint 'delivery'"),
        ({"sentiment": ["positive", "negative"]}, "several labels where one is expected"),
        ({"factor": ["speed", "value"]}, r"mentions\[0\].factor: unknown factor 'speed'"),
        ({"text": 5}, "text is not text"),
    ],
)
def test_a_task_that_cannot_be_used_is_set_aside_with_its_reason(
    tmp_path: Path, keys: dict[str, Any], reason: str
) -> None:
    read = read_labelled(saved(tmp_path, minimal(id=2), minimal(**keys)))
    assert len(read.records) == 1
    (row,) = next(iter(read.rejected.values()))
    assert row.line == 2
    assert re.search(reason, row.reason)


def test_of_several_annotations_the_true_one_else_the_last_counts(tmp_path: Path) -> None:
    task = exported(tmp_path)
    empty = {"id": 10, "result": [], "updated_at": "2024-06-01T00:00:00Z"}
    task["annotations"].append(empty)
    assert read_labelled(saved(tmp_path, task)).records[0].mentions == ()
    task["annotations"][0]["ground_truth"] = True
    assert len(read_labelled(saved(tmp_path, task)).records[0].mentions) == 2
    later = minimal(updated_at="2024-06-01T00:00:00Z", touchpoint=[], factor=[], polarity=[])
    assert read_labelled(saved(tmp_path, later, minimal())).records[0].mentions == ()


def test_tasks_nobody_labelled_or_somebody_skipped_do_not_count(tmp_path: Path) -> None:
    task = exported(tmp_path)
    skipped, waiting = exported(tmp_path, was_cancelled=True), {**task, "annotations": []}
    read = read_labelled(saved(tmp_path, task, skipped, waiting))
    assert [row.reason for row in read.rejected[str(tmp_path / "export.json")]] == [
        "left out by the person who labelled",
        "not labelled yet",
    ]


@pytest.mark.parametrize("content", ["[1, 2]", '[{"a": 1}]', "[", "[]", '[{"text": "a", "mentions": []}]'])
def test_another_json_list_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "export.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="expected what Label Studio exports"):
        read_labelled(path)
