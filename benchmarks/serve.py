"""The service under load against the tagger in this process: rates, waiting times, overload and memory.

    python benchmarks/serve.py [--model fast] [--seconds 20]

A `cx-nlp serve` of its own is started on a free port. Texts are comments of data/feedback, each made different from the others.

- `in process`: comments a second of `tag_many` in batches of 256; `batch`: of `/tag/batch` with 256 by two clients.
- `single`: median of `/tag` by one client; `4 clients`, `8 clients`: median and 99th percentile by so many at once.
- `overload`: many more clients than --concurrency allows; how many got 200, 429 or anything else, and the 99th percentile of
  /health meanwhile.
- `memory`: of the server in MiB after the first second of load and at the end.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

import cx_nlp

BATCH = 256
FEEDBACK = Path(__file__).resolve().parents[1] / "data" / "feedback"
JSON = {"Content-Type": "application/json"}


def comments() -> Iterator[str]:
    """Comments without end, no two alike."""
    texts = [
        json.loads(line)["text"]
        for path in sorted(FEEDBACK.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for i in count():
        yield f"{texts[i % len(texts)]} {i}" if i >= len(texts) else texts[i]


@contextmanager
def server(model: str, *options: str) -> Iterator[tuple[int, psutil.Process]]:
    """Port and process of a server."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "cx_nlp", "serve", "--port", "0", "--model", model, "--rate", "0"]
        with log.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen([*command, "--jobs-folder", f"{folder}/jobs", *options], stderr=stream)
        try:
            while "running on" not in (said := log.read_text(encoding="utf-8")):
                if process.poll() is not None:
                    raise RuntimeError(said)
                time.sleep(0.1)
            port = int(said.split("running on http://127.0.0.1:")[1].split(" ")[0])
            yield port, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait()


def clients(
    number: int, seconds: float, ask: Callable[[HTTPConnection], int], port: int
) -> list[tuple[int, float]]:
    """Status and seconds of every request of some clients, each of which asks again when it is answered."""
    found: list[tuple[int, float]] = []
    ends = time.perf_counter() + seconds

    def client() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        while (started := time.perf_counter()) < ends:
            status = ask(connection)
            found.append((status, time.perf_counter() - started))

    threads = [threading.Thread(target=client) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def asking(path: str, bodies: Iterator[bytes]) -> Callable[[HTTPConnection], int]:
    """A request with the next body; gives its status."""
    lock = threading.Lock()

    def ask(connection: HTTPConnection) -> int:
        with lock:
            body = next(bodies)
        connection.request("POST", path, body, JSON)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    return ask


def get_health(connection: HTTPConnection) -> int:
    """Status of /health, asked for twenty times a second."""
    time.sleep(0.05)
    connection.request("GET", "/health")
    answer = connection.getresponse()
    answer.read()
    return answer.status


def milliseconds(found: list[tuple[int, float]], share: float) -> float:
    """A quantile of the times."""
    times = sorted(seconds for _, seconds in found)
    return 1000 * times[min(len(times) - 1, int(share * len(times)))]


def in_process(model: str, seconds: float) -> float:
    """Comments a second of `tag_many`."""
    tagger = cx_nlp.load(model, kind="mentions")
    texts = comments()
    tagger.tag_many([*islice(texts, BATCH)])
    rates, ends = [], time.perf_counter() + seconds
    while time.perf_counter() < ends:
        batch = [*islice(texts, BATCH)]
        started = time.perf_counter()
        tagger.tag_many(batch)
        rates.append(BATCH / (time.perf_counter() - started))
    return statistics.harmonic_mean(rates)


def batches() -> Iterator[bytes]:
    """Bodies of /tag/batch."""
    texts = comments()
    while True:
        yield json.dumps({"texts": [*islice(texts, BATCH)]}).encode()


def singles() -> Iterator[bytes]:
    """Bodies of /tag."""
    return (json.dumps({"text": text}).encode() for text in comments())


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="fast")
    parser.add_argument("--seconds", type=float, default=20.0)
    args = parser.parse_args()
    alone = in_process(args.model, args.seconds)
    print(f"in process   {alone:,.0f} comments a second")
    # Bodies are made before, so that the clients take little of the two cores.
    ready = [*islice(batches(), 200)]
    one = asking("/tag", singles())
    with server(args.model) as (port, process):
        batch = asking("/tag/batch", (ready[i % len(ready)] for i in count()))
        clients(2, 1.0, batch, port)
        started = time.perf_counter()
        done = clients(2, args.seconds, batch, port)
        rate = BATCH * sum(status == 200 for status, _ in done) / (time.perf_counter() - started)
        print(f"batch        {rate:,.0f} comments a second, {rate / alone:.0%} of in process")
        time.sleep(3)
        single = milliseconds(clients(1, args.seconds, one, port), 0.5)
        print(f"single       median {single:.1f} ms")
        for number in (4, 8):
            done = clients(number, args.seconds, one, port)
            half, most = milliseconds(done, 0.5), milliseconds(done, 0.99)
            print(f"{number} clients    median {half:.1f} ms, p99 {most:.1f} ms, {most / single:.1f} times the single median; "
                  f"{len(done) / args.seconds:,.0f} requests a second")  # fmt: skip
    with server(args.model, "--concurrency", "16", "--queue", "1024") as (port, process):
        batch = asking("/tag/batch", (ready[i % len(ready)] for i in count()))
        health: list[tuple[int, float]] = []
        watch = threading.Thread(target=lambda: health.extend(clients(1, args.seconds, get_health, port)))
        clients(64, 2.0, batch, port)
        before = process.memory_info().rss
        watch.start()
        done = clients(64, args.seconds, batch, port)
        watch.join()
        after = process.memory_info().rss
        print(
            f"overload     {dict(Counter(status for status, _ in done))}, /health p99 {milliseconds(health, 0.99):.1f} ms"
        )
        print(f"memory       {before / 2**20:.0f} MiB at first, {after / 2**20:.0f} MiB at the end")


if __name__ == "__main__":
    main()
