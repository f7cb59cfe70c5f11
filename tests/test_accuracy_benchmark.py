"""`benchmarks/accuracy.py` as a person runs it, on tiny invented data sets."""

import json
import runpy
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess, run
from types import SimpleNamespace

import pandas as pd
import pytest

import cx_nlp

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "accuracy.py"
PLACES = ["cổng trường", "nhà xe", "căng tin", "thư viện", "phòng máy", "sân bóng", "hành lang", "phòng học"]
VERDICTS = {
    "positive": ["sạch đẹp", "rất thoáng"],
    "negative": ["bẩn quá", "nóng và chật"],
    "neutral": ["mở lúc bảy giờ"],
}
TEACHING = {
    "positive": "thầy giảng dễ hiểu",
    "negative": "thầy giảng quá nhanh",
    "neutral": "thầy dạy tối thứ ba",
}


def school(first: int, rows: int) -> pd.DataFrame:
    found = []
    for k in range(first, first + rows):
        sentiment = list(VERDICTS)[k % 3]
        verdict = VERDICTS[sentiment][k // 3 % len(VERDICTS[sentiment])]
        place = f"{PLACES[k % 8]} số {k} {verdict}"
        text, topic = (place, "facility") if k % 2 else (f"lớp {k} {TEACHING[sentiment]}", "lecturer")
        found.append({"text": text, "sentiment": sentiment, "topic": topic})
    return pd.DataFrame(found)


def bank(rows: int) -> pd.DataFrame:
    said = {
        "FEES#negative": "phí chuyển tiền cao",
        "STAFF#positive": "giao dịch viên tận tình",
        "APP#negative": "ứng dụng hay treo",
    }
    kinds = list(said)
    return pd.DataFrame(
        [
            {"text": f"{said[kinds[k % 3]]} ở {PLACES[k % 8]} {k * 37}", "aspects": kinds[k % 3]}
            for k in range(rows)
        ]
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("public")
    for name in ("uit_vsfc", "uts2017_bank", "uit_viocd", "uit_visfd", "chattermill_banking_aspects"):
        (made / name).mkdir()
    school(0, 72).to_csv(made / "uit_vsfc" / "train.csv", index=False)
    school(72, 24).to_csv(made / "uit_vsfc" / "dev.csv", index=False)
    bank(60).to_csv(made / "uts2017_bank" / "train.csv", index=False)
    school(0, 72).drop(columns="topic").to_csv(made / "uit_viocd" / "train.csv", index=False)
    bank(6).to_csv(made / "uit_visfd" / "train.csv", index=False)
    bank(3).to_csv(made / "uit_visfd" / "test.csv", index=False)
    return made


def benchmark(*arguments: object) -> CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return run(command, capture_output=True, text=True, encoding="utf-8", check=False)


def benchmark_here(*arguments: object) -> CompletedProcess[str]:
    """As `benchmark`, in this process, which has imported already what takes seconds."""
    out, said = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(said):
        patch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(SCRIPT), run_name="__main__")
    return CompletedProcess(sys.argv, int(end.value.code or 0), out.getvalue(), said.getvalue())


@pytest.fixture(scope="module")
def first(folder: Path) -> CompletedProcess[str]:
    return benchmark(folder, "--seeds", 0, "--keep", folder / "keep.json", "--out", folder / "table.md")


def table(printed: str) -> list[dict[str, str]]:
    lines = [line.strip("|").split("|") for line in printed.splitlines() if line.startswith("|")]
    heads = [cell.strip() for cell in lines[0]]
    return [dict(zip(heads, [cell.strip() for cell in line], strict=True)) for line in lines[2:]]


def test_the_table_names_data_set_measure_split_and_published_figures(first, folder):
    assert first.returncode == 0, first.stderr
    rows = {(row["Data set"], row["Task"], row["Measure"]): row for row in table(first.stdout)}
    sentiment = rows["UIT-VSFC", "sentiment", "weighted F1"]
    assert sentiment["Measured on"] == "dev"
    assert sentiment["Trained on / measured (comments)"] == "72 / 24"
    assert "0.879 maximum entropy (test)" in sentiment["Published"]
    assert {measure for _, task, measure in rows if task == "topic"} == {
        "weighted F1",
        "macro F1",
        "accuracy",
    }
    folds = rows["UTS2017-Bank", "aspects", "category + polarity F1"]
    assert folds["Measured on"] == "5 folds of train"
    assert folds["Trained on / measured (comments)"] == "48 / 60"
    assert (folder / "table.md").read_text(encoding="utf-8").strip() == first.stdout.strip()


def test_a_figure_is_that_of_the_package_itself(first, folder):
    row = next(r for r in table(first.stdout) if (r["Task"], r["Measure"]) == ("sentiment", "macro F1"))
    files = [folder / "uit_vsfc" / name for name in ("train.csv", "dev.csv")]
    figure = cx_nlp.train(files[0], dev=files[1], label_column="sentiment").evaluation.figures["label_macro"]
    assert row["fast"] == f"**{figure.value:.3f}** [{figure.low:.3f}, {figure.high:.3f}]"


def test_what_is_not_measured_is_said_with_the_reason(first):
    assert "- vlsp2018_hotel: skipped, no vlsp2018_hotel/train.csv in the folder" in first.stdout
    assert "- chattermill_banking_aspects: left out, " in first.stdout
    assert "- UIT-ViOCD complaint: skipped, data frame: no column 'label'" in first.stdout
    assert "- UIT-ViSFD aspects: refused by the fast tier, no label has at least 8 comments" in first.stdout


def test_finished_runs_are_taken_from_the_kept_file(first, folder):
    again = benchmark_here(folder, "--seeds", 0, "--keep", folder / "keep.json")
    assert again.stdout == first.stdout
    assert again.stderr.count("kept from before") == 3
    assert [line for line in again.stderr.splitlines() if line.endswith("trains")] == [
        "  uit_visfd aspects fast seed 0: trains"
    ]
    # A changed file is measured anew, the other data sets are not.
    held = folder / "uit_vsfc" / "dev.csv"
    before = held.read_bytes()
    school(72, 27).to_csv(held, index=False)
    changed = benchmark_here(folder, "--seeds", 0, "--keep", folder / "keep.json", "--json")
    held.write_bytes(before)
    assert changed.stderr.count("kept from before") == 1
    sizes = {row["folder"]: row["measured_on"] for row in json.loads(changed.stdout)["rows"]}
    assert sizes == {"uit_vsfc": 27, "uts2017_bank": 60}


def test_no_text_of_the_data_is_written(first, folder):
    written = first.stdout + first.stderr + (folder / "keep.json").read_text(encoding="utf-8")
    texts = [*school(0, 96)["text"], *bank(60)["text"]]
    assert not [text for text in texts if text in written or json.dumps(text)[1:-1] in written]


def test_a_further_seed_gives_the_mean_and_trains_that_seed_alone(first, folder):
    done = benchmark_here(
        folder, "--seeds", 0, 1, "--only", "uts2017_bank", "--keep", folder / "keep.json", "--json"
    )
    assert "seed 0: kept from before" in done.stderr
    assert "seed 1: kept" not in done.stderr
    found = json.loads(done.stdout)
    for row in found["rows"]:
        ours = row["tiers"]["fast"]
        assert ours["mean"] == pytest.approx(sum(ours["seeds"].values()) / 2)
        assert list(ours["seeds"]) == ["0", "1"]
        assert ours["low"] <= ours["mean"] <= ours["high"]
    assert found["not_measured"] == []


def test_a_wrong_folder_is_one_line_and_status_2():
    done = benchmark("no-such-folder")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: no-such-folder: no such folder; name the one that holds a folder for each data set\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "no data set in it"),
        (["--only", "moon"], "--only moon: no such data set"),
    ],
)
def test_nothing_to_measure_is_one_line_and_status_2(options, said, tmp_path):
    done = benchmark_here(tmp_path, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_is_not_there_is_said_before_anything_is_trained(folder):
    done = benchmark_here(folder, "--out", folder / "nowhere" / "table.md")
    assert done.returncode == 2
    assert "its folder does not exist" in done.stderr.splitlines()[-1]
    assert "UIT-VSFC" not in done.stderr


def test_a_foreign_kept_file_is_refused_and_left_alone(folder, tmp_path):
    other = tmp_path / "other.json"
    other.write_text('{"mine": 1}', encoding="utf-8")
    done = benchmark_here(folder, "--keep", other)
    assert done.returncode == 2
    assert "not a file of finished runs" in done.stderr.splitlines()[-1]
    assert other.read_text(encoding="utf-8") == '{"mine": 1}'


def test_an_encoder_that_was_stopped_has_a_checkpoint_of_its_own(folder, tmp_path, monkeypatch):
    given = []

    def train(data, *, tier, tuning, seed, **_):
        given.append(tuning.checkpoint)
        tuning.checkpoint.write_bytes(b"half way")
        if stopped and len(given) == 3:
            raise KeyboardInterrupt
        tagged = SimpleNamespace(mentions=[])
        return SimpleNamespace(
            model=SimpleNamespace(tag_many=lambda texts: [tagged] * len(texts)), comments=48
        )

    monkeypatch.setattr(cx_nlp, "train", train)
    options = (folder, "--tier", "accurate", "--seeds", 0, "--only", "uts2017_bank", "--keep", tmp_path / "k")
    stopped = True
    with pytest.raises(KeyboardInterrupt):
        benchmark_here(*options)
    assert sorted(tmp_path.iterdir()) == given
    assert len(set(given)) == 3
    stopped = False
    assert benchmark_here(*options).returncode == 0
    assert given[3:6] == given[:3]
    assert [path.name for path in tmp_path.iterdir()] == ["k"]
