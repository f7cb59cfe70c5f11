"""JSON lines: objects are rows, everything else is rejected with line and reason."""

import json

import pytest

from cx_nlp.errors import InputError
from cx_nlp.io.readers import open_export


@pytest.fixture
def read(tmp_path):
    def write_and_read(content):
        path = tmp_path / "export.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        export = open_export(path)
        (chunk,) = export.chunks()
        return export, chunk.frame, chunk.rejected

    return write_and_read


def test_keys_are_columns_and_values_keep_their_types(read):
    export, frame, _ = read('{"id": 7, "text": "ổn"}\n\n{"text": "tệ", "rating": 1.5, "ok": true}\n')
    assert export.columns == ("id", "text", "rating", "ok")
    assert list(frame.index) == [1, 3]
    assert frame.to_numpy().tolist() == [[7, "ổn", None, None], [None, "tệ", 1.5, True]]


def test_broken_lines_are_rejected_with_their_reason(read):
    _, frame, rejected = read(
        '{"a": 1}\n{"a": 2\n[1]\nnull\n"x"\n{"a": "\\ud83d"}\n'
        + '{"a": '
        + "9" * 5000
        + "}\n"
        + "[" * 9999
        + '\n{"a": 3}'
    )
    assert frame["a"].tolist() == [1, 3]
    assert [(r.line, r.reason) for r in rejected] == [
        (2, "not JSON: Expecting ',' delimiter at character 9"),
        (3, "a list where an object is expected"),
        (4, "null where an object is expected"),
        (5, "a string where an object is expected"),
        (6, "half a surrogate pair in a string"),
        (7, "JSON with a number too long or lists too deep"),
        (8, "JSON with a number too long or lists too deep"),
    ]


def test_bytes_that_do_not_decode_cost_their_line(read):
    _, frame, rejected = read('{"a": "đẹp"}\n'.encode() * 5 + b'{"a": "\xe9"}\n')
    assert len(frame) == 5
    assert [r.line for r in rejected] == [6]


def test_keys_that_come_late_are_left_out(read):
    export, frame, _ = read('{"a": 1}\n' * 2000 + '{"a": 2, "b": 3}\n')
    assert export.columns == ("a",)
    assert len(frame) == 2001


def test_nested_values_are_left_and_noted(read):
    export, frame, _ = read('{"text": "ổn", "user": {"id": 1}}\n')
    assert export.notes == ("nested columns: user",)
    assert frame["user"].iloc[0] == {"id": 1}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps([{"a": 1}], indent=1), "line 1 is not a JSON object of its own.*one object a line"),
        (json.dumps({"a": 1}, indent=1), "line 1 is not a JSON object of its own.*one object a line"),
        ("text\nổn\n", "line 1: not JSON"),
        (" \n\n", "is empty"),
    ],
)
def test_a_file_without_objects_is_refused(read, content, words):
    with pytest.raises(InputError, match=words):
        read(content)
