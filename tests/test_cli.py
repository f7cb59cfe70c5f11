"""The commands as a person runs them: most through typer's runner, some as the installed command."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cx_nlp.cli import app

INSTALLED = shutil.which("cx-nlp", path=str(Path(sys.executable).parent))
needs_command = pytest.mark.skipif(INSTALLED is None, reason="the package is not installed here")

ROWS = [
    ("a1", "Giao hàng nhanh, đóng gói kỹ, sẽ ủng hộ tiếp", 5, "KH1", "03/03/2024"),
    ("a2", "Gọi tổng đài ba lần mà không ai xử lý cho tôi", 1, "KH2", "14/03/2024"),
    ("a3", "", 3, "KH3", "15/03/2024"),
    ("a2", "Gửi lại lần nữa vì chưa thấy ai trả lời", 1, "KH2", "16/03/2024"),
    ("a5", "2024", 4, "KH5", "17/03/2024"),
    ("a6", "Nhân viên thân thiện nhưng giá hơi cao so với chất lượng", 4, "KH6", "18/03/2024"),
]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    header = ("review_id", "Nội dung", "Số sao", "customer_id", "Ngày")
    pd.DataFrame(ROWS, columns=header).to_csv(path, index=False)
    return path


def run(*args: object, status: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    assert result.exit_code == status, (result.output, result.exception)
    return result.stdout, result.stderr


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_score_says_what_it_takes_for_what_and_what_came_of_it(export: Path, tmp_path: Path) -> None:
    said, _ = run("score", export, "--out", tmp_path / "out")
    lines = said.splitlines()
    assert lines[0].split() == ["role", "column", "why"]
    assert any(line.split()[:3] == ["text", "Nội", "dung"] for line in lines)
    assert any("Scored 3 of 6 rows" in line for line in lines)
    assert any(
        "Not scored: 3 rows (1 empty text, 1 duplicate id, 1 text is only a number)" in line for line in lines
    )
    assert lines[-1] == f"Result: {tmp_path / 'out'}"
    assert left(tmp_path / "out") == [
        *("comments.parquet", "manifest.json", "mentions.parquet", "rejected.csv", "taxonomy.toml"),
    ]


def test_one_is_said_in_the_singular_and_too_long_with_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    pd.DataFrame({"content": ["Giao nhanh nhưng mà dài dòng. " * 700]}).to_csv(path, index=False)
    said, _ = run("score", path, "--out", tmp_path / "out")
    assert "Scored 1 of 1 row in " in said
    assert "1 comment to review." in said
    assert "Too long: of 1 comment only the first 20,000 characters were tagged." in said


def test_analyze_writes_the_page_beside_the_tables(export: Path, tmp_path: Path) -> None:
    said, _ = run("analyze", export, "--out", tmp_path / "out", "--lang", "en", "--format", "csv")
    assert said.splitlines()[-1] == f"Report: {tmp_path / 'out' / 'report.html'}"
    assert {"report.html", "comments.parquet", "comments.csv", "mentions.csv"} <= set(left(tmp_path / "out"))
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in page
    assert "reviews.csv" in page
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == left(tmp_path / "out")
    assert manifest["options"]["lang"] == "en"


def test_analyze_again_replaces_only_on_demand(export: Path, tmp_path: Path) -> None:
    run("analyze", export, "--out", tmp_path / "out", "--quiet")
    _, error = run("analyze", export, "--out", tmp_path / "out", status=1)
    assert "--overwrite" in error
    run("analyze", export, "--out", tmp_path / "out", "--overwrite", "--quiet")
    assert left(tmp_path) == ["out", "reviews.csv"]


@pytest.mark.parametrize("name", ["tagged.jsonl", "tagged.xlsx", "tagged.csv", "tagged.parquet"])
def test_a_file_is_written_in_the_form_of_its_suffix(export: Path, tmp_path: Path, name: str) -> None:
    run("score", export, "--out", tmp_path / name, "--quiet")
    assert {name, f"{name}.manifest.json", f"{name}.rejected.csv"} <= set(left(tmp_path))


def test_json_prints_one_object_and_nothing_else(export: Path, tmp_path: Path) -> None:
    said, aside = run("analyze", export, "--out", tmp_path / "out", "--json")
    content = json.loads(said)
    assert content["command"] == "analyze"
    assert content["counts"]["rows_in"] == content["counts"]["scored"] + content["counts"]["rejected"] == 6
    assert content["columns"]["rating"]["column"] == "Số sao"
    assert Path(content["report"]).exists()
    assert set(content["files"]) == set(left(tmp_path / "out"))
    assert "Scored 3 of 6 rows" in aside


def test_quiet_says_nothing(export: Path, tmp_path: Path) -> None:
    assert run("score", export, "--out", tmp_path / "out", "--quiet") == ("", "")


def test_a_named_column_overrules_the_guess(export: Path, tmp_path: Path) -> None:
    said, _ = run(
        *("score", export, "--out", tmp_path / "out", "--json"),
        *("--customer-column", "review_id", "--id-column", "", "--rating-kind", "csat"),
    )
    content = json.loads(said)
    assert content["columns"]["customer"] == {"column": "review_id", "reason": "chosen", "chosen": True}
    assert "id" not in content["columns"]
    assert content["rating"]["kind"] == "csat"
    assert content["counts"]["scored"] == 4


def test_a_wrong_text_column_is_one_line_with_the_right_name(export: Path, tmp_path: Path) -> None:
    _, error = run("score", export, "--out", tmp_path / "out", "--text-column", "noi dung", status=1)
    assert error.count("\n") == 1
    assert error.startswith(
        f"Error: {export}: --text-column names 'noi dung', which is no column; did you mean 'Nội dung'?"
    )
    assert left(tmp_path) == ["reviews.csv"]


def test_a_folder_of_someone_else_is_left_alone(export: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.txt").write_text("cat", encoding="utf-8")
    _, error = run("analyze", export, "--out", tmp_path / "photos", "--overwrite", status=1)
    assert "photos: this folder exists and was not written by cx_nlp" in error
    assert left(tmp_path / "photos") == ["cat.txt"]


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        (("score", "{export}"), 2, "--out"),
        (("score", "{export}", "--out", "{out}", "--format", "html"), 2, "none of parquet, csv, xlsx, jsonl"),
        (("analyze", "{export}", "--out", "{out}", "--lang", "fr"), 2, "none of vi, en"),
        (("analyse", "{export}", "--out", "{out}"), 2, "analyse"),
        (("analyze", "{export}", "--out", "{out}.xlsx"), 1, "an analysis is a folder"),
        (("score", "{export}", "--out", "{out}.tsv"), 1, "a .tsv file cannot be written"),
        (("score", "missing.csv", "--out", "{out}"), 1, "missing.csv"),
        (("train", "{export}", "--out", "{out}", "--tier", "slow"), 2, "is none of"),
        (("score", "{export}", "--out", "{out}", "--model", "no/such/folder"), 1, "no/such/folder"),
        (("score", "{export}", "--out", "{out}", "--sheet", "2"), 1, "--sheet means nothing"),
    ],
)
def test_what_cannot_be_done_is_said(
    export: Path, tmp_path: Path, args: tuple[str, ...], status: int, says: str
) -> None:
    filled = [arg.format(export=export, out=tmp_path / "out") for arg in args]
    _, error = run(*filled, status=status)
    assert says in error
    assert "Traceback" not in error
    assert left(tmp_path) == ["reviews.csv"]


def test_models_lists_the_shipped_one_with_its_figures() -> None:
    said, _ = run("models")
    assert "fast" in said
    [fast] = [model for model in json.loads(run("models", "--json")[0])["models"] if model["name"] == "fast"]
    assert Path(fast["path"], "manifest.json").is_file()
    assert fast["figures"]["touchpoint"]["value"] > 0.5
    assert f"touchpoint {fast['figures']['touchpoint']['value']:.3f}" in " ".join(said.split())


def command(*args: object, **more: object) -> subprocess.CompletedProcess[str]:
    assert INSTALLED is not None
    return subprocess.run(
        [INSTALLED, *map(str, args)], capture_output=True, text=True, encoding="utf-8", **more
    )


@needs_command
def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = "import sys; import cx_nlp.cli; print([m for m in ('pandas', 'sklearn', 'spacy') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
    shown = command("--help")
    assert shown.returncode == 0
    assert all(name in shown.stdout for name in ("analyze", "score", "models", "--version"))


@needs_command
def test_version() -> None:
    assert command("--version").stdout.startswith("cx-nlp 0.")


@needs_command
def test_an_error_has_no_traceback(tmp_path: Path) -> None:
    ended = command("analyze", tmp_path / "gone.csv", "--out", tmp_path / "out")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("Error: ")


@needs_command
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way there")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interruption_leaves_no_result_and_is_gone_on_with(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    path = tmp_path / "many.csv"
    rows = [f"Đơn số {n} giao nhanh nhưng hộp móp, gọi tổng đài {n % 7} lần" for n in range(60_000)]
    pd.DataFrame({"content": rows}).to_csv(path, index=False)
    process = subprocess.Popen(
        [str(INSTALLED), "score", str(path), "--out", str(tmp_path / "out"), "--model", "fast"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that runs in the background of a shell hands down that Ctrl-C is not for it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    journal = tmp_path / ".cx_nlp-unfinished-out" / "tags.journal"
    sizes = set[int]()
    # The first part is whole when the second is begun.
    while len(sizes) < 3:
        if journal.exists():
            sizes.add(journal.stat().st_size)
        try:
            pytest.fail(f"ended before it wrote: {process.wait(timeout=0.05)} {process.communicate()}")
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == status
    assert left(tmp_path) == [".cx_nlp-unfinished-out", "many.csv"]
    assert "Traceback" not in error
    if number == signal.SIGINT:
        assert error.count("\n") == 1
        assert error.startswith("Stopped. No result was written; what was tagged is kept")
    again = command("score", path, "--out", tmp_path / "out", "--model", "fast")
    assert again.returncode == 0, again.stderr
    assert "Went on from an earlier run" in again.stdout
    assert left(tmp_path) == ["many.csv", "out"]


@needs_command
def test_a_full_disk_is_said_and_leaves_no_result(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("a small disk can be mounted on Linux only")
    disk = tmp_path / "disk"
    disk.mkdir()
    path = tmp_path / "many.csv"
    pd.DataFrame({"content": [f"{n} {os.urandom(900).hex()} dở" for n in range(200)]}).to_csv(
        path, index=False
    )
    mount = 'mount -t tmpfs -o size=128k tmpfs "$0" || exit 99; "$@"; status=$?; ls -A "$0"; exit $status'
    score = [str(INSTALLED), "score", str(path), "--out", str(disk / "june"), "--quiet"]
    ended = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, str(disk), *score], capture_output=True, text=True
    )
    if ended.returncode == 99 or "unshare" in ended.stderr:
        pytest.skip("this system lets no user mount a disk of their own")
    assert ended.returncode == 1
    assert ended.stdout in ("", ".cx_nlp-unfinished-june\n"), "what was tagged may stay, for the next start"
    assert ended.stderr.count("\n") == 1
    assert "no space is left on the disk; free some space or choose another --out" in ended.stderr


# Everything is loaded before the limit is set: below some hundred megabytes it is not this program that ends, but the linear
# algebra below it that cannot start its threads.
LIMITED = """
import resource, sys
import cx_nlp, cx_nlp.scoring
from cx_nlp.cli import main
cx_nlp.load("fast").tag("ok")
now = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + int(sys.argv.pop(1)),) * 2)
sys.exit(main())
"""


def test_too_little_memory_is_said_and_leaves_no_result(tmp_path: Path) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("the limit of a process is set on Linux only")
    path = tmp_path / "many.csv"
    pd.DataFrame(
        {"content": [f"{n} giao hàng chậm, nhân viên nhiệt tình " * 40 for n in range(3000)]}
    ).to_csv(path, index=False)
    score = ["score", path, "--out", tmp_path / "june", "--model", "fast", "--jobs", "1", "--quiet"]
    ended = subprocess.run(
        [sys.executable, "-c", LIMITED, str(24 << 20), *map(str, score)], capture_output=True, text=True,
        encoding="utf-8", env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    assert "Error: the memory is not enough; close other programs" in ended.stderr
    assert set(left(tmp_path)) <= {"many.csv", ".cx_nlp-unfinished-june"}
