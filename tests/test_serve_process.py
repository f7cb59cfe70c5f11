"""`cx-nlp serve` as a process: its options, its end while work is under way, and its OpenAPI document under attack."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("prometheus_client")
pytest.importorskip("uvicorn")
pytest.importorskip("httpx")

import httpx

import cx_nlp
from cx_nlp.bundle import save_bundle
from cx_nlp.tagger import MentionTagger

ROOT = Path(cx_nlp.__file__).parents[1]
FILE = {"Content-Type": "application/octet-stream"}


class Process:
    """A server on a free port of this machine, and its log."""

    def __init__(self, folder: Path, model: Path, *options: str) -> None:
        self._log = folder / "log"
        command = [sys.executable, "-m", "cx_nlp", "serve", "--port", "0", "--model", str(model), *options]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        with self._log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [*command, "--jobs-folder", str(folder / "jobs")], env=environment, stderr=log
            )
        ends = time.monotonic() + 60
        while not (line := next((line for line in self.log() if "running on" in line), None)):
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < ends
            time.sleep(0.05)
        self.url = json.loads(line)["event"].split("running on ")[1].split(" ")[0]

    def log(self) -> list[str]:
        """Its lines so far."""
        return self._log.read_text(encoding="utf-8").splitlines()

    def ended(self) -> int:
        """Its exit status."""
        return self.process.wait(60)


@pytest.fixture(scope="module")
def model(small_tagger: MentionTagger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "small"
    save_bundle(small_tagger, path)
    return path


@pytest.fixture
def started(tmp_path: Path, model: Path) -> Iterator[Process]:
    server = Process(tmp_path, model)
    yield server
    server.process.kill()
    server.process.wait(20)


def serve(*options: object, **environment: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "cx_nlp", "serve", *map(str, options)]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.returncode, done.stderr


def test_other_machines_are_not_let_in_without_a_token(tmp_path: Path) -> None:
    status, said = serve("--host", "0.0.0.0", CX_NLP_TOKEN="")  # noqa: S104
    assert status == 1
    assert "secrets.token_urlsafe" in said
    assert "--token-file" in said
    (tmp_path / "token").write_text("short\n", encoding="utf-8")
    status, said = serve("--host", "0.0.0.0", "--token-file", tmp_path / "token")  # noqa: S104
    assert status == 1
    assert "16 or more" in said
    status, said = serve("--token-file", tmp_path / "none")
    assert status == 1
    assert "cannot be read" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a process could answer")
def test_a_server_told_to_end_answers_what_it_took(started: Process) -> None:
    texts = [f"giao hàng nhanh lần {i}, nhân viên thô lỗ, giá quá cao" for i in range(1024)]
    with httpx.Client(base_url=started.url, timeout=60) as client, ThreadPoolExecutor(8) as threads:
        export = "text\n" + "\n".join(f'"{text}, {i}"' for i in range(20) for text in texts)
        job = client.post("/score", content=export.encode(), headers=FILE).json()["id"]
        asked = [threads.submit(client.post, "/tag/batch", json={"texts": texts}) for _ in range(8)]
        while "cx_nlp_waiting_comments 0.0" in client.get("/metrics").text:
            assert not all(answer.done() for answer in asked)
        time.sleep(0.3)
        started.process.send_signal(signal.SIGTERM)
        answers = [answer.result() for answer in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert {len(answer.json()["comments"]) for answer in answers} == {1024}
    assert started.ended() == 0
    lines = [json.loads(line) for line in started.log()]
    assert sum(line.get("path") == "/tag/batch" and line["status"] == 200 for line in lines) == 8
    left = started._log.parent / "jobs" / job
    assert json.loads((left / "job.json").read_text(encoding="utf-8"))["state"] in (
        "waiting",
        "running",
        "done",
    )
    assert (left / "export").exists() or (left / "result.zip").exists()


def test_the_openapi_document_says_what_the_server_does(tmp_path: Path, model: Path) -> None:
    pytest.importorskip("schemathesis")
    # 413 is right for a batch of many megabytes, but not among what schemathesis takes for one that is too long.
    server = Process(tmp_path, model, "--rate", "0", "--max-jobs", "1000", "--max-bytes", str(64 << 20))
    try:
        command = [Path(sys.executable).with_name("schemathesis"), "run", f"{server.url}/openapi.json"]
        options = ["--checks", "all", "--max-examples", "8", "--seed", "1", "--generation-deterministic"]
        done = subprocess.run(
            [*command, *options], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=300
        )
    finally:
        server.process.kill()
        server.process.wait(20)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr
    assert "Tested: 10" in done.stdout
