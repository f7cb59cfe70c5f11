import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io import id_index
from cx_nlp.io.id_index import IdIndex


@pytest.mark.parametrize("largest", [1, 5, id_index.LARGEST])
@pytest.mark.parametrize("begins", [1, 2**32 - 20])
@given(batches=st.lists(st.lists(st.text(alphabet="abc", max_size=2), max_size=12), max_size=12))
def test_the_first_line_of_every_id_is_remembered(batches, begins, largest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(id_index, "LARGEST", largest)
        _check(batches, begins)


def _check(batches, line):
    index, first = IdIndex(), {}
    for ids in batches:
        lines = list(range(line, line + len(ids)))
        expected = []
        for id, here in zip(ids, lines, strict=True):
            expected.append(first.get(id, -1))
            first.setdefault(id, here)
        assert index.add(ids, lines).tolist() == expected
        line += len(ids)


def test_ids_far_apart_are_found():
    index = IdIndex()
    for start in range(0, 20_000, 1000):
        index.add([f"id {row}" for row in range(start, start + 1000)], range(start, start + 1000))
    assert index.add(["id 3", "id 19999", "id 20000"], [1, 2, 3]).tolist() == [3, 19_999, -1]
