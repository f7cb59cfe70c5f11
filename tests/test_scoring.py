import json
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cx_nlp import load
from cx_nlp.errors import ColumnError, InputError, OutputError
from cx_nlp.io.comments import plan_comments
from cx_nlp.io.readers import open_export
from cx_nlp.schema import MENTION_COLUMNS, check_comments, check_mentions
from cx_nlp.scoring import ScoreSummary, score_comments, score_export, score_frame
from cx_nlp.tagger import MentionTagger


@pytest.fixture(scope="module")
def tagger() -> MentionTagger:
    return load("fast")


ROWS = [
    ("a1", "Giao nhanh, đóng gói kỹ", "5", "KH1", "2024-03-01", "An"),
    ("a2", "Chờ mãi không thấy hàng đâu", "1", "KH2", "2024-03-02", "Huế"),
    ("a3", "", "3", "KH3", "2024-03-03", "Huế"),
    ("a2", "Gửi lại lần nữa vì chưa ai trả lời", "1", "KH2", "2024-03-04", "Huế"),
    ("a5", "12345", "4", "KH5", "2024-03-05", "Vinh"),
    ("a6", "Giao nhanh, đóng gói kỹ", "5", "KH6", "2024-03-06", "Vinh"),
]
HEADER = ("review_id", "content", "rating", "customer_id", "date", "packer")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    pd.DataFrame(ROWS, columns=HEADER).to_csv(path, index=False)
    return path


def score(path: Path, tagger: object, out: Path, **more: object) -> ScoreSummary:
    opened = open_export(path)
    return score_export(opened, out=out, tagger=tagger, plan=plan_comments(opened), **more)


def test_every_row_is_scored_or_listed_with_its_line_and_reason(export: Path, tagger, tmp_path: Path) -> None:
    summary = score(export, tagger, tmp_path / "out")
    assert (summary.counts.rows_in, summary.counts.scored, summary.counts.rejected) == (6, 3, 3)
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv", encoding="utf-8-sig")
    assert list(zip(rejected["line"], rejected["reason"], strict=True)) == [
        (4, "empty text"),
        (5, "duplicate id a2, first seen on line 3"),
        (6, "text is only a number"),
    ]
    assert rejected["content"].iloc[2] == "a5,12345,4,KH5,2024-03-05,Vinh"


def test_the_tables_keep_the_contract(export: Path, tagger, tmp_path: Path) -> None:
    score(export, tagger, tmp_path / "out")
    comments = pd.read_parquet(tmp_path / "out" / "comments.parquet")
    mentions = pd.read_parquet(tmp_path / "out" / "mentions.parquet")
    check_comments(comments, source="comments")
    check_mentions(mentions, source="mentions")
    assert list(comments.columns) == [
        *("comment_id", "text", "customer_id", "time", "rating"),
        *("sentiment", "confidence", "needs_review", "time_raw", "packer"),
    ]
    assert comments["comment_id"].tolist() == ["a1", "a2", "a6"]
    assert comments["packer"].tolist() == ["An", "Huế", "Vinh"]
    assert tuple(mentions.columns) == MENTION_COLUMNS
    texts = comments.set_index("comment_id")["text"]
    for mention in mentions.itertuples():
        assert texts[mention.comment_id][mention.start : mention.end] == mention.quote
        assert mention.stage == tagger.taxonomy.touchpoint(mention.touchpoint).stage


def test_the_manifest_tells_how_the_result_came_about(export: Path, tagger, tmp_path: Path) -> None:
    score(export, tagger, tmp_path / "out", options={"model": "fast"})
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["made_by"] == "cx_nlp"
    assert manifest["input"]["name"] == "reviews.csv"
    assert manifest["input"]["sha256"] == open_export(export).digest()
    assert manifest["input"]["bytes"] == export.stat().st_size
    assert manifest["columns"]["text"]["column"] == "content"
    assert manifest["rating"]["kind"] == "stars"
    assert manifest["counts"] == {
        **{"rows_in": 6, "scored": 3, "rejected": 3, "mentions": manifest["counts"]["mentions"]},
        **{"needs_review": manifest["counts"]["needs_review"], "truncated": 0},
        "reasons": {"empty text": 1, "duplicate id": 1, "text is only a number": 1},
    }
    assert manifest["model"] == {
        **{"id": tagger.model_id, "digest": tagger.digest, "heldout": tagger.heldout},
        "max_chars": tagger.max_chars,
    }
    assert manifest["options"] == {"model": "fast"}
    assert {"python", "cx_nlp", "pandas", "scikit-learn"} <= set(manifest["versions"])
    assert manifest["files"] == sorted(path.name for path in (tmp_path / "out").iterdir())
    assert str(tmp_path) not in json.dumps(manifest)


