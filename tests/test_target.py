from pathlib import Path

import pytest

from cx_nlp.errors import OutputError
from cx_nlp.io.target import output_target


def test_a_name_without_suffix_is_a_folder_of_parquet_tables(tmp_path: Path) -> None:
    target = output_target(tmp_path / "june")
    assert target.is_folder
    assert target.tables == ("comments.parquet", "mentions.parquet")
    assert (target.manifest, target.rejected) == ("manifest.json", "rejected.csv")


def test_a_dot_in_a_folder_name_is_no_suffix(tmp_path: Path) -> None:
    assert output_target(tmp_path / "june.v2").is_folder


def test_an_existing_folder_is_a_folder_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").mkdir()
    assert output_target(tmp_path / "odd.csv").is_folder


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("tagged.jsonl", ("tagged.jsonl",)),
        ("tagged.XLSX", ("tagged.XLSX",)),
        ("tagged.csv", ("tagged.csv", "tagged.mentions.csv")),
        ("tagged.parquet", ("tagged.parquet", "tagged.mentions.parquet")),
    ],
)
def test_a_table_suffix_is_a_file_with_its_company(
    tmp_path: Path, name: str, tables: tuple[str, ...]
) -> None:
    target = output_target(tmp_path / name)
    assert not target.is_folder
    assert target.tables == tables
    assert (target.manifest, target.rejected) == (f"{name}.manifest.json", f"{name}.rejected.csv")


def test_format_decides_the_tables_of_a_folder(tmp_path: Path) -> None:
    assert output_target(tmp_path / "june", format="csv").tables == ("comments.csv", "mentions.csv")
    assert output_target(tmp_path / "june", format="xlsx").tables == ("scored.xlsx",)


@pytest.mark.parametrize(
    ("out", "format", "says"),
    [
        ("tagged.tsv", None, r"\.tsv file cannot be written"),
        ("tagged.json", None, r"ending in \.parquet, \.csv, \.xlsx or \.jsonl"),
        ("tagged.csv", "xlsx", "--format xlsx contradicts the suffix .csv"),
        ("june", "html", "choose one of parquet, csv, xlsx, jsonl"),
        ("  ", None, "--out is empty"),
    ],
)
def test_what_cannot_be_written_is_refused_with_the_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, format: str | None, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match=says):
        output_target(out, format=format)
