"""Broken and hostile inputs without end for one of the readers: looks for crashes, hangs and memory that grows.

    python benchmarks/fuzz.py csv|jsonl|xlsx|parquet|normalise|segment|taxonomy|bundle|scored|plan|graph
        [--seconds 3600] [--seed 0] [--out build/fuzz] [--input FILE]

Inputs of at most 64 kB are made of small valid files (`fuzz_targets.py`). Where atheris is installed (`pip install -e .[fuzz]`,
Linux and macOS) they are led by the code that they reach, else they are changed at random. A finding is an exception that is not
one of `cx_nlp.errors`, a broken promise (an assertion of the target), a process that dies, an input that takes more than 10 s of
the processor or a minute by the clock, and a process of more than 1.5 GB. Each is written once, with its input and what was
raised, into a folder under `--out`; `--input` runs one such input again. The status is 1 where anything was found.

atheris itself takes memory with every input. So a led process that grew to 1.5 GB little by little is only started again, which is
counted, and what an input leaves behind is looked for with `--unguided`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import struct
import subprocess
import sys
import time
import traceback
import warnings
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

NAMES = ("csv", "jsonl", "xlsx", "parquet", "normalise", "segment", "taxonomy", "bundle", "scored", "plan", "graph")  # fmt: skip
LONGEST = 1 << 16
PROCESSOR, CLOCK = 10.0, 60.0
MEMORY = 1_500_000_000
BURST = 300_000_000
"""What a single input may add to a process that atheris leads."""
LEAST = 5.0
HEAD = struct.Struct("<QQ")


class Note:
    """A file that tells the watching process which input is at work: how many began, how many were refused, the input."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path.open("r+b" if path.exists() else "w+b", buffering=0)

    def write(self, begun: int, refused: int, data: bytes) -> None:
        """Notes an input that begins now."""
        self.file.seek(0)
        self.file.write(HEAD.pack(begun, refused) + data)
        self.file.truncate()

    def read(self) -> tuple[int, int, bytes]:
        """What was noted last."""
        content = self.path.read_bytes()
        return (*HEAD.unpack(content[: HEAD.size]), content[HEAD.size :]) if content else (0, 0, b"")


def keep(out: Path, kind: str, key: str, data: bytes, said: str) -> None:
    """Writes a finding, unless one of the same kind and place is there."""
    out.mkdir(parents=True, exist_ok=True)
    name = f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"
    if not (out / f"{name}.txt").exists():
        (out / f"{name}.bin").write_bytes(data)
        (out / f"{name}.txt").write_text(said, encoding="utf-8", errors="backslashreplace")
        print(f"finding: {out / name}.txt", flush=True)


