"""How long `cx-nlp causes` takes, and how much memory, on invented scored tables of growing size.

    python benchmarks/causes.py [--comments 25000 50000 100000] [--seed 0]

Every table has 2.5 mentions a comment and a third as many customers as comments; the command runs as a process of its own.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from cx_nlp.taxonomy import load_taxonomy

MENTIONS = 2.5
CUSTOMERS = 0.3
WORDS = "hàng giao chậm nhân viên nhiệt tình giá cao ứng dụng lỗi app slow late delivery good service vì because rất tốt".split()


def invented(comments: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Comments and mentions of that many comments over one year; every customer has a mood."""
    rng = np.random.default_rng(seed)
    taxonomy = load_taxonomy()
    customer = rng.integers(max(int(comments * CUSTOMERS), 1), size=comments)
    mood = rng.normal(size=customer.max() + 1)
    of = np.sort(rng.integers(comments, size=int(comments * MENTIONS)))
    bad = rng.random(len(of)) < 1 / (1 + np.exp(0.8 - 0.8 * mood[customer[of]]))
    length = 24
    texts = [" ".join(row) for row in rng.choice(WORDS, size=(comments, length))]
    start = rng.integers(0, 40, size=len(of))
    shares = rng.dirichlet(np.ones(len(taxonomy.touchpoint_ids)))
    mentions = pd.DataFrame(
        {
            "comment_id": of.astype(str),
            "touchpoint": rng.choice(taxonomy.touchpoint_ids, p=shares, size=len(of)),
            "factor": rng.choice(taxonomy.factor_ids, size=len(of)),
            "sentiment": np.where(bad, "negative", "positive"),
            "confidence": rng.uniform(0.4, 1, size=len(of)),
            "start": start,
            "end": start + 12,
        }
    ).drop_duplicates(["comment_id", "touchpoint", "factor", "sentiment"])
    mentions["quote"] = [
        texts[int(row)][a:b]
        for row, a, b in zip(mentions["comment_id"], mentions["start"], mentions["end"], strict=True)
    ]
    complaints = np.bincount(of, weights=bad, minlength=comments)
    table = pd.DataFrame(
        {
            "comment_id": np.arange(comments).astype(str),
            "text": texts,
            "customer_id": customer.astype(str),
            "time": pd.Timestamp("2025-01-01")
            + pd.to_timedelta(rng.integers(365 * 24, size=comments), unit="h"),
            "rating": np.clip(np.round(4.3 - 0.9 * complaints + rng.normal(0, 0.8, comments)), 1, 5),
            "channel": rng.choice(["app", "web", "store", "hotline"], size=comments),
            "segment": rng.choice(["new", "loyal", "gold"], size=comments),
            "value": rng.lognormal(13, 0.5, size=comments).round(-3),
            "sentiment": np.select([complaints > 1, complaints > 0], ["negative", "mixed"], "positive"),
        }
    )
    return table, mentions


def measured(comments: int, seed: int) -> tuple[float, float]:
    """Seconds and GB of the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        scored = Path(folder) / "scored"
        scored.mkdir()
        for name, frame in zip(("comments", "mentions"), invented(comments, seed), strict=True):
            frame.to_parquet(scored / f"{name}.parquet")
        command = [
            sys.executable,
            "-m",
            "cx_nlp",
            "causes",
            str(scored),
            "--out",
            str(Path(folder) / "out"),
            "--quiet",
        ]
        started = time.perf_counter()
        process = subprocess.Popen(command)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"the command ended with status {os.waitstatus_to_exitcode(status)}")
        return time.perf_counter() - started, _gigabytes(used)


def _gigabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comments", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print("| comments | seconds | GB | seconds per 10 000 comments |\n|---:|---:|---:|---:|")
    for count in given.comments:
        seconds, gigabytes = measured(count, given.seed)
        print(f"| {count:,} | {seconds:.1f} | {gigabytes:.2f} | {seconds / count * 1e4:.2f} |", flush=True)
