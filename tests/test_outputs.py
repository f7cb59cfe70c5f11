import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cx_nlp.errors import OutputError
from cx_nlp.io.outputs import check_free_folder, put_in_place, write_manifest, write_whole
from cx_nlp.io.target import Target, output_target


def leave(target: Target, content: str, *, overwrite: bool = False) -> None:
    with write_whole(target, overwrite=overwrite) as folder:
        for name in target.tables:
            (folder / name).write_text(content, encoding="utf-8")
        write_manifest(folder / target.manifest, {"format": 1}, files=target.tables)


def break_off(target: Target, stop: type[BaseException], *, overwrite: bool = False) -> None:
    with write_whole(target, overwrite=overwrite) as folder:
        (folder / target.tables[0]).write_text("half", encoding="utf-8")
        raise stop


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


@pytest.fixture(params=["result", "result.jsonl"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Target:
    return output_target(tmp_path / "new" / "deep" / request.param)


def test_result_appears_whole_with_the_folders_on_the_way(target: Target) -> None:
    with write_whole(target) as folder:
        (folder / target.tables[0]).write_text("rows", encoding="utf-8")
        assert not target.path.exists()
    assert target.path.exists()
    written = target.path / target.tables[0] if target.is_folder else target.path
    assert written.read_text(encoding="utf-8") == "rows"


@pytest.mark.parametrize("stop", [ValueError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_of_a_run_that_fails(
    target: Target, tmp_path: Path, stop: type[BaseException]
) -> None:
    with pytest.raises(stop):
        break_off(target, stop)
    assert names(tmp_path) == []


def test_an_earlier_result_survives_a_run_that_fails(target: Target, tmp_path: Path) -> None:
    leave(target, "first")
    before = names(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        break_off(target, KeyboardInterrupt, overwrite=True)
    assert names(tmp_path) == before


def test_an_earlier_result_is_replaced_only_on_demand(target: Target, tmp_path: Path) -> None:
    leave(target, "first")
    before = names(tmp_path)
    with pytest.raises(OutputError, match="--overwrite"):
        leave(target, "second")
    leave(target, "second", overwrite=True)
    written = target.path / target.tables[0] if target.is_folder else target.path
    assert written.read_text(encoding="utf-8") == "second"
    assert names(tmp_path) == before


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_of_someone_else_is_left_alone(tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.txt").write_text("cat", encoding="utf-8")
    with pytest.raises(OutputError, match=r"photos: this folder exists and was not written by cx_nlp"):
        leave(output_target(tmp_path / "photos"), "x", overwrite=overwrite)
    assert names(tmp_path) == ["cat.txt", "photos"]


@pytest.mark.parametrize("manifest", ["{}", "not json", '["made_by"]', '{"made_by": "someone"}'])
def test_a_manifest_of_another_program_does_not_make_it_ours(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(OutputError, match="was not written by cx_nlp"):
        leave(output_target(tmp_path / "site"), "x", overwrite=True)


def test_a_model_is_not_replaced_by_a_result(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    manifest = '{"made_by": "cx_nlp", "kind": "mentions", "files": ["manifest.json"]}'
    (tmp_path / "model" / "manifest.json").write_text(manifest, encoding="utf-8")
    with pytest.raises(OutputError, match="holds other work of cx_nlp"):
        leave(output_target(tmp_path / "model"), "x", overwrite=True)
    assert names(tmp_path) == ["manifest.json", "model"]
    with pytest.raises(OutputError, match="--overwrite"):
        check_free_folder(tmp_path / "model")
    check_free_folder(tmp_path / "model", overwrite=True)
    check_free_folder(tmp_path / "new.csv")


def test_a_result_is_not_replaced_by_a_model(tmp_path: Path) -> None:
    leave(output_target(tmp_path / "june"), "first")
    with pytest.raises(OutputError, match="holds other work of cx_nlp"):
        check_free_folder(tmp_path / "june", overwrite=True)


def test_a_file_that_someone_put_beside_our_result_is_not_deleted(tmp_path: Path) -> None:
    target = output_target(tmp_path / "june")
    leave(target, "first")
    (target.path / "notes.docx").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"'notes\.docx', which cx_nlp did not write"):
        leave(target, "second", overwrite=True)
    assert (target.path / "notes.docx").exists()


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "reviews.csv").write_text("text\n", encoding="utf-8")
    with pytest.raises(OutputError, match="this file exists and was not written by cx_nlp"):
        leave(output_target(tmp_path / "reviews.csv"), "x", overwrite=True)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "june").mkdir()
    leave(output_target(tmp_path / "june"), "first")
    assert names(tmp_path / "june") == ["comments.parquet", "manifest.json", "mentions.parquet"]


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    (tmp_path / "june").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="june: is a file, and a folder is needed there"):
        leave(output_target(tmp_path / "june"), "x")


def test_a_file_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "june").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match=r"is a file, not a folder|cannot be written"):
        leave(output_target(tmp_path / "june" / "deep"), "x")


def test_a_name_too_long_is_said_before_the_work_starts(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"choose a shorter|choose another"),
        write_whole(output_target(tmp_path / ("x" * 300))),
    ):
        pytest.fail("the work had started")
    assert names(tmp_path) == []


def test_a_result_that_appeared_meanwhile_is_not_destroyed(target: Target, tmp_path: Path) -> None:
    late = write_whole(target)
    (late.__enter__() / target.tables[0]).write_text("late", encoding="utf-8")
    leave(target, "early")
    with pytest.raises(OutputError, match="--overwrite"):
        late.__exit__(None, None, None)
    assert not any("partial" in name for name in names(tmp_path))
    written = target.path / target.tables[0] if target.is_folder else target.path
    assert written.read_text(encoding="utf-8") == "early"


def test_former_files_return_when_a_later_one_cannot_take_its_place(tmp_path: Path) -> None:
    for folder in ("new", "goal", "former"):
        (tmp_path / folder).mkdir()
    (tmp_path / "goal" / "a").write_text("first", encoding="utf-8")
    (tmp_path / "new" / "a").write_text("second", encoding="utf-8")
    moves = [(tmp_path / "new" / name, tmp_path / "goal" / name) for name in ("a", "gone")]
    with pytest.raises(FileNotFoundError):
        put_in_place(moves, tmp_path / "former")
    assert (tmp_path / "goal" / "a").read_text(encoding="utf-8") == "first"
    assert names(tmp_path / "former") == []


FILL = """
import sys
from pathlib import Path
from cx_nlp.errors import OutputError
from cx_nlp.io.outputs import write_whole
from cx_nlp.io.tables import csv_table
from cx_nlp.io.target import output_target
import pandas as pd
{before}
try:
    with write_whole(output_target(sys.argv[1])) as folder, csv_table(folder / "comments.csv") as table:
        for _ in range(200):
            table.append(pd.DataFrame({{"text": ["x" * 5000]}}))
except OutputError as error:
    print(error)
"""


def test_a_file_grown_over_the_limit_leaves_nothing(tmp_path: Path) -> None:
    pytest.importorskip("resource", reason="file size limits are of POSIX systems")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
    run = subprocess.run(
        [sys.executable, "-c", FILL.format(before=limit), str(tmp_path / "june")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "comments.csv: a file grew over the size allowed here" in run.stdout
    assert names(tmp_path) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("a small disk can be mounted on Linux only")
    mount = 'mount -t tmpfs -o size=256k tmpfs "$0" || exit 99; "$@"; ls -A "$0"'
    fill = [sys.executable, "-c", FILL.format(before=""), str(tmp_path / "june")]
    run = subprocess.run(
        ["unshare", "-rm", "sh", "-c", mount, str(tmp_path), *fill], capture_output=True, text=True
    )
    if run.returncode == 99 or "unshare" in run.stderr:
        pytest.skip("this system lets no user mount a disk of their own")
    assert "comments.csv: no space is left on the disk; free some space" in run.stdout
    assert run.stdout.strip().endswith("another --out.")
