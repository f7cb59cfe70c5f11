import pandas as pd
import pytest

from cx_nlp.errors import ColumnError, InputError
from cx_nlp.io.frames import frame_export


def test_rows_are_numbered_from_one_and_cells_keep_their_kind() -> None:
    export = frame_export(pd.DataFrame({"n": [1, None], "text": ["a", "b"]}, index=["x", "x"]))
    [first, second] = export.chunks(rows=1)
    assert (first.frame.index.tolist(), second.frame.index.tolist()) == ([1], [2])
    assert (export.columns, export.last_line) == (("n", "text"), 2)


def test_the_digest_tells_frames_apart() -> None:
    frame = pd.DataFrame({"text": ["a", "b"]})
    digest = frame_export(frame).digest()
    assert digest == frame_export(frame.copy()).digest()
    assert (
        len({digest, frame_export(frame[::-1]).digest(), frame_export(frame.add_prefix("x")).digest()}) == 3
    )


def test_a_frame_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InputError, match="it has no rows"):
        frame_export(pd.DataFrame({"text": []}))
    with pytest.raises(ColumnError, match="column 'a' occurs twice"):
        frame_export(pd.DataFrame([[1, 2]], columns=["a", "a"]))