@pytest.mark.parametrize("format", ["parquet", "csv", "xlsx", "jsonl"])
def test_every_form_holds_the_same_comments(export: Path, tagger, tmp_path: Path, format: str) -> None:
    folder = tmp_path / "out"
    score(export, tagger, folder, format=format)
    found = {
        "parquet": lambda: pd.read_parquet(folder / "comments.parquet")["text"].tolist(),
        "csv": lambda: pd.read_csv(folder / "comments.csv", encoding="utf-8-sig")["text"].tolist(),
        "xlsx": lambda: [
            row[1].value
            for row in openpyxl.load_workbook(folder / "scored.xlsx")["comments"].iter_rows(min_row=2)
        ],
        "jsonl": lambda: pd.read_json(folder / "scored.jsonl", lines=True)["text"].tolist(),
    }[format]()
    assert found == [ROWS[0][1], ROWS[1][1], ROWS[5][1]]


def test_a_single_file_has_its_company_beside_it(export: Path, tagger, tmp_path: Path) -> None:
    score(export, tagger, tmp_path / "tagged.jsonl")
    names = sorted(path.name for path in tmp_path.iterdir() if path != export)
    assert names == ["tagged.jsonl", "tagged.jsonl.manifest.json", "tagged.jsonl.rejected.csv"]


def test_the_export_itself_is_never_the_goal(export: Path, tagger) -> None:
    before = export.read_bytes()
    with pytest.raises(OutputError, match="was not written by cx_nlp"):
        score(export, tagger, export, overwrite=True)
    assert export.read_bytes() == before


def test_a_former_result_that_is_read_anew_is_not_replaced_by_its_own(
    export: Path, tagger, tmp_path: Path
) -> None:
    score(export, tagger, tmp_path / "out")
    with pytest.raises(OutputError, match="the export to be read lies there"):
        score(tmp_path / "out" / "comments.parquet", tagger, tmp_path / "out", overwrite=True)
    score(tmp_path / "out" / "comments.parquet", tagger, tmp_path / "again")
    again = pd.read_parquet(tmp_path / "again" / "comments.parquet")
    assert again["comment_id"].tolist() == ["a1", "a2", "a6"]
    assert "source_sentiment" in again


def test_progress_counts_every_row_and_ends_at_the_whole(tmp_path: Path, tagger) -> None:
    path = tmp_path / "many.csv"
    pd.DataFrame({"content": [f"Giao nhanh lần thứ {n} rồi" for n in range(9000)]}).to_csv(path, index=False)
    seen: list[tuple[int, float]] = []
    score(path, tagger, tmp_path / "out", progress=lambda rows, share: seen.append((rows, share)))
    assert seen[-1] == (9000, 1.0)
    assert len(seen) > 1
    assert seen == sorted(seen)


@dataclass
class Listening:
    """A tagger that remembers what it was asked."""

    tagger: MentionTagger
    asked: list[str] = field(default_factory=list)

    @property
    def taxonomy(self):
        return self.tagger.taxonomy

    def tag_many(self, texts):
        self.asked.extend(texts)
        return self.tagger.tag_many(texts)


def test_a_text_that_recurs_is_tagged_once(tagger) -> None:
    listening = Listening(tagger)
    comments = pd.DataFrame({"comment_id": ["1", "2", "3"], "text": ["Giao nhanh", "tạm", "Giao nhanh"]})
    scored = score_comments(listening, comments)
    assert listening.asked == ["Giao nhanh", "tạm"]
    assert set(scored.mentions["comment_id"]) >= {"1", "3"}


