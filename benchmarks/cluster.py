"""How much faster two Dask workers of one thread score than one does.

    python benchmarks/cluster.py [--rows 12288] [--model accurate] [--rounds 1] [--own-cores]

Local clusters of processes on this machine; a small export first, so that the model is there. The files must be the same. A worker
of one thread reads and decides while its network runs, so that one alone takes part of a second core, too; with `--own-cores` (Linux)
each worker is held to one core of its own, as if it were a machine of one core.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from big_export import write
from distributed import Client, LocalCluster

import cx_nlp
from cx_nlp.io.comment_plan import plan_comments
from cx_nlp.io.readers import open_export
from cx_nlp.scoring import score_export

TABLES = ("comments.parquet", "mentions.parquet")


def score(export: Path, out: Path, tagger: object, address: str) -> float:
    """Seconds a run takes."""
    opened = open_export(export)
    plan = plan_comments(opened)
    clock = time.perf_counter()
    score_export(opened, out=out, tagger=tagger, plan=plan, scheduler=address)
    return time.perf_counter() - clock


def hold(core: int) -> None:
    """On a worker: keeps all threads of its process on one core."""
    for thread in psutil.Process().threads():
        psutil.Process(thread.id).cpu_affinity([core])


def main() -> None:
    """Scores with one worker and with two, in turn."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=12_288)
    options.add_argument("--model", default="accurate")
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--own-cores", action="store_true")
    given = options.parse_args()
    tagger = cx_nlp.load(given.model)
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "small.csv", 300, 1)
        write(folder / "export.csv", given.rows, 0)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        files = []
        for k in range(given.rounds):
            for workers, found in seconds.items():
                with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster:
                    address = cluster.scheduler_address
                    if given.own_cores:
                        with Client(cluster) as client:
                            for core, worker in enumerate(client.scheduler_info()["workers"]):
                                client.run(hold, core, workers=[worker])
                    score(folder / "small.csv", folder / f"small-{k}-{workers}", tagger, address)
                    out = folder / f"out-{k}-{workers}"
                    found.append(score(folder / "export.csv", out, tagger, address))
                    files.append([(out / table).read_bytes() for table in TABLES])
                print(f"{workers} workers: {given.rows / found[-1]:,.0f} comments a second", flush=True)
        ratios = [one / two for one, two in zip(seconds[1], seconds[2], strict=True)]
        print(
            f"two workers against one: median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f}"
        )
        print("the same files" if all(found == files[0] for found in files) else "NOT the same files")


if __name__ == "__main__":
    main()
