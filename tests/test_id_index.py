from hypothesis import given
from hypothesis import strategies as st

from cx_nlp.io.id_index import IdIndex


@given(st.lists(st.lists(st.text(alphabet="abc", max_size=2), max_size=12), max_size=12))
def test_the_first_line_of_every_id_is_remembered(batches):
    index, first, line = IdIndex(), {}, 1
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