def test_a_comment_of_a_megabyte_is_scored_flagged_and_counted(tmp_path: Path, tagger) -> None:
    path = tmp_path / "long.csv"
    text = "Giao nhanh nhưng mà dài dòng. " * 40_000
    pd.DataFrame({"content": ["Giao nhanh lắm shop ơi", text]}).to_csv(path, index=False)
    summary = score(path, tagger, tmp_path / "out")
    comments = pd.read_parquet(tmp_path / "out" / "comments.parquet")
    assert summary.counts.truncated == 1
    assert comments["text"].tolist()[1] == text
    assert bool(comments["needs_review"].iloc[1])
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["truncated"] == 1


def test_an_export_with_nothing_to_score_still_says_why(tmp_path: Path, tagger) -> None:
    path = tmp_path / "empty.csv"
    path.write_text("content,city\n,Huế\n   ,Vinh\n", encoding="utf-8")
    export = open_export(path)
    plan = plan_comments(export, chosen={"text": "content"})
    summary = score_export(export, out=tmp_path / "out", tagger=tagger, plan=plan)
    assert (summary.counts.scored, summary.counts.reasons) == (0, {"empty text": 2})
    assert pq.read_table(tmp_path / "out" / "comments.parquet").column_names[:2] == ["comment_id", "text"]


def test_types_of_a_parquet_export_stay(tmp_path: Path, tagger) -> None:
    path = tmp_path / "in.parquet"
    table = pa.table(
        {
            "content": ["Giao nhanh quá trời luôn", "Chưa nhận được hàng nhé"],
            "quantity": pa.array([None, 3], pa.int64()),
            "gift": pa.array([True, None]),
            "shipped": pa.array([None, pd.Timestamp("2024-05-01")], pa.timestamp("ns")),
            "tags": pa.array([["a"], None], pa.list_(pa.string())),
        }
    )
    pq.write_table(table, path)
    export = open_export(path)
    plan = plan_comments(export, chosen={"text": "content", "time": ""})
    score_export(export, out=tmp_path / "out", tagger=tagger, plan=plan)
    schema = pq.read_schema(tmp_path / "out" / "comments.parquet")
    kinds = {name: str(schema.field(name).type) for name in ("quantity", "gift", "shipped", "tags")}
    assert kinds == {"quantity": "int64", "gift": "bool", "shipped": "timestamp[ns]", "tags": "string"}
    assert pq.read_table(tmp_path / "out" / "comments.parquet")["quantity"].to_pylist() == [None, 3]


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "stars": [5, 1, 4],
            "text": ["Giao nhanh", None, "Tạm được, chưa có gì nổi bật"],
            "shop": pd.Categorical(["A", "B", "A"]),
            7: [0.5, 1.5, 2.5],
        },
        index=["x", "y", "z"],
    )


def test_a_frame_comes_back_in_its_own_order_with_its_own_columns(frame: pd.DataFrame, tagger) -> None:
    before = frame.copy()
    scored = score_frame(tagger, frame)
    assert scored.comments.index.tolist() == ["x", "z"]
    assert scored.comments["comment_id"].tolist() == ["row-1", "row-3"]
    assert scored.comments["stars"].tolist() == [5, 4]
    assert scored.comments["shop"].dtype == frame["shop"].dtype
    assert scored.comments["7"].tolist() == [0.5, 2.5]
    assert scored.rejected["reason"].to_dict() == {"y": "empty text"}
    assert set(scored.mentions["comment_id"]) <= {"row-1", "row-3"}
    pd.testing.assert_frame_equal(frame, before)


def test_only_named_columns_of_a_frame_get_a_role(frame: pd.DataFrame, tagger) -> None:
    assert "rating" not in score_frame(tagger, frame).comments
    scored = score_frame(tagger, frame, rating="stars")
    assert scored.comments["rating"].tolist() == [5.0, 4.0]
    assert "stars" not in scored.comments


def test_a_frame_without_the_column_is_refused_by_name(frame: pd.DataFrame, tagger) -> None:
    with pytest.raises(ColumnError, match="names 'comment', which is no column"):
        score_frame(tagger, frame, text="comment")
    with pytest.raises(InputError, match="has no rows"):
        score_frame(tagger, frame.iloc[:0])
