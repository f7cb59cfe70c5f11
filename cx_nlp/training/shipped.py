"""`make models`: the shipped model, from the labelled comments of this project alone."""

from __future__ import annotations

import sys
from pathlib import Path

from cx_nlp.training.learning import train

DESCRIPTION = (
    "Tags Vietnamese and English customer feedback by touchpoint, success factor and sentiment. Trained on the labelled "
    "comments of data/feedback alone, all of them written for this project; no real customer's words are in it."
)


def build(feedback: Path, out: Path) -> None:
    """Fit the fast model on every file of the folder `feedback` and write it as a bundle."""
    trained = train(sorted(feedback.glob("*.jsonl")), n_jobs=-1)
    trained.save(out, name=out.name, description=DESCRIPTION, licence="Apache-2.0", overwrite=True)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
