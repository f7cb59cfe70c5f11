import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_nlp.io.comments import CommentReader, plan_comments, to_comments
from cx_nlp.io.export import Chunk, Rejected
from cx_nlp.io.frames import frame_export
from cx_nlp.io.readers import open_export

HEADER = "Mã đánh giá,Khách hàng,Ngày,Nội dung,Số sao,Kênh,Giá trị đơn hàng,Mua lại,text\n"
ROWS = [
    "r1,Lan,24/02/2025 10:30,Giao nhanh lắm,5 sao,App,1.250.000đ,Có,a",
    "r2,Khách lẻ,2 tuần trước,Đóng gói sơ sài,2,Cửa hàng,250k,Không,b",
    'r3,Minh,13/13/2025,"Hộp méo, nhưng shop đổi ngay",9,App,,,c',
    "r4,Lan,25/02/2025,   ,5,App,90k,Có,d",
    "r5,Lan,25/02/2025,10,5,App,90k,Có,e",
    "r1,Lan,26/02/2025,Lần hai vẫn nhanh,4,App,90k,Có,f",
    ",Hoa,27/02/2025,Tạm được thôi,3,App,miễn phí,Có thể,g",
]


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(HEADER + "\n".join(ROWS) + "\n", encoding="utf-8")
    return open_export(path)


def read(export, *, rows=4096, **options):
    """Everything an export gives, its ratings taken for stars."""
    reader = CommentReader(plan_comments(export, rating_kind="stars", **options))
    pairs = [reader.read(chunk) for chunk in export.chunks(rows)]
    frames = [frame for frame, _ in pairs if len(frame)]
    comments = pd.concat(frames) if frames else pairs[0][0]
    return reader, comments, [row for _, rejected in pairs for row in rejected]


def test_an_export_becomes_comments(export):
    _, comments, rejected = read(export)
    assert list(comments.columns) == [
        *(
            "comment_id",
            "text",
            "customer_id",
            "time",
            "rating",
            "channel",
            "value",
            "outcome",
            "time_raw",
            "source_text",
        )
    ]
    assert comments.index.tolist() == [2, 3, 4, 8]
    assert comments["comment_id"].tolist() == ["r1", "r2", "r3", "row-8"]
    assert comments["customer_id"].fillna("").tolist() == ["Lan", "", "Minh", "Hoa"]
    assert comments["time"].tolist()[0] == pd.Timestamp("2025-02-24 10:30")
    assert comments["time_raw"].fillna("").tolist() == ["", "2 tuần trước", "13/13/2025", ""]
    assert comments["rating"].fillna(0).tolist() == [5, 2, 0, 3]
    assert comments["value"].fillna(0).tolist() == [1_250_000, 250_000, 0, 0]
    assert comments["outcome"].fillna("").tolist() == ["repurchased", "not_repurchased", "", ""]
    assert [(row.line, row.reason) for row in rejected] == [
        (5, "empty text"),
        (6, "text is only a number"),
        (7, "duplicate id r1, first seen on line 2"),
    ]
    assert rejected[1].content == ROWS[4]


def test_what_became_missing_is_counted_and_said(export):
    reader, _, _ = read(export)
    assert reader.counts["comments"] + reader.counts["rejected"] == len(ROWS)
    assert [note.split(" ")[0] for note in reader.notes()] == ["1"] * 6
    assert "1 times are relative" in reader.notes()[0]
    assert "1 ratings lie off the scale" in reader.notes()[2]


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_chunks_change_nothing(export, rows):
    _, whole, rejected = read(export)
    _, pieces, rejected_too = read(export, rows=rows)
    pd.testing.assert_frame_equal(whole, pieces)
    assert rejected == rejected_too


def test_every_chunk_has_the_same_columns_and_types(export):
    reader = CommentReader(plan_comments(export))
    kinds = [dict(reader.read(chunk)[0].dtypes) for chunk in export.chunks(1)]
    assert kinds == [kinds[0]] * len(kinds)


def test_rows_that_the_file_reader_refused_stay_refused(export):
    chunk = next(export.chunks())
    refused = Rejected(9, "3 fields where the header has 9", "x,y,z")
    _, rejected = to_comments(Chunk(chunk.frame, (refused,)), plan_comments(export))
    assert [row.line for row in rejected] == [5, 6, 7, 9]


def test_a_rejected_row_does_not_take_its_id(tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(
        "review_id,review\n" + ",\n".join(["a", "a,rất vừa ý", "b,hơi chậm một chút"]), encoding="utf-8"
    )
    _, comments, rejected = read(open_export(path), chosen={"id": "review_id"})
    assert comments["comment_id"].tolist() == ["a", "b"]
    assert [row.reason for row in rejected] == ["empty text"]


def test_text_stays_as_it_was_given():
    texts = ["  Tuyệt vời\u0301 👍🏽 ", "Nga\u0300y đẹp\r\ntrời", "ALL GOOD\u200b here"]
    _, comments, _ = read(frame_export(pd.DataFrame({"review": texts})))
    assert comments["text"].tolist() == texts


def test_typed_cells_are_read():
    frame = pd.DataFrame(
        {
            "review_id": [101.0, 102.0, 103.0],
            "review": ["nhanh và gọn", "quá lâu luôn", 5],
            "date": pd.to_datetime(["2025-01-05", None, "2025-01-07"]),
            "rating": [5, 4.5, 1],
            "tags": [["a"], [], None],
        }
    )
    _, comments, rejected = read(frame_export(frame))
    assert comments["comment_id"].tolist() == ["101", "102"]
    assert comments["time"].notna().tolist() == [True, False]
    assert comments["rating"].tolist() == [5.0, 4.5]
    assert comments["tags"].tolist() == [["a"], []]
    assert [row.reason for row in rejected] == ["text is only a number"]


def test_an_export_whose_every_row_is_refused_gives_an_empty_table():
    frame = frame_export(pd.DataFrame({"review": ["1", "2"], "rating": [1, 2]}))
    plan = plan_comments(frame_export(pd.DataFrame({"review": ["rất vừa ý"] * 3, "rating": [1, 2, 5]})))
    comments, rejected = to_comments(next(frame.chunks()), plan)
    assert (len(comments), len(rejected)) == (0, 2)
    assert comments.dtypes["rating"] == np.dtype(float)


CELLS = (
    st.text(max_size=12)
    | st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=8), st.integers(3, 8))
def test_rows_in_are_comments_and_rejected(rows, size):
    named = pd.DataFrame(
        {"comment": ["rất vừa ý đó"] * 3, "id": [*"xyz"], "date": ["1/2/2025"] * 3, "score": [1, 2, 5]}
    )
    reader = CommentReader(plan_comments(frame_export(named)))
    table = pd.DataFrame(rows, columns=list(named.columns), dtype=object)
    pairs = [reader.read(Chunk(table.iloc[row : row + size], ())) for row in range(0, len(rows), size)]
    comments = pd.concat([frame for frame, _ in pairs])
    assert len(comments) + sum(len(rejected) for _, rejected in pairs) == len(rows)
    assert comments["comment_id"].is_unique
    assert set(comments["text"]) <= {text for text, *_ in rows if isinstance(text, str)}
    assert comments["rating"].dropna().between(1, 5).all()
