"""The service as its clients see it."""

from __future__ import annotations

import io
import json
import logging
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("prometheus_client")
pytest.importorskip("httpx")

from fastapi.testclient import TestClient

from cx_nlp.serve import Settings, make_app
from cx_nlp.serve.limits import Rate
from cx_nlp.tagger import MentionTagger, TaggedComment

HERE = "http://127.0.0.1"
TEXT = "giao hàng nhanh 😀, nhân viên thô lỗ"
TOKEN = "one-token-that-nobody-guesses"  # noqa: S105
FILE = {"Content-Type": "application/octet-stream"}


class Held:
    """A tagger that waits until it may go on."""

    taxonomy = None
    model_id = "held"

    def __init__(self) -> None:
        self.may = threading.Event()
        self.calls: list[list[str]] = []

    def tag_many(self, texts: list[str]) -> list[TaggedComment]:
        self.calls.append([*texts])
        assert self.may.wait(20)
        return [TaggedComment(text, "neutral", 0.5, False, ()) for text in texts]


@pytest.fixture
def held() -> Iterator[Held]:
    tagger = Held()
    yield tagger
    tagger.may.set()


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"jobs_folder": tmp_path / "jobs", "rate": 0}


def client_of(tagger: Any, settings: dict[str, Any], **more: Any) -> TestClient:
    return TestClient(
        make_app(tagger, Settings(**settings | more)), base_url=HERE, raise_server_exceptions=False
    )


@pytest.fixture
def client(small_tagger: MentionTagger, settings: dict[str, Any]) -> Iterator[TestClient]:
    with client_of(small_tagger, settings) as client:
        yield client


def problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    content = answer.json()
    assert content["status"] == status
    return content


