import pytest

from cx_nlp.toml_lines import TomlSyntaxError, line_of, read_toml

TEXT = '''\
# a plan
title = "x"

[[step]]
name = """
[[step]]
"""
sizes = [
  1,
  2,
]

[[step]]
inner.key = { deep = true }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("title",), 2),
        (("step",), 4),
        (("step", 0, "name"), 5),
        (("step", 0, "sizes", 1), 8),
        (("step", 1), 13),
        (("step", 1, "inner", "key", "deep"), 14),
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_value_is_found_on_the_line_where_its_statement_begins(path, line, ending):
    text = TEXT.replace("\n", ending)
    assert line_of(text, path) == line
    assert line_of("\ufeff" + text, path) == line


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ("\n\nx = [1,\n2\n\n", 4)]
)
def test_bad_syntax_is_named_with_its_line(text, line):
    with pytest.raises(TomlSyntaxError) as error:
        read_toml(text)
    assert error.value.line == line


def test_a_long_file_is_searched_quickly():
    text = "".join(f'[[row]]\nid = "r{at}"\n' for at in range(2000))
    assert line_of(text, ("row", 1234, "id")) == 2470
