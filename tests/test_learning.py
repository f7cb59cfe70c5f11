"""From labelled comments to a folder that is loaded again."""

import json
from pathlib import Path

from cx_nlp.bundle import load
from cx_nlp.training import train


def test_what_was_trained_is_saved_with_its_figures(invented, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    lines = [
        json.dumps({"text": text, **record}, ensure_ascii=False)
        for text, record in zip(*invented, strict=True)
    ]
    labelled.write_text("\n".join(lines), encoding="utf-8")
    trained = train(labelled, min_support=4)
    loaded = load(trained.save(tmp_path / "mine", licence="ours alone"))
    assert loaded.tag("giao hàng nhanh").mentions[0].touchpoint == "delivery"
    [delivery] = [row for row in trained.evaluation.labels["touchpoint"] if row.label == "delivery"]
    assert loaded.heldout["touchpoint"]["delivery"]["tp"] == delivery.tp
    assert loaded.left_out_ == trained.left_out
    card = (tmp_path / "mine" / "README.md").read_text(encoding="utf-8")
    assert trained.measured_on in card
    assert "ours alone" in card