def until(what: Any, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_comment_gets_the_tags_that_the_tagger_gives(
    client: TestClient, small_tagger: MentionTagger
) -> None:
    answer = client.post("/tag", json={"text": TEXT})
    assert answer.status_code == 200
    expected = json.loads(json.dumps(small_tagger.tag(TEXT).to_dict()))
    del expected["text"]
    assert answer.json() == expected
    assert {TEXT[m["start"] : m["end"]] == m["quote"] for m in answer.json()["mentions"]} == {True}


def test_a_batch_longer_than_a_piece_comes_back_in_order(
    client: TestClient, small_tagger: MentionTagger
) -> None:
    texts = [f"{'giao hàng nhanh' if i % 2 else 'nhân viên thô lỗ'} lần {i}" for i in range(300)]
    found = client.post("/tag/batch", json={"texts": texts}).json()["comments"]
    assert [c["sentiment"] for c in found] == [c.sentiment for c in small_tagger.tag_many(texts)]
    assert len({c["sentiment"] for c in found}) > 1


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/tag", {"text": ""}, "text"),
        ("/tag", {"text": "x" * 20_001}, "text"),
        ("/tag", {"text": 5}, "text"),
        ("/tag", {"text": "ok", "txet": "ok"}, "txet"),
        ("/tag/batch", {"texts": []}, "texts"),
        ("/tag/batch", {"texts": ["x"] * 1025}, "texts"),
        ("/tag/batch", {"texts": ["x", None]}, "texts.1"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_with_its_place(
    client: TestClient, path: str, body: Any, where: str
) -> None:
    assert [error["where"] for error in problem(client.post(path, json=body), 422)["errors"]] == [where]


def test_a_refused_text_is_not_said_again(client: TestClient) -> None:
    private = "số của tôi 0901234567 "
    for body in (
        json.dumps({"text": private * 1000}),
        json.dumps({"text": [private]}),
        '{"text": "' + private,
        json.dumps({"text": private})[:-2] + '\\ud800"}',
    ):
        answer = client.post("/tag", content=body.encode(), headers={"Content-Type": "application/json"})
        problem(answer, 422)
        assert "0901234567" not in answer.text


def test_other_addresses_methods_and_kinds_of_body_are_problems(client: TestClient) -> None:
    problem(client.get("/elsewhere"), 404)
    assert problem(client.get("/tag"), 405)
    assert client.get("/tag").headers["allow"] == "POST"
    assert client.put(f"/score/{'0' * 32}").headers["allow"] == "DELETE, GET"
    problem(client.post("/tag", content=b"text=x", headers={"Content-Type": "text/plain"}), 415)


def test_with_tokens_only_page_and_health_are_open(
    small_tagger: MentionTagger, settings: dict[str, Any]
) -> None:
    with client_of(small_tagger, settings, tokens=(TOKEN, "another-one-just-as-long")) as client:
        assert client.get("/").status_code == client.get("/health").status_code == 200
        for given in (
            {},
            {"Authorization": "Bearer no"},
            {"Authorization": TOKEN},
            {"Authorization": f"Basic {TOKEN}"},
        ):
            answer = client.post("/tag", json={"text": TEXT}, headers=given)
            problem(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
        problem(client.get("/metrics"), 401)
        for token in (TOKEN, "another-one-just-as-long"):
            answer = client.post(
                "/tag",
                json={"text": TEXT},
                headers={"Authorization": f"Bearer {token}", "Host": "cx.example"},
            )
            assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "cx.example"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Host": "[", "Origin": "http://["},
    ],
)
def test_without_a_token_pages_from_elsewhere_do_not_reach_it(
    client: TestClient, headers: dict[str, str]
) -> None:
    problem(client.post("/tag", json={"text": TEXT}, headers=headers), 403)
    assert (
        client.post("/tag", json={"text": TEXT}, headers={"Origin": "http://localhost:8000"}).status_code
        == 200
    )


def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    small_tagger: MentionTagger, settings: dict[str, Any]
) -> None:
    read = 0

    def endless() -> Iterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 1000
            yield b"x" * 1000

    with client_of(small_tagger, settings, max_bytes=2000, max_upload_bytes=5000) as client:
        problem(client.post("/tag", json={"text": "x" * 3000}), 413)
        problem(client.post("/tag", content=endless(), headers={"Content-Type": "application/json"}), 413)
        problem(client.post("/score", content=b"x" * 5001, headers=FILE), 413)
        problem(client.post("/score", content=endless(), headers=FILE), 413)
        assert client.post("/tag", json={"text": TEXT}).status_code == 200
    assert [path.name for path in settings["jobs_folder"].iterdir()] == ["lock"]


def test_more_than_may_wait_is_answered_429_and_later_taken(held: Held, settings: dict[str, Any]) -> None:
    with client_of(held, settings, queue=4) as client, ThreadPoolExecutor(2) as threads:
        first = threads.submit(client.post, "/tag", json={"text": "a"})
        until(lambda: held.calls)
        second = threads.submit(client.post, "/tag/batch", json={"texts": ["b"] * 4})
        until(lambda: "cx_nlp_waiting_comments 4.0" in client.get("/metrics").text)
        refused = client.post("/tag", json={"text": "c"})
        problem(refused, 429)
        assert int(refused.headers["retry-after"]) > 0
        held.may.set()
        assert first.result().status_code == second.result().status_code == 200
        assert client.post("/tag", json={"text": "c"}).status_code == 200


def test_single_comments_are_gathered_and_go_before_batches(held: Held, settings: dict[str, Any]) -> None:
    with client_of(held, settings) as client, ThreadPoolExecutor(12) as threads:
        asked = [threads.submit(client.post, "/tag", json={"text": "first"})]
        until(lambda: held.calls)
        asked.append(threads.submit(client.post, "/tag/batch", json={"texts": ["batch"] * 200}))
        until(lambda: "cx_nlp_waiting_comments 200.0" in client.get("/metrics").text)
        asked += [threads.submit(client.post, "/tag", json={"text": f"single {i}"}) for i in range(10)]
        until(lambda: "cx_nlp_waiting_comments 210.0" in client.get("/metrics").text)
        held.may.set()
        assert {answer.result().status_code for answer in asked} == {200}
    # The lane of batches has its turn after the first single one; then all that wait go together.
    assert held.calls[0] == ["first"]
    sizes = {i for i, call in enumerate(held.calls) if any(text.startswith("single") for text in call)}
    [together] = sizes
    assert len(held.calls[together]) == 10
    assert max(len(call) for call in held.calls) <= 64


def test_tags_that_are_not_ready_in_time_are_given_up(held: Held, settings: dict[str, Any]) -> None:
    with client_of(held, settings, timeout=0.2) as client:
        problem(client.post("/tag", json={"text": "a"}), 504)
        problem(client.post("/tag", json={"text": "dropped"}), 504)
        held.may.set()
        assert client.post("/tag", json={"text": "c"}).status_code == 200
    assert ["dropped"] not in held.calls


def test_no_more_requests_at_once_than_allowed(held: Held, settings: dict[str, Any]) -> None:
    with client_of(held, settings, concurrency=1) as client, ThreadPoolExecutor(1) as threads:
        first = threads.submit(client.post, "/tag", json={"text": "a"})
        until(lambda: held.calls)
        problem(client.post("/tag", json={"text": "b"}), 429)
        assert client.get("/health").status_code == 200
        held.may.set()
        assert first.result().status_code == 200


def test_a_rate_holds_for_each_address_and_lets_go_with_time() -> None:
    now = [0.0]
    rate = Rate(2.0, clock=lambda: now[0])
    assert [rate.wait("a") for _ in range(10)] == [0.0] * 10
    assert rate.wait("a") == pytest.approx(0.5)
    assert rate.wait("b") == 0.0
    now[0] = 0.6
    assert rate.wait("a") == 0.0
    assert rate.wait("a") > 0.0


def test_a_client_over_its_rate_is_told_when_to_come_again(
    small_tagger: MentionTagger, settings: dict[str, Any]
) -> None:
    with client_of(small_tagger, settings, rate=0.2) as client:
        assert client.get("/health").status_code == 200
        answer = client.get("/health")
        problem(answer, 429)
        assert answer.headers["retry-after"] == "5"


def test_a_tagger_that_fails_answers_500_without_its_message(
    settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    class Failing(Held):
        def tag_many(self, texts: list[str]) -> list[TaggedComment]:
            if "bad" in texts[0]:
                raise ValueError(f"cannot read {texts[0]}")
            return [TaggedComment(text, "neutral", 0.5, False, ()) for text in texts]

    with caplog.at_level(logging.INFO, "cx_nlp.serve"), client_of(Failing(), settings) as client:
        content = problem(client.post("/tag", json={"text": "bad private"}), 500)
        assert "private" not in json.dumps(content)
        assert client.post("/tag", json={"text": "good"}).status_code == 200
    [failed] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert failed.fields["error"] == "ValueError"
    assert failed.fields["request_id"] in content["detail"]


def test_each_request_has_one_line_in_the_log_and_no_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    from cx_nlp.serve.logs import JsonLines

    with caplog.at_level(logging.INFO, "cx_nlp.serve"):
        answer = client.post("/tag", json={"text": TEXT})
        client.get("/giao hàng nhanh", params={"text": TEXT})
        client.get(f"/score/{'0' * 32}")
    lines = [JsonLines().format(r) for r in caplog.records if r.name == "cx_nlp.serve"]
    records = [json.loads(line) for line in lines]
    assert [(r["method"], r["path"], r["status"]) for r in records] == [
        ("POST", "/tag", 200), ("GET", "-", 404), ("GET", "/score/{id}", 404),
    ]  # fmt: skip
    assert records[0]["request_id"] == answer.headers["x-request-id"]
    assert records[0]["bytes_in"] == len(
        json.dumps({"text": TEXT}, ensure_ascii=False, separators=(",", ":")).encode()
    )
    assert records[0]["bytes_out"] == len(answer.content)
    assert not any("giao" in line or "0000" in line for line in lines)


def test_metrics_count_requests_and_comments(client: TestClient) -> None:
    client.post("/tag/batch", json={"texts": ["a", "b", "c"]})
    client.get("/nowhere/1")
    client.get("/nowhere/2")
    text = client.get("/metrics").text
    assert 'cx_nlp_requests_total{method="POST",route="/tag/batch",status="200"} 1.0' in text
    assert 'cx_nlp_requests_total{method="GET",route="-",status="404"} 2.0' in text
    assert "cx_nlp_comments_total 3.0" in text


def test_the_page_runs_nothing_but_its_own_script(client: TestClient) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.text.count("<script") == page.text.count('<script src="static/page.js"') == 1
    assert " style=" not in page.text
    assert " on" + "click" not in page.text
    script = client.get("/static/page.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "innerHTML" not in script.text
    assert client.get("/static/page.css").headers["content-type"].startswith("text/css")
    names = client.get("/labels").json()
    assert names["touchpoints"]["hotline"]["en"]
    assert set(names["factors"]["responsiveness"]) == {"en", "vi"}


def csv(rows: int) -> bytes:
    texts = [f"giao hàng nhanh lần {i}, nhân viên thô lỗ" for i in range(rows)]
    frame = pd.DataFrame({"mã": range(rows), "Nội dung": texts, "Số sao": [1 + i % 5 for i in range(rows)]})
    return frame.to_csv(index=False).encode()


def finished(client: TestClient, id: str) -> dict[str, Any]:
    until(lambda: client.get(f"/score/{id}").json()["state"] in ("done", "failed"))
    return client.get(f"/score/{id}").json()


def test_a_file_goes_in_and_its_scored_tables_come_out(client: TestClient, settings: dict[str, Any]) -> None:
    answer = client.post(
        "/score", params={"format": "csv", "text_column": "Nội dung"}, content=csv(300), headers=FILE
    )
    assert answer.status_code == 202
    job = answer.json()
    assert answer.headers["location"] == f"/score/{job['id']}"
    state = finished(client, job["id"])
    assert (state["state"], state["rows"], state["share"], state["detail"]) == ("done", 300, 1.0, None)
    assert state["counts"]["scored"] == 300
    assert state["expires"] > state["created"]
    result = client.get(f"/score/{job['id']}/result")
    with zipfile.ZipFile(io.BytesIO(result.content)) as archive:
        assert {"comments.csv", "mentions.csv", "manifest.json", "rejected.csv"} <= {*archive.namelist()}
        comments = pd.read_csv(archive.open("comments.csv"))
    assert len(comments) == 300
    folder = settings["jobs_folder"] / job["id"]
    assert sorted(path.name for path in folder.iterdir()) == ["job.json", "result.zip"]
    assert client.delete(f"/score/{job['id']}").status_code == 204
    problem(client.get(f"/score/{job['id']}"), 404)
    assert not folder.exists()


def test_a_file_that_cannot_be_scored_says_why_without_the_servers_paths(
    client: TestClient, settings: dict[str, Any]
) -> None:
    job = client.post("/score", params={"text_column": "nope"}, content=csv(3), headers=FILE).json()
    state = finished(client, job["id"])
    assert state["state"] == "failed"
    assert "nope" in state["detail"]
    assert str(settings["jobs_folder"]) not in state["detail"]
    problem(client.get(f"/score/{job['id']}/result"), 409)


def test_an_error_names_parameters_and_not_options_of_the_command_line(client: TestClient) -> None:
    job = client.post("/score", content=b"a,b\n1,2\n", headers=FILE).json()
    detail = finished(client, job["id"])["detail"]
    assert "text_column" in detail
    assert "--" not in detail


def test_what_is_no_file_or_no_job_is_refused(client: TestClient) -> None:
    problem(client.post("/score", content=b"", headers=FILE), 422)
    problem(client.post("/score", content=b"a,b"), 415)
    problem(client.post("/score", params={"format": "pdf"}, content=b"a", headers=FILE), 422)
    problem(client.get("/score/../../etc/passwd"), 404)
    problem(client.get("/score/short"), 422)


def test_jobs_are_limited_and_expire(small_tagger: MentionTagger, settings: dict[str, Any]) -> None:
    with client_of(small_tagger, settings, max_jobs=1, keep_hours=1) as client:
        job = client.post("/score", content=csv(3), headers=FILE).json()
        problem(client.post("/score", content=csv(3), headers=FILE), 429)
        finished(client, job["id"])
    with client_of(small_tagger, settings, max_jobs=1, keep_hours=1) as client:
        assert client.get(f"/score/{job['id']}").json()["state"] == "done"
    with client_of(small_tagger, settings, max_jobs=1, keep_hours=0) as client:
        problem(client.get(f"/score/{job['id']}"), 404)
        assert client.post("/score", content=csv(3), headers=FILE).status_code == 202


def test_jobs_that_a_server_did_not_finish_go_on_at_the_next_start(
    small_tagger: MentionTagger, settings: dict[str, Any], held: Held
) -> None:
    with client_of(held, settings) as client:
        jobs = [client.post("/score", content=csv(n), headers=FILE).json()["id"] for n in (5000, 7)]
        until(lambda: held.calls)
        threading.Timer(0.2, held.may.set).start()
    # One begun by another model, one not begun.
    with client_of(small_tagger, settings) as client:
        assert [finished(client, job)["counts"]["scored"] for job in jobs] == [5000, 7]


def test_the_jobs_folder_is_private_and_of_one_server(
    small_tagger: MentionTagger, settings: dict[str, Any], client: TestClient
) -> None:
    from cx_nlp.errors import OutputError

    assert settings["jobs_folder"].stat().st_mode & 0o077 == 0 or settings["jobs_folder"].drive
    with pytest.raises(OutputError, match="--jobs-folder"):
        make_app(small_tagger, Settings(**settings))


def test_the_example_of_the_docs_answers() -> None:
    docs = Path(__file__).parents[1] / "docs" / "serve.md"
    [code] = re.findall(r"```python\n(.+?)```", docs.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    answer = TestClient(names["app"]).post("/feedback", json={"text": "Giao hàng nhanh"})
    assert answer.json()["mentions"][0]["touchpoint"] == "delivery"
