"""Runs that are stopped, killed or started twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import psutil
import pytest

from cx_nlp import load
from cx_nlp.errors import CxError, InputError, OutputError, Stopped
from cx_nlp.io.comments import plan_comments
from cx_nlp.io.readers import open_export
from cx_nlp.scoring import ScoreSummary, score_export
from cx_nlp.scoring.journal import HEAD, Journal
from cx_nlp.scoring.parts import ROWS
from cx_nlp.tagger import MentionTagger, TaggedComment
from cx_nlp.tagger.tag_table import table_of

FILES = ("comments.parquet", "mentions.parquet", "rejected.csv")
PLACES = ("quận", "phường", "chợ", "phố", "ngõ")


def rows_of(n: int) -> pd.DataFrame:
    rng = random.Random(0)
    texts = [
        ""
        if i % 97 == 0
        else f"{rng.choice(PLACES)} {i % (n // 2)} giao nhanh nhưng nhân viên thô lỗ, vải đẹp"
        for i in range(n)
    ]
    return pd.DataFrame({"review_id": [f"r{i}" for i in range(n)], "content": texts})


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    rows_of(4 * ROWS + 100).to_csv(path, index=False)
    return path


class Counting:
    """A tagger that counts the texts it is asked for, and stops at a text."""

    def __init__(
        self, tagger: MentionTagger, *, stop: type[BaseException] | None = None, after: int = 0
    ) -> None:
        self.tagger, self.stop, self.after = tagger, stop, after
        self.taxonomy, self.digest, self.model_id = tagger.taxonomy, "one of its own", "counting"
        self.asked: list[str] = []

    def tag_many(self, texts: Sequence[str]) -> list[TaggedComment]:
        if self.stop and len(self.asked) >= self.after:
            raise self.stop("no more")
        self.asked += texts
        return self.tagger.tag_many(texts)


def score(path: Path, tagger: object, out: Path, **more: object) -> ScoreSummary:
    opened = open_export(path)
    return score_export(opened, out=out, tagger=tagger, plan=plan_comments(opened), **more)


def contents(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in FILES]


def hidden(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError, OutputError])
def test_a_run_that_was_stopped_goes_on_and_ends_the_same(export, small_tagger, tmp_path: Path, stop) -> None:
    score(export, Counting(small_tagger), tmp_path / "whole")
    first = Counting(small_tagger, stop=stop, after=2 * ROWS - 200)
    with pytest.raises(Stopped if stop is KeyboardInterrupt else stop):
        score(export, first, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert hidden(tmp_path) == [".cx_nlp-unfinished-out"]
    second = Counting(small_tagger)
    summary = score(export, second, tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")
    assert summary.taken_over == 2 * ROWS
    assert not {*first.asked} & {*second.asked}
    assert len({*first.asked, *second.asked}) == len(first.asked) + len(second.asked)
    assert hidden(tmp_path) == []


def test_the_journal_stays_where_the_result_cannot_take_its_place(
    export, small_tagger, tmp_path, monkeypatch
) -> None:
    import cx_nlp.io.outputs as outputs

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(outputs, "put_in_place", refuse)
        with pytest.raises(OutputError, match="no space is left"):
            score(export, Counting(small_tagger), tmp_path / "out")
    second = Counting(small_tagger)
    score(export, second, tmp_path / "out")
    assert second.asked == []


def test_another_model_export_or_option_is_refused_and_begins_anew_on_restart(
    export, small_tagger, tmp_path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(OutputError):
        score(export, Counting(small_tagger, stop=OutputError, after=ROWS), out)
    other = Counting(small_tagger)
    other.digest = "another"
    with pytest.raises(OutputError, match=r"the model changed; give --restart"):
        score(export, other, out)
    with pytest.raises(OutputError, match=r"an option changed"):
        score(export, Counting(small_tagger), out, options={"rating_kind": "stars"})
    rows_of(4 * ROWS).to_csv(export, index=False)
    with pytest.raises(OutputError, match=r"the export changed"):
        score(export, Counting(small_tagger), out)
    fresh = Counting(small_tagger)
    assert score(export, fresh, out, restart=True).taken_over == 0
    assert hidden(tmp_path) == []


def test_nothing_is_kept_of_an_export_that_breaks_off(small_tagger, tmp_path: Path) -> None:
    frame = rows_of(3 * ROWS)
    tagger = Counting(small_tagger, stop=InputError, after=ROWS)
    frame.to_csv(tmp_path / "reviews.csv", index=False)
    with pytest.raises(InputError):
        score(tmp_path / "reviews.csv", tagger, tmp_path / "out")
    assert hidden(tmp_path) == []


def test_a_second_run_on_one_folder_is_refused(export, small_tagger, tmp_path: Path) -> None:
    refused = []

    def meanwhile(rows: int, share: float) -> None:
        if not refused:
            with pytest.raises(OutputError, match="another run of cx_nlp is writing there") as error:
                score(export, Counting(small_tagger), tmp_path / "out")
            refused.append(error)

    score(export, Counting(small_tagger), tmp_path / "out", progress=meanwhile)
    assert len(refused) == 1


def test_a_text_that_recurs_is_tagged_once(small_tagger, tmp_path: Path) -> None:
    texts = [f"giao hàng nhanh {i % 100}" for i in range(3 * ROWS)]
    pd.DataFrame({"content": texts}).to_csv(tmp_path / "reviews.csv", index=False)
    tagger = Counting(small_tagger)
    score(tmp_path / "reviews.csv", tagger, tmp_path / "out")
    assert sorted(tagger.asked) == sorted(set(texts))
    mentions = pd.read_parquet(tmp_path / "out" / "mentions.parquet")
    assert mentions["quote"].str.startswith("giao hàng nhanh").all()
    assert mentions["comment_id"].nunique() == len(texts)


def test_processes_give_what_one_gives(export: Path, tmp_path: Path) -> None:
    tagger = load("fast")
    score(export, tagger, tmp_path / "one", jobs=1)
    score(export, tagger, tmp_path / "two", jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_process_that_dies_is_said_and_what_was_tagged_is_kept(tmp_path: Path) -> None:
    path, tagger = tmp_path / "reviews.csv", load("fast")
    rows_of(20 * ROWS).to_csv(path, index=False)

    def end_the_others(rows: int, share: float) -> None:
        for child in psutil.Process().children(recursive=True):
            if "loky" in " ".join(child.cmdline()) and "tracker" not in " ".join(child.cmdline()):
                child.kill()

    with pytest.raises(CxError, match="what was tagged is kept: start the same command again with --jobs 1"):
        score(path, tagger, tmp_path / "out", jobs=2, progress=end_the_others)
    assert score(path, tagger, tmp_path / "out", jobs=1).taken_over
    assert hidden(tmp_path) == []


def test_a_table_that_was_cut_off_or_damaged_is_dropped_with_all_after_it(
    small_tagger, tmp_path: Path
) -> None:
    path = tmp_path / "tags.journal"
    table = table_of(small_tagger.tag_many(["giao hàng nhanh", "nhân viên thô lỗ"]))
    journal = Journal(path)
    for _ in range(3):
        journal.append(table)
    journal.close()
    whole = path.read_bytes()
    size = len(whole) // 3
    for cut in (1, HEAD.size - 1, HEAD.size, size - 1):
        path.write_bytes(whole[: 2 * size + cut])
        found = Journal(path)
        assert found.parts == 2
        assert [one.equals(table) for one in found.read()] == [True, True]
        found.close()
        assert path.stat().st_size == 2 * size
    path.write_bytes(whole[: size + 40] + bytes([whole[size + 40] ^ 255]) + whole[size + 41 :])
    found = Journal(path)
    assert found.parts == 1
    found.append(table)
    found.close()
    assert path.read_bytes() == whole[: 2 * size]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_killed_at_any_point_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    path, rng = tmp_path / "reviews.csv", random.Random(os.getpid())
    rows_of(40_000).to_csv(path, index=False)
    command = [sys.executable, "-m", "cx_nlp", "score", str(path), "--model", "fast", "--quiet", "--out"]
    subprocess.run([*command, str(tmp_path / "whole")], check=True)
    out, journal = tmp_path / "out", tmp_path / ".cx_nlp-unfinished-out" / "tags.journal"
    kills = 0
    for _ in range(3):
        run = subprocess.Popen([*command, str(out)], stderr=subprocess.DEVNULL)
        had = journal.stat().st_size if journal.exists() else 0
        while run.poll() is None and not (journal.exists() and journal.stat().st_size > had):
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.3))
        others = psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []
        run.kill()
        kills += run.wait() == -signal.SIGKILL
        _, left = psutil.wait_procs(others, timeout=30)
        assert not left, "processes that tag live on after the one that started them was killed"
    assert kills, "it was never killed before it ended"
    if not out.exists():
        subprocess.run([*command, str(out)], check=True)
    assert contents(out) == contents(tmp_path / "whole")
