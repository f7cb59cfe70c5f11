"""Whole processes from a CSV to Parquet: comments per second and peak memory of `cx-nlp score` and of its peers.

    python benchmarks/big_export.py 1000000 million.csv
    python benchmarks/scale.py million.csv [--side fast --side plain --side fasttext] [--labelled COMMENTS.jsonl]

Sides: `fast`, `auto` and `accurate` are `cx-nlp score --model …`; `plain` is TfidfVectorizer (word 1-2 and char_wb 2-5) with
one-vs-rest logistic regression in two processes; `fasttext` is fastText's own predictor (extra `bench`; one process, as it has no
other). The peers are trained on the same comments and labels, read the same CSV and write the labels of every comment; they give no
quotes, confidence that is calibrated, or comment sentiment. Memory is the largest sum over all processes of their proportional set
sizes, looked at every quarter of a second. With `--labelled` the triple F1 of each side on those comments stands beside its rate.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import pandas as pd
import psutil
from throughput import fit_plain, labelled, plain_labels

SIDES = ("fast", "plain", "fasttext", "auto", "accurate")
PEERS = ("plain", "fasttext")
ROWS = 4096
THRESHOLD = 0.5
Predict = Callable[[Sequence[str]], list[list[str]]]


def fit_fasttext(out: Path) -> None:
    """FastText on the labels of whole comments, one-vs-all, its documented settings for many labels."""
    import fasttext

    lines = out.with_suffix(".txt")
    with lines.open("w", encoding="utf-8") as stream:
        for record in labelled():
            marks = " ".join(f"__label__{label}" for label in sorted(plain_labels(record)))
            stream.write(f"{marks} {' '.join(record['text'].split())}\n")
    model = fasttext.train_supervised(
        str(lines), loss="ova", lr=0.5, epoch=25, wordNgrams=2, minn=2, maxn=5, dim=100, bucket=500_000, thread=2, verbose=0
    )  # fmt: skip
    model.save_model(str(out))


def predictor(side: str, folder: Path) -> Predict:
    """The labels that a peer gives to comments."""
    if side == "fasttext":
        import fasttext

        model = fasttext.load_model(str(folder / "fasttext.bin"))

        def predict(texts: Sequence[str]) -> list[list[str]]:
            lines = [" ".join(text.split()) for text in texts]
            return [
                [label.removeprefix("__label__") for label in found]
                for found in model.predict(lines, k=-1, threshold=THRESHOLD)[0]
            ]

        return predict
    pipeline, names = joblib.load(folder / "plain.joblib"), json.loads((folder / "plain.json").read_text())
    return lambda texts: [
        [names[k] for k in row.nonzero()[0]] for row in pipeline.predict_proba(list(texts)) >= THRESHOLD
    ]


_HERE: dict[str, Predict] = {}


def _predicted(side: str, folder: Path, texts: Sequence[str]) -> list[list[str]]:
    if side not in _HERE:
        _HERE[side] = predictor(side, folder)
    return _HERE[side](texts)


def run_peer(side: str, folder: Path, export: Path, out: Path) -> None:
    """A peer from the CSV to a Parquet file, in as many processes as it can use of two."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    chunks = (
        chunk["comment"].tolist()
        for chunk in pd.read_csv(export, chunksize=ROWS, dtype=str, keep_default_na=False)
    )
    schema = pa.schema([("labels", pa.list_(pa.string()))])
    jobs = 1 if side == "fasttext" else 2
    found = joblib.Parallel(n_jobs=jobs, return_as="generator", pre_dispatch=4)(
        joblib.delayed(_predicted)(side, folder, texts) for texts in chunks
    )
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for labels in found:
            writer.write_table(pa.table([pa.array(labels, schema.field(0).type)], schema=schema))


def measured(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory in megabytes of a process and all it starts."""
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    clock, peak = time.perf_counter(), 0.0
    run = subprocess.Popen(command, env=one_thread, stdout=subprocess.DEVNULL)
    while run.poll() is None:
        peak = max(peak, sum(_memory(process) for process in _tree(run.pid)))
        time.sleep(0.25)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {run.returncode}")
    return time.perf_counter() - clock, peak / 1e6


def _tree(pid: int) -> Iterator[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        yield parent
        yield from parent.children(recursive=True)
    except psutil.NoSuchProcess:
        return


def _memory(process: psutil.Process) -> float:
    try:
        found = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0
    return float(getattr(found, "pss", 0) or found.uss)


def triple_f1(side: str, folder: Path, path: Path) -> float:
    """Micro F1 of touchpoint, factor and sentiment on labelled comments."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = [record["text"] for record in records]
    if side in PEERS:
        told = [{*found} for found in predictor(side, folder)(texts)]
    else:
        import cx_nlp

        tagged = cx_nlp.load(side).tag_many(texts)
        told = [{f"{m.touchpoint}#{m.factor}#{m.sentiment}" for m in one.mentions} for one in tagged]
    true = [plain_labels(record) for record in records]
    hits = sum(len(a & b) for a, b in zip(told, true, strict=True))
    return 2 * hits / max(sum(map(len, told)) + sum(map(len, true)), 1)


def main() -> None:
    """Fits the peers, runs every side, prints rates, ratios, memory and F1."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("export", type=Path)
    options.add_argument("--side", choices=SIDES, action="append")
    options.add_argument("--labelled", type=Path, help="comments with labels, in the form of data/feedback")
    options.add_argument("--peers", type=Path, help="a folder to keep the fitted peers in")
    options.add_argument("--jobs", type=int, help="processes of the fast side")
    options.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.peer:
        run_peer(given.peer, given.folder, given.export, given.folder / f"{given.peer}.parquet")
        return
    with given.export.open(encoding="utf-8", newline="") as stream:
        rows = sum(1 for _ in csv.reader(stream)) - 1
    first = 0.0
    with TemporaryDirectory() as scratch:
        name = str(given.peers or scratch)
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        for side in given.side or ("fast", "plain"):
            if side == "plain" and not (folder / "plain.json").exists():
                fit_plain(folder / "plain.joblib", folder / "plain.json")
            elif side == "fasttext" and not (folder / "fasttext.bin").exists():
                fit_fasttext(folder / "fasttext.bin")
            if side in PEERS:
                command = [sys.executable, __file__, str(given.export), "--peer", side, "--folder", name]
            else:
                command = [
                    sys.executable,
                    "-m",
                    "cx_nlp",
                    "score",
                    str(given.export),
                    "--model",
                    side,
                    "--quiet",
                    "--out",
                    f"{scratch}/{side}",
                ]
                command += ["--jobs", str(given.jobs)] if given.jobs and side == "fast" else []
            seconds, megabytes = measured(command)
            first = first or rows / seconds
            line = f"{side:<9}{rows / seconds:>9,.0f} comments/s  {megabytes:>6,.0f} MB  {seconds:,.0f} s  first side / this {first * seconds / rows:.2f}"
            if given.labelled:
                line += f"  triple F1 {triple_f1(side, folder, given.labelled):.3f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
