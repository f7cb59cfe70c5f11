"""Comments per second of the shipped models and of the plain scikit-learn pipeline, on the same distinct comments.

    python benchmarks/throughput.py [--export FILE] [--rounds 5] [--most 4000]

Each side runs in a process of its own, in turn, so that a noisy machine slows all; the figures to read are the ratios. The
plain pipeline and the fast model use one thread, the models with an encoder one for each core. The plain pipeline is TfidfVectorizer (word 1-2 and char_wb 2-5) with one-vs-rest logistic regression over the
same labels on whole comments, `predict_proba`; it gives no clauses, spans, sentiment or calibrated confidence.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import random
import statistics
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from subprocess import PIPE, run
from tempfile import TemporaryDirectory

import joblib

ROOT = Path(__file__).parent.parent
MIN_SUPPORT = 8
SIDES = ("plain", "fast", "auto", "accurate")


def labelled() -> list[dict]:
    """The training comments of this project."""
    files = sorted((ROOT / "data" / "feedback").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def distinct_comments(export: Path) -> list[str]:
    """The distinct texts of an export."""
    from cx_nlp.io.comment_plan import plan_comments
    from cx_nlp.io.comments import CommentReader
    from cx_nlp.io.readers import open_export

    opened = open_export(export)
    reader = CommentReader(plan_comments(opened))
    texts = [text for chunk in opened.chunks() for text in reader.read(chunk)[0]["text"]]
    return list(dict.fromkeys(texts))


def own_comments() -> list[str]:
    """The distinct comments of data/: the sample export's and the labelled ones, in an order of chance."""
    texts = [*distinct_comments(ROOT / "data" / "sample_reviews.csv"), *(r["text"] for r in labelled())]
    found = list(dict.fromkeys(texts))
    random.Random(0).shuffle(found)
    return found


def plain_labels(record: dict) -> set[str]:
    """The labels of a comment as text."""
    return {"#".join((m["touchpoint"], m["factor"], m["sentiment"])) for m in record["mentions"]}


def fit_plain(out: Path, names: Path | None = None) -> int:
    """Fit the plain pipeline on the training comments; the number of its labels, which `names` gets as JSON."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import MultiLabelBinarizer

    records = labelled()
    labels = [plain_labels(r) for r in records]
    support = Counter(label for found in labels for label in found)
    binarizer = MultiLabelBinarizer(classes=sorted(label for label, n in support.items() if n >= MIN_SUPPORT))
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2)), TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5))
        ),
        OneVsRestClassifier(LogisticRegression(solver="liblinear", dual=True)),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit([r["text"] for r in records], binarizer.fit_transform(labels))
    joblib.dump(model, out)
    if names:
        names.write_text(json.dumps([*binarizer.classes]))
    return len(binarizer.classes)


def time_side(side: str, folder: Path) -> None:
    """Print the seconds one side takes over the comments of the folder, after a warm-up."""
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    if side == "plain":
        tag = joblib.load(folder / "plain.joblib").predict_proba
    else:
        import cx_nlp

        tag = cx_nlp.load(side).tag_many
    tag(texts[:200])
    gc.collect()
    started = time.perf_counter()
    tag(texts)
    print(time.perf_counter() - started)


def sides() -> list[str]:
    """The plain pipeline and the models that are built here."""
    from cx_nlp.bundle.shipped import find_model
    from cx_nlp.errors import BundleError

    found = ["plain"]
    for name in SIDES[1:]:
        try:
            find_model(name)
            found.append(name)
        except BundleError as error:
            print(f"{name} is left out: {error}")
    return found


def main() -> None:
    """Fit the peer, run all sides in turn, print the rates and the ratios."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--export", type=Path, help="an export to take the comments of; else those of data/")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--most", type=int, default=4000, help="comments taken, in an order shuffled once")
    options.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.side:
        time_side(given.side, given.folder)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        texts = distinct_comments(given.export) if given.export else own_comments()
        texts = texts[: given.most]
        (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
        labels = fit_plain(folder / "plain.joblib")
        source = given.export.name if given.export else "data/"
        print(f"{len(texts):,} distinct comments of {source}; plain pipeline with {labels} labels")
        rates: dict[str, list[float]] = {side: [] for side in sides()}
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        for _ in range(given.rounds):
            for side, found in rates.items():
                command = [sys.executable, __file__, "--side", side, "--folder", name]
                printed = run(command, env=one_thread, stdout=PIPE, text=True, check=True).stdout
                found.append(len(texts) / float(printed))
        for side, found in rates.items():
            print(
                f"{side:<9}{statistics.median(found):>9,.0f} comments/s (median of {len(found)}, {min(found):,.0f} to {max(found):,.0f})"
            )
        for side in [*rates][1:]:
            ratios = [ours / plain for ours, plain in zip(rates[side], rates["plain"], strict=True)]
            print(
                f"{side} / plain: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}"
            )


if __name__ == "__main__":
    main()
