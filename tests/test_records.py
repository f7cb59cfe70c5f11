"""Records, and how reading goes on behind a broken one."""

import pytest

from cx_nlp.io.records import RECORD_LINES, Quoting, has_width, records

GOOD = ["4,ổn,5\n"] * 12


def read(lines, width=3):
    found = records(iter(lines), Quoting(","), width=width)
    return [(number, fields, len(raw)) for number, fields, raw in found]


def test_a_record_carries_its_first_line_and_its_lines():
    assert read(['1,"a\n', 'b",5\n', "\n", "2,c,4\n"]) == [
        (1, ["1", "a\nb", "5"], 2),
        (3, [], 1),
        (4, ["2", "c", "4"], 1),
    ]


def test_a_quote_that_is_never_closed_costs_one_line():
    assert read(['1,"hở,3\n', *GOOD]) == [(1, None, 1), *((n, ["4", "ổn", "5"], 1) for n in range(2, 14))]


def test_a_quote_that_meets_another_one_far_below_swallows_no_rows():
    found = read(['1,"hở\n', *GOOD, 'x",5\n', "2,c,4\n"])
    assert [number for number, fields, _ in found if fields is None] == [1]
    assert len(found) == 15


def test_a_record_of_wrong_width_gives_up_its_first_line_where_a_row_follows():
    assert read(['1,"hở,2\n', "2,b,3\n", '3,c",4,5,6\n'])[:2] == [(1, None, 1), (2, ["2", "b", "3"], 1)]


def test_a_long_comment_in_quotes_is_one_record():
    body = ["một đoạn, có phẩy\n"] * 500
    assert [(n, size) for n, _, size in read(['1,"\n', *body, 'hết",5\n', "2,c,4\n"])] == [(1, 502), (503, 1)]


def test_a_record_may_not_run_on_for_ever():
    found = read(['1,"hở\n', *["4,ổn,5\n"] * (RECORD_LINES + 5), 'x"\n'])
    assert found[0] == (1, None, 1)
    assert found[1] == (2, ["4", "ổn", "5"], 1)


def test_many_stray_quotes_do_not_take_for_ever():
    found = read(['a","\n'] * 20_000, width=2)
    assert [number for number, _, _ in found] == list(range(1, 20_001))


@pytest.mark.parametrize(
    ("fields", "fits"),
    [(["a", "b"], True), (["a", "b", "", " "], True), (["a"], False), (["a", "b", "c"], False)],
)
def test_empty_fields_at_the_end_do_not_count(fields, fits):
    assert has_width(fields, 2) is fits
