import json
from pathlib import Path

import pandas as pd
import pytest

from cx_nlp import load
from cx_nlp.analysis import analyze, score
from cx_nlp.errors import ColumnError, CxError, OutputError
from cx_nlp.journey.table import read_scored

FRAME = pd.DataFrame(
    {
        "phản hồi": ["Giao hàng chậm quá, chờ cả tuần", "Nhân viên nhiệt tình lắm", None],
        "ngày": ["2024-05-01", "2024-05-02", "2024-05-03"],
        "nơi": ["Huế", "Vinh", "Huế"],
    }
)


def test_a_frame_becomes_a_folder_with_a_page(tmp_path: Path) -> None:
    summary = analyze(FRAME, out=tmp_path / "out", columns={"text": "phản hồi", "time": "ngày"}, lang="vi")
    assert (summary.counts.scored, summary.counts.rejected) == (2, 1)
    assert sorted(summary.files) == sorted(path.name for path in (tmp_path / "out").iterdir())
    assert '<html lang="vi">' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert read_scored(tmp_path / "out").manifest == manifest
    assert (manifest["input"]["format"], manifest["input"]["bytes"]) == ("frame", None)


@pytest.mark.parametrize("name", ["out", "out.csv", "out.xlsx", "out.jsonl", "out.parquet"])
def test_every_form_is_read_back_by_the_lower_half(tmp_path: Path, name: str) -> None:
    score(FRAME, out=tmp_path / name, model=load("fast"), columns={"text": "phản hồi", "time": "ngày"})
    found = read_scored(tmp_path / name)
    assert found.comments["comment_id"].tolist() == ["row-1", "row-2"]
    assert found.comments["time"].tolist() == [pd.Timestamp("2024-05-01"), pd.Timestamp("2024-05-02")]


def test_an_analysis_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="an analysis is a folder"):
        analyze(FRAME, out=tmp_path / "out.xlsx", columns={"text": "phản hồi"})


def test_nothing_is_left_where_the_frame_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match="names 'comment'"):
        analyze(FRAME, out=tmp_path / "out", columns={"text": "comment"})
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_fails_costs_no_scoring(tmp_path: Path, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("cx_nlp.analysis.exports.find", fail)
    with pytest.raises(
        CxError, match=r"tables are there, but the report could not be made \(ZeroDivisionError"
    ):
        analyze(FRAME, out=tmp_path / "out", model="fast", columns={"text": "phản hồi"})
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "comments.parquet", "mentions.parquet", "rejected.csv", "manifest.json", "taxonomy.toml",
    }  # fmt: skip
    assert not read_scored(tmp_path / "out").comments.empty
