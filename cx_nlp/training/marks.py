"""`make models`: the counts from which marks are put back, from the Vietnamese comments of this project."""

from __future__ import annotations

import argparse
from pathlib import Path

from cx_nlp.segment import segment
from cx_nlp.text import normalize
from cx_nlp.text.marks import Marks
from cx_nlp.training.source import labelled_source


def count_marks(feedback: Path) -> Marks:
    """The counts over the comments in Vietnamese of every file in a folder."""
    records = labelled_source(sorted(feedback.glob("*.jsonl"))).records
    texts = (normalize(record.text).text for record in records if record.extra["lang"] == "vi")
    return Marks.learn([found.words for found in segment(texts)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feedback", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    given.out.write_bytes(count_marks(given.feedback).to_bytes())
