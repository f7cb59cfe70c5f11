"""`make models`: the counts from which marks are put back, from the Vietnamese comments of this project."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cx_nlp.segment import segment
from cx_nlp.text import normalize
from cx_nlp.text.marks import Marks


def count_marks(feedback: Path) -> Marks:
    """The counts over the comments in Vietnamese of every file in a folder."""
    files = sorted(feedback.glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    records = [json.loads(line) for line in lines]
    texts = (normalize(record["text"]).text for record in records if record["lang"] == "vi")
    return Marks.learn([found.words for found in segment(texts)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feedback", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.write_bytes(count_marks(given.feedback).to_bytes())