def place_of(error: BaseException) -> str:
    """Where in the code an exception was raised, with its type: what tells one finding from another."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "cx_nlp" in Path(frame.filename).parts] or frames
    return f"{type(error).__name__} {Path(ours[-1].filename).name}:{ours[-1].lineno}"


def work(given: argparse.Namespace) -> None:
    """The process that tries inputs, until its time is over."""
    warnings.simplefilter("ignore")
    note, folder = Note(given.note), given.note.with_name("files")
    count = {"begun": 0, "refused": 0}

    def one(data: bytes) -> None:
        count["begun"] += 1
        note.write(count["begun"], count["refused"], data)
        try:
            count["refused"] += fuzz_targets.refuses(target, data, folder)
        except Exception as error:
            key = place_of(error)
            keep(given.out, type(error).__name__, key, data, f"{key}\n\n{traceback.format_exc()}")

    with ExitStack() as stack:
        if given.guided:
            import atheris

            stack.enter_context(atheris.instrument_imports(include=["cx_nlp"]))
        import fuzz_targets

        target = fuzz_targets.TARGETS[given.target]
        target.prepare(folder)
        seeds = [*target.seeds()]
        # Here, where what they import counts as code to be reached.
        for seed in seeds:
            one(seed)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.5:
            return atheris.Mutate(data, longest)
        return fuzz_targets.mutate(data, rng, target, seeds, longest=longest)

    if given.guided:
        corpus = given.note.with_name("corpus")
        corpus.mkdir(exist_ok=True)
        for seed in seeds:
            (corpus / hashlib.sha256(seed).hexdigest()).write_bytes(seed)
        options = (f"-max_total_time={max(1, int(given.seconds))}", f"-max_len={LONGEST}", f"-seed={given.seed + 1}",
                   "-timeout=3600", "-rss_limit_mb=0", "-len_control=0", "-verbosity=0")  # fmt: skip
        atheris.Setup([sys.argv[0], str(corpus), *options], one, custom_mutator=change)
        atheris.Fuzz()
        return
    rng = random.Random(given.seed)
    until = time.monotonic() + given.seconds
    while time.monotonic() < until:
        data = rng.choice(seeds)
        for _ in range(rng.choice((1, 1, 2, 4))):
            data = fuzz_targets.mutate(data, rng, target, seeds, longest=LONGEST)
        one(data)


def watch(process: subprocess.Popen[bytes], note: Note, out: Path, *, guided: bool) -> bool:
    """Waits for the process; ends it where an input takes too long or too much, and writes what it did.

    Whether it ended because what leads it took too much is given back.
    """
    seen, processor, clock, before = -1, 0.0, 0.0, 0
    about = psutil.Process(process.pid)
    while process.poll() is None:
        time.sleep(0.2)
        try:
            used, memory = sum(about.cpu_times()[:2]), about.memory_info().rss
        except psutil.Error:
            continue
        begun, _, data = note.read()
        if begun != seen or not begun:
            seen, processor, clock, late = begun, used, time.monotonic(), False
            grown, before = memory - before, memory
        else:
            late = used - processor > PROCESSOR or time.monotonic() - clock > CLOCK
            grown = memory - before
        if late or memory > MEMORY:
            process.kill()
            process.wait()
            if guided and not late and grown < BURST:
                return True
            said = f"over {PROCESSOR:g} s" if late else f"{memory:,} bytes"
            keep(out, "hang" if late else "memory", hashlib.sha256(data).hexdigest(), data, said)
            return False
    if process.returncode:
        data = note.read()[2]
        said = f"the process ended with status {process.returncode}"
        keep(out, "crash", f"{process.returncode} {len(data)}", data, said)
    return False


def main() -> None:
    """Runs inputs in processes of their own until the time is over, and says what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("build/fuzz"))
    parser.add_argument("--input", type=Path, help="run this input alone")
    parser.add_argument("--unguided", action="store_true", help="do not use atheris")
    parser.add_argument("--note", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--guided", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.note:
        return work(given)
    if given.input:
        import fuzz_targets

        with TemporaryDirectory() as name:
            target = fuzz_targets.TARGETS[given.target]
            print(
                "refused"
                if fuzz_targets.refuses(target, given.input.read_bytes(), Path(name) / "a")
                else "taken"
            )
        return None
    guided = importlib.util.find_spec("atheris") is not None and not given.unguided
    out = given.out / f"{given.target}-{time.strftime('%Y%m%d-%H%M%S')}"
    started, tried, refused, runs, full = time.monotonic(), 0, 0, 0, 0
    with TemporaryDirectory(prefix="fuzz-") as name:
        while (left := given.seconds - (time.monotonic() - started)) > LEAST or not runs:
            note = Note(Path(name) / f"note-{runs}")
            command = [sys.executable, __file__, given.target, "--seconds", str(left), "--seed", str(given.seed + runs),
                       "--out", str(out), "--note", str(note.path), *(["--guided"] if guided else [])]  # fmt: skip
            full += watch(subprocess.Popen(command, stderr=subprocess.DEVNULL), note, out, guided=guided)
            begun, kept, _ = note.read()
            note.file.close()
            if not begun:
                raise SystemExit(f"the target does not start: {' '.join(command)}")
            tried, refused, runs = tried + begun, refused + kept, runs + 1
    found = len([*out.glob("*.txt")]) if out.exists() else 0
    how = f"led by atheris, started again {full} times for its memory" if guided else "changed at random"
    print(
        f"{given.target}: {tried:,} inputs ({how}, {refused:,} refused in words) in {time.monotonic() - started:.0f} s, {found} findings"
    )
    raise SystemExit(found > 0)


if __name__ == "__main__":
    main()
