"""Rows a second that a run is added with, for each address given: `python benchmarks/databases.py sqlite:///x.db …`."""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from cx_nlp.sql.destination import destination, prepare
from cx_nlp.sql.loading import Run, add_run
from cx_nlp.taxonomy import load_taxonomy

SAID = (
    "Giao hàng chậm quá, đợi hai tuần mới có mà gọi tổng đài không ai nghe",
    "Nhân viên nhiệt tình nhưng giá hơi cao so với chất lượng, sẽ cân nhắc lần sau",
    "App hay bị văng lúc thanh toán; call me on an.vidu@example.com",
    "Sản phẩm dùng tốt, đóng gói kỹ, giao đúng hẹn",
)


def folder_of(folder: Path, n: int) -> dict[str, Any]:
    """Scored tables of `n` comments with two mentions each; gives what a manifest says of them."""
    ids = [f"review-{i}" for i in range(n)]
    texts = [SAID[i % len(SAID)] for i in range(n)]
    comments = pd.DataFrame(
        {
            "comment_id": ids,
            "text": texts,
            "customer_id": [f"KH{i % 50_000}" for i in range(n)],
            "time": pd.Timestamp("2024-01-01") + pd.to_timedelta([i % 900_000 for i in range(n)], unit="min"),
            "rating": [float(1 + i % 5) for i in range(n)],
            "channel": ["app"] * n,
            "sentiment": ["mixed"] * n,
            "confidence": [0.9] * n,
            "needs_review": [i % 7 == 0 for i in range(n)],
        }
    )
    comments.to_parquet(folder / "comments.parquet", row_group_size=2048)
    mentions = comments.loc[comments.index.repeat(2), ["comment_id"]].assign(
        touchpoint="delivery", factor="responsiveness", stage="purchase", sentiment="negative", confidence=0.8, start=0,
        end=14, quote=[text[:14] for text in texts for _ in range(2)],
    )  # fmt: skip
    mentions.to_parquet(folder / "mentions.parquet", index=False, row_group_size=4096)
    (folder / "rejected.csv").write_text("line,reason,content\r\n", encoding="utf-8-sig")
    numbers = {"rows_in": n, "scored": n, "rejected": 0, "mentions": 2 * n, "needs_review": 0, "truncated": 0}
    return {
        "counts": numbers,
        "seconds": 1.0,
        "input": {"name": "benchmark", "sha256": ""},
        "model": {"id": "none", "digest": None},
        "versions": {"cx_nlp": "0"},
    }


def added(address: str, folder: Path, manifest: dict[str, Any], *, keep: bool) -> str:
    """Adds the run in a process of its own, so that the memory is what this takes; gives the figures in words."""
    goal = destination(address)
    prepare(goal)
    run = Run(f"{time.time()}", "score", folder, manifest, load_taxonomy(), None, keep_personal_data=keep)
    wall, processor = time.perf_counter(), time.process_time()
    add_run(goal, run)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    counts = manifest["counts"]
    rows = counts["scored"] + counts["mentions"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"{goal.address.kind}, {'as written' if keep else 'masked'}: {rows:,} rows, {rows / wall:,.0f} a second, {rows / processor:,.0f}"
        f" a second of this process's processor time, {peak} MiB at most"
    )


def main() -> None:
    """Measures each address twice: with personal data kept, and masked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="+")
    parser.add_argument("--comments", type=int, default=200_000)
    options = parser.parse_args()
    fresh = get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        with fresh.Pool(1) as pool:
            manifest = pool.apply(folder_of, (Path(name), options.comments))
        for address in options.address:
            for keep in (True, False):
                with fresh.Pool(1) as pool:
                    print(pool.apply(added, (address, Path(name), manifest), {"keep": keep}))


if __name__ == "__main__":
    main()
