"""Frames of other kinds: the same tags, tables of the same kind, the caller's columns in their own types."""

import pandas as pd
import pyarrow as pa
import pytest

from cx_nlp.analysis import opened_source
from cx_nlp.errors import InputError

pl = pytest.importorskip("polars", reason="polars comes with the extra test")

CELLS = {
    "review": ["giao hàng nhanh, nhân viên thô lỗ", "", "giá quá cao"],
    "id": [7, 8, 9],
    "stars": [4, None, 1],
    "tags": [["a"], [], None],
    "text": ["x", "y", "z"],
}


@pytest.mark.parametrize("kind", [pl.DataFrame, pa.table])
def test_the_tables_are_of_the_kind_that_was_given(small_tagger, kind):
    given = kind(CELLS)
    scored = small_tagger.score_frame(given, text="review", id="id")
    expected = small_tagger.score_frame(pd.DataFrame(CELLS), text="review", id="id")
    assert {type(one) for one in (scored.comments, scored.mentions, scored.rejected)} == {type(given)}
    columns = lambda table: getattr(table, "column_names", None) or table.columns  # noqa: E731
    assert list(columns(scored.comments)) == list(expected.comments.columns)
    assert pa.table(scored.mentions).to_pydict()["quote"] == list(expected.mentions["quote"]) != []
    arrow = pa.table(scored.comments).to_pydict()
    assert arrow["comment_id"] == ["7", "9"]
    assert arrow["stars"] == [4, 1]
    assert arrow["tags"] == [["a"], None]
    assert arrow["source_text"] == ["x", "z"]
    assert arrow["sentiment"] == expected.comments["sentiment"].tolist()
    assert (
        scored.comments["stars"].type == pa.int64()
        if kind is pa.table
        else scored.comments["stars"].dtype == pl.Int64
    )
    assert pa.table(scored.rejected).to_pydict()["row"] == [1]


def test_an_export_is_read_from_any_kind():
    for given in (pl.DataFrame(CELLS), pa.table(CELLS)):
        with opened_source(given) as export:
            assert export.columns == tuple(CELLS)
            [chunk] = export.chunks()
        assert chunk.frame["stars"].tolist()[0] == 4


def test_what_is_no_frame_in_memory_is_refused_with_the_cure(small_tagger):
    with pytest.raises(InputError, match="collect"):
        small_tagger.score_frame(pl.DataFrame(CELLS).lazy(), text="review")
    with pytest.raises(InputError, match="list cannot be read as a table"):
        small_tagger.score_frame([1, 2], text="review")
