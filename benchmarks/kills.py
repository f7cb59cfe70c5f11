"""Scoring runs killed at random and started again, against a run that nobody disturbed.

    python benchmarks/kills.py [--kills 100] [--rows 60000] [--model fast] [--seed 0]

Each run is killed (SIGKILL) once, twice or three times, a random while after its start or after it took up its work, then started
again with the same command until it ends; its tables are compared byte for byte with those of an undisturbed run.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from big_export import write

from cx_nlp.io.target import output_target
from cx_nlp.scoring.unfinished import unfinished_folder

FILES = ("comments.parquet", "mentions.parquet", "rejected.csv", "taxonomy.toml")


def start(export: Path, out: Path, model: str) -> subprocess.Popen[bytes]:
    """A scoring run."""
    command = [
        sys.executable,
        "-m",
        "cx_nlp",
        "score",
        str(export),
        "--out",
        str(out),
        "--model",
        model,
        "--quiet",
    ]
    return subprocess.Popen(command, stderr=subprocess.PIPE)


def where(out: Path) -> str:
    """How far the run that was killed had come."""
    folder = unfinished_folder(output_target(out))
    if out.exists():
        return "result in place" if not folder.exists() else "while the result took its place"
    if not folder.exists():
        return "before its first trace"
    return "while it scored" if (folder / "tags.journal").exists() else "before its journal"


def main() -> None:
    """Kills, starts again, compares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--model", default="fast")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    at: Counter[str] = Counter()
    runs = same = failed = 0
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "export.csv", given.rows, given.seed)
        clock = time.perf_counter()
        if start(folder / "export.csv", folder / "whole", given.model).wait():
            raise SystemExit("the undisturbed run failed")
        seconds = time.perf_counter() - clock
        whole = [(folder / "whole" / file).read_bytes() for file in FILES]
        while at.total() < given.kills:
            out = folder / f"run-{runs}"
            runs += 1
            for _ in range(rng.randint(1, 3)):
                if out.exists():
                    break
                run = start(folder / "export.csv", out, given.model)
                try:
                    run.wait(timeout=rng.uniform(0.2, seconds))
                except subprocess.TimeoutExpired:
                    run.kill()
                if run.wait() == -signal.SIGKILL:
                    at[where(out)] += 1
            if not out.exists():
                last = start(folder / "export.csv", out, given.model)
                failed += bool(last.wait())
            same += out.exists() and [(out / file).read_bytes() for file in FILES] == whole
            print(
                f"{at.total()} kills, {runs} runs, {same} with the same files, {failed} that did not start again",
                flush=True,
            )
    print("killed:", ", ".join(f"{n} {place}" for place, n in at.most_common()))
    raise SystemExit(same < runs)


if __name__ == "__main__":
    main()
