"""Scoring and fitting on a Dask cluster of processes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import pytest

from cx_nlp.errors import CxError, InputError
from cx_nlp.io.comments import plan_comments
from cx_nlp.io.readers import open_export
from cx_nlp.scoring import ScoreSummary, score_export
from cx_nlp.scoring.parts import ROWS
from cx_nlp.tagger import MentionTagger
from cx_nlp.taxonomy import load_taxonomy

distributed = pytest.importorskip("distributed")
dd = pytest.importorskip("dask.dataframe")

SAID = ("giao hàng nhanh", "nhân viên thô lỗ", "vải đẹp", "giá quá cao", "delivery was fast")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=True) as found,
    ):
        yield found


def frame_of(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "review": [f"{SAID[i % 5]}, {SAID[i % 3]} {i}" if i % 50 else "" for i in range(n)],
            "stars": [i % 5 + 1 for i in range(n)],
            "shop": [f"S{i % 7}" for i in range(n)],
        }
    )


def score(path: Path, tagger: object, out: Path, **more: object) -> ScoreSummary:
    opened = open_export(path)
    return score_export(opened, out=out, tagger=tagger, plan=plan_comments(opened), **more)


def contents(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in ("comments.parquet", "mentions.parquet", "rejected.csv")]


def test_workers_give_what_one_machine_gives_also_when_one_is_killed(
    client, small_tagger, tmp_path: Path
) -> None:
    export = tmp_path / "reviews.csv"
    frame_of(8 * ROWS).to_csv(export, index=False)
    score(export, small_tagger, tmp_path / "alone")
    score(export, small_tagger, tmp_path / "cluster", scheduler=client.scheduler.address)
    assert contents(tmp_path / "cluster") == contents(tmp_path / "alone")
    killed: list[int] = []

    def kill_one(rows: int, share: float) -> None:
        if not killed:
            worker = next(iter(client.cluster.workers.values()))
            killed.append(worker.pid)
            worker.process.process._process.kill()

    score(export, small_tagger, tmp_path / "killed", scheduler=client.scheduler.address, progress=kill_one)
    assert len(killed) == 1
    assert contents(tmp_path / "killed") == contents(tmp_path / "alone")
    client.wait_for_workers(2, timeout=60)


def test_partitions_are_scored_as_a_frame_is(client, small_tagger) -> None:
    df = frame_of(300)
    whole = small_tagger.score_frame(df, text="review", rating="stars")
    found = small_tagger.score_dask(dd.from_pandas(df, npartitions=4), text="review", rating="stars")
    for name in ("comments", "mentions", "rejected"):
        part, expected = getattr(found, name).compute(), getattr(whole, name)
        assert part.astype(str).equals(expected.astype(str)) or name == "mentions"
        assert part.reset_index(drop=True).astype(str).equals(expected.reset_index(drop=True).astype(str)), (
            name
        )
    assert found.comments.compute().index.tolist() == whole.comments.index.tolist()


def test_a_role_that_there_is_not_and_a_column_that_lacks_are_said(client, small_tagger) -> None:
    ddf = dd.from_pandas(frame_of(20), npartitions=2)
    with pytest.raises(TypeError, match="'star' is no role"):
        small_tagger.score_dask(ddf, text="review", star="stars")
    with pytest.raises(InputError, match="comment"):
        small_tagger.score_dask(ddf, text="comment")


def test_where_no_scheduler_answers_it_is_said_how_to_start_one(
    small_tagger, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr("cx_nlp.scoring.cluster.CONNECT_SECONDS", 1)
    export = tmp_path / "reviews.csv"
    frame_of(20).to_csv(export, index=False)
    with pytest.raises(CxError, match="no Dask scheduler answers there"):
        score(export, small_tagger, tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    assert [path.name for path in tmp_path.iterdir()] == ["reviews.csv"]


def test_folds_are_fitted_on_the_cluster(client, invented) -> None:
    texts, records = invented
    with joblib.parallel_config(backend="dask"):
        there = MentionTagger(taxonomy=load_taxonomy(), folds=2, min_support=4).fit(texts, records)
    here = MentionTagger(taxonomy=load_taxonomy(), folds=2, min_support=4).fit(texts, records)
    assert there.tag_many(texts) == here.tag_many(texts)
    done = client.run(lambda dask_worker: len(dask_worker.state.tasks) + dask_worker.state.executed_count)
    assert sum(done.values()) > 0
